"""The look of painted sheet steel: enamel, chips down to the metal, rust and dust."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.crate.grain import lumps, speckle
from meshmill.geometry.generators.crate.sheets import Coat, Sheet, mix_into
from meshmill.geometry.generators.crate.shelter import sky_light
from meshmill.geometry.rasters import blend_into, smoothstep

_ONE, _HALF, _ZERO = np.float32(1.0), np.float32(0.5), np.float32(0.0)
#: Olive, container blue, oxide red, signal yellow, grey and teal, sRGB.
_PAINTS = (
    (92, 100, 62), (40, 88, 136), (150, 58, 42), (208, 158, 44), (122, 128, 130), (48, 112, 108),
)  # fmt: skip
_STEEL = (198, 199, 203)
_RUSTS = ((150, 84, 44), (92, 52, 36))
_DUST = (126, 112, 92)


@dataclass(frozen=True, slots=True)
class Enamel:
    """Paint of a colour by the seed, on a crate of ``mean`` metres."""

    seed: int
    wear: float
    mean: float

    @property
    def ground(self) -> tuple[int, int, int]:
        """The mean colour."""
        return _PAINTS[self.seed % len(_PAINTS)]

    @property
    def metal(self) -> int:
        """Paint is none."""
        return 0

    def coat(self, sheet: Sheet) -> Coat:
        """Paint a band of a sheet."""
        broad = self._lumps(sheet, 0.3, 0.3, 1)
        blotch = self._lumps(sheet, 0.06, 0.06, 2)
        fine = self._lumps(sheet, 0.012, 0.012, 3)
        peel = speckle(sheet, self.seed)
        edge = sheet.to_edge()
        sky = sky_light(sheet, edge, self.mean)
        wear = np.float32(self.wear)
        paint = _PAINTS[self.seed % len(_PAINTS)]
        fade = (
            _ONE + broad * np.float32(0.05) + blotch * np.float32(0.035) + fine * np.float32(0.02)
        )
        fade += (np.float32(0.10) * wear) * np.clip(broad + _HALF, _ZERO, _ONE)
        colours = [np.float32(channel) * fade for channel in paint]
        rough = (
            np.float32(0.42)
            + blotch * np.float32(0.06)
            + fine * np.float32(0.05)
            + wear * np.float32(0.08)
        )
        bump = peel * np.float32(0.05)
        streak = self._streaks(sheet)
        dirt = np.clip((_ONE - sky) * np.float32(0.7) + streak * np.float32(0.35), _ZERO, _ONE)
        dirt *= np.clip(
            np.float32(0.55) + blotch * np.float32(0.6) + broad * np.float32(0.4), _ZERO, _ONE
        )
        dirt *= np.float32(0.25) + wear * np.float32(0.75)
        mix_into(colours, _DUST, dirt * np.float32(0.6))
        rough += dirt * np.float32(0.3)
        damage = self._damage(edge, blotch, fine)
        return self._chipped(colours, rough, bump, sky, (damage, streak, peel, blotch))

    def _lumps(self, sheet: Sheet, down: float, across: float, salt: int) -> F32:
        """Noise with features of these shares of the crate's mean edge."""
        return lumps(sheet, (down * self.mean, across * self.mean), self.seed + 200 + salt)

    def _damage(self, edge: F32, blotch: F32, fine: F32) -> F32:
        """How far the paint has come off: above 0 it has, most of all along edges."""
        reach = np.float32(1.0 / (0.02 * self.mean))
        near = np.clip(_ONE - edge * reach, _ZERO, _ONE)
        damage: F32 = near * near * np.float32(0.75 + 0.45 * self.wear) + blotch * np.float32(0.5)
        damage += fine * np.float32(0.42)
        damage -= np.float32(1.24 - 0.5 * self.wear)
        return damage

    def _streaks(self, sheet: Sheet) -> F32:
        """What ran down: along the rows of upright pieces' charts, down those of sheets."""
        upright = sheet.skins[0].style == "rib"
        down, across = (0.012, 0.5) if upright else (0.5, 0.014)
        lines = self._lumps(sheet, down, across, 7)
        streak: F32 = smoothstep(lines, 0.12, 0.62)
        return streak

    def _chipped(
        self, colours: list[F32], rough: F32, bump: F32, sky: F32, fields: tuple[F32, F32, F32, F32]
    ) -> Coat:
        """Bare metal where paint came off, and rust around it and in its streaks."""
        damage, streak, peel, blotch = fields
        halo = smoothstep(damage + streak * np.float32(0.42 * self.wear), -0.26, 0.02)
        start = 1.25 - 0.8 * self.wear
        patches = smoothstep(
            blotch * np.float32(0.9) + peel * np.float32(0.25), start, start + 0.16
        )
        np.maximum(halo, patches, out=halo)
        halo *= np.float32(0.25 + 0.75 * self.wear)
        tint = np.clip(_HALF + peel * np.float32(0.5) + blotch * np.float32(0.5), _ZERO, _ONE)
        for channel, colour in enumerate(colours):
            light, dark = (shade[channel] for shade in _RUSTS)
            blend_into(
                colour, np.float32(dark) + tint * np.float32(light - dark), halo * np.float32(0.85)
            )
        rough += halo * np.float32(0.3)
        # Most of what has been bare for long has rusted; map texels are either metal or not.
        bare = damage > np.float32(0.04) + np.clip(blotch, _ZERO, _ONE) * np.float32(
            0.9 * self.wear
        )
        for channel, colour in enumerate(colours):
            np.copyto(colour, np.float32(_STEEL[channel]) + peel * np.float32(8.0), where=bare)
        np.copyto(rough, np.float32(0.4) + peel * np.float32(0.06), where=bare)
        bump += halo * peel * np.float32(0.25)
        bump -= smoothstep(damage, -0.04, 0.04) * np.float32(0.6)
        red, green, blue = colours
        return Coat((red, green, blue), bump, sky, rough, bare.astype(np.float32))
