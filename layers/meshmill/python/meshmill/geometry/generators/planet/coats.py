"""What lies on each kind of globe: its palettes, and the measures that texels are looked up by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.colour import ramp
from meshmill.geometry.generators.planet.globe import Ground
from meshmill.geometry.generators.planet.palette import (
    Axis,
    Coat,
    Colour,
    Palette,
    lay,
    lay_at,
    unpacked,
)
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
_SHALLOWS, _WATER_ROUGHNESS = _OCEAN[-1][1], 0.2
#: Height from which on rock is bare, and cold from which on snow lies and hides all.
_ROCKY, _SNOWY, _SNOWED = 0.34, 0.92, 1.02
#: How far the polar ice's edge may stray.
_FRAYED = 0.25
#: Share of a crack's width that is darkest.
_VEIN_CORE = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A band of texels on side ``face`` of the cube, at ``rows``, positions 0 … 1 down the side.

    ``polar`` is the sine of the latitude without its sign, ``rain`` how wet climates are there,
    ``grain`` fine noise about -1 … 1: float32 (rows, columns). ``texel`` is the
    share of the side that a texel spans.
    """

    face: int
    rows: F32
    texel: float
    polar: F32
    rain: F32
    grain: F32


class Painter(Protocol):
    """Paints one individual."""

    def paint(self, ground: Ground, site: Site) -> tuple[U8, U8 | None]:
        """Texels of a band: red, green, blue and roughness, and the glow if there is any.

        Both are uint8 (rows, columns, 4); the last byte of the glow says nothing.
        """


def rainfall(polar: F32) -> F32:
    """How wet climates are by the sine of the latitude, 0 … 1: least in the subtropics."""
    return smoothstep(np.abs(polar - np.float32(0.42)), 0.0, 0.3)


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
        _freshen(texels, ground.fresh, (226, 184, 140), 0.4, 0.92)
        self._cap.cover(texels, ground, site)
        return texels, None


def _dust(tone: F32, ridge: F32) -> Coat:
    coat = Coat(ramp(tone, _ARID), np.full_like(tone, np.float32(0.9)))
    coat.lay((72, 50, 44), smoothstep(ridge, 0.55, 0.9) * np.float32(0.6), 0.86)
    return coat


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
        _freshen(texels, ground.fresh, (240, 240, 240), 0.8, 0.45)
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
        _freshen(texels, ground.fresh, _RAY, 0.75, 0.9)
        return texels, None


def _regolith(tone: F32) -> Coat:
    return Coat(ramp(tone, _MOON), np.full_like(tone, np.float32(0.93)))


def _freshen(texels: U8, fresh: F32, colour: Colour, most: float, roughness: float) -> None:
    """Young craters and their rays."""
    if fresh.shape == texels.shape[:2]:
        lay(texels, colour, np.clip(fresh, _ZERO, _ONE) * np.float32(most), roughness)


PAINTERS: dict[str, Callable[[PlanetOptions], Painter]] = {
    "terran": Terran,
    "arid": Arid,
    "ice": Ice,
    "lava": Lava,
    "moon": Moon,
}
