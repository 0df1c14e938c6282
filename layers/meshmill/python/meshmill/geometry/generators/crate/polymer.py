"""The look of moulded plastic: a saturated colour, a fine grain, scuffs and dust."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.crate.grain import grain, lumps, speckle
from meshmill.geometry.generators.crate.sheets import Coat, Sheet, mix_into
from meshmill.geometry.generators.crate.shelter import sky_light
from meshmill.geometry.rasters import smoothstep

_ONE, _HALF, _ZERO = np.float32(1.0), np.float32(0.5), np.float32(0.0)
#: Red, blue, green, yellow, orange, grey and black, sRGB.
_COLOURS = (
    (176, 44, 38), (36, 84, 158), (40, 124, 78), (222, 176, 44), (214, 106, 40), (124, 130, 136),
    (52, 54, 58),
)  # fmt: skip
_DUST = (142, 130, 112)


@dataclass(frozen=True, slots=True)
class Polymer:
    """Plastic of a colour by the seed, of a crate of ``mean`` metres."""

    seed: int
    wear: float
    mean: float

    @property
    def ground(self) -> tuple[int, int, int]:
        """The mean colour."""
        return _COLOURS[self.seed % len(_COLOURS)]

    @property
    def metal(self) -> int:
        """Plastic is none."""
        return 0

    def coat(self, sheet: Sheet) -> Coat:
        """Paint a band of a sheet."""
        broad = self._lumps(sheet, 0.35, 0.35, 1)
        blotch = self._lumps(sheet, 0.05, 0.05, 2)
        texture = speckle(sheet, self.seed)
        scratch = self._scratches(sheet)
        edge = sheet.to_edge()
        sky = sky_light(sheet, edge, self.mean)
        wear = np.float32(self.wear)
        colour = _COLOURS[self.seed % len(_COLOURS)]
        fade = _ONE + broad * np.float32(0.035) + blotch * np.float32(0.025)
        colours = [np.float32(channel) * fade for channel in colour]
        dusty = np.clip((_ONE - sky) * np.float32(0.8) + broad * np.float32(0.3), _ZERO, _ONE)
        dusty *= np.clip(np.float32(0.6) + blotch * np.float32(0.7), _ZERO, _ONE) * (
            np.float32(0.15) + wear * np.float32(0.85)
        )
        mix_into(colours, _DUST, dusty * np.float32(0.55))
        near = np.clip(_ONE - edge * np.float32(1.0 / (0.012 * self.mean)), _ZERO, _ONE)
        scuff = near * np.clip(
            np.float32(0.4) + blotch * np.float32(1.1) + texture * np.float32(0.3), _ZERO, _ONE
        )
        scuff *= wear * np.float32(0.8)
        np.maximum(scuff, scratch * (wear * np.float32(0.7)), out=scuff)
        pale = tuple(min(232, round(0.5 * channel + 112)) for channel in colour)
        mix_into(colours, pale, scuff)
        rough = np.float32(0.4) + blotch * np.float32(0.04) + texture * np.float32(0.03)
        rough += dusty * np.float32(0.35) + scuff * np.float32(0.28)
        bump = texture * np.float32(0.055) - scratch * (wear * np.float32(0.5))
        red, green, blue = colours
        return Coat((red, green, blue), bump, sky, rough)

    def _lumps(self, sheet: Sheet, down: float, across: float, salt: int) -> F32:
        """Noise with features of these shares of the crate's mean edge."""
        return lumps(sheet, (down * self.mean, across * self.mean), self.seed + 300 + salt)

    def _scratches(self, sheet: Sheet) -> F32:
        """Fine lines in two directions, where noise of stretched features is at its highest."""
        fine = 2.2 / sheet.density
        lying = grain(sheet, (fine, 0.14 * self.mean), self.seed + 311)
        standing = grain(sheet, (0.1 * self.mean, fine), self.seed + 312)
        lines: F32 = smoothstep(np.maximum(lying, standing), 0.64, 0.8)
        return lines
