"""A z-buffer rasteriser of many small triangles in numpy.

Triangles are grouped by the size of their bounding boxes, so that each group is one block of
samples; edge functions are evaluated for the whole block. Juan Pineda, "A Parallel Algorithm for
Polygon Rasterization" (1988).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32

_SAMPLES_PER_BLOCK = 1 << 17
#: No triangle here; also the index of a cleared sample.
EMPTY = -1


@dataclass(frozen=True, slots=True)
class Visibility:
    """The nearest triangle of each sample.

    ``triangle`` is int32 (size * size,), :data:`EMPTY` where nothing is; ``nearness`` float32
    alike, zero where nothing is.
    """

    triangle: NDArray[np.int32]
    nearness: F32


def rasterise(screen: F32, triangles: NDArray[Any], size: int) -> Visibility:
    """Find what is visible on a square of ``size`` x ``size`` samples, centres at half integers.

    ``screen`` is float32 (n, 3): x to the right, y downwards, and a positive nearness that is
    linear on the screen and greater for what is in front. Only triangles (m, 3) that are
    counter-clockwise as seen are drawn.
    """
    corners = screen[triangles]
    edges = _Edges.of(corners)
    nearness = np.zeros(size * size, dtype=np.float32)
    owner = np.full(size * size, EMPTY, dtype=np.int32)
    low = np.clip(np.ceil(corners[:, :, :2].min(axis=1) - np.float32(0.5)), 0, size)
    high = np.clip(np.ceil(corners[:, :, :2].max(axis=1) - np.float32(0.5)), 0, size)
    extent = (high - low).astype(np.int32)
    drawn = edges.front & (extent > 0).all(axis=1)
    origin = low.astype(np.int32)
    for block, width in _blocks(extent, drawn):
        pixel, depth, source = _fragments(edges, block, origin[block], width, size)
        _resolve(nearness, owner, pixel, depth, source)
    return Visibility(triangle=owner, nearness=nearness)


@dataclass(frozen=True, slots=True)
class _Edges:
    """Barycentric coordinates and nearness as planes over the screen: a x + b y + c each."""

    planes: tuple[tuple[F32, F32, F32], ...]
    depth: tuple[F32, F32, F32]
    front: NDArray[np.bool_]

    @classmethod
    def of(cls, corners: F32) -> _Edges:
        x, y, z = (corners[:, :, axis] for axis in range(3))
        area = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
        front = area < 0  # y grows downwards
        inverse: F32 = np.reciprocal(np.where(front, area, np.float32(1.0)))
        planes = []
        for first, second in ((1, 2), (2, 0), (0, 1)):
            a = (y[:, first] - y[:, second]) * inverse
            b = (x[:, second] - x[:, first]) * inverse
            planes.append((a, b, -(a * x[:, first] + b * y[:, first])))
        depth = tuple(
            planes[0][term] * z[:, 0] + planes[1][term] * z[:, 1] + planes[2][term] * z[:, 2]
            for term in range(3)
        )
        return cls(tuple(planes), (depth[0], depth[1], depth[2]), front)


def _blocks(
    extent: NDArray[np.int32], drawn: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.int64], int]]:
    """Groups of triangles whose boxes fit a square of one width, few enough to stay in cache."""
    widest = extent.max(axis=1)
    width, below = 2, 0
    while below < widest.max(initial=0):
        members = np.flatnonzero(drawn & (widest > below) & (widest <= width))
        step = max(1, _SAMPLES_PER_BLOCK // (width * width))
        for start in range(0, len(members), step):
            yield members[start : start + step], width
        below, width = width, width + max(1, width // 2)


def _fragments(
    edges: _Edges, block: NDArray[np.int64], origin: NDArray[np.int32], width: int, size: int
) -> tuple[NDArray[Any], F32, NDArray[Any]]:
    """Samples inside the block's triangles: index on the screen, nearness, triangle."""
    steps = np.arange(width, dtype=np.float32)
    x0, y0 = (origin[:, axis].astype(np.float32) + np.float32(0.5) for axis in range(2))

    def over_box(plane: tuple[F32, F32, F32]) -> F32:
        a, b, c = (term[block] for term in plane)
        at_origin = a * x0 + b * y0 + c
        across = a[:, None] * steps
        down = at_origin[:, None] + b[:, None] * steps
        box: F32 = down[:, :, None] + across[:, None, :]
        return box

    inside = over_box(edges.planes[0])
    np.minimum(inside, over_box(edges.planes[1]), out=inside)
    np.minimum(inside, over_box(edges.planes[2]), out=inside)
    hit = np.flatnonzero(inside.ravel() >= 0)
    member, place = np.divmod(hit, width * width)
    row, column = np.divmod(place, width)
    column += origin[member, 0]
    row += origin[member, 1]
    kept = (column < size) & (row < size)
    column, row, source = column[kept], row[kept], block[member[kept]]
    a, b, c = (term[source] for term in edges.depth)
    a *= column.astype(np.float32) + np.float32(0.5)
    b *= row.astype(np.float32) + np.float32(0.5)
    return row * size + column, a + b + c, source


def _resolve(
    nearness: F32,
    owner: NDArray[np.int32],
    pixel: NDArray[Any],
    depth: F32,
    source: NDArray[Any],
) -> None:
    """Keep the nearest fragment of each sample."""
    nearer = depth > nearness[pixel]
    pixel, depth, source = pixel[nearer], depth[nearer], source[nearer]
    np.maximum.at(nearness, pixel, depth)
    wins = depth == nearness[pixel]
    owner[pixel[wins]] = source[wins]
