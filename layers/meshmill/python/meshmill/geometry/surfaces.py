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
    a, b, c, d = (grid.ravel() for grid in _corners(index))
    pa, pb, pc, pd = (corner.reshape(-1, 3) for corner in _corners(positions))
    falling = (_square(pa, pd) <= _square(pb, pc))[:, None]
    first = np.where(falling, np.stack((a, c, d), 1), np.stack((a, c, b), 1))
    second = np.where(falling, np.stack((a, d, b), 1), np.stack((b, c, d), 1))
    triangles = np.stack((first, second), axis=1).reshape(-1, 3)
    return triangles[_distinct(positions.reshape(-1, 3)[triangles])]


def lattice_part(positions: AnyArray, normals: AnyArray, uvs: AnyArray) -> Part:
    """A part of a lattice: positions and normals (rows, columns, 3), uvs (rows, columns, 2)."""
    return Part(
        positions.reshape(-1, 3).astype(np.float32),
        normals.reshape(-1, 3).astype(np.float32),
        uvs.reshape(-1, 2).astype(np.float32),
        lattice_triangles(positions.astype(np.float32)),
    )


def lattice_normals(positions: AnyArray) -> F32:
    """Unit normals (rows, columns, 3) of an open lattice, by central differences."""
    return _unit(_differences(positions, 0), _differences(positions, 1))


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
    """Upper left, upper right, lower left and lower right of each cell."""
    return grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:]


def _square(left: AnyArray, right: AnyArray) -> AnyArray:
    step = left.astype(np.float64) - right
    square: AnyArray = step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1] + step[:, 2] * step[:, 2]
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
