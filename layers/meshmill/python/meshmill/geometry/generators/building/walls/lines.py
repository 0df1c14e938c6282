"""Where walls stand: axes of the four sides, and the ends of their bays."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.layout import Layout

#: Along the wall as seen from outside, and outwards: front, right, back, left.
ALONG = np.array([[1.0, 0, 0], [0, 0, -1.0], [-1.0, 0, 0], [0, 0, 1.0]])
OUTWARD = np.array([[0, 0, 1.0], [1.0, 0, 0], [0, 0, -1.0], [-1.0, 0, 0]])
UP = np.array([0.0, 1.0, 0.0])


def ticks(count: int) -> F64:
    """Places -1 … 1 of the ends of ``count`` bays, exactly symmetric."""
    first = np.arange(count + 1) * (2.0 / count) - 1.0
    half: F64 = (first - first[::-1]) * 0.5
    return half


def wall_points(layout: Layout, side: int, outset: float, height: float) -> F64:
    """Ends of the bays along a side, (bays + 1, 3)."""
    halves = [(length + 2.0 * outset) * 0.5 for length in layout.size]
    along, out = halves[side % 2], halves[1 - side % 2]
    places = ticks(layout.bays[side % 2]) * along
    points: F64 = places[:, None] * ALONG[side] + OUTWARD[side] * out + UP * height
    return points + 0.0


def outline(layout: Layout, out: float) -> tuple[float, float]:
    """Half edges of a ring ``out`` before the ground floor's faces."""
    width, depth = (0.5 * edge + out for edge in layout.size)
    return width, depth
