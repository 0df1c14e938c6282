"""Where the gear's surfaces lie in its textures, all at one density."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, sqrt

import numpy as np

from meshmill.geometry.arrays import F32, AnyArray
from meshmill.geometry.charts import Chart, gutter_for

_SEARCH_STEPS = 9


@dataclass(frozen=True, slots=True)
class Frame:
    """A chart, and where its origin is: its left upper corner, or ``origin`` mm right and below."""

    chart: Chart
    origin: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Frames of a texture of ``size`` texels, ``density`` texels a millimetre in all of them."""

    size: int
    gutter: int
    density: float
    frames: Mapping[str, Frame]

    def uvs(self, name: str, right: AnyArray, down: AnyArray) -> F32:
        """UVs float32 (..., 2) of places in millimetres from a frame's origin; broadcast."""
        frame = self.frames[name]
        x, y = frame.origin
        u = (frame.chart.left + (right + x) * self.density) * (1.0 / self.size)
        v = (frame.chart.top + (down + y) * self.density) * (1.0 / self.size)
        pair: F32 = np.stack(np.broadcast_arrays(u, v), axis=-1).astype(np.float32)
        return pair

    def centres(self, name: str) -> tuple[F32, F32]:
        """Millimetres from the origin of texel columns and rows, with one more on either side."""
        frame = self.frames[name]
        edges = zip((frame.chart.width, frame.chart.height), frame.origin, strict=True)
        columns, rows = (
            (np.arange(-1, texels + 1, dtype=np.float32) + np.float32(0.5))
            * np.float32(1.0 / self.density)
            - np.float32(start)
            for texels, start in edges
        )
        return columns, rows


@dataclass(frozen=True, slots=True)
class Wanted:
    """A frame to be: width and height in millimetres, and its origin from its upper left corner."""

    width: float
    height: float
    origin: tuple[float, float] = (0.0, 0.0)


def lay_out(wanted: Mapping[str, Wanted], size: int) -> Sheet:
    """Pack frames as large as they fit, the largest first, each as low on the skyline as it can.

    Jukka Jylänki, "A Thousand Ways to Pack the Bin" (2010), section 4.
    """
    gutter = gutter_for(size)
    longest = max(max(each.width, each.height) for each in wanted.values())
    area = sum(each.width * each.height for each in wanted.values())
    low, high = 0.0, min(size / longest, size / sqrt(area))
    charts = _packed(wanted, low, size, gutter)
    for _ in range(_SEARCH_STEPS):
        middle = (low + high) * 0.5
        tried = _packed(wanted, middle, size, gutter)
        if tried:
            low, charts = middle, tried
        else:
            high = middle
    frames = {name: Frame(charts[name], each.origin) for name, each in wanted.items()}
    return Sheet(size, gutter, low, frames)


def _packed(
    wanted: Mapping[str, Wanted], density: float, size: int, gutter: int
) -> dict[str, Chart]:
    """Charts at a density; none where they don't fit."""
    skyline = [(0, 0), (size, size)]
    charts: dict[str, Chart] = {}
    for name in sorted(wanted, key=lambda key: (-wanted[key].height, key)):
        each = wanted[name]
        width, height = (max(1, ceil(edge * density)) for edge in (each.width, each.height))
        place = _lowest(skyline, width + 2 * gutter, height + 2 * gutter, size)
        if place is None:
            return {}
        left, top = place
        charts[name] = Chart(left + gutter, top + gutter, width, height)
        skyline = _raised(skyline, left, left + width + 2 * gutter, top + height + 2 * gutter)
    return charts


def _lowest(
    skyline: list[tuple[int, int]], width: int, height: int, size: int
) -> tuple[int, int] | None:
    """Left and top of the place for a rectangle that ends highest up the image."""
    best: tuple[int, int] | None = None
    for left, _ in skyline[:-1]:
        if left + width > size:
            break
        under = (
            level
            for (start, level), (end, _) in pairwise(skyline)
            if start < left + width and end > left
        )
        top = max(under)
        if top + height <= size and (best is None or top < best[1]):
            best = left, top
    return best


def _raised(
    skyline: list[tuple[int, int]], left: int, right: int, level: int
) -> list[tuple[int, int]]:
    """The skyline with a roof at ``level`` from ``left`` to ``right``."""
    beyond = [height for start, height in skyline if start <= right][-1]
    before = [point for point in skyline if point[0] < left]
    after = [point for point in skyline if point[0] > right]
    return [*before, (left, level), (right, beyond), *after]
