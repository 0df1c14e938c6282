"""The bands and storms of gas giants."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.colour import ramp
from meshmill.geometry.generators.planet.globe import Ground
from meshmill.geometry.generators.planet.palette import (
    BRIGHTEST,
    DARKEST,
    Axis,
    Colour,
    lay_at,
)
from meshmill.geometry.generators.planet.site import Site
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.generators.planet.streams import make_streams
from meshmill.geometry.rasters import Spread, smoothstep

_ONE = np.float32(1.0)
_ROUGHNESS = 0.7
#: Warped latitudes at which the belts' colours are tabulated.
_BELTS = Axis(-1.2, 1.2, 4096)
#: Closeness to a storm's eye where its pale collar begins.
_COLLAR = 0.02

_GIANTS: tuple[tuple[Colour, ...], ...] = (
    (
        (214, 186, 150),
        (166, 112, 78),
        (232, 218, 194),
        (190, 140, 98),
        (236, 226, 208),
        (140, 96, 72),
    ),
    ((226, 206, 158), (206, 178, 128), (236, 222, 184), (190, 164, 124), (230, 214, 170)),
    ((58, 92, 168), (84, 128, 196), (46, 74, 146), (116, 160, 212), (66, 104, 180)),
    ((122, 176, 186), (150, 200, 204), (98, 152, 170), (176, 214, 212), (128, 182, 190)),
    ((176, 120, 130), (214, 168, 160), (140, 88, 108), (232, 200, 184), (186, 132, 140)),
)


def belts(seed: int) -> tuple[tuple[float, Colour], ...]:
    """Colours of a giant's belts and zones from pole to pole, drawn from its seed."""
    rng = np.random.default_rng([seed, 5])
    palette = _GIANTS[int(rng.integers(len(_GIANTS)))]
    widths = 0.35 + rng.random(22)
    edges = np.cumsum(widths) * (2.2 / float(np.cumsum(widths)[-1])) - 1.1
    picks = rng.integers(len(palette), size=len(edges))
    shades = rng.random(len(edges))
    colours = []
    for pick, shade in zip(picks, shades, strict=True):
        red, green, blue = (int(part * (0.90 + 0.16 * float(shade))) for part in palette[int(pick)])
        colours.append((min(red, 240), min(green, 240), min(blue, 240)))
    return tuple(zip((float(edge) for edge in edges), colours, strict=True))


class GiantPainter:
    """Paints the belts and zones of one individual along its winds, and the ovals of storms."""

    def __init__(self, options: PlanetOptions, seed: int, columns: F32) -> None:
        """Draw belts and winds, to be painted at ``columns``, positions 0 … 1 across a side."""
        streams = make_streams(options, seed)
        at = columns * np.float32(streams.cells)
        stops = belts(seed)
        self._swirl = np.float32(0.010 + 0.04 * options.clouds)
        self._cells = np.float32(streams.cells)
        self._sides = [
            (Spread(latitude, at), Spread(storm, at))
            for latitude, storm in zip(streams.latitude, streams.storm, strict=True)
        ]
        self._belts = np.ascontiguousarray(np.moveaxis(ramp(_BELTS.values, stops), -1, 0))
        self._warmest = max((colour for _, colour in stops), key=lambda rgb: rgb[0] - rgb[2])
        self._palest = max((colour for _, colour in stops), key=sum)

    def paint(self, ground: Ground, site: Site) -> tuple[U8, U8 | None]:
        """Paint a band."""
        latitude, storm = (field.band(site.rows * self._cells) for field in self._sides[site.face])
        latitude += ground.detail * self._swirl
        latitude += site.grain * (self._swirl * np.float32(0.3))
        veil = ground.detail * np.float32(0.07)
        veil += ground.patch * np.float32(0.04)
        veil += _ONE
        place = _BELTS.nearest(latitude).astype(np.intp)
        texels = np.empty((*veil.shape, 4), dtype=np.uint8)
        for channel, belt in enumerate(self._belts):
            plane = np.take(belt, place)
            plane *= veil
            texels[..., channel] = np.clip(plane, DARKEST, BRIGHTEST, out=plane)
        texels[..., 3] = int(_ROUGHNESS * 255)
        self._whirl(texels, storm, ground.detail + site.grain * np.float32(0.4))
        return texels, None

    def _whirl(self, texels: U8, storm: F32, ragged: F32) -> None:
        """Warm ovals with pale collars."""
        storm += ragged * np.float32(0.16)
        at = np.flatnonzero(storm > np.float32(_COLLAR))
        near = storm.ravel()[at]
        warm = smoothstep(near, 0.16, 0.62) * np.float32(0.75)
        lay_at(texels, at, self._warmest, warm, _ROUGHNESS)
        collar = smoothstep(near, _COLLAR, 0.2) * (_ONE - smoothstep(near, 0.2, 0.5))
        lay_at(texels, at, self._palest, collar * np.float32(0.3), _ROUGHNESS)
