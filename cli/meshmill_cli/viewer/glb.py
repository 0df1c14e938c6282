"""Binary glTF as the viewer's page needs it: whole, readable without other files, and counted."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")
_VERSION = 2
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
#: Their decoders are programs of their own that a page would fetch from elsewhere.
_UNREADABLE = (
    "KHR_draco_mesh_compression",
    "KHR_meshopt_compression",
    "EXT_meshopt_compression",
    "KHR_texture_basisu",
)


class NotShowable(ValueError):
    """The file is broken, or needs what the page hasn't; the text says which."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is drawn, and what it is drawn with."""

    triangles: int
    vertices: int
    materials: int
    textures: int


@dataclass(frozen=True, slots=True)
class Glb:
    """What a file tells of itself; ``made`` are Meshmill's members of ``asset.extras``."""

    counts: Counts
    made: dict[str, Any]


def read_json(text: bytes) -> Any:
    """The value; NaN and infinity, which Python takes besides, no page can read.

    Raises:
        ValueError: it is no JSON, or nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_refused)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def read_glb(data: bytes) -> Glb:
    """Read a binary glTF 2.0 file (glTF 2.0 specification, section 4.4) without its arrays.

    Raises:
        NotShowable: it is not binary glTF 2.0, not whole, refers to other files, or is compressed
            in a way that the page has no decoder for.
    """
    document, binary = _chunks(data)
    try:
        _check_alone(document)
        _check_whole(document, len(binary))
        return Glb(_counts(document), _made(document))
    except (LookupError, TypeError, AttributeError):
        raise NotShowable("its JSON is not that of glTF 2.0") from None


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _chunks(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The document and the binary chunk, which may be absent."""
    if data[:4] != b"glTF":
        raise NotShowable("not binary glTF: it doesn't begin with glTF")
    if len(data) < _HEADER.size + _CHUNK.size:
        raise NotShowable("truncated within its header")
    _, version, total = _HEADER.unpack_from(data)
    if version != _VERSION:
        raise NotShowable(f"glTF version {version}; only version {_VERSION} can be shown")
    if len(data) < total:
        raise NotShowable(f"truncated: it says {total:,} bytes and has {len(data):,}")
    text, end = _chunk(data, _HEADER.size, b"JSON")
    binary = _chunk(data, end, b"BIN\0")[0] if end + _CHUNK.size <= total else b""
    try:
        document = read_json(text)
    except ValueError:
        raise NotShowable("its JSON can't be read") from None
    if not isinstance(document, dict):
        raise NotShowable("its JSON is not an object")
    return document, binary


def _chunk(data: bytes, start: int, expected: bytes) -> tuple[bytes, int]:
    """A chunk's content, and where the next one begins."""
    length, kind = _CHUNK.unpack_from(data, start)
    begin = start + _CHUNK.size
    if kind != expected or begin + length > len(data):
        raise NotShowable(f"its {expected.decode().rstrip(chr(0))} chunk is missing or cut short")
    return data[begin : begin + length], begin + length


def _check_whole(document: dict[str, Any], available: int) -> None:
    version = str(document["asset"]["version"])
    if not version.startswith(f"{_VERSION}."):
        raise NotShowable(f"glTF version {version}; only version {_VERSION} can be shown")
    for view in document.get("bufferViews", ()):
        buffer = document["buffers"][view["buffer"]]
        size = buffer["byteLength"] if "uri" in buffer else min(buffer["byteLength"], available)
        if view.get("byteOffset", 0) + view["byteLength"] > size:
            raise NotShowable("its JSON refers to bytes that it hasn't")


def _check_alone(document: dict[str, Any]) -> None:
    for part in (*document.get("buffers", ()), *document.get("images", ())):
        uri = part.get("uri", "data:")
        if not uri.startswith("data:"):
            raise NotShowable(f"it needs another file, {uri[:100]!r}: pack all into one .glb")
    required = document.get("extensionsRequired", ())
    for extension in _UNREADABLE:
        if extension in required:
            raise NotShowable(f"it needs a decoder that the page hasn't: {extension}")


def _counts(document: dict[str, Any]) -> Counts:
    """Of everything that a node puts into the scene, as often as it does."""
    meshes, accessors = document.get("meshes", ()), document.get("accessors", ())
    triangles = vertices = 0
    for node in document.get("nodes", ()):
        for primitive in meshes[node["mesh"]]["primitives"] if "mesh" in node else ():
            points = accessors[primitive["attributes"]["POSITION"]]["count"]
            corners = accessors[primitive["indices"]]["count"] if "indices" in primitive else points
            vertices += points
            triangles += _triangles(primitive.get("mode", _TRIANGLES), corners)
    return Counts(
        triangles, vertices, len(document.get("materials", ())), len(document.get("textures", ()))
    )


def _triangles(mode: int, corners: int) -> int:
    if mode == _TRIANGLES:
        return corners // 3
    return max(0, corners - 2) if mode in {_STRIP, _FAN} else 0


def _made(document: dict[str, Any]) -> dict[str, Any]:
    made = document["asset"].get("extras", {}).get("meshmill", {})
    return made if isinstance(made, dict) else {}
