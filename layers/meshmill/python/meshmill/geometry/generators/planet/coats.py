"""What lies on each kind of globe: its palettes, and the measures that texels are looked up by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.colour import ramp
from meshmill.geometry.generators.planet.barren import Ice, Lava, Moon
from meshmill.geometry.generators.planet.globe import Ground
from meshmill.geometry.generators.planet.palette import (
    Axis,
    Coat,
    Colour,
    Palette,
    lay,
    lay_at,
)
from meshmill.geometry.generators.planet.site import Painter, Site, freshen
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.rasters import smoothstep

_ONE, _ZERO, _HALF = np.float32(1.0), np.float32(0.0), np.float32(0.5)

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
_SHALLOWS, _WATER_ROUGHNESS = _OCEAN[-1][1], 0.2
#: Height from which on rock is bare, and cold from which on snow lies and hides all.
_ROCKY, _SNOWY, _SNOWED = 0.34, 0.92, 1.02
#: How far the polar ice's edge may stray.
_FRAYED = 0.25


class Terran:
    """Land by wetness and cold, bare rock on high ground, seas by depth, and polar ice."""

    def __init__(self, options: PlanetOptions) -> None:
        self._cap = Cap(options)
        self._land = Palette.of(_land, Axis(0.0, 1.0, 160), Axis(0.28, 1.03, 100))
        self._sea = Palette.of(_sea, Axis(-0.56, 0.0, 256))

    def paint(self, ground: Ground, site: Site) -> tuple[U8, U8 | None]:
        """Paint a band."""
        wet = ground.patch + site.rain
        wet *= np.float32(0.42)
        cold = site.polar * site.polar
        cold += ground.height * np.float32(0.45)
        grain = site.grain * np.float32(0.05)
        wet += ground.detail * np.float32(0.22)
        wet += grain
        wet += np.float32(0.16)
        cold += ground.detail * np.float32(0.1)
        cold += grain
        texels = self._land.texels(wet, cold)
        high = ground.height + grain
        if float(high.max()) > _ROCKY:
            at = np.flatnonzero((high > np.float32(_ROCKY)) & (cold < np.float32(_SNOWED)))
            steep = smoothstep(high.ravel()[at], _ROCKY, 0.6) * np.float32(0.75)
            steep *= _ONE - smoothstep(cold.ravel()[at], _SNOWY, _SNOWED)
            lay_at(texels, at, _BARE_ROCK, steep, 0.82)
        self._flood(texels, ground, 0.006 + site.texel)
        self._cap.cover(texels, ground, site)
        return texels, None

    def _flood(self, texels: U8, ground: Ground, beach: float) -> None:
        """Water below the shore; its edge is as wide as a beach or as two texels."""
        depth = ground.patch * np.float32(0.03)
        depth += ground.level
        water = self._sea.texels(depth)
        under = ground.level < np.float32(-beach)
        np.copyto(texels.view(np.uint32), water.view(np.uint32), where=under[..., None])
        shore = np.flatnonzero(np.abs(ground.level) < np.float32(beach))
        wetted = _ONE - smoothstep(ground.level.ravel()[shore], -beach, beach)
        lay_at(texels, shore, _SHALLOWS, wetted, _WATER_ROUGHNESS)


def _land(wet: F32, cold: F32) -> Coat:
    colours = ramp(wet, _WARM_LAND)
    colours += (ramp(wet, _COOL_LAND) - colours) * smoothstep(cold, 0.30, 0.62)[..., None]
    coat = Coat(colours, np.full_like(wet, np.float32(0.86)))
    coat.lay(_TUNDRA, smoothstep(cold, 0.62, 0.85), 0.9)
    coat.lay(_SNOW, smoothstep(cold, _SNOWY, _SNOWED), 0.62)
    return coat


def _sea(depth: F32) -> Coat:
    return Coat(ramp(depth, _OCEAN), np.full_like(depth, np.float32(_WATER_ROUGHNESS)))


class Cap:
    """Polar ice with a frayed edge."""

    def __init__(self, options: PlanetOptions) -> None:
        share = options.ice_caps
        self._edge = 1.0 - 0.95 * share * (0.35 + 0.65 * share) - 0.12 * share if share else None

    def cover(self, texels: U8, ground: Ground, site: Site) -> None:
        """Lay ice on a band."""
        if self._edge is None or float(site.polar.max()) < self._edge - _FRAYED:
            return
        frayed = ground.detail + ground.patch
        frayed *= np.float32(0.05)
        frayed += site.polar
        frayed += ground.height * np.float32(0.03)
        lay(texels, _SNOW, smoothstep(frayed, self._edge, self._edge + 0.03), 0.5)


class Arid:
    """Dust, darker along canyons and paler on young ejecta, and polar ice."""

    def __init__(self, options: PlanetOptions) -> None:
        self._cap = Cap(options)
        self._dust = Palette.of(_dust, Axis(0.0, 1.0, 200), Axis(0.55, 0.9, 40))

    def paint(self, ground: Ground, site: Site) -> tuple[U8, U8 | None]:
        """Paint a band."""
        tone = ground.patch + ground.height
        tone *= _HALF
        tone += np.float32(0.29)
        tone += ground.detail * np.float32(0.26)
        tone += site.grain * np.float32(0.09)
        texels = self._dust.texels(tone, ground.ridge)
        freshen(texels, ground.fresh, (226, 184, 140), 0.4, 0.92)
        self._cap.cover(texels, ground, site)
        return texels, None


def _dust(tone: F32, ridge: F32) -> Coat:
    coat = Coat(ramp(tone, _ARID), np.full_like(tone, np.float32(0.9)))
    coat.lay((72, 50, 44), smoothstep(ridge, 0.55, 0.9) * np.float32(0.6), 0.86)
    return coat


PAINTERS: dict[str, Callable[[PlanetOptions], Painter]] = {
    "terran": Terran,
    "arid": Arid,
    "ice": Ice,
    "lava": Lava,
    "moon": Moon,
}
