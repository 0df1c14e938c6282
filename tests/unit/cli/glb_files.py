"""Small binary glTF files, made by hand."""

from __future__ import annotations

import json
import struct
from typing import Any

CORNERS = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)


def triangle(**further: Any) -> dict[str, Any]:
    """A document with one triangle; ``further`` members replace its own."""
    return {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3",
             "min": [0, 0, 0], "max": [1, 1, 0]}
        ],
        "bufferViews": [{"buffer": 0, "byteLength": len(CORNERS)}],
        "buffers": [{"byteLength": len(CORNERS)}],
        **further,
    }  # fmt: skip


def glb(document: Any, binary: bytes = CORNERS, version: int = 2) -> bytes:
    """The file of ``document``, which may be text as it stands."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", version, 12 + len(chunks)) + chunks
