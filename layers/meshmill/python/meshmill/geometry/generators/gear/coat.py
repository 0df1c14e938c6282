"""Painting charts: what a surface's finish gives at each texel, written band by band."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32, F64, U8
from meshmill.geometry.charts import dilate
from meshmill.geometry.generators.gear.layout import Sheet
from meshmill.geometry.maps import MapSet, bands, pack_normals
from meshmill.geometry.noise import fractal_noise, stretched_noise
from meshmill.geometry.rasters import Spread, blend_into

_ONE, _HALF, _BYTE = np.float32(1.0), np.float32(0.5), np.float32(255.0)
_DARKEST, _BRIGHTEST = np.float32(31), np.float32(239)
_LEAST_SHARE = np.float32(0.06)
_BROAD_SAMPLES = 64
_STEPS_PER_TEXEL = 4

Colours = list[F32]
Steps = NDArray[np.intp]
Shade = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Coat:
    """A stretch of finished surface.

    ``colours`` (0 … 255), ``roughness``, ``occlusion`` and ``metal`` (0 … 1) are (rows, columns) or
    one for all; ``bump`` is the relief in texels, with one more row and column on either side.
    """

    colours: Colours
    roughness: F32
    occlusion: F32 | np.float32
    metal: F32 | np.float32
    bump: F32

    def write(self, colour: U8, normal: U8, orm: U8) -> None:
        """Fill a stretch of the maps."""
        for channel, shade in enumerate(self.colours):
            colour[:, :, channel] = np.clip(shade, _DARKEST, _BRIGHTEST)
        for channel, share in enumerate((self.occlusion, self.roughness)):
            orm[:, :, channel] = np.clip(share, _LEAST_SHARE, _ONE) * _BYTE
        orm[:, :, 2] = self.metal * _BYTE
        tilt_x = (self.bump[1:-1, :-2] - self.bump[1:-1, 2:]) * _HALF
        tilt_y = (self.bump[2:, 1:-1] - self.bump[:-2, 1:-1]) * _HALF
        pack_normals(tilt_x, tilt_y, normal)


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """A chart to paint: ``columns`` and ``rows`` are millimetres of all its texels from its origin.

    Both have one more on either side. ``extent`` is its width and height in millimetres.
    """

    sheet: Sheet
    name: str
    columns: F32
    rows: F32
    _spread: dict[tuple[int, int, int], Spread] = field(default_factory=dict)

    @classmethod
    def of(cls, sheet: Sheet, name: str) -> Canvas:
        """The chart of that name."""
        return cls(sheet, name, *sheet.centres(name))

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        chart = self.sheet.frames[self.name].chart
        return chart.width / self.sheet.density, chart.height / self.sheet.density

    def paint(self, maps: MapSet, finish: Callable[[Stretch], Coat]) -> None:
        """Paint the chart and its gutter."""
        chart = self.sheet.frames[self.name].chart
        across = np.s_[chart.left : chart.left + chart.width]
        for start, stop in bands(chart.height, chart.width):
            band = maps.rows(chart.top + start, chart.top + stop)
            coat = finish(Stretch(self, self.columns, self.rows[start : stop + 2]))
            coat.write(band.base_colour[:, across], band.normal[:, across], band.orm[:, across])
        for image in (maps.base_colour, maps.normal, maps.orm):
            dilate(image, chart, self.sheet.gutter)

    def spread(self, cells: tuple[int, int], seed: int) -> Spread:
        """Coarse noise over the chart, with ``cells`` features down and across, kept for reuse."""
        key = (*cells, seed)
        if key not in self._spread:
            ticks = np.arange(_BROAD_SAMPLES, dtype=np.float32)
            ticks *= np.float32(1.0 / (_BROAD_SAMPLES - 1))
            noise = fractal_noise(ticks, ticks, cells, 2, seed)
            self._spread[key] = Spread(noise, _places(self.columns, self.columns))
        return self._spread[key]


def _places(line: F32, whole: F32) -> F32:
    """Positions of texels on the coarse lattice over the ``whole`` line."""
    scale = np.float32((_BROAD_SAMPLES - 1) / float(whole[-1] - whole[0]))
    places: F32 = np.clip(
        (line - whole[0]) * scale, np.float32(0.0), np.float32(_BROAD_SAMPLES - 1)
    )
    return places


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A band of a canvas: ``columns`` and ``rows`` in millimetres reach one texel beyond it."""

    canvas: Canvas
    columns: F32
    rows: F32

    @property
    def across(self) -> F32:
        """Millimetres right, (1, columns), without the margin."""
        return self.columns[None, 1:-1]

    @property
    def down(self) -> F32:
        """Millimetres down, (rows, 1), without the margin."""
        return self.rows[1:-1, None]

    def grain(self, texels: tuple[float, float], seed: int) -> F32:
        """Noise with features of ``texels`` across and down, with the margin.

        It continues itself from the right border of the chart to the left one.
        """
        width, height = self.canvas.extent
        density = self.canvas.sheet.density
        cells = [
            max(2, round(edge * density / size))
            for edge, size in zip((width, height), texels, strict=True)
        ]
        return stretched_noise(
            self.rows * np.float32(1.0 / height),
            self.columns * np.float32(1.0 / width),
            (cells[1], cells[0]),
            seed,
        )

    def broad(self, cells: tuple[int, int], seed: int) -> F32:
        """Smooth noise with ``cells`` features down and across the chart, without the margin."""
        spread = self.canvas.spread(cells, seed)
        return spread.band(_places(self.rows, self.canvas.rows))[1:-1, 1:-1]


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """A line of millimetres from 0 on, in ``per_mm`` steps finer than texels, to table values on.

    ``places`` float64 (n,) are the millimetres of the steps.
    """

    per_mm: float
    places: F64

    @classmethod
    def of(cls, length: float, density: float) -> Scale:
        """A line of ``length`` millimetres for a texture of ``density`` texels a millimetre."""
        per_mm = density * _STEPS_PER_TEXEL
        places: F64 = np.arange(int(length * per_mm) + 3, dtype=np.float64) * (1.0 / per_mm)
        return cls(per_mm, places)

    def steps(self, at: F32) -> Steps:
        """Steps of places in millimetres, in place of which ``at`` is used up."""
        at *= np.float32(self.per_mm)
        np.clip(at, np.float32(0.0), np.float32(len(self.places) - 1), out=at)
        return at.astype(np.intp)

    def noise(self, texels: float, seed: int) -> F32:
        """Values about -1 … 1 with features of ``texels``."""
        places = np.arange(len(self.places), dtype=np.float32)
        places *= np.float32(1.0 / (_STEPS_PER_TEXEL * texels))
        cells = int(places[-1]) + 2
        middle = np.array([0.5], dtype=np.float32)
        row: F32 = stretched_noise(middle, places * np.float32(1.0 / cells), (1, cells), seed)[0]
        return row


def shades(tone: F32, dark: Shade, light: Shade) -> Colours:
    """Colours between two sRGB shades; ``tone`` 0 … 1 is cut."""
    share = np.clip(tone, np.float32(0.0), _ONE)
    return [
        np.float32(low) + share * np.float32(high - low)
        for low, high in zip(dark, light, strict=True)
    ]


def tint(colours: Colours, shade: Shade, amount: F32) -> None:
    """Move colours towards an sRGB shade by ``amount``, in place."""
    for colour, target in zip(colours, shade, strict=True):
        blend_into(colour, np.float32(target), amount)


def bell(values: F64, middle: float, reach: float) -> F64:
    """1 at ``middle``, falling smoothly to 0 at ``reach`` on either side."""
    share = np.clip(1.0 - np.abs(values - middle) * (1.0 / reach), 0.0, 1.0)
    smooth: F64 = share * share * (3.0 - 2.0 * share)
    return smooth


def ease(values: F64, low: float, high: float) -> F64:
    """Hermite's step from 0 at ``low`` to 1 at ``high``, either way round."""
    share = np.clip((values - low) * (1.0 / (high - low)), 0.0, 1.0)
    smooth: F64 = share * share * (3.0 - 2.0 * share)
    return smooth
