"""Packing charts on shelves, group by group, so that charts of different colours keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from meshmill.geometry.charts import Atlas, Chart, gutter_for

_SEARCH_STEPS = 20
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
    gutter = gutter_for(size)
    low, high = 0.0, size / max(max(chart.width, chart.height) for chart in wanted)
    packed = _packed(wanted, low, size, gutter)
    for _ in range(_SEARCH_STEPS):
        middle = (low + high) * 0.5
        tried = _packed(wanted, middle, size, gutter)
        if tried is None:
            high = middle
        else:
            low, packed = middle, tried
    if packed is None:
        raise ValueError(f"{len(wanted)} charts don't fit a texture of {size} texels")
    return Atlas(size, gutter, low, packed)


def _packed(
    wanted: Sequence[Wanted], density: float, size: int, gutter: int
) -> tuple[Chart, ...] | None:
    """Shelves of each group from its tallest chart down; None where they don't fit."""
    sizes = [
        tuple(max(_LEAST_TEXELS, ceil(edge * density)) for edge in (chart.width, chart.height))
        for chart in wanted
    ]
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k].group, -sizes[k][1], k))
    placed: dict[int, Chart] = {}
    top = 0
    for _, members in groupby(order, key=lambda k: wanted[k].group):
        left = shelf = 0
        for index in members:
            width, height = sizes[index]
            if left + width + 2 * gutter > size:
                left, top, shelf = 0, top + shelf, 0
            shelf = max(shelf, height + 2 * gutter)
            if left + width + 2 * gutter > size or top + shelf > size:
                return None
            placed[index] = Chart(left + gutter, top + gutter, width, height)
            left += width + 2 * gutter
        top = -(-(top + shelf) // _MIP_TEXELS) * _MIP_TEXELS
    return tuple(placed[index] for index in range(len(wanted)))
