"""Numbers as text, a whole array at once.

Rows of bytes are as wide as their longest number needs, unused places are zero bytes, and one
pass removes these. Four digits at a time come from a table. Formatting line by line in Python
takes ten times as long.
"""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import U8, U32, AnyArray

_AT_ONCE = 10_000
_FOUR_DIGITS = np.frombuffer(b"".join(b"%04d" % value for value in range(_AT_ONCE)), np.uint32)
_NOTHING, _SPACE, _MINUS, _POINT, _LINE_END = 0, *b" -.\n"


def number_lines(keyword: bytes, values: AnyArray, decimals: int) -> bytes:
    """A line for each row of float32 ``values`` (n, k): ``keyword``, then k numbers.

    Numbers are rounded to ``decimals``, 1 … 9, and must be below 2³² in size.
    """
    scale = 10**decimals
    scaled = np.rint(values.astype(np.float64) * scale).astype(np.int64)
    size = np.abs(scaled)
    whole = size // scale
    fraction = (size - whole * scale).astype(np.uint32)
    width = len(str(whole.max(initial=0)))
    cell = 2 + width + 1 + decimals
    lines = np.empty((len(values), len(keyword) + values.shape[1] * cell + 1), dtype=np.uint8)
    lines[:, : len(keyword)] = np.frombuffer(keyword, dtype=np.uint8)
    lines[:, -1] = _LINE_END
    for column in range(values.shape[1]):
        start = len(keyword) + column * cell
        lines[:, start] = _SPACE
        lines[:, start + 1] = np.where(scaled[:, column] < 0, _MINUS, _NOTHING)
        point = start + 2 + width
        lines[:, start + 2 : point] = integers(whole[:, column].astype(np.uint32), width)
        lines[:, point] = _POINT
        lines[:, point + 1 : start + cell] = _padded(fraction[:, column], decimals)
    return _written(lines)


def integers(values: U32, width: int) -> U8:
    """Digits of ``values`` (n,), right-aligned in uint8 (n, width), zero bytes before them."""
    digits = _padded(values, width)
    for place in range(width - 1):
        digits[:, place] *= values >= 10 ** (width - 1 - place)
    return digits


def corner_words(points: U32, vertices: U32) -> AnyArray:
    """What a face line says of a corner: `` point/vertex/vertex``, an item of bytes each."""
    point_width, vertex_width = (len(str(index.max(initial=0))) for index in (points, vertices))
    point, vertex = integers(points, point_width), integers(vertices, vertex_width)
    words = np.empty((len(points), 3 + point_width + 2 * vertex_width), dtype=np.uint8)
    words[:, 0] = _SPACE
    words[:, 1 : 1 + point_width] = point
    for start in (1 + point_width, 2 + point_width + vertex_width):
        words[:, start] = ord("/")
        words[:, start + 1 : start + 1 + vertex_width] = vertex
    return words.view(f"V{words.shape[1]}").reshape(-1)


def face_lines(words: AnyArray, triangles: U32) -> bytes:
    """A line ``f`` for each triangle, with the :func:`corner_words` that it indexes."""
    corners = words[triangles].view(np.uint8).reshape(len(triangles), 3 * words.itemsize)
    lines = np.empty((len(triangles), corners.shape[1] + 2), dtype=np.uint8)
    lines[:, 0] = ord("f")
    lines[:, 1:-1] = corners
    lines[:, -1] = _LINE_END
    return _written(lines)


def _padded(values: U32, width: int) -> U8:
    """The last ``width`` digits of ``values``, zeros before them: uint8 (n, width)."""
    groups = -(-width // 4)
    digits = np.empty((len(values), groups), dtype=np.uint32)
    rest = values
    for group in range(groups - 1, 0, -1):
        higher = rest // np.uint32(_AT_ONCE)
        digits[:, group] = _FOUR_DIGITS[rest - higher * np.uint32(_AT_ONCE)]
        rest = higher
    digits[:, 0] = _FOUR_DIGITS[rest]
    return digits.view(np.uint8)[:, groups * 4 - width :]


def _written(lines: U8) -> bytes:
    flat = lines.reshape(-1)
    used: U8 = flat[flat != _NOTHING]
    return used.tobytes()
