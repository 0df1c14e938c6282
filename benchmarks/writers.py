"""Writers beside their peers: the same million triangles, and the same image."""

from __future__ import annotations

import ctypes
import io
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fresh import Case, cost_of
from benchmarks.measure import Row
from meshmill.geometry.exporters.interface import Exporter, Identity
from meshmill.geometry.maps import MapSet
from meshmill.geometry.noise import periodic_noise
from meshmill.geometry.parts import Part, assemble
from meshmill.geometry.png import encode_png
from meshmill.geometry.registry import FORMATS
from meshmill.geometry.scene import Mesh, Primitive, Scene

_CELLS = 707  # 2 x 707 x 707 triangles: a million but for 302
_IMAGE = 1024
_OCTAVES = 6
_IDENTITY = Identity("0" * 64, "terrain", 0, "0")


@cache
def _scene() -> Scene:
    """A rolling lattice of a million triangles, with one small material."""
    ticks = np.arange(_CELLS + 1, dtype=np.float32) * np.float32(1.0 / _CELLS)
    x, z = np.meshgrid(ticks, ticks)
    height = periodic_noise(ticks, ticks, 8, 1) * np.float32(0.1)
    positions = np.stack((x, height, z), axis=-1).reshape(-1, 3)
    index = np.arange(positions.shape[0], dtype=np.uint32).reshape(_CELLS + 1, _CELLS + 1)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    triangles = np.stack((a, c, d, a, d, b), axis=-1).reshape(-1, 3)
    normals = np.tile(np.array([0, 1, 0], dtype=np.float32), (len(positions), 1))
    uvs = np.stack((x, z), axis=-1).reshape(-1, 2)
    material = MapSet.filled(16, (128, 128, 128), (255, 200, 0)).material("Bench", "Sheet")
    part = Part(positions, normals, uvs, triangles)
    return Scene((Mesh("SM_Bench_0", (assemble([part], material),)),))


def _primitive() -> Primitive:
    return next(iter(_scene().primitives))


def _ours(name: str) -> Case:
    def ready() -> Callable[[], object]:
        exporter: Exporter = import_module(FORMATS[name].module)
        images = exporter.encode(_scene(), "png")
        return lambda: exporter.export(_scene(), images, _IDENTITY)

    return ready


def _memcpy() -> Callable[[], object]:
    data = np.frombuffer(_ours("gltf")()(), dtype=np.uint8)  # type: ignore[call-overload]
    return data.copy


def _pygltflib() -> Callable[[], object]:
    """The same buffers, described by its classes and serialised."""
    import pygltflib as gltf  # noqa: PLC0415

    primitive = _primitive()
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "POSITION": primitive.positions, "NORMAL": primitive.normals,
        "TANGENT": primitive.tangents, "TEXCOORD_0": primitive.uvs,
        "indices": primitive.triangles.reshape(-1, 1),
    }  # fmt: skip
    types = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}

    def write() -> object:
        chunks = [array.tobytes() for array in arrays.values()]
        offsets = np.cumsum([0, *map(len, chunks)]).tolist()
        document = gltf.GLTF2(
            scene=0,
            scenes=[gltf.Scene(nodes=[0])],
            nodes=[gltf.Node(mesh=0)],
            buffers=[gltf.Buffer(byteLength=offsets[-1])],
            bufferViews=[
                gltf.BufferView(buffer=0, byteOffset=start, byteLength=len(chunk))
                for start, chunk in zip(offsets, chunks, strict=False)
            ],
            accessors=[
                gltf.Accessor(
                    bufferView=number,
                    componentType=gltf.UNSIGNED_INT if name == "indices" else gltf.FLOAT,
                    count=len(array),
                    type=types[array.shape[1]],
                    **(
                        {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
                        if name == "POSITION"
                        else {}
                    ),
                )
                for number, (name, array) in enumerate(arrays.items())
            ],
            meshes=[
                gltf.Mesh(
                    primitives=[
                        gltf.Primitive(
                            attributes=gltf.Attributes(
                                POSITION=0, NORMAL=1, TANGENT=2, TEXCOORD_0=3
                            ),
                            indices=4,
                        )
                    ]
                )
            ],
        )
        document.set_binary_blob(b"".join(chunks))
        return b"".join(document.save_to_bytes())

    return write


def _trimesh(form: str) -> Case:
    def ready() -> Callable[[], object]:
        import trimesh  # noqa: PLC0415

        primitive = _primitive()
        mesh = trimesh.Trimesh(
            vertices=primitive.positions,
            faces=primitive.triangles,
            vertex_normals=primitive.normals,
            visual=trimesh.visual.TextureVisuals(uv=primitive.uvs),
            process=False,
        )
        return lambda: mesh.export(file_type=form)

    return ready


def _assimp(form: str) -> Case:
    def ready() -> Callable[[], object]:
        library = ctypes.CDLL(str(next(Path(sys.prefix).rglob("libassimp.so*"))))
        library.aiImportFileFromMemory.restype = ctypes.c_void_p
        library.aiExportSceneToBlob.restype = ctypes.c_void_p
        library.aiExportSceneToBlob.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint]
        data: Any = _ours("gltf")()()
        scene = library.aiImportFileFromMemory(data, len(data), 0, b"glb")

        def write() -> object:
            blob = library.aiExportSceneToBlob(scene, form.encode(), 0)
            if not blob:
                raise RuntimeError(f"assimp wrote no {form}")
            return blob

        return write

    return ready


@cache
def _picture() -> np.ndarray[Any, Any]:
    """Noise as in a base colour, uint8 (1024, 1024, 3)."""
    return np.stack([_noise() for _ in range(3)], axis=-1)


def _noise() -> np.ndarray[Any, Any]:
    at = (np.arange(_IMAGE, dtype=np.float32) + np.float32(0.5)) * np.float32(1.0 / _IMAGE)
    total = np.full((_IMAGE, _IMAGE), np.float32(128.0))
    for octave in range(_OCTAVES):
        total += periodic_noise(at, at, 8 << octave, octave) * np.float32(40.0 / (1 << octave))
    return total.astype(np.uint8)


def _pillow() -> Callable[[], object]:
    from PIL import Image  # noqa: PLC0415

    image = Image.fromarray(_picture())
    return lambda: image.save(io.BytesIO(), "PNG", compress_level=1)


def _our_png() -> Callable[[], object]:
    pixels = _picture()
    return lambda: encode_png(pixels)


CASES: Mapping[str, Case] = {
    "GLB 1M: copy of the file's bytes": _memcpy,
    "GLB 1M: meshmill": _ours("gltf"),
    "GLB 1M: pygltflib": _pygltflib,
    "GLB 1M: trimesh": _trimesh("glb"),
    "GLB 1M: assimp 6": _assimp("glb2"),
    "OBJ 1M: meshmill, zipped": _ours("obj"),
    "OBJ 1M: trimesh": _trimesh("obj"),
    "OBJ 1M: assimp 6": _assimp("obj"),
    "FBX 1M: meshmill": _ours("fbx"),
    "FBX 1M: assimp 6": _assimp("fbx"),
    "PNG 1024²: meshmill": _our_png,
    "PNG 1024²: Pillow, level 1": _pillow,
    "noise, 6 octaves at 1024²: meshmill": lambda: _noise,
}


def rows() -> list[Row]:
    """Each writer in fresh processes, its setup not counted."""
    return [Row(name, cost_of("writers", name).milliseconds) for name in CASES]
