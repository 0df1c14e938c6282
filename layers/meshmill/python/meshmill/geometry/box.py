"""The surface of a box as six lattices that share their edges: the domain of stones and planets."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32, I64
from meshmill.geometry.noise import gradient_component, hash_lattice, lattice_noise
from meshmill.geometry.vectors import normalised

Counts = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Face:
    """One side of the box as an image: ``right x up`` is the outward normal.

    Each member is an axis (0, 1, 2) with the sign of its direction.
    """

    outward: tuple[int, int]
    right: tuple[int, int]
    up: tuple[int, int]

    def shape(self, counts: Counts) -> tuple[int, int]:
        """Rows and columns of lattice points on this side."""
        return counts[self.up[0]] + 1, counts[self.right[0]] + 1

    @property
    def axes(self) -> F32:
        """Outward, right and up as unit rows, float32 (3, 3)."""
        rows = np.zeros((3, 3), dtype=np.float32)
        for row, (axis, sign) in zip(rows, (self.outward, self.right, self.up), strict=True):
            row[axis] = sign
        return rows

    def lattice(self, counts: Counts) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Integer x, y, z of the lattice points on this side, broadcast to (rows, columns)."""
        rows, columns = self.shape(counts)
        coordinates: list[NDArray[Any]] = [np.zeros((1, 1), dtype=np.int64)] * 3
        axis, sign = self.outward
        coordinates[axis] = np.full((1, 1), counts[axis] if sign > 0 else 0)
        axis, sign = self.right
        coordinates[axis] = np.arange(columns)[None, ::sign]
        axis, sign = self.up
        coordinates[axis] = np.arange(rows)[::-sign, None]
        return coordinates[0], coordinates[1], coordinates[2]


FACES = (
    Face((2, 1), (0, 1), (1, 1)),
    Face((0, 1), (2, -1), (1, 1)),
    Face((2, -1), (0, -1), (1, 1)),
    Face((0, -1), (2, 1), (1, 1)),
    Face((1, 1), (0, 1), (2, -1)),
    Face((1, -1), (0, 1), (2, 1)),
)


@dataclass(frozen=True, slots=True, eq=False)
class BoxLattice:
    """Distinct points of a box's surface.

    ``directions`` are unit vectors float32 (n, 3); ``faces`` holds, for each side, the indices of
    its lattice points, int64 (rows, columns).
    """

    counts: Counts
    directions: F32
    faces: tuple[I64, ...]

    @classmethod
    def of(cls, counts: Counts) -> BoxLattice:
        """The lattice of a cube with ``counts`` cells along x, y and z, at even angles."""
        _, ny, nz = (count + 1 for count in counts)
        keys = [
            ((x * ny + y) * nz + z).astype(np.int64)
            for x, y, z in (face.lattice(counts) for face in FACES)
        ]
        distinct, inverse = np.unique(
            np.concatenate([key.ravel() for key in keys]), return_inverse=True
        )
        bounds = np.cumsum([key.size for key in keys])[:-1]
        faces = tuple(
            part.reshape(key.shape)
            for part, key in zip(np.split(inverse, bounds), keys, strict=True)
        )
        rest, z = np.divmod(distinct, nz)
        x, y = np.divmod(rest, ny)
        points = np.stack(
            [_even_lines(count)[at] for count, at in zip(counts, (x, y, z), strict=True)], axis=1
        )
        return cls(counts, normalised(points).astype(np.float32), faces)


def even_places(t: F32) -> F32:
    """Places -1 … 1 on a side whose directions are as evenly spread as ``t``, -1 … 1: tan(t pi/4).

    By a polynomial, within 3e-4.
    """
    square = t * t
    bent: F32 = t * (
        np.float32(0.7854) + square * (np.float32(0.1615) + square * np.float32(0.0531))
    )
    return bent


def _even_lines(cells: int) -> F32:
    """Places of ``cells`` + 1 lattice lines, exact at both ends."""
    t = np.arange(cells + 1, dtype=np.float32) * np.float32(2.0 / cells) - np.float32(1.0)
    lines = even_places(t)
    lines[0], lines[-1] = -1.0, 1.0
    return lines


def box_noise(face: Face, counts: Counts, rows: F32, columns: F32, seed: int) -> F32:
    """Gradient noise on one side of a box, float32 (r, c), with ``counts`` features along its axes.

    ``rows`` and ``columns`` are positions 0 … 1, from the upper left corner. Sides agree along the
    edges that they share; on each, one lattice coordinate is constant, which makes this as cheap as
    noise in the plane.
    """
    hashed = hash_lattice(seed, *face.lattice(counts))
    return lattice_noise(
        rows * np.float32(counts[face.up[0]]),
        columns * np.float32(counts[face.right[0]]),
        gradient_component(hashed, face.up[0]) * np.float32(-face.up[1]),
        gradient_component(hashed, face.right[0]) * np.float32(face.right[1]),
    )


def counts_for(budget: int, size: tuple[float, float, float]) -> Counts:
    """Cells along each axis, about square, for near to ``budget`` triangles."""
    x, y, z = size
    guess = sqrt(4 * (x * y + y * z + z * x) / budget)
    candidates = [
        (max(1, round(x / edge)), max(1, round(y / edge)), max(1, round(z / edge)))
        for edge in (guess * (0.9 + 0.01 * step) for step in range(21))
    ]
    return min(candidates, key=lambda counts: abs(triangles_of(counts) - budget))


def triangles_of(counts: Counts) -> int:
    """Triangles of a box with two in each cell."""
    x, y, z = counts
    return 4 * (x * y + y * z + z * x)
