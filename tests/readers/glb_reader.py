"""An independent reader of binary glTF: JSON, accessors as arrays, images as pixels."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_COMPONENTS = {5121: "<u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


class Glb:
    """A parsed ``.glb``."""

    def __init__(self, data: bytes) -> None:
        magic, version, total = struct.unpack_from("<4sII", data)
        assert (magic, version, total) == (b"glTF", 2, len(data))
        length, kind = struct.unpack_from("<I4s", data, 12)
        assert kind == b"JSON"
        self.document: dict[str, Any] = json.loads(data[20 : 20 + length])
        size, kind = struct.unpack_from("<I4s", data, 20 + length)
        assert kind == b"BIN\0"
        self.binary = data[28 + length : 28 + length + size]

    def accessor(self, index: int) -> NDArray[Any]:
        """An accessor's values, (count, components)."""
        accessor = self.document["accessors"][index]
        data = self._view(accessor["bufferView"])
        values = np.frombuffer(data, dtype=_COMPONENTS[accessor["componentType"]])
        return values.reshape(accessor["count"], _WIDTHS[accessor["type"]])

    def image(self, name: str) -> NDArray[np.uint8]:
        """The pixels of the image called ``name``."""
        image = next(image for image in self.document["images"] if image["name"] == name)
        return np.asarray(Image.open(io.BytesIO(self._view(image["bufferView"]))))

    def primitives(self) -> list[dict[str, NDArray[Any]]]:
        """Every primitive's attributes by semantic, and its triangles under ``indices``."""
        return [
            {
                **{name: self.accessor(at) for name, at in primitive["attributes"].items()},
                "indices": self.accessor(primitive["indices"]).reshape(-1, 3),
            }
            for mesh in self.document["meshes"]
            for primitive in mesh["primitives"]
        ]

    def _view(self, index: int) -> bytes:
        view = self.document["bufferViews"][index]
        return self.binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
