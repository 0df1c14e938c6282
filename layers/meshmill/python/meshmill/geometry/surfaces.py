"""Surfaces made of lattices: rows and columns of points, two triangles a cell.

Rows run downwards and columns to the right as seen from outside, so that triangles are
counter-clockwise there.
"""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32, U32, AnyArray
from meshmill.geometry.parts import Part
from meshmill.geometry.vectors import cross, normalised


def lattice_triangles(positions: AnyArray) -> U32:
    """Triangles uint32 (m, 3) of a lattice (rows, columns, 3), cells split at the shorter diagonal.

    Cells that are triangles already, because two of their corners coincide (at a pole), give one
    triangle; vertices are numbered row by row.
    """
    rows, columns, _ = positions.shape
    index = np.arange(rows * columns, dtype=np.uint32).reshape(rows, columns)
    a, b, c, d = _corners(index)
    pa, pb, pc, pd = _corners(np.ascontiguousarray(positions.transpose(2, 0, 1), np.float64))
    down, across = _square(pa, pd), _square(pb, pc)
    falling = down <= across
    triangles = np.empty((rows - 1, columns - 1, 6), dtype=np.uint32)
    last = np.where(falling, d, b)
    for place, corner in enumerate((a, c, last, np.where(falling, a, b))):
        triangles[:, :, place] = corner
    triangles[:, :, 4] = np.where(falling, d, c)
    triangles[:, :, 5] = np.where(falling, b, d)
    triangles = triangles.reshape(-1, 3)
    shortest = min(float(square.min()) for square in (down, across, _square(pa, pb),
                   _square(pc, pd), _square(pa, pc), _square(pb, pd)))  # fmt: skip
    if shortest > 0:
        return triangles
    return triangles[_distinct(positions.reshape(-1, 3)[triangles])]


def lattice_part(positions: AnyArray, normals: AnyArray, uvs: AnyArray) -> Part:
    """A part of a lattice: positions and normals (rows, columns, 3), uvs (rows, columns, 2)."""
    return Part(
        positions.reshape(-1, 3).astype(np.float32),
        normals.reshape(-1, 3).astype(np.float32),
        uvs.reshape(-1, 2).astype(np.float32),
        lattice_triangles(positions.astype(np.float32)),
    )


def ring_normals(positions: AnyArray) -> F32:
    """Unit normals of a lattice whose last column repeats its first, as a lathe's does."""
    ring = positions[:, :-1]
    along = np.roll(ring, -1, axis=1) - np.roll(ring, 1, axis=1)
    normals = _unit(_differences(ring, 0), along)
    return np.concatenate((normals, normals[:, :1]), axis=1)


def fit_bounds(points: F32, low: AnyArray, high: AnyArray) -> F32:
    """Points (n, 3) drawn into bounds, with those nearest to a bound moved onto it.

    Levels of detail, which meet other summits of one shape, get the same bounds by this.
    """
    bounded: F32 = np.clip(points, low, high).astype(np.float32)
    for axis in range(3):
        bounded[points[:, axis].argmin(), axis] = low[axis]
        bounded[points[:, axis].argmax(), axis] = high[axis]
    return bounded


def _corners(grid: AnyArray) -> tuple[AnyArray, AnyArray, AnyArray, AnyArray]:
    """Upper left, upper right, lower left and lower right of each cell of (..., rows, columns)."""
    return grid[..., :-1, :-1], grid[..., :-1, 1:], grid[..., 1:, :-1], grid[..., 1:, 1:]


def _square(left: AnyArray, right: AnyArray) -> AnyArray:
    """Squared distances of points (3, rows, columns)."""
    step = left - right
    step *= step
    square: AnyArray = step[0] + step[1]
    square += step[2]
    return square


def _distinct(corners: AnyArray) -> AnyArray:
    """Which triangles (m, 3, 3) have three different corners."""
    pairs = ((0, 1), (1, 2), (2, 0))
    same = [(corners[:, i] == corners[:, j]).all(axis=1) for i, j in pairs]
    distinct: AnyArray = ~(same[0] | same[1] | same[2])
    return distinct


def _differences(grid: AnyArray, axis: int) -> AnyArray:
    """Differences of neighbours on either side; one-sided at the borders."""
    padded = np.concatenate(
        (np.take(grid, [0], axis), grid, np.take(grid, [-1], axis)), axis=axis
    ).astype(np.float64)
    count = grid.shape[axis]
    after = np.take(padded, np.arange(2, count + 2), axis)
    steps: AnyArray = after - np.take(padded, np.arange(count), axis)
    return steps


def _unit(down: AnyArray, right: AnyArray) -> F32:
    unit: F32 = normalised(cross(down, right)).astype(np.float32)
    return unit
