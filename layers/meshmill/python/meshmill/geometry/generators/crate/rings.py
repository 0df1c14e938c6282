"""Rings of a log where boards cut it, and its knots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.crate.sheets import Sheet
from meshmill.geometry.noise import hash_share
from meshmill.geometry.rasters import smoothstep

_ONE, _HALF, _ZERO = np.float32(1.0), np.float32(0.5), np.float32(0.0)
_TABLE = 256
#: The chance of each of two knots in a board.
_KNOTTY = 0.34


def of_each(sheet: Sheet, seed: int) -> F32:
    """A number 0 … 1 of each row's board, as a column."""
    column: F32 = hash_share(seed, sheet.numbers)[sheet.member][:, None]
    return column


@dataclass(frozen=True, slots=True)
class Log:
    """What boards are sawn from, each at another place, for a crate of ``mean`` metres."""

    seed: int
    mean: float

    def radius(self, sheet: Sheet, broad: F32) -> F32:
        """Distance from the pith of the log, in rings."""
        mean = np.float32(self.mean)
        side = (of_each(sheet, self.seed + 21) - _HALF) * (np.float32(0.26) * mean)
        deep = (of_each(sheet, self.seed + 22) * np.float32(0.1) + np.float32(0.012)) * mean
        slope = (of_each(sheet, self.seed + 23) - _HALF) * np.float32(0.13)
        across = sheet.y[:, None] - side + broad * (np.float32(0.022) * mean)
        if sheet.skins[0].style == "end":
            below = sheet.x[None, :] + deep
        else:
            below = deep + slope * sheet.x[None, :] + broad * (np.float32(0.012) * mean)
        square = across * across
        square += below * below
        rings: F32 = np.sqrt(square) * np.float32(1.0 / self._ring())
        return rings

    def _ring(self) -> float:
        """Width of a year's ring, metres."""
        return 0.0135 * self.mean

    def late_wood(self, sheet: Sheet, radius: F32, fibre: F32) -> F32:
        """Share of late wood, 0 … 1: rises over a year and ends at once."""
        radius += fibre * np.float32(0.16)
        year = np.floor(radius)
        within = radius - year
        strength = hash_share(self.seed + 31, np.arange(_TABLE)) * np.float32(0.55) + np.float32(
            0.45
        )
        late = within * within
        late *= _ONE - smoothstep(within, 0.84, 1.0)
        late *= strength[year.astype(np.int32) & np.int32(_TABLE - 1)]
        # Rings narrower than a few texels are blended into their mean.
        texels = self._ring() * sheet.density
        clear = min(1.0, max(0.0, (texels - 1.2) / 2.0))
        late *= np.float32(clear * 1.35)
        late += np.float32((1.0 - clear) * 0.2)
        return late

    def knots(self, sheet: Sheet, radius: F32) -> F32:
        """How much of each texel is knot, 0 … 1; swells the rings of ``radius`` around knots."""
        knot = np.zeros_like(radius)
        if sheet.skins[0].style == "end":
            return knot
        for member, (number, skin) in enumerate(
            zip(sheet.numbers.tolist(), sheet.skins, strict=True)
        ):
            chances = hash_share(self.seed + 41, np.arange(4) + 8 * number).tolist()
            places = hash_share(self.seed + 42, np.arange(8) + 8 * number).tolist()
            size = (0.008 + 0.012 * chances[3]) * self.mean
            for k, chance in enumerate(chances[:2]):
                if chance < _KNOTTY and skin.height > 2 * size:
                    at = (
                        (places[2 * k] - 0.5) * skin.width,
                        (places[2 * k + 1] - 0.5) * skin.height,
                    )
                    _swell(sheet, member, at, size, radius, knot)
        return knot


def _swell(
    sheet: Sheet, member: int, at: tuple[float, float], size: float, radius: F32, knot: F32
) -> None:
    rows = np.flatnonzero(sheet.member == member)
    if not len(rows):
        return
    reach = 7 * size
    columns = np.flatnonzero(np.abs(sheet.x - np.float32(at[0])) < np.float32(reach))
    rows = rows[np.abs(sheet.y[rows] - np.float32(at[1])) < np.float32(reach)]
    if not (len(rows) and len(columns)):
        return
    window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    across = (sheet.x[window[1]] - np.float32(at[0])) * np.float32(1.0 / (1.35 * size))
    down = (sheet.y[window[0]] - np.float32(at[1])) * np.float32(1.0 / size)
    square = across[None, :] * across[None, :] + down[:, None] * down[:, None]
    fall = np.clip(_ONE - square * np.float32(1.0 / 27.0), _ZERO, _ONE)
    swell = np.float32(3.4) / (_ONE + square * np.float32(0.5)) * fall
    radius[window] += swell
    distance = np.sqrt(square)
    core = _ONE - smoothstep(distance, 0.55, 1.15)
    rings = distance * np.float32(4.0)
    rings -= np.floor(rings)
    core *= np.float32(0.8) + rings * np.float32(0.2)
    np.maximum(knot[window], core, out=knot[window])
