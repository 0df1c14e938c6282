"""Which samples of a grid lie inside triangles of the plane: spans of rows, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

#: Off-centre, so that no sample lies exactly on an edge of a regular lattice.
_SAMPLE = (0.4713, 0.5291)
#: Edges are drawn in by this share of a sample, so that neighbours never both claim one.
_INSET = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Fragments:
    """Samples inside triangles: column, row and the triangle's index, int64 (k,) each."""

    column: Array
    row: Array
    triangle: Array

    def pixel(self, width: int) -> Array:
        """Index into a flattened grid of ``width`` columns."""
        return self.row * width + self.column


def fragments(corners: Array) -> Fragments:
    """Samples of the unit grid inside triangles ``corners`` (m, 3, 2): x to the right, y down."""
    points = corners.astype(np.float64)
    y = points[:, :, 1] - _SAMPLE[1]
    first = np.ceil(y.min(axis=1)).astype(np.int64)
    rows = np.maximum(np.ceil(y.max(axis=1)).astype(np.int64) - first, 0)
    triangle, row = _expanded(first, rows)
    left, right = _crossings(points, triangle, row + _SAMPLE[1])
    start = np.ceil(left + _INSET - _SAMPLE[0]).astype(np.int64)
    length = np.maximum(np.ceil(right - _INSET - _SAMPLE[0]).astype(np.int64) - start, 0)
    span, column = _expanded(start, length)
    return Fragments(column, row[span], triangle[span])


def _expanded(first: Array, count: Array) -> tuple[Array, Array]:
    """For each range of integers its index and its members, one after another."""
    index = np.repeat(np.arange(len(first)), count)
    begin = np.cumsum(count) - count
    return index, np.arange(len(index)) - begin[index] + first[index]


def _crossings(points: Array, triangle: Array, height: Array) -> tuple[Array, Array]:
    """Where the triangles' outlines cross horizontal lines: least and greatest x."""
    left = np.full(len(triangle), np.inf)
    right = np.full(len(triangle), -np.inf)
    for corner in range(3):
        low, high = points[:, corner], points[:, (corner + 1) % 3]
        # One order for both neighbours of an edge, so that they round alike.
        swap = (low[:, 1] > high[:, 1])[:, None]
        low, high = np.where(swap, high, low), np.where(swap, low, high)
        rise = high[:, 1] - low[:, 1]
        slope = (high[:, 0] - low[:, 0]) / np.where(rise > 0, rise, 1.0)
        base, top = low[triangle, 1], high[triangle, 1]
        x = low[triangle, 0] + (height - base) * slope[triangle]
        crossed = (height > base) & (height <= top)
        np.minimum(left, x, out=left, where=crossed)
        np.maximum(right, x, out=right, where=crossed)
    missed = ~np.isfinite(left)
    left[missed] = right[missed] = 0.0
    return left, right


def interpolated(corners: Array, values: Array, found: Fragments) -> Array:
    """What the corners hold, ``values`` (m, 3, channels), at the fragments: (k, channels)."""
    a, b, c = (corners[:, k].astype(np.float64) for k in range(3))
    first, second = b - a, c - a
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    inverse = (1.0 / np.where(area == 0, 1.0, area))[:, None]
    start = values[:, 0].astype(np.float64)
    rise, other = values[:, 1] - start, values[:, 2] - start
    across = (rise * second[:, 1:] - other * first[:, 1:]) * inverse
    down = (other * first[:, :1] - rise * second[:, :1]) * inverse
    start -= across * (a[:, :1] - _SAMPLE[0]) + down * (a[:, 1:] - _SAMPLE[1])
    held = start[found.triangle]
    held += across[found.triangle] * found.column[:, None]
    held += down[found.triangle] * found.row[:, None]
    return held


def coverage(corners: Array, size: int) -> Array:
    """How many triangles cover each sample of ``size`` x ``size``, int64 (size, size)."""
    found = fragments(corners)
    inside = (found.column >= 0) & (found.column < size) & (found.row >= 0) & (found.row < size)
    counts = np.bincount(found.pixel(size)[inside], minlength=size * size)
    return counts.reshape(size, size)
