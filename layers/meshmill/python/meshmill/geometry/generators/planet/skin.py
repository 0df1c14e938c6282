"""Texture maps of a globe, side by side of its cube, band by band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.box import FACES, spread_box_noise
from meshmill.geometry.charts import Atlas, dilate
from meshmill.geometry.generators.planet.coats import PAINTERS
from meshmill.geometry.generators.planet.giants import GiantPainter
from meshmill.geometry.generators.planet.globe import Globe, Ground, Side
from meshmill.geometry.generators.planet.metric import Metric, northings
from meshmill.geometry.generators.planet.site import Painter, Site, rainfall
from meshmill.geometry.maps import FLAT_NORMAL, MapSet, bands, pack_normals
from meshmill.geometry.noise import NoiseSpread
from meshmill.geometry.rasters import Spread
from meshmill.geometry.scene import Material

_METRIC_CELLS = 32
_GRAIN_TEXELS = 4
_GRAIN_BUMP = 0.006
_GLOW_STRENGTH = 4.0
#: Occlusion, roughness and metal where nothing is seen.
_PLAIN = (255, 200, 0)
#: Inverse level at which ground by the shore is all dry.
_DRY = 50.0
_ONE, _HALF = np.float32(1.0), np.float32(0.5)


def globe_material(globe: Globe, atlas: Atlas) -> Material:
    """Paint the six charts of ``atlas``; texels of no chart get their mean colour."""
    maps = MapSet.blank(atlas.size)
    glow = np.zeros_like(maps.base_colour) if globe.options.kind == "lava" else None
    images = (maps.base_colour, maps.normal, maps.orm, *(() if glow is None else (glow,)))
    at = (np.arange(-1, atlas.charts[0].width + 1, dtype=np.float32) + _HALF) * np.float32(
        1.0 / atlas.charts[0].width
    )
    brush = Brush.of(globe, np.clip(at, np.float32(0.0), _ONE))
    for side, chart in zip(globe.sides(brush.at), atlas.charts, strict=True):
        area = slice(chart.left, chart.left + chart.width)
        grain = brush.grain(side.face)
        for start, stop in bands(chart.height, chart.width):
            rows = slice(chart.top + start, chart.top + stop)
            target = MapSet(*(image[rows, area] for image in images[:3]))
            lit = brush.paint(side, grain, slice(start, stop + 2), target)
            if glow is not None and lit is not None:
                _copy(lit, glow[rows, area], 3)
        for image in images:
            dilate(image, chart, atlas.gutter)
    _fill_rest(maps, atlas)
    return maps.material("Planet", "Surface", emissive=glow, emissive_strength=_strength(glow))


def _fill_rest(maps: MapSet, atlas: Atlas) -> None:
    """Paint what no chart or gutter covers: right of the last column of charts, and below all.

    Its colour is about the charts' mean, which small mip levels show.
    """
    samples = [maps.base_colour[chart.area][::8, ::8].reshape(-1, 3) for chart in atlas.charts]
    every = np.concatenate(samples)
    mean = np.cumsum(every, axis=0, dtype=np.int64)[-1] // len(every)
    right = max(chart.left + chart.width for chart in atlas.charts) + atlas.gutter
    bottom = max(chart.top + chart.height for chart in atlas.charts) + atlas.gutter
    texels = (mean, np.array(FLAT_NORMAL), np.array(_PLAIN))
    for image, texel in zip((maps.base_colour, maps.normal, maps.orm), texels, strict=True):
        row = np.tile(texel.astype(np.uint8), (atlas.size, 1))
        image[:bottom, right:] = row[right:]
        image[bottom:] = row


def _strength(glow: U8 | None) -> float:
    return 1.0 if glow is None else _GLOW_STRENGTH


@dataclass(frozen=True, slots=True, eq=False)
class Brush:
    """What painting shares among the sides of the cube.

    ``at`` are positions of texel centres with one more at either end, ``metric`` the metric's
    coefficients at the columns without those, ``polar`` and ``rain`` each side's climate.
    """

    globe: Globe
    at: F32
    metric: tuple[Spread, Spread, Spread]
    polar: tuple[Spread, ...]
    rain: tuple[Spread, ...]
    painter: Painter

    @classmethod
    def of(cls, globe: Globe, at: F32) -> Brush:
        """Prepare to paint ``globe`` at texels ``at``."""
        columns = at * np.float32(_METRIC_CELLS)
        metric = Metric.of(_METRIC_CELLS)
        north = [np.abs(northings(face, _METRIC_CELLS)) for face in FACES]
        across, skew, down = (
            Spread(part, columns[1:-1]) for part in (metric.across, metric.skew, metric.down)
        )
        return cls(
            globe=globe,
            at=at,
            metric=(across, skew, down),
            polar=tuple(Spread(sines, columns) for sines in north),
            rain=tuple(Spread(rainfall(sines), columns) for sines in north),
            painter=_painter(globe, at),
        )

    @property
    def size(self) -> int:
        """Texels along a side."""
        return len(self.at) - 2

    def grain(self, face: int) -> NoiseSpread:
        """Noise of a few texels."""
        return spread_box_noise(
            FACES[face], (self._grain_cells,) * 3, self.at, self.globe.seed + 900
        )

    @property
    def _grain_cells(self) -> int:
        return max(1, self.size // _GRAIN_TEXELS)

    def paint(self, side: Side, grains: NoiseSpread, band: slice, target: MapSet) -> U8 | None:
        """Paint a band of rows, of which the first and the last are only looked at.

        Returns the light given off, uint8 (rows, columns, 4).
        """
        rows = self.at[band]
        lattice_rows = rows * np.float32(_METRIC_CELLS)
        ground, grain = side.ground(rows), grains.band(rows * np.float32(self._grain_cells))
        site = Site(
            face=side.face,
            rows=rows,
            texel=1.0 / self.size,
            polar=self.polar[side.face].band(lattice_rows),
            rain=self.rain[side.face].band(lattice_rows),
            grain=grain,
        )
        texels, glow = self.painter.paint(ground, site)
        inner = np.s_[1:-1, 1:-1]
        _copy(texels[inner], target.base_colour, 3)
        target.orm[:, :, 0] = _occlusion(ground.height)[inner]
        target.orm[:, :, 1] = texels[inner][:, :, 3]
        target.orm[:, :, 2] = 0
        self._normals(ground, grain, lattice_rows[1:-1], target.normal)
        return None if glow is None else glow[inner]

    def _normals(self, ground: Ground, grain: F32, rows: F32, out: U8) -> None:
        """Slopes along the surface, from heights with a border of one texel."""
        bump = grain * np.float32(_GRAIN_BUMP * self.size * 0.01)
        if self.globe.kind.has_water:
            bump *= np.clip(ground.level * np.float32(_DRY), np.float32(0.0), _ONE)
        bump += ground.height * np.float32(self.globe.options.relief * self.size * 0.5)
        tilt_x = bump[1:-1, :-2] - bump[1:-1, 2:]
        tilt_y = bump[2:, 1:-1] - bump[:-2, 1:-1]
        across, skew, down = (field.band(rows) for field in self.metric)
        tilt_x *= across
        skew *= tilt_x
        tilt_y += skew
        tilt_y *= down
        pack_normals(tilt_x, tilt_y, out)


def _copy(texels: U8, out: U8, channels: int) -> None:
    """Copy some channels, plane by plane: numpy is slow along short last axes."""
    for channel in range(channels):
        out[:, :, channel] = texels[:, :, channel]


def _painter(globe: Globe, columns: F32) -> Painter:
    """What paints a globe of this kind."""
    if globe.options.kind == "gas":
        return GiantPainter(globe.options, globe.seed, columns)
    return PAINTERS[globe.options.kind](globe.options)


def _occlusion(height: F32) -> F32:
    """Hollows see less of the sky: 0 … 255."""
    open_sky = height * np.float32(0.35 * 255)
    open_sky += np.float32((1.0 - 0.35 * 0.25) * 255)
    return np.clip(open_sky, np.float32(0.6 * 255), np.float32(255), out=open_sky)
