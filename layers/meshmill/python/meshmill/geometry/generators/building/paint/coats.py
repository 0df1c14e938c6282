"""Coats of paint, stone and timber on charts: grain, shifts of shade, and wear along edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.building.bars import Finish
from meshmill.geometry.generators.building.paint.patterns import to_texels
from meshmill.geometry.generators.building.sheet import Sheet
from meshmill.geometry.generators.building.styles import Colour
from meshmill.geometry.maps import MapSet, pack_normals, tilts
from meshmill.geometry.noise import fractal_noise, stretched_noise
from meshmill.geometry.rasters import smoothstep

_ONE = np.float32(1.0)
#: Texels of a grain across, and of shifts of shade.
_FINE, _BROAD = 3, 24


@dataclass(frozen=True, slots=True)
class _Coat:
    """How a finish looks: grain, its relief in metres and length in texels, wear, roughness."""

    grain: float
    relief: float
    wear: float
    rough: float
    length: int = _FINE


_COATS: dict[Finish, _Coat] = {
    "stone": _Coat(0.10, 0.003, 0.08, 0.84),
    "frame": _Coat(0.05, 0.0008, 0.05, 0.5, 24),
    "door": _Coat(0.07, 0.001, 0.10, 0.48, 24),
    "iron": _Coat(0.06, 0.0006, 0.16, 0.5),
    "timber": _Coat(0.24, 0.005, 0.16, 0.88, 24),
    "accent": _Coat(0.08, 0.001, 0.10, 0.56, 24),
    "masonry": _Coat(0.06, 0.002, 0.04, 0.86),
}


@dataclass(frozen=True, slots=True)
class Coating:
    """A chart and its coat; wear follows ``edges``, at shares of the chart's height."""

    chart: Chart
    finish: Finish
    paint: Colour
    edges: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """Charts beside one another on a shelf, in one coat; the area that holds them."""

    coatings: tuple[Coating, ...]
    area: Chart


@dataclass(frozen=True, slots=True, eq=False)
class _Grain:
    """Noise of ``rows`` x ``columns`` texels, of which each run takes the part at its left."""

    rows: int
    columns: int
    seed: int
    _made: dict[tuple[int, int], F32] = field(default_factory=dict)

    def fine(self, length: int, salt: int) -> F32:
        """Grains of so many texels along the rows."""
        key = length, salt
        if key not in self._made:
            cells = (max(2, self.rows // _FINE), max(2, self.columns // length))
            self._made[key] = stretched_noise(*self._places, cells, self.seed + salt)
        return self._made[key]

    def broad(self) -> F32:
        """Slow shifts."""
        key = _BROAD, 0
        if key not in self._made:
            cells = (max(1, self.rows // _BROAD), max(1, self.columns // _BROAD))
            self._made[key] = fractal_noise(*self._places, cells, 2, self.seed + 1)
        return self._made[key]

    @property
    def _places(self) -> tuple[F32, F32]:
        rows, columns = (
            (np.arange(count, dtype=np.float32) + np.float32(0.5)) * np.float32(1 / count)
            for count in (self.rows, self.columns)
        )
        return rows, columns


def paint_coats(maps: MapSet, sheet: Sheet, coatings: Sequence[Coating], seed: int) -> None:
    """Paint charts, and what lies between them on their shelves."""
    runs = list(_runs(coatings))
    grain = _Grain(max((run.area.height for run in runs), default=1), sheet.atlas.size, seed)
    for run in runs:
        _paint_run(maps, run, grain, sheet.atlas.density)


def _runs(coatings: Sequence[Coating]) -> Iterator[_Run]:
    ordered = sorted(coatings, key=lambda each: (each.chart.top, each.chart.left))
    for _, members in groupby(ordered, key=lambda each: (each.chart.top, each.finish, each.paint)):
        run = tuple(members)
        first, last = run[0].chart, run[-1].chart
        width = last.left + last.width - first.left
        height = max(each.chart.height for each in run)
        yield _Run(run, Chart(first.left, first.top, width, height))


def _paint_run(maps: MapSet, run: _Run, grain: _Grain, density: float) -> None:
    first = run.coatings[0]
    coat = _COATS[first.finish]
    part = np.s_[: run.area.height, run.area.left : run.area.left + run.area.width]
    fine, broad = grain.fine(coat.length, 0)[part], grain.broad()[part]
    worn = _edges(run, density)
    worn *= np.clip(np.float32(0.7) + broad + fine, 0, _ONE)
    tint = _ONE + fine * np.float32(coat.grain)
    tint += broad * np.float32(coat.grain * 0.9)
    tint += worn * np.float32(coat.wear)
    area = run.area.area
    for channel, value in enumerate(first.paint):
        maps.base_colour[area][:, :, channel] = to_texels(tint * np.float32(value))
    relief = grain.fine(coat.length, 2)[part] * np.float32(coat.relief * density)
    pack_normals(*tilts(relief), maps.normal[area])
    cavity = _ONE + np.minimum(fine, 0) * np.float32(0.2)
    rough = np.float32(coat.rough) + broad * np.float32(0.06) - worn * np.float32(0.08)
    maps.orm[area][:, :, 0] = np.clip(cavity, 0, 1) * np.float32(255)
    maps.orm[area][:, :, 1] = np.clip(rough, np.float32(0.1), _ONE) * np.float32(255)
    maps.orm[area][:, :, 2] = 0


def _edges(run: _Run, density: float) -> F32:
    """Nearness 0 … 1 to the edges of bars, float32 (rows, columns) of the run's area."""
    near = np.zeros((run.area.height, run.area.width), dtype=np.float32)
    for coating in run.coatings:
        if coating.edges:
            chart = coating.chart
            rows = (np.arange(chart.height, dtype=np.float32) + np.float32(0.5))[:, None]
            edges = np.array(coating.edges, dtype=np.float32) * np.float32(chart.height)
            apart = np.abs(rows - edges).min(axis=1) * np.float32(1.0 / density)
            left = chart.left - run.area.left
            profile = _ONE - smoothstep(apart, 0.004, 0.03)
            near[: chart.height, left : left + chart.width] = profile[:, None]
    return near
