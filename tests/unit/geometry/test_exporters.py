"""What every format promises, and the boundaries inside binary ones."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from pydantic import ValidationError

from meshmill.geometry.engine import generate
from meshmill.geometry.exporters import glb
from meshmill.geometry.exporters.fbx_nodes import Node, array, int32, text, write_document
from meshmill.geometry.exporters.interface import Identity
from meshmill.geometry.images import encode_textures
from meshmill.geometry.registry import FORMATS
from meshmill.geometry.scene import Material, Mesh, Primitive, Scene, Texture
from meshmill.geometry.spec import AssetSpec
from tests.readers.glb_reader import Glb


def spec_in(target: str, **parameters: object) -> AssetSpec:
    chosen = {"generator": "rock", "quality": "low", "texture_size": 256, **parameters}
    return AssetSpec.model_validate({"format": target, "parameters": chosen})


@pytest.mark.parametrize(
    ("target", "extension", "media_type"),
    [
        ("gltf", "glb", "model/gltf-binary"),
        ("obj", "zip", "application/zip"),
        ("fbx", "fbx", "application/octet-stream"),
    ],
)
def test_every_level_of_detail_is_a_file_of_the_format(
    target: str, extension: str, media_type: str
) -> None:
    files = generate(spec_in(target, lods=2)).files
    assert [file.filename for file in files[:3]] == [
        f"model.{extension}", f"model_lod1.{extension}", f"model_lod2.{extension}"
    ]  # fmt: skip
    assert {file.media_type for file in files[:3]} == {media_type}


@pytest.mark.parametrize("target", FORMATS)
def test_the_same_spec_gives_the_same_bytes(target: str) -> None:
    first, second = (generate(spec_in(target, seed=8)).files[0].data for _ in range(2))
    assert first == second


@pytest.mark.parametrize("target", ["obj", "fbx"])
def test_webp_is_refused_where_the_format_cannot_hold_it(target: str) -> None:
    with pytest.raises(ValidationError, match="Texture format does not fit"):
        spec_in(target, texture_format="webp")


@pytest.mark.parametrize(("vertices", "width"), [(65_535, 2), (65_536, 4)])
def test_gltf_indices_are_short_as_long_as_the_last_value_stays_free(
    vertices: int, width: int
) -> None:
    pixels = np.zeros((1, 1, 3), dtype=np.uint8)
    material = Material(
        "M", Texture("BC", "BC", pixels), Texture("N", "N", pixels), Texture("ORM", "ORM", pixels)
    )
    rows = np.zeros((vertices, 4), dtype=np.float32)
    last = np.array([[0, 1, vertices - 1]], dtype=np.uint32)
    primitive = Primitive(rows[:, :3], rows[:, :3], rows, rows[:, :2], last, material)
    scene = Scene((Mesh("SM", (primitive,)),))
    images = encode_textures(scene.textures, "png")
    indices = Glb(glb.export(scene, images, Identity("0", "x", 0, "0"))).primitives()[0]["indices"]
    assert indices.itemsize == width
    assert indices.tolist() == last.tolist()


@pytest.mark.parametrize("letters", range(16))
def test_the_end_of_an_fbx_file_is_aligned_whatever_is_before_it(letters: int) -> None:
    data = write_document([Node("A", (text("x" * letters),))])
    tail = struct.pack("<I", 7400) + b"\0" * 120
    at = data.index(tail)
    assert at % 16 == 0
    assert len(data) == at + len(tail) + 16


def test_fbx_nodes_tell_where_they_end() -> None:
    inner = Node("Inner", (int32(7), array(np.arange(3, dtype=np.int32))))
    data = write_document([Node("Outer", (), (inner,)), Node("Empty")])
    end, count, size, name_length = struct.unpack_from("<IIIB", data, 27)
    assert (count, size, data[40 : 40 + name_length]) == (0, 0, b"Outer")
    assert data[end - 13 : end] == b"\0" * 13
    inner_end, count, size, _ = struct.unpack_from("<IIIB", data, 45)
    assert (inner_end, count, size) == (end - 13, 2, 5 + 13 + 12)
    assert struct.unpack_from("<I", data, end)[0] == end + 13 + 5 + 13
