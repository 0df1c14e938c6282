"""Colour, roughness and glow of each kind of globe, from the fields that also shape it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.colour import ramp
from meshmill.geometry.generators.planet.globe import Ground
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.rasters import smoothstep

_ONE, _ZERO, _HALF = np.float32(1.0), np.float32(0.0), np.float32(0.5)
Colour = tuple[int, int, int]

_SNOW: Colour = (234, 238, 240)
_OCEAN = (
    (-0.55, (30, 44, 84)),
    (-0.16, (32, 66, 116)),
    (-0.025, (38, 88, 128)),
    (0.0, (66, 128, 146)),
)
_WARM_LAND = (
    (0.0, (206, 174, 122)),
    (0.34, (176, 148, 94)),
    (0.52, (112, 122, 66)),
    (1.0, (52, 82, 40)),
)
_COOL_LAND = (
    (0.0, (152, 136, 108)),
    (0.4, (112, 114, 78)),
    (0.6, (74, 90, 58)),
    (1.0, (52, 74, 50)),
)
_TUNDRA: Colour = (132, 124, 106)
_BARE_ROCK: Colour = (118, 106, 94)
_ARID = ((0.0, (92, 62, 50)), (0.35, (142, 84, 56)), (0.62, (186, 116, 72)), (1.0, (220, 164, 112)))
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


@dataclass(slots=True, eq=False)
class Site:
    """A band of texels on side ``face`` of the cube, at ``rows``, positions 0 … 1 down the side.

    ``north`` is the sine of the latitude, ``grain`` fine noise about -1 … 1; both are float32
    (rows, columns); ``texel`` is the share of the side that a texel spans.
    """

    face: int
    rows: F32
    texel: float
    north: F32
    grain: F32


@dataclass(slots=True, eq=False)
class Coat:
    """Paint of a band: colours float32 (rows, columns, 3) 0 … 255, roughness 0 … 1, glow alike."""

    colours: F32
    roughness: F32
    glow: F32 | None = None

    def lay(self, colour: Colour, amount: F32, roughness: float) -> None:
        """Cover by ``amount``, 0 … 1, in place."""
        for channel in range(3):
            plane = self.colours[..., channel]
            plane += (np.float32(colour[channel]) - plane) * amount
        self.roughness += (np.float32(roughness) - self.roughness) * amount


Painter = Callable[[PlanetOptions, Ground, Site], Coat]


def _terran(options: PlanetOptions, ground: Ground, site: Site) -> Coat:
    polar = np.abs(site.north)
    cold = polar * polar + ground.height * np.float32(0.45) + ground.detail * np.float32(0.1)
    subtropics = smoothstep(np.abs(polar - np.float32(0.42)), 0.0, 0.3)
    wet = np.float32(0.16) + subtropics * np.float32(0.42) + ground.patch * np.float32(0.42)
    wet += ground.detail * np.float32(0.22) + site.grain * np.float32(0.08)
    colours = ramp(wet, _WARM_LAND)
    coolness = smoothstep(cold, 0.30, 0.62)[..., None]
    colours += (ramp(wet, _COOL_LAND) - colours) * coolness
    coat = Coat(colours, np.full_like(wet, np.float32(0.86)))
    coat.lay(_TUNDRA, smoothstep(cold, 0.62, 0.85), 0.9)
    steep = smoothstep(ground.height + site.grain * np.float32(0.06), 0.34, 0.6)
    coat.lay(_BARE_ROCK, steep * np.float32(0.75), 0.82)
    coat.lay(_SNOW, smoothstep(cold + site.grain * np.float32(0.05), 0.92, 1.02), 0.62)
    sea = _below(ground.level, site.texel)
    water = ramp(ground.level + ground.patch * np.float32(0.03), _OCEAN)
    coat.colours += (water - coat.colours) * sea[..., None]
    coat.roughness += (np.float32(0.2) + site.grain * np.float32(0.03) - coat.roughness) * sea
    _cap(options, ground, site, coat)
    return coat


def _below(level: F32, texel: float) -> F32:
    """1 under the shore, 0 above it, over the width of a beach or of two texels."""
    beach = 0.006 + texel
    return _ONE - smoothstep(level, -beach, beach)


def _cap(options: PlanetOptions, ground: Ground, site: Site, coat: Coat) -> None:
    """Polar ice with a frayed edge."""
    if options.ice_caps == 0:
        return
    edge = (
        1.0 - 0.95 * options.ice_caps * (0.35 + 0.65 * options.ice_caps) - 0.12 * options.ice_caps
    )
    frayed = np.abs(site.north) + ground.detail * np.float32(0.05)
    frayed += ground.patch * np.float32(0.05) + ground.height * np.float32(0.03)
    coat.lay(_SNOW, smoothstep(frayed, edge, edge + 0.03), 0.5)


def _arid(options: PlanetOptions, ground: Ground, site: Site) -> Coat:
    tone = (
        np.float32(0.5)
        + ground.patch * np.float32(0.5)
        + (ground.height - np.float32(0.42)) * _HALF
    )
    tone += ground.detail * np.float32(0.26) + site.grain * np.float32(0.09)
    coat = Coat(ramp(tone, _ARID), np.full_like(tone, np.float32(0.9)))
    coat.lay((72, 50, 44), smoothstep(ground.ridge, 0.55, 0.9) * np.float32(0.6), 0.86)
    coat.lay((226, 184, 140), np.minimum(ground.fresh, _ONE) * np.float32(0.4), 0.92)
    _cap(options, ground, site, coat)
    return coat


def _ice(_: PlanetOptions, ground: Ground, site: Site) -> Coat:
    tone = np.float32(0.62) + ground.patch * np.float32(0.3) + ground.detail * np.float32(0.25)
    tone += site.grain * np.float32(0.08)
    coat = Coat(ramp(tone, _ICE), np.float32(0.34) + tone * np.float32(0.2))
    wavy = ground.detail * np.float32(0.018)
    land = ground.level - ground.detail * np.float32(0.16)
    for field, width, amount in ((ground.patch, 0.030, 0.75), (land, 0.022, 0.65)):
        vein = _ONE - smoothstep(np.abs(field + wavy), width * 0.3, width)
        coat.lay(_CRACK, vein * np.float32(amount), 0.6)
    stain = smoothstep(ground.patch - ground.level * np.float32(0.4), 0.3, 0.9)
    coat.lay((182, 158, 132), stain * np.float32(0.45), 0.55)
    coat.lay((240, 240, 240), np.minimum(ground.fresh, _ONE) * np.float32(0.8), 0.45)
    return coat


def _lava(_: PlanetOptions, ground: Ground, site: Site) -> Coat:
    tone = np.float32(0.42) + ground.detail * np.float32(0.4) + ground.patch * np.float32(0.2)
    tone += site.grain * np.float32(0.16)
    coat = Coat(ramp(tone, _CRUST), np.float32(0.88) - tone * np.float32(0.2))
    crack = smoothstep(ground.ridge + ground.detail * np.float32(0.10), 0.60, 0.84)
    sea = _ONE - smoothstep(ground.level + ground.detail * np.float32(0.05), -0.03, 0.05)
    floes = smoothstep(ground.detail + site.grain * np.float32(0.3), -0.02, 0.22)
    sea *= _ONE - floes * np.float32(0.93)
    heat = np.maximum(
        crack * np.float32(0.8), sea * (np.float32(0.62) + ground.patch * np.float32(0.3))
    )
    np.clip(heat, _ZERO, _ONE, out=heat)
    shown = smoothstep(heat, 0.12, 0.5)
    molten = ramp(heat, _MELT)
    coat.colours += (molten - coat.colours) * shown[..., None]
    coat.roughness += (_HALF - coat.roughness) * shown
    coat.glow = molten * (shown * heat * heat)[..., None]
    return coat


def _moon(_: PlanetOptions, ground: Ground, site: Site) -> Coat:
    tone = np.float32(0.5) + ground.level * np.float32(0.85) + ground.patch * np.float32(0.14)
    tone += ground.detail * np.float32(0.16) + site.grain * np.float32(0.07)
    tone += (ground.height - np.float32(0.36)) * np.float32(0.45)
    coat = Coat(ramp(tone, _MOON), np.full_like(tone, np.float32(0.93)))
    coat.lay(_RAY, np.minimum(ground.fresh, _ONE) * np.float32(0.75), 0.9)
    return coat


PAINTERS: dict[str, Painter] = {
    "terran": _terran,
    "arid": _arid,
    "ice": _ice,
    "lava": _lava,
    "moon": _moon,
}
