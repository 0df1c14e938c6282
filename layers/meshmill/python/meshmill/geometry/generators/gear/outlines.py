"""Closed outlines in the plane of rotation: circles, bores with keyways, windows of the web.

All are symmetric to the x axis to the last bit, since the lower half of the gear is the upper one
turned around that axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import sqrt

import numpy as np

from meshmill.geometry.angles import TAU, cos_sin, sine
from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.generators.gear.blank import Bore, Holes, Spokes, hypotenuse_side
from meshmill.geometry.vectors import arccos

#: Windows of as many edges have their true area.
_FINE_WINDOW = 120
#: Coarse windows are widened by this share of their extent at most.
_FULLEST = 0.03
_MIRROR = np.array([1.0, -1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A closed outline with the material on its left, seen from above.

    ``points`` and unit ``normals`` away from the material are (c, 2), ``edges`` (e, 2) the first
    and last column of each edge. A vertex with a hard edge has two columns.
    """

    points: F64
    normals: F64
    edges: I64

    @classmethod
    def smooth(cls, points: F64, normals: F64) -> Loop:
        """An outline without corners, in the order that it runs."""
        first = np.arange(len(points))
        return cls(points, normals, np.stack((first, np.roll(first, -1)), axis=1))

    @property
    def ring(self) -> F64:
        """Its vertices (e, 2), each once, in the other order."""
        return self.points[self.edges[::-1, 0]]

    @property
    def lengths(self) -> F64:
        """Way from the first edge's start to the start of each edge, and to the last one's end."""
        steps = self.points[self.edges[:, 1]] - self.points[self.edges[:, 0]]
        return np.concatenate(([0.0], np.cumsum(np.sqrt(square(steps)))))


def square(vectors: F64) -> F64:
    """Squares of the lengths of vectors (..., 2)."""
    squares: F64 = vectors[..., 0] * vectors[..., 0] + vectors[..., 1] * vectors[..., 1]
    return squares


def unit(vectors: F64) -> F64:
    """Vectors (..., 2) of length 1."""
    units: F64 = vectors / np.sqrt(square(vectors))[..., None]
    return units


def turns_of(points: F64) -> F64:
    """Directions of points (n, 2) from the axis, in turns from 0 to 1, within 1e-5."""
    turns = arccos(unit(points)[:, 0]) * (1.0 / TAU)
    return np.where(points[:, 1] < 0, 1.0 - turns, turns)


