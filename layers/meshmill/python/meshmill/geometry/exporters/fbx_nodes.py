"""The binary container of FBX 7.4: a tree of named nodes with typed properties.

The format has no public specification; its layout follows Blender's notes "FBX binary file format
specification" (2013) and what readers accept.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import AnyArray

#: A property, encoded: its type and size, then its data, which large arrays don't copy.
Property = tuple[bytes | memoryview, ...]

VERSION = 7400

#: A boolean, type ``C``.
TRUE: Property = (b"C", b"\1")

_MAGIC = b"Kaydara FBX Binary  \0\x1a\0"
_FOOTER_ID = bytes.fromhex("fabcab09d0c8d466b176fb831cf7267e")
_FOOTER_END = bytes.fromhex("f85a8c6adef5d97eece90ce3758f290b")
_ALIGNMENT = 16
_NODE_HEADER = struct.Struct("<IIIB")
_NULL_NODE = b"\0" * _NODE_HEADER.size
_RAW = 0
_ARRAY_TYPES = {"f8": b"d", "i4": b"i"}


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A node: its name, its properties in order, its children in order."""

    name: str
    properties: tuple[Property, ...] = ()
    children: tuple[Node, ...] = ()


def int32(value: int) -> Property:
    """A 32-bit integer, type ``I``."""
    return (b"I", struct.pack("<i", value))


def int64(value: int) -> Property:
    """A 64-bit integer, type ``L``."""
    return (b"L", struct.pack("<q", value))


def real(value: float) -> Property:
    """A 64-bit float, type ``D``."""
    return (b"D", struct.pack("<d", value))


def text(value: str) -> Property:
    """A string, type ``S``."""
    data = value.encode()
    return (b"S", struct.pack("<I", len(data)), data)


def raw(data: bytes) -> Property:
    """Bytes, type ``R``."""
    return (b"R", struct.pack("<I", len(data)), data)


def array(values: AnyArray) -> Property:
    """A float64 or int32 array of any shape, type ``d`` or ``i``.

    Not compressed, as the format would allow: deflating with isal at its fastest would take more
    than twice the time of all the rest of an export, and save three fifths of the geometry's bytes,
    which beside embedded textures are the smaller part of most files.
    """
    little_endian = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    header = struct.pack("<III", values.size, _RAW, little_endian.nbytes)
    return (_ARRAY_TYPES[values.dtype.str[1:]], header, little_endian.reshape(-1).data.cast("B"))


def write_document(nodes: Iterable[Node]) -> bytes:
    """A whole file of the top-level ``nodes``."""
    chunks: list[bytes | memoryview] = [_MAGIC, struct.pack("<I", VERSION)]
    at = len(_MAGIC) + 4
    for node in nodes:
        at = _append(node, at, chunks)
    footer = _NULL_NODE + _FOOTER_ID + b"\0" * 4
    # A whole block of padding where the end is aligned already.
    padding = b"\0" * (_ALIGNMENT - (at + len(footer)) % _ALIGNMENT)
    chunks += (footer, padding, struct.pack("<I", VERSION), b"\0" * 120, _FOOTER_END)
    return b"".join(chunks)


def _append(node: Node, at: int, chunks: list[bytes | memoryview]) -> int:
    """Append ``node``, which begins ``at`` bytes into the file; returns where it ends."""
    place = len(chunks)
    name = node.name.encode()
    chunks.append(b"")  # the header's place, until the end is known
    for encoded in node.properties:
        chunks += encoded
    size = sum(len(chunk) for chunk in chunks[place:])
    at += _NODE_HEADER.size + len(name) + size
    for child in node.children:
        at = _append(child, at, chunks)
    if node.children or not node.properties:
        chunks.append(_NULL_NODE)
        at += len(_NULL_NODE)
    chunks[place] = _NODE_HEADER.pack(at, len(node.properties), size, len(name)) + name
    return at
