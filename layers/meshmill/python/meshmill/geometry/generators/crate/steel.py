"""Bare steel of nails, plates and bolts: mill marks, scratches and rust."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.crate.grain import grain, speckle
from meshmill.geometry.generators.crate.sheets import Coat, Sheet
from meshmill.geometry.rasters import smoothstep

_ONE, _ZERO = np.float32(1.0), np.float32(0.0)
_STEEL = (203, 203, 206)
_RUSTS = ((132, 74, 42), (96, 54, 36))
#: Patches of rust are this many texels wide, lest they mix with bare steel in small mip levels.
_LEAST = 8.0


@dataclass(frozen=True, slots=True)
class Steel:
    """Galvanised or blank steel on a crate of ``mean`` metres."""

    seed: int
    wear: float
    mean: float

    @property
    def ground(self) -> tuple[int, int, int]:
        """The mean colour."""
        return _STEEL

    @property
    def metal(self) -> int:
        """All of it."""
        return 255

    def coat(self, sheet: Sheet) -> Coat:
        """Paint a band of a sheet."""
        size = float(np.abs(sheet.x).max()) * 2
        feature = max(0.35 * size, _LEAST / sheet.density)
        broad = grain(sheet, (feature, feature), self.seed + 101)
        fine = speckle(sheet, self.seed)
        detailed = self._detailed(sheet)
        edge = sheet.to_edge() * np.float32(1.0 / max(size, 1e-9))
        liking = broad * np.float32(0.8) + fine * detailed * np.float32(0.3)
        angular = sheet.each([float(skin.margin > 0) for skin in sheet.skins])
        rim = np.clip(angular - edge * np.float32(7.0), _ZERO, _ONE)
        liking += rim * detailed * np.float32(0.3)
        start = 1.3 - 1.15 * self.wear
        rust = smoothstep(liking, start, start + 0.12)
        tint = np.clip(
            np.float32(0.5) + fine * np.float32(0.5) + broad * np.float32(0.4), _ZERO, _ONE
        )
        shine = fine * np.float32(5.0) + broad * np.float32(9.0)
        colours = tuple(_rusted(channel, shine, tint, rust) for channel in range(3))
        metal = (rust < np.float32(0.5)).astype(np.float32)
        roughness = np.float32(0.38) + broad * np.float32(0.1) + fine * np.float32(0.05)
        roughness += rust * np.float32(0.45)
        pitted = rust * detailed * np.float32(0.5)
        bump = fine * (np.float32(0.1) + pitted) + pitted
        red, green, blue = colours
        return Coat((red, green, blue), bump, np.full_like(fine, _ONE), roughness, metal)

    def _detailed(self, sheet: Sheet) -> F32:
        """How far each row's chart has texels enough for rust in speckles and rims, 0 … 1."""
        detailed: F32 = np.clip(
            (sheet.texels() - np.float32(_LEAST)) / np.float32(_LEAST), _ZERO, _ONE
        )
        return detailed


def _rusted(channel: int, shine: F32, tint: F32, rust: F32) -> F32:
    """One channel of the colour: all metal or all rust, since a map holds no mixture of both."""
    light, dark = (rust_[channel] for rust_ in _RUSTS)
    oxide = np.float32(dark) + tint * np.float32(light - dark)
    bare = np.clip(np.float32(_STEEL[channel]) + shine, np.float32(186), np.float32(235))
    colour: F32 = np.where(rust < np.float32(0.5), bare, oxide)
    return colour
