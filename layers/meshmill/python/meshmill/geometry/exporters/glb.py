"""Binary glTF 2.0: a JSON chunk and one binary chunk.

Khronos Group, "glTF 2.0 Specification", sections 3 (properties) and 4 (GLB), and the extensions
EXT_texture_webp and KHR_materials_emissive_strength.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from meshmill.geometry.arrays import AnyArray
from meshmill.geometry.exporters.interface import Identity
from meshmill.geometry.images import EncodedImage, TextureFormat, encode_textures
from meshmill.geometry.scene import Material, Mesh, Primitive, Scene, Texture

_MAGIC, _VERSION = 0x46546C67, 2
_JSON_CHUNK, _BINARY_CHUNK = 0x4E4F534A, 0x004E4942
_ALIGNMENT = 4
_VERTICES, _INDICES = 34962, 34963
_UNSIGNED_SHORT, _UNSIGNED_INT, _FLOAT = 5123, 5125, 5126
_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
_LINEAR, _LINEAR_MIPMAP_LINEAR, _REPEAT = 9729, 9987, 10497
# The highest index of a type is reserved for primitive restart.
_SHORT_VERTICES = 0xFFFF
_WEBP, _EMISSIVE_STRENGTH = "EXT_texture_webp", "KHR_materials_emissive_strength"


def encode(scene: Scene, texture_format: TextureFormat) -> dict[str, EncodedImage]:
    """Each texture of ``scene``, by its name."""
    return encode_textures(scene.textures, texture_format)


def export(scene: Scene, images: Mapping[str, EncodedImage], identity: Identity) -> bytes:
    """Write ``scene`` as one self-contained ``.glb``.

    ``images`` are those of :func:`encode`.
    """
    writer = _Writer(images)
    for material in scene.materials:
        writer.add_material(material)
    for mesh in scene.meshes:
        writer.add_mesh(mesh)
    return writer.finish(identity)


class _Writer:
    """Collects the document and the binary chunk in the order in which things are added."""

    def __init__(self, images: Mapping[str, EncodedImage]) -> None:
        self._images = images
        self._chunks: list[bytes | memoryview] = []
        self._length = 0
        self._extensions: set[str] = set()
        self._textures: dict[str, int] = {}
        self._material_indices: dict[int, int] = {}
        self._lists: dict[str, list[dict[str, Any]]] = {
            name: []
            for name in (
                "nodes", "meshes", "materials", "textures", "images", "accessors", "bufferViews"
            )
        }  # fmt: skip

    def add_mesh(self, mesh: Mesh) -> None:
        index = self._append(
            "meshes",
            {"name": mesh.name, "primitives": [self._primitive(p) for p in mesh.primitives]},
        )
        self._append("nodes", {"name": mesh.name, "mesh": index})

    def add_material(self, material: Material) -> None:
        orm = {"index": self._texture(material.orm)}
        document: dict[str, Any] = {
            "name": material.name,
            "pbrMetallicRoughness": {
                "baseColorTexture": {"index": self._texture(material.base_colour)},
                "metallicRoughnessTexture": orm,
            },
            "normalTexture": {"index": self._texture(material.normal)},
            "occlusionTexture": orm,
        }
        if material.alpha != "OPAQUE":
            document["alphaMode"] = material.alpha
        if material.double_sided:
            document["doubleSided"] = True
        if material.emissive is not None:
            document["emissiveTexture"] = {"index": self._texture(material.emissive)}
            document["emissiveFactor"] = [1.0, 1.0, 1.0]
            if material.emissive_strength != 1.0:
                self._extensions.add(_EMISSIVE_STRENGTH)
                strength = {"emissiveStrength": material.emissive_strength}
                document["extensions"] = {_EMISSIVE_STRENGTH: strength}
        self._material_indices[id(material)] = self._append("materials", document)

    def finish(self, identity: Identity) -> bytes:
        document: dict[str, Any] = {
            "asset": {
                "version": "2.0",
                "generator": f"Meshmill {identity.engine_version}",
                "extras": {"meshmill": asdict(identity)},
            },
            "scene": 0,
            "scenes": [{"nodes": list(range(len(self._lists["nodes"])))}],
            **self._lists,
            "samplers": [{"magFilter": _LINEAR, "minFilter": _LINEAR_MIPMAP_LINEAR,
                          "wrapS": _REPEAT, "wrapT": _REPEAT}],
            "buffers": [{"byteLength": self._length}],
        }  # fmt: skip
        if self._extensions:
            document["extensionsUsed"] = sorted(self._extensions)
        if _WEBP in self._extensions:
            document["extensionsRequired"] = [_WEBP]
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        text += b" " * (-len(text) % _ALIGNMENT)
        total = 12 + 8 + len(text) + 8 + self._length
        return b"".join(
            (
                struct.pack("<III", _MAGIC, _VERSION, total),
                struct.pack("<II", len(text), _JSON_CHUNK),
                text,
                struct.pack("<II", self._length, _BINARY_CHUNK),
                *self._chunks,
            )
        )

    def _primitive(self, primitive: Primitive) -> dict[str, Any]:
        attributes = {
            "POSITION": self._accessor(primitive.positions, bounds=_bounds(primitive.positions)),
            "NORMAL": self._accessor(primitive.normals),
            "TANGENT": self._accessor(primitive.tangents),
            "TEXCOORD_0": self._accessor(primitive.uvs),
        }
        is_short = len(primitive.positions) <= _SHORT_VERTICES
        indices = primitive.triangles.astype(np.uint16 if is_short else np.uint32).reshape(-1, 1)
        return {
            "attributes": attributes,
            "indices": self._accessor(indices),
            "material": self._material_indices[id(primitive.material)],
        }

    def _accessor(self, array: AnyArray, bounds: Mapping[str, Any] | None = None) -> int:
        component = {"u2": _UNSIGNED_SHORT, "u4": _UNSIGNED_INT, "f4": _FLOAT}[array.dtype.str[1:]]
        target = _VERTICES if component == _FLOAT else _INDICES
        little_endian = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        return self._append(
            "accessors",
            {
                "bufferView": self._view(little_endian.data.cast("B"), {"target": target}),
                "componentType": component,
                "count": len(array),
                "type": _TYPES[array.shape[1]],
                **(bounds or {}),
            },
        )

    def _texture(self, texture: Texture) -> int:
        if texture.name not in self._textures:
            encoded = self._images[texture.name]
            image = self._append(
                "images",
                {
                    "name": texture.name,
                    "mimeType": encoded.media_type,
                    "bufferView": self._view(encoded.data, {}),
                },
            )
            source: dict[str, Any] = {"source": image}
            if encoded.media_type == "image/webp":
                self._extensions.add(_WEBP)
                source = {"extensions": {_WEBP: source}}
            self._textures[texture.name] = self._append("textures", {"sampler": 0, **source})
        return self._textures[texture.name]

    def _view(self, data: bytes | memoryview, members: Mapping[str, Any]) -> int:
        view = {"buffer": 0, "byteOffset": self._length, "byteLength": len(data), **members}
        padding = b"\0" * (-len(data) % _ALIGNMENT)
        self._chunks += (data, padding)
        self._length += len(data) + len(padding)
        return self._append("bufferViews", view)

    def _append(self, name: str, document: dict[str, Any]) -> int:
        self._lists[name].append(document)
        return len(self._lists[name]) - 1


def _bounds(positions: AnyArray) -> dict[str, list[float]]:
    return {"min": positions.min(axis=0).tolist(), "max": positions.max(axis=0).tolist()}
