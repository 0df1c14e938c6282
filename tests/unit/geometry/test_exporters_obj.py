"""OBJ: what its text, its library and its archive hold."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from meshmill.geometry.engine import generate
from meshmill.geometry.exporters.archive import deflated, stored, write_zip
from meshmill.geometry.exporters.digits import corner_words, face_lines, number_lines
from meshmill.geometry.exporters.joined import weld
from meshmill.geometry.exporters.names import distinct_names
from meshmill.geometry.spec import AssetSpec


def archive_of(**parameters: object) -> zipfile.ZipFile:
    chosen = {"generator": "rock", "quality": "low", "texture_size": 256, **parameters}
    spec = AssetSpec.model_validate({"format": "obj", "parameters": chosen})
    return zipfile.ZipFile(io.BytesIO(generate(spec).files[0].data))


@settings(deadline=None, max_examples=60)
@given(
    arrays.arrays(np.float32, (5, 3), elements=st.floats(-9999, 9999, width=32)),
    st.integers(1, 9),
)
def test_numbers_are_written_as_python_rounds_them(values: np.ndarray, decimals: int) -> None:
    lines = number_lines(b"v", values, decimals).decode().splitlines()
    for line, row in zip(lines, values.tolist(), strict=True):
        word, *numbers = line.split(" ")
        assert word == "v"
        for written, value in zip(numbers, row, strict=True):
            assert len(written.partition(".")[2]) == decimals
            assert abs(float(written) - value) <= 0.51 * 10.0**-decimals


def test_small_and_negative_numbers_keep_one_digit_before_the_point() -> None:
    values = np.array([[0.0, -0.25, 12.5], [-0.0, 1.0, -100.0]], dtype=np.float32)
    expected = b"vn 0.00 -0.25 12.50\nvn 0.00 1.00 -100.00\n"
    assert number_lines(b"vn", values, 2) == expected


@pytest.mark.parametrize("count", [9, 10, 99, 100, 9_999, 10_000, 100_001])
def test_indices_are_written_at_every_number_of_digits(count: int) -> None:
    numbers = np.arange(1, count + 1, dtype=np.uint32)
    words = corner_words(numbers, numbers[::-1].copy())
    faces = np.array([[0, count // 2, count - 1]], dtype=np.uint32)
    corners = " ".join(f"{i + 1}/{count - i}/{count - i}" for i in faces[0].tolist())
    assert face_lines(words, faces).decode() == f"f {corners}\n"


@settings(deadline=None, max_examples=60)
@given(arrays.arrays(np.float32, (40, 3), elements=st.sampled_from([-1.0, -0.0, 0.0, 1.0])))
def test_welding_keeps_each_position_once_in_the_order_of_first_use(rows: np.ndarray) -> None:
    points, point_of = weld(rows)
    assert np.array_equal(points[point_of], rows)
    assert [tuple(point) for point in points.tolist()] == list(
        dict.fromkeys(map(tuple, rows.tolist()))
    )


def test_names_are_safe_and_told_apart() -> None:
    assert distinct_names(["a b", "a/b", "A_B", "", "..", "Stein äöü", "ok-1.x"]) == [
        "a_b", "a_b_2", "A_B_3", "unnamed", "unnamed_2", "Stein_äöü", "ok-1.x"
    ]  # fmt: skip


def test_archives_are_what_the_standard_library_reads() -> None:
    data = write_zip([deflated("text/äöü.txt", b"word " * 999), stored("image", bytes(range(256)))])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.read("text/äöü.txt") == b"word " * 999
        assert archive.read("image") == bytes(range(256))
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert [entry.compress_type for entry in archive.infolist()] == [8, 0]


def test_the_archive_is_a_model_its_library_and_the_textures_it_names() -> None:
    archive = archive_of(seed=3)
    names = archive.namelist()
    assert names[:2] == ["model.obj", "model.mtl"]
    library = archive.read("model.mtl").decode()
    named = {line.split()[-1] for line in library.splitlines() if "textures/" in line}
    assert named == set(names[2:])
    assert {PurePosixPath(name).parent for name in names[2:]} == {PurePosixPath("textures")}
    for text in (archive.read("model.obj").decode(), library):
        assert text.startswith("# Meshmill ")
        assert "rock, seed 3" in text
    assert "mtllib model.mtl\no SM_Rock_3\n" in archive.read("model.obj").decode()


def test_a_closed_surface_stays_closed_across_uv_seams() -> None:
    lines = archive_of().read("model.obj").decode().splitlines()
    points = {line for line in lines if line.startswith("v ")}
    faces = [line.split()[1:] for line in lines if line.startswith("f ")]
    assert len(points) == sum(line.startswith("v ") for line in lines)
    assert len(points) < sum(line.startswith("vt ") for line in lines)
    corners = [[int(corner.split("/")[0]) for corner in face] for face in faces]
    edges = {(a, b) for x, y, z in corners for a, b in ((x, y), (y, z), (z, x))}
    assert all((b, a) in edges for a, b in edges)


def test_only_the_base_colour_may_be_jpeg() -> None:
    names = archive_of(texture_format="jpeg").namelist()
    assert "textures/T_Rock_Stone_BC.jpg" in names
    assert {name.rpartition(".")[2] for name in names[2:] if "_BC" not in name} == {"png"}
