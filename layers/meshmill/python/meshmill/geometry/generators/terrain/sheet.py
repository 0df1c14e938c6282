"""The land as a lattice of points, at any resolution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.terrain.drape import Drape
from meshmill.geometry.generators.terrain.relief import Relief
from meshmill.geometry.rasters import gathered
from meshmill.geometry.vectors import cross, normalised


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Points of the land: ``positions`` in metres, unit ``normals``, and ``tangents`` to the east.

    All are float32 (n, n, 3), rows from north to south. At borders normals look into a neighbour
    that continues the tile.
    """

    positions: F32
    normals: F32
    tangents: F32

    @classmethod
    def of(cls, relief: Relief, drape: Drape, cells: int, size_m: float, relief_m: float) -> Sheet:
        """The relief at the points of a lattice of ``cells`` that is draped over it."""
        rows, columns = drape.over(cells)
        half, size = np.float32(0.5), np.float32(size_m)
        height = _sampled(relief, rows, columns) * np.float32(relief_m)
        positions = np.stack(((columns - half) * size, height, (rows - half) * size), axis=-1)
        down = _differences(positions, 0, (0.0, 0.0, size_m))
        right = _differences(positions, 1, (size_m, 0.0, 0.0))
        return cls(positions, normalised(cross(down, right)), right)

    @property
    def cells(self) -> int:
        """Cells along a side."""
        return len(self.positions) - 1


def _sampled(relief: Relief, rows: F32, columns: F32) -> F32:
    """Heights 0 … 1; the inner points nearest to summit and floor take theirs.

    Otherwise a coarse mesh would miss the summit, and levels of detail differ in their bounds.
    """
    scale = np.float32(relief.cells)
    height = gathered(relief.height[:, :, None], rows * scale, columns * scale)[:, :, 0]
    inside, land = height[1:-1, 1:-1], relief.height[1:-1, 1:-1]
    for extreme in (int(land.argmax()), int(land.argmin())):
        row, column = (np.float32(at + 1) / scale for at in divmod(extreme, len(land)))
        down, across = rows[1:-1, 1:-1] - row, columns[1:-1, 1:-1] - column
        nearest = divmod(int((down * down + across * across).argmin()), len(inside))
        inside[nearest] = land.reshape(-1)[extreme]
    return height


def _differences(positions: F32, axis: int, tile: tuple[float, float, float]) -> F32:
    """From neighbour to neighbour along one axis; beyond a border lies the tile again."""
    lines = np.moveaxis(positions, axis, 0)
    step = np.array(tile, dtype=np.float32)
    padded = np.concatenate((lines[-2:-1] - step, lines, lines[1:2] + step))
    between: F32 = np.moveaxis(padded[2:] - padded[:-2], 0, axis)
    return between
