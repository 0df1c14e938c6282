"""Texture maps of a globe, side by side of its cube, band by band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.box import FACES, BoxLattice, box_noise
from meshmill.geometry.charts import Atlas, dilate
from meshmill.geometry.generators.planet.coats import PAINTERS, Coat, Painter, Site
from meshmill.geometry.generators.planet.giants import GiantPainter
from meshmill.geometry.generators.planet.globe import Globe, Ground, Metric
from meshmill.geometry.maps import MapSet, bands, pack_normals
from meshmill.geometry.rasters import Spread, smoothstep
from meshmill.geometry.scene import Material

_METRIC_CELLS = 32
_GRAIN_TEXELS = 4
_GRAIN_BUMP = 0.006
_GLOW_STRENGTH = 4.0
_ONE, _HALF = np.float32(1.0), np.float32(0.5)


def globe_material(globe: Globe, atlas: Atlas) -> Material:
    """Paint the six charts of ``atlas``; texels of no chart get their mean colour."""
    maps = MapSet.filled(atlas.size, (120, 120, 120), (255, 200, 0))
    is_hot = globe.options.kind == "lava"
    glow = np.zeros((atlas.size, atlas.size, 3), dtype=np.uint8) if is_hot else None
    sides = _Sides.of(globe, atlas.charts[0].width)
    for face, chart in enumerate(atlas.charts):
        ground = sides.ground(face)
        area = slice(chart.left, chart.left + chart.width)
        for start, stop in bands(chart.height, chart.width):
            rows = maps.rows(chart.top + start, chart.top + stop)
            target = MapSet(*(m[:, area] for m in (rows.base_colour, rows.normal, rows.orm)))
            coat = sides.paint(face, ground, start, stop, target)
            if glow is not None and coat.glow is not None:
                glow[chart.top + start : chart.top + stop, area] = coat.glow
        for image in (maps.base_colour, maps.normal, maps.orm, *(() if glow is None else (glow,))):
            dilate(image, chart, atlas.gutter)
    _fill_rest(maps.base_colour, atlas)
    return maps.material("Planet", "Surface", emissive=glow, emissive_strength=_strength(glow))


def _fill_rest(image: U8, atlas: Atlas) -> None:
    """Give texels beyond all gutters the mean colour of the charts, which small mip levels show."""
    is_free = np.ones(image.shape[:2], dtype=np.bool_)
    total = np.zeros(3, dtype=np.int64)
    reach = atlas.gutter
    for chart in atlas.charts:
        rows = slice(chart.top - reach, chart.top + chart.height + reach)
        is_free[rows, chart.left - reach : chart.left + chart.width + reach] = False
        total += image[chart.area].sum(axis=(0, 1), dtype=np.int64)
    image[is_free] = total // sum(chart.width * chart.height for chart in atlas.charts)


def _strength(glow: U8 | None) -> float:
    return 1.0 if glow is None else _GLOW_STRENGTH


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """What painting shares among the sides of the cube, each ``size`` texels wide.

    ``at`` are positions of texel centres with one more at either end, ``metric`` the metric's
    coefficients at the texels' columns.
    """

    globe: Globe
    size: int
    at: F32
    metric: tuple[Spread, ...]
    north: tuple[Spread, ...]
    painter: Painter

    @classmethod
    def of(cls, globe: Globe, size: int) -> _Sides:
        at = (np.arange(-1, size + 1, dtype=np.float32) + _HALF) * np.float32(1.0 / size)
        at = np.clip(at, np.float32(0.0), _ONE)
        columns = at[1:-1] * np.float32(_METRIC_CELLS)
        metric = Metric.of(_METRIC_CELLS)
        lattice = BoxLattice.of((_METRIC_CELLS,) * 3)
        north = tuple(
            Spread(np.ascontiguousarray(lattice.directions[face, 1]), columns)
            for face in lattice.faces
        )
        return cls(
            globe, size, at,
            tuple(Spread(part, columns) for part in (metric.across, metric.skew, metric.down)),
            north, _painter(globe, at[1:-1]),
        )  # fmt: skip

    def ground(self, face: int) -> Ground:
        """All fields of a side, with a border of one texel."""
        return self.globe.ground(face, self.at, self.at)

    def paint(self, face: int, ground: Ground, start: int, stop: int, target: MapSet) -> Coat:
        """Paint rows ``start`` … ``stop`` of a side into ``target``."""
        rows = self.at[start : stop + 2]
        inner = np.s_[start + 1 : stop + 1, 1:-1]
        here = ground.part(inner)
        cells = (max(1, self.size // _GRAIN_TEXELS),) * 3
        grain = box_noise(FACES[face], cells, rows, self.at, self.globe.seed + 900)
        lattice_rows = rows[1:-1] * np.float32(_METRIC_CELLS)
        north = self.north[face].band(lattice_rows)
        site = Site(face, rows[1:-1], 1.0 / self.size, north, grain[1:-1, 1:-1])
        coat = self.painter(self.globe.options, here, site)
        target.base_colour[:] = np.clip(coat.colours, np.float32(30), np.float32(240))
        target.orm[:, :, 0] = _occlusion(here)
        target.orm[:, :, 1] = np.clip(coat.roughness, np.float32(0.1), _ONE) * np.float32(255)
        target.orm[:, :, 2] = 0
        bumpy = smoothstep(coat.roughness, 0.25, 0.35)
        self._normals(ground.height[start : stop + 2], grain, bumpy, lattice_rows, target.normal)
        return coat

    def _normals(self, height: F32, grain: F32, bumpy: F32, rows: F32, out: U8) -> None:
        """Slopes along the surface, from heights with a border of one texel."""
        relief = np.float32(self.globe.options.relief * self.size * 0.5)
        bump = np.float32(_GRAIN_BUMP * self.size * 0.5 * 0.02)
        along_columns = (height[1:-1, 2:] - height[1:-1, :-2]) * relief
        along_rows = (height[2:, 1:-1] - height[:-2, 1:-1]) * relief
        along_columns += (grain[1:-1, 2:] - grain[1:-1, :-2]) * (bump * bumpy)
        along_rows += (grain[2:, 1:-1] - grain[:-2, 1:-1]) * (bump * bumpy)
        across, skew, down = (field.band(rows) for field in self.metric)
        along_columns *= across
        along_rows -= skew * along_columns
        along_rows *= down
        pack_normals(-along_columns, along_rows, out)


def _painter(globe: Globe, columns: F32) -> Painter:
    """What paints a globe of this kind."""
    if globe.options.kind == "gas":
        return GiantPainter.of(globe.options, globe.seed, columns)
    return PAINTERS[globe.options.kind]


def _occlusion(ground: Ground) -> F32:
    """Hollows see less of the sky."""
    hollow = np.minimum(ground.height - np.float32(0.25), np.float32(0.0))
    open_sky: F32 = np.clip(_ONE + hollow * np.float32(0.35), np.float32(0.6), _ONE) * np.float32(
        255
    )
    return open_sky
