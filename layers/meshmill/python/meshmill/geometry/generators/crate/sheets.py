"""Charts stacked on sheets, to be painted many at a time: charts of one width, one on another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from meshmill.geometry.arrays import F32, I64, U8
from meshmill.geometry.charts import Atlas, Chart
from meshmill.geometry.generators.crate.pieces import Skin
from meshmill.geometry.maps import MapSet, pack_normals
from meshmill.geometry.rasters import blend_into

_TEXELS_AT_ONCE = 1 << 18
_HALF = np.float32(0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Rows of texels of one or several charts of one width.

    ``x`` (columns,) and ``y`` (rows,) are metres from the centre of a texel's chart, to the right
    and downwards; ``member`` int64 (rows,) numbers the row's skin among ``skins``, and ``place``
    float32 (rows,) ascends without a break from chart to chart, metres. ``density`` is texels a
    metre.
    """

    skins: tuple[Skin, ...]
    numbers: I64
    charts: tuple[Chart, ...]
    density: float
    x: F32
    y: F32
    member: I64
    place: F32

    def each(self, values: Sequence[float]) -> F32:
        """A value of each skin, as a column (rows, 1)."""
        return np.array(values, dtype=np.float32)[self.member][:, None]

    def to_edge(self) -> F32:
        """Metres to the nearest edge of the chart, float32 (rows, columns)."""
        ends = self.each([skin.width / 2 for skin in self.skins]) - np.abs(self.x)
        sides = self.each([skin.height / 2 for skin in self.skins]) - np.abs(self.y)[:, None]
        nearest: F32 = np.minimum(ends, sides)
        return nearest

    def texels(self) -> F32:
        """Texels across each row's chart, its shorter way, as a column (rows, 1)."""
        return self.each([min(skin.width, skin.height) * self.density for skin in self.skins])

    def bands(self) -> Iterator[tuple[Sheet, slice]]:
        """The sheet in stretches of rows whose fields stay in cache, and which rows they are."""
        step = max(8, _TEXELS_AT_ONCE // len(self.x))
        for start in range(0, len(self.y), step):
            rows = slice(start, start + step)
            yield (
                Sheet(self.skins, self.numbers, self.charts, self.density,
                      self.x, self.y[rows], self.member[rows], self.place[rows]),
                rows,
            )  # fmt: skip

    def tilts(self, bump: F32) -> tuple[F32, F32]:
        """Slopes of normals over heights in texels (rows, columns), each chart for itself."""
        tilt_x, tilt_y = np.empty_like(bump), np.zeros_like(bump)
        tilt_x[:, 1:-1] = (bump[:, :-2] - bump[:, 2:]) * _HALF
        tilt_x[:, 0] = bump[:, 0] - bump[:, 1]
        tilt_x[:, -1] = bump[:, -2] - bump[:, -1]
        steps = bump[1:] - bump[:-1]
        same = self.member[1:] == self.member[:-1]
        steps[~same] = 0.0
        tilt_y[:-1] += steps
        tilt_y[1:] += steps
        tilt_y[1:-1] *= np.where(same[1:] & same[:-1], _HALF, np.float32(1.0))[:, None]
        return tilt_x, tilt_y


@dataclass(frozen=True, slots=True, eq=False)
class Coat:
    """What is painted on a sheet: float32 (rows, columns) each.

    ``colours`` red, green and blue 0 … 255; ``bump`` in texels; the others 0 … 1.
    """

    colours: tuple[F32, F32, F32]
    bump: F32
    occlusion: F32
    roughness: F32
    metal: F32 | None = None


def mix_into(colours: Sequence[F32], target: Sequence[int], amount: F32) -> None:
    """Move colours towards ``target`` by ``amount``, 0 … 1, in place."""
    for colour, channel in zip(colours, target, strict=True):
        blend_into(colour, np.float32(channel), amount)


def sheets_of(skins: Sequence[Skin], atlas: Atlas) -> Iterator[Sheet]:
    """Sheets of all charts, by style and width."""
    order = sorted(range(len(skins)), key=lambda k: (skins[k].style, atlas.charts[k].width, k))
    for _, members in groupby(order, key=lambda k: (skins[k].style, atlas.charts[k].width)):
        numbers = list(members)
        yield _sheet(numbers, [skins[k] for k in numbers], atlas)


def _sheet(numbers: list[int], skins: list[Skin], atlas: Atlas) -> Sheet:
    charts = [atlas.charts[k] for k in numbers]
    texel = np.float32(1.0 / atlas.density)

    def centred(count: int) -> F32:
        half = np.float32(count * 0.5 - 0.5)
        positions: F32 = (np.arange(count, dtype=np.float32) - half) * texel
        return positions

    heights = [chart.height for chart in charts]
    return Sheet(
        skins=tuple(skins),
        numbers=np.array(numbers),
        charts=tuple(charts),
        density=atlas.density,
        x=centred(charts[0].width),
        y=np.concatenate([centred(height) for height in heights]),
        member=np.repeat(np.arange(len(charts)), heights),
        place=np.arange(sum(heights), dtype=np.float32) * texel,
    )


def put(sheet: Sheet, coats: Sequence[tuple[slice, Coat]], maps: MapSet, gutter: int) -> None:
    """Write the painted bands of a sheet to the places of its charts, and fill their gutters."""
    painted = MapSet(*(np.empty((len(sheet.y), len(sheet.x), 3), np.uint8) for _ in range(3)))
    for rows, coat in coats:
        _pack(coat, sheet, rows, painted.rows(rows.start, rows.stop))
    top = 0
    for chart in sheet.charts:
        for image, source in _pairs(maps, painted):
            _place(image, chart, source[top : top + chart.height], gutter)
        top += chart.height


def _place(image: U8, chart: Chart, texels: U8, gutter: int) -> None:
    """Write a chart and fill its gutter with its mirror image, which has its mean in every mip."""
    wide = ((gutter, gutter), (gutter, gutter), (0, 0))
    rows = slice(chart.top - gutter, chart.top + chart.height + gutter)
    columns = slice(chart.left - gutter, chart.left + chart.width + gutter)
    image[rows, columns] = np.pad(texels, wide, mode="symmetric")


def _pairs(maps: MapSet, painted: MapSet) -> tuple[tuple[U8, U8], ...]:
    return (
        (maps.base_colour, painted.base_colour),
        (maps.normal, painted.normal),
        (maps.orm, painted.orm),
    )


def _pack(coat: Coat, sheet: Sheet, rows: slice, out: MapSet) -> None:
    for channel, colour in enumerate(coat.colours):
        out.base_colour[:, :, channel] = np.clip(colour, np.float32(31), np.float32(239))
    full = np.float32(255.0)
    out.orm[:, :, 0] = np.clip(coat.occlusion, np.float32(0.1), np.float32(1.0)) * full
    out.orm[:, :, 1] = np.clip(coat.roughness, np.float32(0.1), np.float32(1.0)) * full
    out.orm[:, :, 2] = 0 if coat.metal is None else coat.metal * full
    part = Sheet(sheet.skins, sheet.numbers, sheet.charts, sheet.density,
                 sheet.x, sheet.y[rows], sheet.member[rows], sheet.place[rows])  # fmt: skip
    pack_normals(*part.tilts(coat.bump), out.normal)
