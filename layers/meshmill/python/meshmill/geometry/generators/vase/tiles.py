"""Fine variations that repeat: grain and specks, a few texels large."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, I64
from meshmill.geometry.noise import fractal_noise, hash_share
from meshmill.geometry.rasters import smoothstep

_EDGE = 256
#: Specks' lattice: cells along a texture's edge, and the fewest texels in one.
_SPECK_CELLS, _SPECK_TEXELS = 64, 8


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A field float32 (rows, columns) that continues itself at its borders."""

    field: F32

    def wide(self, columns: int) -> Tile:
        """The tile repeated over so many columns."""
        times = -(-columns // self.field.shape[1])
        return Tile(np.ascontiguousarray(np.tile(self.field, (1, times))[:, :columns]))

    def rows(self, numbers: I64) -> F32:
        """Rows of a surface, from the tile's rows in turn."""
        taken: F32 = self.field[numbers % len(self.field)]
        return taken


def grain_tile(seed: int, size: int) -> Tile:
    """Noise of features from three texels on, about -1 … 1."""
    edge = _EDGE if size <= _EDGE * 4 else _EDGE * 2
    places = (np.arange(edge, dtype=np.float32) + np.float32(0.5)) * np.float32(1.0 / edge)
    return Tile(fractal_noise(places, places, (edge // 16, edge // 16), 3, seed + 900))


def speck_tile(seed: int, size: int) -> Tile:
    """Scattered specks, 0 … 1, one in some of the cells of a lattice."""
    edge = _EDGE if size <= _EDGE * 4 else _EDGE * 2
    # Specks are as large on the vessel whatever the texture's size.
    cell = max(_SPECK_TEXELS, size // _SPECK_CELLS)
    ids = np.arange(edge // cell)
    shift = [hash_share(seed + 910 + k, ids[:, None], ids[None, :]) for k in range(3)]
    reach = (shift[2] - np.float32(0.78)) * np.float32(0.55)
    rows, columns = np.nonzero(reach > 0)
    centre = [s[rows, columns] * np.float32(0.5) + np.float32(0.25) for s in shift[:2]]
    within = (np.arange(cell, dtype=np.float32) + np.float32(0.5)) * np.float32(1.0 / cell)
    down, across = (within - middle[:, None] for middle in centre)
    square = (down * down)[:, :, None] + (across * across)[:, None, :]
    specks = smoothstep(reach[rows, columns, None, None] - np.sqrt(square), -0.03, 0.04)
    field = np.zeros((edge, edge), dtype=np.float32)
    field.reshape(len(ids), cell, len(ids), cell).swapaxes(1, 2)[rows, columns] = specks
    return Tile(field)
