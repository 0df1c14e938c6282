"""Wavefront OBJ with its material library and textures, in one ZIP archive.

Wavefront, "Advanced Visualizer Manual", appendix B1 (Object Files). Metres, Y up, UV origin at the
bottom left. Text is deflated by isal at level 1, which takes less time than sending what it saves;
images are stored, since they are compressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.exporters.archive import deflated, stored, write_zip
from meshmill.geometry.exporters.digits import corner_words, face_lines, number_lines
from meshmill.geometry.exporters.interface import Identity
from meshmill.geometry.exporters.joined import JoinedMesh, join
from meshmill.geometry.exporters.maps import SplitMaps, material_maps, split_maps
from meshmill.geometry.exporters.mtl import write_mtl
from meshmill.geometry.exporters.names import distinct_names
from meshmill.geometry.images import TextureFormat
from meshmill.geometry.scene import Mesh, Scene

_MODEL, _LIBRARY, _TEXTURES = "model.obj", "model.mtl", "textures/"
# A millionth of a texture; a unit vector to 0.005 degrees.
_UV_DECIMALS, _NORMAL_DECIMALS = 6, 4
_STEPS_ACROSS, _MOST_DECIMALS = 2_000_000, 9


def encode(scene: Scene, texture_format: TextureFormat) -> SplitMaps:
    """Each map of ``scene``'s materials as a file."""
    return split_maps(scene, texture_format)


def export(scene: Scene, images: SplitMaps, identity: Identity) -> bytes:
    """Write ``scene`` as a ``.zip`` of ``model.obj``, ``model.mtl`` and ``textures/``."""
    safe = distinct_names([material.name for material in scene.materials])
    names = {id(material): name for material, name in zip(scene.materials, safe, strict=True)}
    maps = material_maps(scene, images)
    files = {file.filename: file for of_one in maps.values() for file in of_one.values()}
    about = _about(identity)
    library = "\n".join(
        write_mtl(material, names[id(material)], maps[id(material)], _TEXTURES)
        for material in scene.materials
    )
    return write_zip(
        (
            deflated(_MODEL, b"".join((about.encode(), *_geometry(scene, names)))),
            deflated(_LIBRARY, f"{about}\n{library}".encode()),
            *(stored(_TEXTURES + name, file.data) for name, file in files.items()),
        )
    )


def _about(identity: Identity) -> str:
    return (
        f"# Meshmill {identity.engine_version}: {identity.generator}, seed {identity.seed}\n"
        f"# spec_id {identity.spec_id}\n"
        "# Metres, Y up, right-handed; normal maps with +Y up (OpenGL)\n"
    )


def _geometry(scene: Scene, names: Mapping[int, str]) -> Iterator[bytes]:
    """The object file's lines after the header, mesh by mesh."""
    yield f"mtllib {_LIBRARY}\n".encode()
    objects = distinct_names([mesh.name for mesh in scene.meshes])
    points = vertices = 1
    for mesh, name in zip(scene.meshes, objects, strict=True):
        joined = join(mesh)
        yield f"o {name}\n".encode()
        yield from _vertices(joined)
        yield from _faces(mesh, joined, (points, vertices), names)
        points += len(joined.points)
        vertices += len(joined.normals)


def _vertices(joined: JoinedMesh) -> Iterator[bytes]:
    yield number_lines(b"v", joined.points, _decimals(joined.points))
    upwards = np.stack((joined.uvs[:, 0], np.float32(1.0) - joined.uvs[:, 1]), axis=1)
    yield number_lines(b"vt", upwards, _UV_DECIMALS)
    yield number_lines(b"vn", joined.normals, _NORMAL_DECIMALS)


def _faces(
    mesh: Mesh, joined: JoinedMesh, base: tuple[int, int], names: Mapping[int, str]
) -> Iterator[bytes]:
    """Faces by material; ``base`` are the numbers of the mesh's first point and first vertex."""
    numbers = np.arange(len(joined.normals), dtype=np.uint32)
    words = corner_words(joined.point_of + np.uint32(base[0]), numbers + np.uint32(base[1]))
    yield b"s 1\n"
    start = 0
    for primitive in mesh.primitives:
        stop = start + len(primitive.triangles)
        yield f"usemtl {names[id(primitive.material)]}\n".encode()
        yield face_lines(words, joined.triangles[start:stop])
        start = stop


def _decimals(points: F32) -> int:
    """As many as tell two millionths of the longest edge of the bounds apart."""
    size = float((points.max(axis=0) - points.min(axis=0)).max())
    decimals = 1
    while size * 10**decimals < _STEPS_ACROSS and decimals < _MOST_DECIMALS:
        decimals += 1
    return decimals
