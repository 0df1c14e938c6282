"""The surface of a box as six lattices that share their edges: the domain of stones and planets."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32, I64
from meshmill.geometry.noise import NoiseSpread, gradient_component, hash_lattice
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
        faces = tuple(_numbers(counts, face.lattice(counts)) for face in FACES)
        points = np.empty((int(faces[0].max()) + 1, 3), dtype=np.float32)
        lines = [even_lines(count) for count in counts]
        for face, index in zip(FACES, faces, strict=True):
            for axis, coordinate in enumerate(face.lattice(counts)):
                points[:, axis][index] = lines[axis][coordinate]
        return cls(counts, normalised(points).astype(np.float32), faces)


def _numbers(counts: Counts, place: tuple[I64, I64, I64]) -> I64:
    """Numbers of lattice points: by x, then y, then z, counting those on the surface alone.

    Slices between the first and the last hold only the rim of the y-z plane.
    """
    nx, ny, nz = counts
    x, y, z = place
    whole, rim = (ny + 1) * (nz + 1), 2 * (ny + nz)
    within = y * (nz + 1) + z
    around = np.where(y == 0, z, (nz + 1) + (y - 1) * 2 + np.where(y == ny, z, z // nz))
    numbers: I64 = np.where((x == 0) | (x == nx), within, around)
    numbers += np.where(x == 0, 0, whole + (x - 1) * rim)
    return numbers


def even_places(t: F32) -> F32:
    """Places -1 … 1 on a side whose directions are as evenly spread as ``t``, -1 … 1: tan(t pi/4).

    By a polynomial, within 3e-4.
    """
    square = t * t
    curve = (square * np.float32(0.0531) + np.float32(0.1615)) * square + np.float32(0.7854)
    bent: F32 = t * curve
    return bent


def even_lines(cells: int) -> F32:
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
    spread = spread_box_noise(face, counts, columns, seed)
    return spread.band(rows * np.float32(counts[face.up[0]]))


def spread_box_noise(
    face: Face, counts: Counts, columns: F32, seed: int, strength: float = 1.0
) -> NoiseSpread:
    """Noise as :func:`box_noise`, times ``strength``, to be read in bands of rows.

    Rows are asked for in units of the lattice, 0 … the number of features down the side.
    """
    hashed = hash_lattice(seed, *face.lattice(counts))
    return NoiseSpread(
        columns * np.float32(counts[face.right[0]]),
        gradient_component(hashed, face.up[0]) * np.float32(-face.up[1]),
        gradient_component(hashed, face.right[0]) * np.float32(face.right[1]),
        strength,
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
