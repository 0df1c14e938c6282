"""Noise over sheets of charts, in metres."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.crate.sheets import Sheet
from meshmill.geometry.noise import periodic_noise, stretched_noise

#: Features after which noise repeats: a power of two, so that positions lose no bits.
_PERIOD = 1 << 20
_TILE, _TILE_FEATURES = 256, 96


def grain(sheet: Sheet, feature: tuple[float, float], seed: int) -> F32:
    """Noise with features of these metres down and across; sheets and their charts differ."""
    down, across = (np.float32(1.0 / (metres * _PERIOD)) for metres in feature)
    rows, columns = sheet.place * down, (sheet.x - sheet.x[0]) * across
    own = seed + 1009 * int(sheet.numbers[0])
    # The cost is that of lattice rows: it is less with the long side of the features down.
    if (rows[-1] - rows[0]) > (columns[-1] - columns[0]):
        turned = stretched_noise(columns, rows, (_PERIOD, _PERIOD), own)
        return np.ascontiguousarray(turned.T)
    return stretched_noise(rows, columns, (_PERIOD, _PERIOD), own)


def lumps(sheet: Sheet, feature: tuple[float, float], seed: int) -> F32:
    """Noise as :func:`grain`, of features no smaller than three texels."""
    least = 3.0 / sheet.density
    return grain(sheet, (max(feature[0], least), max(feature[1], least)), seed)


def speckle(sheet: Sheet, seed: int) -> F32:
    """Noise with features of 2.7 texels, from a tile."""
    start = round(float(sheet.place[0]) * sheet.density)
    rows = np.arange(start, start + len(sheet.y)) % _TILE
    repeats = -(-len(sheet.x) // _TILE)
    wide = np.tile(_tile(seed & 0xFF), (1, repeats))[:, : len(sheet.x)]
    spread: F32 = wide[rows]
    return spread


@lru_cache(maxsize=4)
def _tile(seed: int) -> F32:
    at = np.arange(_TILE, dtype=np.float32) * np.float32(1.0 / _TILE)
    return periodic_noise(at, at, _TILE_FEATURES, seed)
