"""A network of cracks: borders between the cells of scattered points.

Steven Worley, "A Cellular Texture Basis Function" (1996). Points lie in rows around the vessel,
each with as many as its circumference asks for, so that cells are as large at the neck as at the
belly, and meet after a turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import TAU, cos_sin
from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.noise import hash_share, runs

_JITTER = np.float32(0.84)
_FAR = np.float32(1e9)
_HALF = np.float32(0.5)
_FEWEST = 3
#: Cells within which the two nearest points of a disk are.
_REACH = 2.0


@dataclass(frozen=True, slots=True)
class Network:
    """Cells ``cell`` metres wide on a surface whose radius, in metres, is known at each level."""

    cell: float
    seed: int
    radius: Callable[[F64], F64]

    def distances(self, level: F64, turn: F32) -> F32:
        """How far texels are from the nearest crack, in cells, float32 (rows, columns).

        ``level`` is a row's place in metres along the surface, ``turn`` a column's around it.
        """
        heights = level * (1.0 / self.cell)
        widths = (self.radius(level) * (TAU / self.cell)).astype(np.float32)[:, None]
        out = np.empty((len(level), len(turn)), dtype=np.float32)
        row = np.floor(heights).astype(np.int64)
        for start, stop in runs(row):
            nearest = np.full((stop - start, len(turn)), _FAR)
            second = nearest.copy()
            for near in range(int(row[start]) - 1, int(row[start]) + 2):
                above = (heights[start:stop, None] - near).astype(np.float32)
                self._scan(near, (above, widths[start:stop], turn), nearest, second)
            np.subtract(np.sqrt(second), np.sqrt(nearest), out=out[start:stop])
        return out

    def disk_distances(self, down: F64, across: F64, edge: float) -> F32:
        """Distances as :meth:`distances` on the disk within ``edge`` metres of arc of the axis.

        Its texels lie at ``across`` by ``down``, metres from the axis along x and z; the points are
        those that the surface around has too, so that cracks run on into it.
        """
        nearest = np.full((len(down), len(across)), _FAR)
        second = nearest.copy()
        reach = self.cell * _REACH
        for row in range(int(edge / self.cell) + 3):
            for x, z in self._points(row):
                top, bottom = np.searchsorted(down, (z - reach, z + reach))
                left, right = np.searchsorted(across, (x - reach, x + reach))
                area = np.s_[int(top) : int(bottom), int(left) : int(right)]
                rise = ((down[area[0]] - z) * (1.0 / self.cell)).astype(np.float32)
                aside = ((across[area[1]] - x) * (1.0 / self.cell)).astype(np.float32)
                square = (rise * rise)[:, None] + (aside * aside)[None, :]
                _keep(square, nearest[area], second[area])
        apart: F32 = np.sqrt(second) - np.sqrt(nearest)
        return apart

    def _points(self, row: int) -> list[tuple[float, float]]:
        """Points of one row in metres along x and z."""
        count = self._count(row)
        shift, lift = self._jitter(row, count)
        cosine, sine = cos_sin((np.arange(count) + shift) * (1.0 / count))
        radius = self.radius(np.maximum((row + lift) * self.cell, 0.0))
        return list(zip((radius * sine).tolist(), (radius * cosine).tolist(), strict=True))

    def _jitter(self, row: int, count: int) -> tuple[F32, F32]:
        """Where the points of a row lie in their cells, 0 … 1: around, and along the surface."""
        ids, rows = np.arange(count), np.full(1, row)
        shift, lift = (
            (hash_share(self.seed + axis, rows, ids) - _HALF) * _JITTER + _HALF for axis in (0, 1)
        )
        return shift, lift

    def _scan(self, row: int, at: tuple[F32, F32, F32], nearest: F32, second: F32) -> None:
        """Keep the squares of the two least distances to points of one row."""
        above, width, turn = at
        count = self._count(row)
        along = turn * np.float32(count)
        column = np.floor(along).astype(np.int64)
        shift, lift = self._jitter(row, count)
        for step in (-1, 0, 1):
            index = (column + step) % count
            aside = (along - (column + step).astype(np.float32) - shift[index]) * np.float32(
                1.0 / count
            )
            square = width * aside
            square *= square
            rise = above - lift[index]
            rise *= rise
            square += rise
            _keep(square, nearest, second)

    def _count(self, row: int) -> int:
        around = float(self.radius(np.array([(row + 0.5) * self.cell]))[0]) * TAU
        return max(_FEWEST, round(around / self.cell))


def _keep(square: F32, nearest: F32, second: F32) -> None:
    """Keep the two least squares of distances, in place."""
    np.minimum(second, np.maximum(nearest, square), out=second)
    np.minimum(nearest, square, out=nearest)
