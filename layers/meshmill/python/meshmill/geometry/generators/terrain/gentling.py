"""Land that is too steep for its landform gets a broad rise, and less of everything else.

The relief asked for is the same, but it is climbed over the width of the tile.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.terrain.borders import Border
from meshmill.geometry.generators.terrain.slopes import axis, wrapped_gradients
from meshmill.geometry.noise import periodic_noise
from meshmill.geometry.rasters import box_blur

#: Shares of the broad rise in the land, tried until the land is not too steep.
_SHARES = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.95)
_STEEP_SHARE = 0.07
#: From the foot of the rise to its summit, in tile edges.
_REACH = 0.38
#: Cells by which summits are looked for and rounded, as shares of the lattice.
_BLUR, _ROUNDED = 9 / 64, 1 / 64
#: Features of the noise that bends the rise, and how far.
_BENDS = ((3, 0.06), (6, 0.026), (13, 0.01))


def broad_rise(height: F32, level: float, seed: int) -> F32:
    """One summit and one basin where ``height`` (n, n) has them, as gentle as the tile allows.

    The rest is at ``level``.
    """
    cells = len(height) - 1
    blurred = box_blur(height, round(_BLUR * cells))
    high_row, high_column = divmod(int(blurred.argmax()), cells + 1)
    low_row, low_column = divmod(int(blurred.argmin()), cells + 1)
    row, column = high_row - low_row, high_column - low_column
    reach = _REACH / sqrt(max(1, row * row + column * column))
    rise = np.full_like(height, np.float32(level))
    places = _bent(cells, seed)
    for share, size in ((level, 1.0 - level), (level - 1.0, -level)):
        centre = (0.5 + row * reach * share, 0.5 + column * reach * share)
        rise += _cone(places, centre, _REACH * abs(size)) * np.float32(size)
    return box_blur(rise, round(_ROUNDED * cells))


def least_share(height: F32, rise: F32, border: Border, steepest: float) -> float:
    """How much of the ``rise`` leaves little land that climbs more than ``steepest``.

    ``steepest`` is in shares of the relief per tile edge.
    """
    for share in _SHARES:
        if _steep_share(border.fitted(mixed(height, rise, share)), steepest) <= _STEEP_SHARE:
            break
    return share


def mixed(height: F32, rise: F32, share: float) -> F32:
    """Heights with a share of the rise."""
    return height + (rise - height) * np.float32(share)


def _steep_share(height: F32, steepest: float) -> float:
    down, right = wrapped_gradients(height, 1.0 / (len(height) - 1))
    limit = np.float32(steepest * steepest)
    return float(np.count_nonzero(down * down + right * right > limit)) / height.size


def _bent(cells: int, seed: int) -> tuple[F32, F32]:
    """Places down and across the tile, pushed aside so that nothing broad is round."""
    ticks = axis(cells)
    down = np.repeat(ticks[:, None], len(ticks), axis=1)
    across = down.T.copy()
    for features, reach in _BENDS:
        for places, offset in ((down, 300), (across, 400)):
            noise = periodic_noise(ticks, ticks, features, seed + offset + features)
            np.add(places, noise * np.float32(reach), out=places)
    return down, across


def _cone(places: tuple[F32, F32], centre: tuple[float, float], radius: float) -> F32:
    """A cone of height 1 over ``places`` down and across, float32 (n, n), in tile edges."""
    down, across = (at - np.float32(middle) for at, middle in zip(places, centre, strict=True))
    away = np.sqrt(down * down + across * across)
    cone: F32 = np.maximum(np.float32(1.0) - away * np.float32(1.0 / radius), np.float32(0.0))
    return cone
