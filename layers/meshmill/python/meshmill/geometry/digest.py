"""SHA-256 of decoded content: the same on every machine, whatever a compressor does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from meshmill.geometry.arrays import AnyArray
from meshmill.geometry.scene import Scene


def digest_arrays(named: Iterable[tuple[str, AnyArray]]) -> str:
    """Digest of arrays with their names, types and shapes; little-endian, row by row."""
    digest = hashlib.sha256()
    for name, array in named:
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data.cast("B"))
    return digest.hexdigest()


def digest_scene(scene: Scene, texture_digests: dict[str, str]) -> str:
    """Digest of a scene's geometry, and of its textures by their own digests."""
    digest = hashlib.sha256()
    for mesh in scene.meshes:
        for index, primitive in enumerate(mesh.primitives):
            arrays = digest_arrays(
                (
                    ("positions", primitive.positions),
                    ("normals", primitive.normals),
                    ("tangents", primitive.tangents),
                    ("uvs", primitive.uvs),
                    ("triangles", primitive.triangles),
                )
            )
            digest.update(f"{mesh.name} {index} {primitive.material.name} {arrays}\n".encode())
    for texture in scene.textures:
        digest.update(f"{texture.name} {texture_digests[texture.name]}\n".encode())
    return digest.hexdigest()


def digest_textures(scene: Scene) -> dict[str, str]:
    """Digest of each texture's pixels, by its name."""
    return {
        texture.name: digest_arrays((("pixels", texture.pixels),)) for texture in scene.textures
    }
