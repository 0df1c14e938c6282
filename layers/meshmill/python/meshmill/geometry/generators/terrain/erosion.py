"""Water and gravity on a height field, all cells at once.

Water runs to every lower one of eight neighbours in proportion to the slope (multiple flow
direction: T. G. Freeman, 1991) and cuts with the square root of its amount times the slope (the
stream power law). What stands steeper than the angle of repose slides (Musgrave, Kolb and Mace,
"The Synthesis and Rendering of Eroded Fractal Terrains", 1989). One step of the flow's fixed
point is taken per step of erosion: water and valleys find each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32

_DIAGONAL = np.float32(0.70710678)
_NEIGHBOURS = [
    (dr, dc, _DIAGONAL if dr and dc else np.float32(1.0))
    for dr in (-1, 0, 1)
    for dc in (-1, 0, 1)
    if dr or dc
]
_LARGEST_CUT = np.float32(0.45)
_SLIDE = np.float32(0.08)
_SILT = np.float32(0.6)
_TINY = np.float32(1e-9)


@dataclass(frozen=True, slots=True)
class Weather:
    """How hard the land is worn, per step.

    ``cutting`` scales the stream power; ``repose`` is the drop to a neighbouring cell, in units
    of the height field, above which ground slides.
    """

    cutting: float
    repose: float


def erode(height: F32, flow: F32, weather: Weather, steps: int) -> tuple[F32, F32]:
    """Wear ``height`` for ``steps`` steps; ``flow`` counts the cells that drain through each.

    Both are float32 (n, n). Returns the new height and flow; the arguments are left alone.
    """
    for _ in range(steps):
        height, flow = _step(height, flow, weather)
    return height, flow


def _step(height: F32, flow: F32, weather: Weather) -> tuple[F32, F32]:
    around = np.pad(height, 1, mode="edge")
    drops = []
    total = np.full_like(height, _TINY)
    steepest = np.zeros_like(height)
    for dr, dc, closeness in _NEIGHBOURS:
        drop = height - _shifted(around, dr, dc)
        drop *= closeness
        np.maximum(drop, np.float32(0.0), out=drop)
        total += drop
        np.maximum(steepest, drop, out=steepest)
        drops.append(drop)
    share = flow / total
    arriving = np.zeros_like(around)
    slid = np.zeros_like(around)
    repose = np.float32(weather.repose)
    for (dr, dc, _), drop in zip(_NEIGHBOURS, drops, strict=True):
        _shift_add(arriving, dr, dc, drop * share)
        if (dr == 0) != (dc == 0):
            excess = np.maximum(drop - repose, np.float32(0.0))
            excess *= _SLIDE
            _shift_add(slid, dr, dc, excess)
            slid[1:-1, 1:-1] -= excess
    cut = np.sqrt(flow)
    cut *= np.float32(weather.cutting)
    np.minimum(cut, _LARGEST_CUT, out=cut)
    cut *= steepest
    worn = height - cut
    worn += slid[1:-1, 1:-1]
    worn += _silt(around, height, steepest)
    return worn, arriving[1:-1, 1:-1] + np.float32(1.0)


def _silt(around: F32, height: F32, steepest: F32) -> F32:
    """What settles in hollows, where no neighbour is lower: they fill up towards the lowest."""
    lowest = _shifted(around, -1, -1).copy()
    for dr, dc, _ in _NEIGHBOURS[1:]:
        np.minimum(lowest, _shifted(around, dr, dc), out=lowest)
    lowest -= height
    lowest *= _SILT
    lowest *= steepest == 0
    return np.maximum(lowest, np.float32(0.0))


def _shifted(around: F32, dr: int, dc: int) -> F32:
    """The neighbour of each cell: a view into a field padded by one."""
    rows, columns = around.shape
    return around[1 + dr : rows - 1 + dr, 1 + dc : columns - 1 + dc]


def _shift_add(around: F32, dr: int, dc: int, amount: F32) -> None:
    """Give each cell's ``amount`` to its neighbour; what leaves the tile is lost."""
    neighbour = _shifted(around, dr, dc)
    neighbour += amount
