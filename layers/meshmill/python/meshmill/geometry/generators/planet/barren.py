"""What lies on globes of ice, lava and dust."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.colour import ramp
from meshmill.geometry.generators.planet.globe import Ground
from meshmill.geometry.generators.planet.palette import Axis, Coat, Colour, Palette, unpacked
from meshmill.geometry.generators.planet.site import Site, freshen
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.rasters import smoothstep

_ONE, _HALF = np.float32(1.0), np.float32(0.5)

_ICE = ((0.0, (150, 174, 190)), (0.5, (196, 212, 220)), (1.0, (228, 234, 236)))
_CRACK: Colour = (126, 98, 82)
_CRUST = ((0.0, (34, 31, 32)), (0.5, (58, 52, 50)), (1.0, (98, 84, 76)))
_MELT = ((0.0, (120, 30, 30)), (0.45, (214, 66, 30)), (0.8, (240, 138, 40)), (1.0, (240, 214, 110)))
_MOON = (
    (0.0, (74, 73, 74)),
    (0.4, (108, 106, 104)),
    (0.7, (142, 139, 134)),
    (1.0, (176, 172, 165)),
)
_RAY: Colour = (206, 203, 196)
#: Share of a crack's width that is darkest.
_VEIN_CORE = 0.3


class Ice:
    """A pale shell, stained in places, with brown cracks."""

    def __init__(self, _: PlanetOptions) -> None:
        self._shell = Palette.of(
            _shell, Axis(0.0, 1.0, 80), Axis(_VEIN_CORE, 1.0, 16), Axis(0.3, 0.9, 16)
        )

    def paint(self, ground: Ground, site: Site) -> tuple[U8, U8 | None]:
        """Paint a band."""
        tone = ground.patch * np.float32(0.3)
        tone += ground.detail * np.float32(0.25)
        tone += site.grain * np.float32(0.08)
        tone += np.float32(0.62)
        vein = ground.detail * np.float32(0.018)
        vein += ground.patch
        np.abs(vein, out=vein)
        vein *= np.float32(1.0 / 0.030)
        other = ground.detail * np.float32(0.018 - 0.16)
        other += ground.level
        np.abs(other, out=other)
        other *= np.float32(1.0 / 0.022)
        np.minimum(vein, other, out=vein)
        stain = ground.level * np.float32(-0.4)
        stain += ground.patch
        texels = self._shell.texels(tone, vein, stain)
        freshen(texels, ground.fresh, (240, 240, 240), 0.8, 0.45)
        return texels, None


def _shell(tone: F32, vein: F32, stain: F32) -> Coat:
    coat = Coat(ramp(tone, _ICE), np.float32(0.34) + tone * np.float32(0.2))
    coat.lay(_CRACK, (_ONE - smoothstep(vein, _VEIN_CORE, 1.0)) * np.float32(0.7), 0.6)
    coat.lay((182, 158, 132), smoothstep(stain, 0.3, 0.9) * np.float32(0.45), 0.55)
    return coat


class Lava:
    """Crust with cracks that glow, and seas of melt under floes."""

    def __init__(self, _: PlanetOptions) -> None:
        self._crust = Palette.of(_crust, Axis(0.0, 1.0, 64), Axis(0.0, 1.0, 200))

    def paint(self, ground: Ground, site: Site) -> tuple[U8, U8 | None]:
        """Paint a band."""
        tone = ground.detail * np.float32(0.4)
        tone += ground.patch * np.float32(0.2)
        tone += site.grain * np.float32(0.16)
        tone += np.float32(0.42)
        places = self._crust.steps(tone, _heat(ground, site.grain))
        glow = None if self._crust.glow is None else unpacked(self._crust.glow, places)
        return unpacked(self._crust.colours, places), glow


def _heat(ground: Ground, grain: F32) -> F32:
    """0 … 1, of cracks along ridges and of seas between floes."""
    crack = ground.detail * np.float32(0.10)
    crack += ground.ridge
    heat = smoothstep(crack, 0.60, 0.84)
    heat *= np.float32(0.8)
    edge = ground.detail * np.float32(0.05)
    edge += ground.level
    floes = grain * np.float32(0.3)
    floes += ground.detail
    cover = smoothstep(floes, -0.02, 0.22)
    cover *= np.float32(-0.93)
    cover += _ONE
    cover *= _ONE - smoothstep(edge, -0.03, 0.05)
    cover *= ground.patch * np.float32(0.3) + np.float32(0.62)
    return np.maximum(heat, cover, out=heat)


def _crust(tone: F32, heat: F32) -> Coat:
    coat = Coat(ramp(tone, _CRUST), np.float32(0.88) - tone * np.float32(0.2))
    shown = smoothstep(heat, 0.12, 0.5)
    molten = ramp(heat, _MELT)
    coat.colours += (molten - coat.colours) * shown[..., None]
    coat.roughness += (_HALF - coat.roughness) * shown
    coat.glow = molten * (shown * heat * heat)[..., None]
    return coat


class Moon:
    """Grey highlands and dark plains, with bright rays."""

    def __init__(self, _: PlanetOptions) -> None:
        self._dust = Palette.of(_regolith, Axis(0.0, 1.0, 256))

    def paint(self, ground: Ground, site: Site) -> tuple[U8, U8 | None]:
        """Paint a band."""
        tone = ground.level * np.float32(0.85)
        tone += ground.height * np.float32(0.45)
        tone += ground.patch * np.float32(0.14)
        tone += ground.detail * np.float32(0.16)
        tone += site.grain * np.float32(0.07)
        tone += np.float32(0.338)
        texels = self._dust.texels(tone)
        freshen(texels, ground.fresh, _RAY, 0.75, 0.9)
        return texels, None


def _regolith(tone: F32) -> Coat:
    return Coat(ramp(tone, _MOON), np.full_like(tone, np.float32(0.93)))
