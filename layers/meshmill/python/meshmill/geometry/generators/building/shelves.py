"""Packing charts on shelves, group by group, so that charts of different colours keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, sqrt

from meshmill.geometry.charts import Atlas, Chart, gutter_for

_SEARCH_STEPS = 12
_LEAST_TEXELS = 2
#: Texels of the level of detail of textures in which groups still don't mix.
_MIP_TEXELS = 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """A chart's group, width and height."""

    group: str
    width: float
    height: float


def pack_groups(wanted: Sequence[Wanted], size: int) -> Atlas:
    """Pack charts at one density, as large as a square of ``size`` texels holds.

    Charts are whole texels wide, and may exceed what was asked for by a part of one.

    Each group has rows of its own, from a multiple of 16 texels on: in the fourth mip level, where
    texels are 16 wide, colours of different groups don't mix.

    Raises:
        ValueError: Not even the smallest charts fit.
    """
    rows = _Rows.of(wanted, size)
    low, high = 0.0, size / max(max(chart.width, chart.height) for chart in wanted)
    high = min(high, size / sqrt(sum(chart.width * chart.height for chart in wanted)))
    packed = rows.packed(low)
    for _ in range(_SEARCH_STEPS):
        middle = (low + high) * 0.5
        tried = rows.packed(middle)
        if tried is None:
            high = middle
        else:
            low, packed = middle, tried
    if packed is None:
        raise ValueError(f"{len(wanted)} charts don't fit a texture of {size} texels")
    charts = tuple(Chart(*packed[number]) for number in range(len(wanted)))
    return Atlas(size, rows.gutter, low, charts)


#: Left, top, width and height in texels.
_Rectangle = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Charts in the order in which they are laid: by group, each from its tallest one down.

    ``groups`` hold numbers, widths and heights.
    """

    groups: tuple[tuple[tuple[int, float, float], ...], ...]
    size: int
    gutter: int

    @classmethod
    def of(cls, wanted: Sequence[Wanted], size: int) -> _Rows:
        ordered = sorted(
            enumerate(wanted), key=lambda pair: (pair[1].group, -pair[1].height, pair[0])
        )
        groups = tuple(
            tuple((number, chart.width, chart.height) for number, chart in members)
            for _, members in groupby(ordered, key=lambda pair: pair[1].group)
        )
        return cls(groups, size, gutter_for(size))

    def packed(self, density: float) -> dict[int, _Rectangle] | None:
        """Charts by their numbers, at so many texels a unit; None where they don't fit."""
        placed: dict[int, _Rectangle] = {}
        gutter, top = self.gutter, 0
        for members in self.groups:
            left = shelf = 0
            for number, wide, high in members:
                width = max(_LEAST_TEXELS, ceil(wide * density))
                height = max(_LEAST_TEXELS, ceil(high * density))
                if left + width + 2 * gutter > self.size:
                    left, top, shelf = 0, top + shelf, 0
                shelf = max(shelf, height + 2 * gutter)
                if left + width + 2 * gutter > self.size or top + shelf > self.size:
                    return None
                placed[number] = left + gutter, top + gutter, width, height
                left += width + 2 * gutter
            top = -(-(top + shelf) // _MIP_TEXELS) * _MIP_TEXELS
        return placed
