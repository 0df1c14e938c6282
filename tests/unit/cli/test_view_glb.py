"""What the viewer reads of a binary glTF file before it shows it."""

from __future__ import annotations

from typing import Any

import pytest

from meshmill.geometry.engine import generate
from meshmill_cli.engine.requests import checked_request
from meshmill_cli.viewer.glb import Counts, NotShowable, read_glb
from tests.unit.cli.glb_files import glb, triangle


def test_it_counts_what_the_engine_says_it_has_made() -> None:
    asked = {"generator": "gear", "quality": "low", "texture_size": 256}
    artefact = generate(checked_request({"format": "gltf", "parameters": asked}).spec)
    (model,) = [file for file in artefact.files if file.name == "model"]
    seen, stats = read_glb(model.data), artefact.stats
    assert seen.counts == Counts(stats.triangles, stats.vertices, stats.materials, stats.textures)
    assert seen.made["generator"] == "gear"


def test_a_mesh_counts_as_often_as_nodes_place_it() -> None:
    placed_twice = triangle(nodes=[{"mesh": 0}, {"mesh": 0}, {"name": "empty"}])
    assert read_glb(glb(placed_twice)).counts == Counts(2, 6, 0, 0)


@pytest.mark.parametrize(("mode", "triangles"), [(0, 0), (1, 0), (4, 1), (5, 3), (6, 3)])
def test_strips_and_fans_have_their_triangles_and_lines_have_none(
    mode: int, triangles: int
) -> None:
    primitive = {"attributes": {"POSITION": 0}, "mode": mode}
    document = triangle(
        meshes=[{"primitives": [primitive]}], accessors=[{"count": 5}], bufferViews=[]
    )
    assert read_glb(glb(document)).counts.triangles == triangles


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "doesn't begin with glTF", id="empty"),
        pytest.param(b'{"asset": {}}', "doesn't begin with glTF", id="text"),
        pytest.param(b"glTF\x02\0\0\0", "truncated within its header", id="header"),
        pytest.param(glb(triangle(), version=1), "glTF version 1", id="version 1"),
        pytest.param(glb(triangle())[:-1], "truncated: it says", id="last byte missing"),
        pytest.param(glb(triangle(), binary=b""), "bytes that it hasn't", id="no arrays"),
        pytest.param(glb(b"{'no': json}"), "JSON can't be read", id="no JSON"),
        pytest.param(glb(b"[" * 100_000), "JSON can't be read", id="deep JSON"),
        pytest.param(glb([]), "not an object", id="a list"),
        pytest.param(glb({}), "not that of glTF", id="no asset"),
        pytest.param(glb(triangle(nodes=[{"mesh": 7}])), "not that of glTF", id="no such mesh"),
        pytest.param(glb(triangle(meshes=5)), "not that of glTF", id="a number for meshes"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(NotShowable, match=reason):
        read_glb(data)


@pytest.mark.parametrize(
    ("further", "reason"),
    [
        ({"images": [{"uri": "https://elsewhere.example/a.png"}]}, "another file"),
        ({"buffers": [{"uri": "arrays.bin", "byteLength": 36}]}, "another file"),
        ({"extensionsRequired": ["KHR_draco_mesh_compression"]}, "KHR_draco_mesh_compression"),
        ({"extensionsRequired": ["KHR_texture_basisu"]}, "KHR_texture_basisu"),
    ],
)
def test_a_file_that_needs_something_from_elsewhere_is_refused(
    further: dict[str, Any], reason: str
) -> None:
    with pytest.raises(NotShowable, match=reason):
        read_glb(glb(triangle(**further)))


def test_data_within_the_file_is_no_other_file() -> None:
    document = triangle(images=[{"uri": "data:image/png;base64,AAAA"}])
    assert read_glb(glb(document)).counts.triangles == 1