def unit_circle(count: int) -> F64:
    """An even ``count`` of points (n, 2) from the x axis on, counter-clockwise."""
    cos, sin = cos_sin(np.arange(count // 2 + 1) * (1.0 / count))
    return _closed(np.stack((cos, sin), axis=1))


def _closed(half: F64) -> F64:
    """An outline from its half above the x axis, whose first and last points lie on it."""
    ends_on_axis = half.copy()
    ends_on_axis[[0, -1], 1] = 0.0
    return np.concatenate((ends_on_axis, half[-2:0:-1] * _MIRROR))


def bore_loop(bore: Bore, quarter: int, offset: float) -> Loop:
    """A bore widened by ``offset``; ``quarter`` edges along a quarter of its round part.

    With a keyway the edges are those of the round part, then its lower side, roof and upper side.
    """
    radius = bore.radius + offset
    if bore.key is None:
        around = unit_circle(4 * quarter)[::-1]
        return Loop.smooth(around * radius, -around)
    half_key, roof = bore.key[0] * 0.5 + offset, bore.radius + bore.key[1] + offset
    corner = np.array([hypotenuse_side(radius, half_key), half_key])
    around = _arc(corner / radius, 4 * quarter) * radius
    upper, lower = np.array([roof, half_key]), np.array([roof, -half_key])
    points = np.concatenate((around[::-1], [corner, upper, upper, lower, lower, corner * _MIRROR]))
    flat = np.array([[0, -1], [0, -1], [-1, 0], [-1, 0], [0, 1], [0, 1]], dtype=np.float64)
    normals = np.concatenate((-around[::-1] / radius, flat))
    first = np.arange(4 * quarter)
    last = len(around)
    edges = np.stack((first, first + 1), axis=1)
    sides = np.array([[last, last + 1], [last + 2, last + 3], [last + 4, last + 5]])
    return Loop(points, normals, np.concatenate((edges, sides)))


def _arc(start: F64, edges: int) -> F64:
    """Points (edges + 1, 2) of the unit circle from ``start`` counter-clockwise to its mirror."""
    first = float(turns_of(start[None])[0])
    steps = np.arange(1, edges // 2) * ((0.5 - first) / (edges // 2))
    cos, sin = cos_sin(first + steps)
    half = np.concatenate(([start], np.stack((cos, sin), axis=1), [[-1.0, 0.0]]))
    return np.concatenate((half, half[-2::-1] * _MIRROR))


def window_outline(windows: Spokes | Holes, edges: int, offset: float) -> tuple[F64, F64]:
    """Points and normals (n, 2), counter-clockwise from its farthest point, of one window.

    Its middle is on the x axis; it is widened by ``offset``. Normals point into the window.
    """
    if isinstance(windows, Holes):
        circle = unit_circle(edges)
        return circle * (windows.radius * polygon_fullness(edges) + offset) + np.array(
            [windows.middle, 0.0]
        ), -circle
    fuller = offset + (_fullness(windows, edges) if edges < _FINE_WINDOW else 0.0)
    points, normals = _spoke_side(windows, edges, fuller)
    closed, facing = _closed(points), _closed(normals)
    return closed, facing


@cache
def _fullness(spokes: Spokes, edges: int) -> float:
    """How far to widen a coarse window for its true area, in millimetres."""
    coarse, fine = (_closed(_spoke_side(spokes, count, 0.0)[0]) for count in (edges, _FINE_WINDOW))
    steps = np.roll(coarse, -1, axis=0) - coarse
    around = float(np.cumsum(np.sqrt(square(steps)))[-1])
    most = _FULLEST * (spokes.outer - spokes.inner)
    return min((_area(fine) - _area(coarse)) / around, most)


def _area(outline: F64) -> float:
    """Area within a counter-clockwise outline (n, 2)."""
    after = np.roll(outline, -1, axis=0)
    twice = outline[:, 0] * after[:, 1] - outline[:, 1] * after[:, 0]
    return float(np.cumsum(twice)[-1]) * 0.5


def polygon_fullness(edges: int) -> float:
    """Radius of a polygon's corners that has the area of a circle of radius 1."""
    return sqrt(TAU / (edges * sine(1.0 / edges)))


def _spoke_side(spokes: Spokes, edges: int, offset: float) -> tuple[F64, F64]:
    """Half of a window between spokes, from the middle of its outer arc to that of its inner."""
    cos, sin = cos_sin(0.5 / spokes.count)
    # Along the spoke, and across it towards the window.
    axes = np.array([[cos, sin], [sin, -cos]])
    along = unit(np.array([spokes.outer - spokes.inner, spokes.rim_half - spokes.hub_half]))
    across = np.array([-along[1], along[0]])
    side = across[0] * spokes.inner + across[1] * spokes.hub_half
    facing = _combined(across, axes)
    arcs = []
    for reach, corner, sign in (
        (spokes.outer - spokes.outer_corner, spokes.outer_corner, 1.0),
        (spokes.inner + spokes.inner_corner, spokes.inner_corner, -1.0),
    ):
        level = side + corner
        centre = _combined(across * level + along * hypotenuse_side(reach, level), axes)
        outward = unit(centre) * sign
        arcs.append((centre, corner + offset, outward))
    (far, far_radius, far_out), (near, near_radius, near_out) = arcs
    steps = _corner_edges(edges)
    long = edges // 2 - 2 * steps - 1
    short = inner_half_edges(spokes, edges)
    x_axis = np.array([1.0, 0.0])
    outer = _between(x_axis, far_out, long - short)
    inner = _between(-near_out, x_axis, short)
    bends = _between(far_out, -facing, steps), _between(-facing, near_out, steps)
    points = np.concatenate((
        outer[:-1] * (spokes.outer + offset),
        far + bends[0] * far_radius,
        near + bends[1] * near_radius,
        inner[1:] * (spokes.inner - offset),
    ))  # fmt: skip
    return points, np.concatenate((-outer[:-1], -bends[0], -bends[1], inner[1:]))


def inner_half_edges(spokes: Spokes, edges: int) -> int:
    """Edges on half of a window's inner arc, of ``edges`` around the window."""
    long = edges // 2 - 2 * _corner_edges(edges) - 1
    return max(1, int(long * spokes.inner / (spokes.inner + spokes.outer)))


def _corner_edges(edges: int) -> int:
    return (edges - 6) // 5


def _combined(weights: F64, axes: F64) -> F64:
    combined: F64 = weights[0] * axes[0] + weights[1] * axes[1]
    return combined


def _between(start: F64, end: F64, steps: int) -> F64:
    """Directions (steps + 1, 2) from one to another; the middle one if there are no steps."""
    share = (np.arange(steps + 1) * (1.0 / steps) if steps else np.array([0.5]))[:, None]
    return unit(start * (1.0 - share) + end * share)


def window_ring(count: int, base: F64) -> F64:
    """Copies (count, n, 2) of a window's outline, half a sector from the x axis on."""
    half = (count + 1) // 2
    cos, sin = cos_sin((np.arange(half) + 0.5) * (1.0 / count))
    if count % 2:
        cos[-1], sin[-1] = -1.0, 0.0
    x, y = base[:, 0], base[:, 1]
    upper = np.stack(
        (
            x * cos[:, None] - y * sin[:, None],
            x * sin[:, None] + y * cos[:, None],
        ),
        axis=2,
    )
    back = -np.arange(len(base)) % len(base)
    lower = upper[: count // 2][::-1, back] * _MIRROR
    return np.concatenate((upper, lower))
