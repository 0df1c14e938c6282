"""The bands and storms of gas giants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.colour import ramp
from meshmill.geometry.generators.planet.coats import Coat, Colour, Site
from meshmill.geometry.generators.planet.globe import Ground
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.generators.planet.streams import make_streams
from meshmill.geometry.rasters import Spread, smoothstep

_ONE = np.float32(1.0)
_ROUGHNESS = 0.7

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


@dataclass(frozen=True, slots=True, eq=False)
class GiantPainter:
    """Paints one individual; ``sides`` are warped latitude and storms at the texels' columns."""

    stops: tuple[tuple[float, Colour], ...]
    cells: int
    sides: tuple[tuple[Spread, Spread], ...]

    @classmethod
    def of(cls, options: PlanetOptions, seed: int, columns: F32) -> GiantPainter:
        """Draw belts and winds, to be painted at ``columns``, positions 0 … 1 across a side."""
        streams = make_streams(options, seed)
        at = columns * np.float32(streams.cells)
        sides = zip(streams.latitude, streams.storm, strict=True)
        return cls(
            belts(seed), streams.cells, tuple((Spread(a, at), Spread(b, at)) for a, b in sides)
        )

    def __call__(self, options: PlanetOptions, ground: Ground, site: Site) -> Coat:
        """Paint a band: belts and zones along the winds, ovals around the eyes of storms."""
        latitude, storm = (
            spread.band(site.rows * np.float32(self.cells)) for spread in self.sides[site.face]
        )
        swirl = np.float32(0.010 + 0.04 * options.clouds)
        latitude += ground.detail * swirl
        latitude += site.grain * (swirl * np.float32(0.3))
        colours = ramp(latitude, self.stops)
        veil = ground.detail * np.float32(0.07) + ground.patch * np.float32(0.04) + _ONE
        colours *= veil[..., None]
        coat = Coat(colours, np.full_like(veil, np.float32(_ROUGHNESS)))
        storm += (ground.detail + site.grain * np.float32(0.4)) * np.float32(0.16)
        warmest = max((colour for _, colour in self.stops), key=lambda rgb: rgb[0] - rgb[2])
        palest = max((colour for _, colour in self.stops), key=sum)
        collar = smoothstep(storm, 0.02, 0.2) * (_ONE - smoothstep(storm, 0.2, 0.5))
        coat.lay(warmest, smoothstep(storm, 0.16, 0.62) * np.float32(0.75), _ROUGHNESS)
        coat.lay(palest, collar * np.float32(0.3), _ROUGHNESS)
        return coat
