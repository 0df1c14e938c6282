"""The look of sawn boards: late wood and fibres, ink, cracks, dirt and wear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.crate.grain import grain
from meshmill.geometry.generators.crate.rings import Log, of_each
from meshmill.geometry.generators.crate.sheets import Coat, Sheet, mix_into
from meshmill.geometry.generators.crate.shelter import sky_light, to_frame
from meshmill.geometry.generators.crate.stencils import ink
from meshmill.geometry.rasters import blend_into, smoothstep

_ONE, _HALF, _ZERO = np.float32(1.0), np.float32(0.5), np.float32(0.0)

#: Early wood, late wood and the dark of knots, sRGB, of pine, spruce, oak and a red softwood.
_WOODS = (
    ((208, 168, 114), (150, 98, 52), (84, 50, 28)),
    ((214, 184, 136), (166, 122, 74), (92, 60, 36)),
    ((184, 142, 94), (126, 86, 50), (70, 44, 28)),
    ((196, 142, 92), (134, 78, 44), (76, 42, 26)),
)
_WEATHERED = (150, 138, 122)
_DIRT = (62, 50, 38)
_INK = (44, 36, 34)
#: Texels across a chart from which on it has a tone of its own.
_WIDE = 8.0


@dataclass(frozen=True, slots=True)
class Timber:
    """A lot of boards: their species by the seed, in a crate of ``mean`` metres."""

    seed: int
    wear: float
    mean: float

    @property
    def ground(self) -> tuple[int, int, int]:
        """The mean colour."""
        return _between(*_WOODS[self.seed % len(_WOODS)][:2])

    @property
    def metal(self) -> int:
        """Wood is none."""
        return 0

    def coat(self, sheet: Sheet) -> Coat:
        """Paint a band of a sheet."""
        fibre = self._grain(sheet, 0.22, 2.6, 1)
        broad = self._grain(sheet, 0.5, 0.12 * self.mean * sheet.density, 2)
        log = Log(self.seed, self.mean)
        radius = log.radius(sheet, broad)
        knot = log.knots(sheet, radius)
        late = log.late_wood(sheet, radius, fibre)
        light, dark, heart = _WOODS[self.seed % len(_WOODS)]
        # How much lighter than others a board is.
        # Narrow charts are alike, since small mip levels mix them with their neighbours.
        wide = np.minimum(sheet.texels() * np.float32(1.0 / _WIDE), _ONE)
        tone = (of_each(sheet, self.seed + 11) - _HALF) * wide
        amount = late * np.float32(0.72) + fibre * np.float32(0.13) + broad * np.float32(0.1)
        amount += np.float32(0.14) - tone * np.float32(0.25)
        np.clip(amount, _ZERO, _ONE, out=amount)
        colours = [
            np.float32(a) + amount * np.float32(b - a) for a, b in zip(light, dark, strict=True)
        ]
        shade = _ONE + tone * np.float32(0.3) + fibre * np.float32(0.05)
        for colour in colours:
            np.multiply(colour, shade, out=colour)
        for colour, core in zip(colours, heart, strict=True):
            blend_into(colour, np.float32(core), knot * np.float32(0.85))
        bump = late * np.float32(-0.2 - 0.3 * self.wear) + fibre * np.float32(0.22)
        roughness = np.float32(0.74) + fibre * np.float32(0.06) - late * np.float32(0.08)
        return self._aged(sheet, tuple(colours), bump, roughness, fibre, broad)

    def _grain(self, sheet: Sheet, along: float, texels: float, salt: int) -> F32:
        """Noise with features of ``along`` mean edges and so many texels across the board."""
        length = max(along * self.mean, 6.0 / sheet.density)
        return grain(sheet, (texels / sheet.density, length), self.seed + salt)

    def _aged(
        self,
        sheet: Sheet,
        colours: tuple[F32, ...],
        bump: F32,
        roughness: F32,
        fibre: F32,
        broad: F32,
    ) -> Coat:
        """Greyed, inked, cracked, dirty in corners and worn along the edges."""
        wear = np.float32(self.wear)
        edge = sheet.to_edge()
        grey = np.clip(
            (broad * np.float32(0.5) + np.float32(0.55)) * wear * np.float32(0.62), _ZERO, _ONE
        )
        mix_into(colours, _WEATHERED, grey)
        faded = ink(sheet, fibre * np.float32(0.6) + broad * np.float32(0.4), self.wear)
        if faded is not None:
            mix_into(colours, _INK, faded)
            roughness -= faded * np.float32(0.12)
        crack = self._cracks(sheet)
        sky = sky_light(sheet, edge, self.mean)
        grime = self._sheltered(sheet, sky) * (np.float32(0.35) + np.float32(0.65) * wear)
        grime *= np.clip(
            np.float32(0.75) + broad * np.float32(0.6) + fibre * np.float32(0.25), _ZERO, _ONE
        )
        np.maximum(grime, crack * np.float32(0.8), out=grime)
        mix_into(colours, _DIRT, grime * np.float32(0.62))
        roughness += grime * np.float32(0.15)
        worn = self._worn(sheet, edge, fibre, broad)
        mix_into(colours, _lighter(_WOODS[self.seed % len(_WOODS)][0]), worn)
        bump -= crack * np.float32(1.1)
        bump -= worn * np.float32(0.5)
        roughness -= worn * np.float32(0.1)
        red, green, blue = colours
        return Coat((red, green, blue), bump, sky * (_ONE - crack * np.float32(0.4)), roughness)

    def _cracks(self, sheet: Sheet) -> F32:
        """Checks along the grain, from the ends inwards."""
        lines = self._grain(sheet, 0.5, 3.2, 51)
        ends = sheet.each([skin.width / 2 for skin in sheet.skins]) - np.abs(sheet.x)
        near = np.clip(_ONE - ends * np.float32(1.0 / (0.35 * self.mean)), _ZERO, _ONE)
        start = 0.68 - 0.14 * self.wear
        crack: F32 = smoothstep(
            lines + near * np.float32(0.12 + 0.1 * self.wear), start, start + 0.12
        )
        return crack

    def _sheltered(self, sheet: Sheet, sky: F32) -> F32:
        """How much dirt gathers, 0 … 1: in seams and beside the frame."""
        shaded = sheet.each([skin.occlusion for skin in sheet.skins])
        gathers = (_ONE - sky / shaded) * np.float32(0.9) + (_ONE - shaded) * np.float32(0.25)
        opening = to_frame(sheet)
        if opening is not None:
            wide = _ONE - smoothstep(opening, 0.0, 0.13 * self.mean)
            gathers = np.maximum(gathers, wide * np.float32(0.85))
        return gathers

    def _worn(self, sheet: Sheet, edge: F32, fibre: F32, broad: F32) -> F32:
        """Bare wood along the edges, in patches."""
        margin = sheet.each([skin.margin for skin in sheet.skins])
        width = np.maximum(margin, np.float32(0.8 / sheet.density))
        reach = width * (np.float32(0.5 + 1.6 * self.wear) + fibre * np.float32(0.9) + broad)
        worn: F32 = np.clip((reach - edge) / width, _ZERO, _ONE)
        # A margin narrower than a texel shows as much as it covers of one.
        covered = np.minimum(margin * np.float32(sheet.density), _ONE)
        worn *= covered * np.float32(0.2 + 0.5 * self.wear)
        return worn


def _lighter(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = (min(236, round(channel * 1.08 + 14)) for channel in colour)
    return red, green, blue


def _between(light: tuple[int, int, int], dark: tuple[int, int, int]) -> tuple[int, int, int]:
    """The usual mixture of early and late wood."""
    red, green, blue = ((2 * a + b) // 3 for a, b in zip(light, dark, strict=True))
    return red, green, blue
