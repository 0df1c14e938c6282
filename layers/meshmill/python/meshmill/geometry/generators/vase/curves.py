"""Plane curves of a vessel's section: splines through knots, rounded corners, offsets.

Points are rows (radius, height), float64 (n, 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np

from meshmill.geometry.arrays import F64

Point = tuple[float, float]

_STEPS = 56
_CORNER_STEPS = 9
#: Points on each bend of a rounded path.
CORNER_POINTS = _CORNER_STEPS + 1
#: Share of the distance that an offset may fall short of before it counts as cutting itself.
_CUT = 0.999


@dataclass(frozen=True, slots=True)
class Knot:
    """A point that a spline passes in the direction ``towards`` (any length).

    ``before`` and ``after`` are the lengths of its Bézier arms as shares of the chords to the
    neighbours.
    """

    radius: float
    height: float
    towards: Point
    before: float = 0.36
    after: float = 0.36


def spline(knots: Sequence[Knot]) -> F64:
    """Cubic Bézier pieces from knot to knot."""
    pieces = [np.array([[knots[0].radius, knots[0].height]])]
    for start, end in pairwise(knots):
        first = np.array((start.radius, start.height))
        last = np.array((end.radius, end.height))
        chord = distance(last - first)
        pieces.append(
            bezier(
                first,
                first + _unit(start.towards) * (chord * start.after),
                last - _unit(end.towards) * (chord * end.before),
                last,
                _STEPS,
            )[1:]
        )
    return np.concatenate(pieces)


def bezier(first: F64, second: F64, third: F64, last: F64, steps: int) -> F64:
    """A cubic Bézier curve in ``steps`` + 1 points."""
    t = (np.arange(steps + 1) * (1.0 / steps))[:, None]
    u = 1.0 - t
    curve: F64 = first * (u * u * u) + (second * u + third * t) * (3.0 * u * t) + last * (t * t * t)
    return curve


def rounded(corners: Sequence[tuple[float, float, float]]) -> F64:
    """A path along ``corners`` (radius, height, radius of the rounding), parabolas at the bends."""
    points = np.array([corner[:2] for corner in corners])
    pieces = [points[:1]]
    for index in range(1, len(corners) - 1):
        here, reach = points[index], corners[index][2]
        arms = [points[index - 1] - here, points[index + 1] - here]
        ends = [here + arm * min(reach / distance(arm), 0.5) for arm in arms]
        t = (np.arange(_CORNER_STEPS + 1) * (1.0 / _CORNER_STEPS))[:, None]
        bend = ends[0] * ((1 - t) * (1 - t)) + here * (2 * t * (1 - t)) + ends[1] * (t * t)
        pieces.append(bend)
    pieces.append(points[-1:])
    return np.concatenate(pieces)


def inset(curve: F64, by: float) -> F64:
    """The curve moved to its left, seen along it, without the loops that tight bends would make."""
    moved = curve + left_normals(curve) * by
    across = moved[:, None, 0] - curve[None, :, 0]
    up = moved[:, None, 1] - curve[None, :, 1]
    nearest = (across * across + up * up).min(axis=1)
    kept: F64 = moved[nearest >= by * by * _CUT * _CUT]
    return kept


def left_normals(curve: F64) -> F64:
    """Unit normals to the left of an open curve, by central differences."""
    padded = np.concatenate((curve[:1], curve, curve[-1:]))
    along = padded[2:] - padded[:-2]
    lengths = np.sqrt(along[:, 0] * along[:, 0] + along[:, 1] * along[:, 1])
    normals: F64 = np.stack((-along[:, 1], along[:, 0]), axis=1) / lengths[:, None]
    return normals


def arc_lengths(curve: F64) -> F64:
    """Length of the curve up to each point."""
    steps = curve[1:] - curve[:-1]
    lengths = np.sqrt(steps[:, 0] * steps[:, 0] + steps[:, 1] * steps[:, 1])
    return np.concatenate((np.zeros(1), np.cumsum(lengths)))


def distance(step: F64) -> float:
    """Length of a vector in the plane."""
    return sqrt(float(step[0]) * float(step[0]) + float(step[1]) * float(step[1]))


def _unit(direction: Point) -> F64:
    vector = np.array(direction)
    unit: F64 = vector / distance(vector)
    return unit
