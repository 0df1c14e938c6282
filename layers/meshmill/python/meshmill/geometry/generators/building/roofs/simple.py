"""Roofs without hips: flat, gabled and sawtooth."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.roofs.lattice import (
    BURIED,
    CELL_M,
    EAST,
    GLAZED,
    NORTH,
    SOUTH,
    THICKNESS,
    WEST,
    Roof,
    Ways,
    counts,
    slab,
    symmetric,
)

_VERGE = 0.28
#: Share of the triangles for roofs that the parapet leaves to a flat one.
_BESIDE_PARAPET = 0.7
_TOOTH_M = 6.0
#: Farther than cornices reach.
_TOOTH_VERGE = 0.21


def flat(layout: Layout, length: float, span: float, most: int) -> Roof:
    """Gravel inside the parapet."""
    along, across = counts(length, span, int(_BESIDE_PARAPET * most), even=False)
    x, z = symmetric(length * 0.5 - 0.12, along), symmetric(span * 0.5 - 0.12, across)
    heights = np.full((across + 1, along + 1), layout.wall_height + 0.1)
    facing = np.full((across, along), SOUTH)
    cell = (length / along, span / across)
    return slab(x, z, heights, heights - 0.3, Ways.plain(facing), cell)


def gable(layout: Layout, length: float, span: float, most: int) -> Roof:
    """Two slopes over gables."""
    eaves = layout.style.eaves
    along, across = counts(length + 2 * _VERGE, span + 2 * eaves, most, even=True)
    half = span * 0.5 + eaves
    x, z = symmetric(length * 0.5 + _VERGE, along), symmetric(half, across)
    # The slab's middle lies on the gables' slopes.
    rise = layout.rise / (span * 0.5)
    bands = np.minimum(np.arange(across + 1), across - np.arange(across + 1))
    heights = layout.wall_height - rise * eaves + bands * (rise * half / (across // 2))
    top = np.repeat((heights + THICKNESS - BURIED)[:, None], along + 1, axis=1)
    rows = np.arange(across)[:, None] < across // 2
    facing = np.where(np.repeat(rows, along, axis=1), NORTH, SOUTH)
    slope = half / (across // 2) * sqrt(1.0 + rise * rise)
    cell = (float(x[1] - x[0]), slope)
    return slab(x, z, top, top - THICKNESS, Ways.plain(facing), cell)


def sawtooth(layout: Layout, length: float, span: float, most: int) -> Roof:
    """Teeth across the length: slopes to the west, glass to the east."""
    teeth = max(1, int(length / _TOOTH_M + 0.5))
    while teeth > 1 and teeth * 2 > most:
        teeth -= 1
    tooth = (length + 2 * _TOOTH_VERGE) / teeth
    rise = min(0.42 * tooth, 3.2)
    across = max(1, min(int(span / CELL_M / 1.6 + 0.5), most // (2 * teeth)))
    starts = np.arange(teeth) * tooth - (length * 0.5 + _TOOTH_VERGE)
    x = np.append(
        np.stack((starts, starts + tooth - GLAZED), axis=1).ravel(), length * 0.5 + _TOOTH_VERGE
    )
    profile = np.append(np.tile((0.0, rise), teeth), 0.0)
    z = symmetric(span * 0.5 + _TOOTH_VERGE, across)
    edge = layout.wall_height + THICKNESS - BURIED
    heights = np.repeat((edge + profile)[None, :], across + 1, axis=0)
    glazed = np.zeros((across, 2 * teeth), dtype=np.bool_)
    glazed[:, 1::2] = True
    facing = np.where(glazed, EAST, WEST)
    cell = ((span + 2 * _TOOTH_VERGE) / across, sqrt(rise * rise + tooth * tooth))
    lower = np.full_like(heights, layout.wall_height - BURIED)
    ways = Ways(facing, np.full_like(facing, -1), glazed)
    return replace(slab(x, z, heights, lower, ways, cell), upright=rise)
