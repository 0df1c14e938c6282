"""Handles: pulled straps of elliptical section, luted to the wall, closed solids of their own.

A handle leaves the wall at a right angle, and its ends lie within the wall along the wall's own
curve, so that no gap shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from meshmill.geometry.angles import TAU, cos_sin
from meshmill.geometry.arrays import F32, F64, AnyArray
from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.vase.body import fullness
from meshmill.geometry.generators.vase.curves import arc_lengths, bezier, distance, left_normals
from meshmill.geometry.generators.vase.hand import Hand
from meshmill.geometry.generators.vase.meridian import Meridian, lerp
from meshmill.geometry.generators.vase.spec import VaseOptions
from meshmill.geometry.parts import Part
from meshmill.geometry.surfaces import lattice_part, ring_normals
from meshmill.geometry.vectors import vertex_normals

_PATH_STEPS = 64
#: Depth of the ends, as a share of the wall.
_SUNK = 0.6
#: Width over thickness of the section; how much the middle is thinner and the ends wider.
_STRAP, _TAPER, _FLARE = 1.75, 0.22, 0.55
#: Thickest handle over the radius that it is fixed to, so that its width fits.
_FITTING = 0.3
#: From how many triangles on a section has four sides, and the fewest rows it then has.
_SQUARE, _FEWEST_ROWS = 40, 6
#: Square of the rows of a section of three sides over its triangles: they keep the path's curve.
_CURVED = 1.7
#: Triangles over the square of the sides.
_SLENDER = 4.0
#: A handle stands along x, so that the vessel's front is free.
_TURN = 0.25
#: Half a turn about the upright axis.
_OPPOSITE = np.array((-1.0, 1.0, -1.0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Seat:
    """How a profile's handles are set.

    ``upper`` and ``lower`` are shares of the height; ``rise`` and ``bow`` lean the path's ends
    away from the wall's normals there (radius, height); ``reach`` is the length of its arms as a
    share of the distance between the ends.
    """

    upper: float
    lower: float
    rise: tuple[float, float]
    bow: tuple[float, float]
    reach: float


SEATS = {
    "urn": Seat(0.865, 0.60, (0.2, 0.2), (0.0, 0.0), 0.62),
    "amphora": Seat(0.875, 0.66, (0.25, 0.75), (0.9, 0.0), 0.72),
    "bottle": Seat(0.74, 0.38, (0.1, 0.35), (0.2, 0.1), 0.66),
    "bowl": Seat(0.86, 0.46, (0.0, 0.35), (0.0, 0.2), 0.66),
    "tulip": Seat(0.72, 0.36, (0.0, 0.1), (0.3, 0.0), 0.62),
}


@dataclass(frozen=True, slots=True, eq=False)
class Handle:
    """One handle's path (radius, height), dense, and the wall that it is fixed to.

    ``seats`` are the arcs of its ends on the meridian; ``thickness`` half the section's, metres.
    """

    meridian: Meridian
    hand: Hand
    path: F64
    seats: tuple[float, float]
    thickness: float
    depth: float

    @classmethod
    def of(cls, options: VaseOptions, meridian: Meridian, hand: Hand) -> Handle:
        """The handle of the options' profile."""
        seat = SEATS[options.profile]
        radius = options.belly * options.height_m * 0.5
        seats = [_outer_arc(meridian, share * options.height_m) for share in
                 (seat.upper, seat.lower)]  # fmt: skip
        ends = [_point(meridian, arc) for arc in seats]
        leans = [_normal(meridian, arc) + lean for arc, lean in
                 zip(seats, (seat.rise, seat.bow), strict=True)]  # fmt: skip
        reach = distance(ends[1] - ends[0]) * seat.reach
        arms = [end + lean * (reach / distance(lean)) for end, lean in
                zip(ends, leans, strict=True)]  # fmt: skip
        depth = options.wall_mm * 0.001 * _SUNK
        narrowest = min(float(end[0]) for end in ends) - depth
        thickness = min(0.0115 * options.height_m + 0.020 * radius, narrowest * _FITTING)
        arms[0][1] = min(arms[0][1], options.height_m - 0.5 * thickness)
        path = bezier(ends[0], arms[0], arms[1], ends[1], _PATH_STEPS)
        return cls(meridian, hand, path, (seats[0], seats[1]), thickness, depth)

    @property
    def sizes(self) -> tuple[tuple[float, float], ...]:
        """Widths and heights in metres of the charts: of the strap, and of its ends."""
        half = self.thickness * (1.0 - 0.4 * _TAPER)
        around = TAU * half * (0.5 + 0.5 * _STRAP) * 1.02
        end = 2 * self.thickness * (1.0 + _FLARE)
        length = float(arc_lengths(self.path)[-1])
        return (around, length), (end * _STRAP, end), (end * _STRAP, end)

    def lattice(self, along: AnyArray, around: AnyArray) -> F64:
        """Points (rows, columns, 3): shares of the path by turns around it."""
        lengths = arc_lengths(self.path)
        at = lerp(along * lengths[-1], lengths, np.arange(len(lengths)) * 1.0)
        centre = _rows_at(self.path, at)
        # Chords then lie as far outside the path as inside; an arc's are cut by a sixth of this.
        centre[1:-1] += (centre[1:-1] - (centre[:-2] + centre[2:]) * 0.5) * (1 / 6)
        normal = _rows_at(left_normals(self.path), at)
        scale = np.sqrt(normal[:, 0] * normal[:, 0] + normal[:, 1] * normal[:, 1])
        normal = normal / scale[:, None]
        thick, wide = (half * fullness(len(around) - 1) for half in self._section(along))
        across, aside = cos_sin(around)
        rise = thick[:, None] * across
        radius = centre[:, :1] + normal[:, :1] * rise
        height = centre[:, 1:] + normal[:, 1:] * rise
        aside = wide[:, None] * aside
        for row, end in ((0, 0), (-1, 1)):
            radius[row], height[row] = self._seated(end, rise[row], aside[row])
        return self._placed(radius, height, aside)

    def parts(self, budget: int, charts: Sequence[Chart], size: int) -> list[Part]:
        """The strap and its two ends in about ``budget`` triangles.

        ``charts`` are the strap's and each end's.
        """
        sides, rows = 3, round(sqrt(budget * _CURVED))
        if budget >= _SQUARE:
            sides = 4 * round(sqrt(budget / _SLENDER) * 0.25)
            rows = max(_FEWEST_ROWS, round(budget / (2.0 * sides)))
        along = self._rows(rows)
        around = np.arange(sides + 1) * (1.0 / sides)
        points = self.lattice(along, around)
        points[:, -1] = points[:, 0]
        strap, upper, lower = charts
        uvs = strap.uvs(around, along[:, None], size)
        return [
            lattice_part(points, ring_normals(points.astype(np.float32)), uvs),
            _end(points[0, :-1].astype(np.float32), upper, size, 1),
            _end(points[-1, :-1].astype(np.float32), lower, size, -1),
        ]

    def _rows(self, count: int) -> F64:
        """Even shares of the path, one of them moved to where it is farthest from the axis."""
        along: F64 = np.arange(count + 1, dtype=np.float64) * (1.0 / count)
        lengths = arc_lengths(self.path)
        farthest = float(lengths[int(np.argmax(self.path[:, 0]))] / lengths[-1])
        along[1 + int(np.argmin(np.abs(along[1:-1] - farthest)))] = farthest
        return along

    def _section(self, along: AnyArray) -> tuple[F64, F64]:
        """Half thickness and half width of the section: tapering, flared where it is luted on."""
        middle = 4.0 * along * (1.0 - along)
        near = (1.0 - middle) * (1.0 - middle)
        near = near * near * near
        thick = self.thickness * (1.0 - _TAPER * along * 0.6 + near * _FLARE)
        wide = self.thickness * _STRAP * (1.0 - _TAPER * middle + near * _FLARE * 0.8)
        return thick, wide

    def _seated(self, end: int, rise: F64, aside: F64) -> tuple[F64, F64]:
        """A ring of points within the wall: along the meridian, and around the axis."""
        step = -rise if end == 0 else rise
        arc = self.seats[end] + step
        meridian = self.meridian
        radius = meridian.at(arc, meridian.radius) - self.depth * meridian.at(
            arc, meridian.normals[:, 0]
        )
        height = meridian.at(arc, meridian.height) - self.depth * meridian.at(
            arc, meridian.normals[:, 1]
        )
        return np.sqrt(np.maximum(radius * radius - aside * aside, 0.0)), height

    def _placed(self, radius: F64, height: F64, aside: F64) -> F64:
        """Points in space, moved as the wall is moved there by the potter's hand."""
        share = self.hand.place(np.ones(1), height, np.array(_TURN))
        scale = np.sqrt(share[..., 0] * share[..., 0] + share[..., 2] * share[..., 2])
        out, side = radius * scale, aside * scale
        return np.stack((out, share[..., 1], -side), axis=-1)


def opposite(part: Part) -> Part:
    """The part on the other side of the vessel, with the same triangles and UVs."""
    return replace(part, positions=part.positions * _OPPOSITE, normals=part.normals * _OPPOSITE)


def _outer_arc(meridian: Meridian, height: float) -> float:
    """Where the outer wall has a height."""
    outer = (meridian.arc >= meridian.marks.lip) & (meridian.arc <= meridian.marks.foot)
    index = np.flatnonzero(outer)[int(np.argmin(np.abs(meridian.height[outer] - height)))]
    return float(meridian.arc[index])


def _point(meridian: Meridian, arc: float) -> F64:
    at = np.array(arc)
    return np.array((meridian.at(at, meridian.radius), meridian.at(at, meridian.height)))


def _normal(meridian: Meridian, arc: float) -> F64:
    normal: F64 = meridian.normals[int(np.argmin(np.abs(meridian.arc - arc)))]
    return normal


def _rows_at(rows: F64, at: AnyArray) -> F64:
    """Rows (n, 2) between rows."""
    cell = np.minimum(at.astype(np.int64), len(rows) - 2)
    share = (at - cell)[:, None]
    between: F64 = rows[cell] + share * (rows[cell + 1] - rows[cell])
    return between


def _end(ring: F32, chart: Chart, size: int, wound: int) -> Part:
    """A fan that closes a ring; ``wound`` is 1 where the ring is the path's first, else -1."""
    count = len(ring)
    points = np.concatenate((ring, _centre(ring)))
    k = np.arange(count, dtype=np.uint32)
    triangles = np.stack((k, (k + 1) % count, np.full_like(k, count)), axis=1)[:, ::wound]
    rise, aside = cos_sin(k * (1.0 / count))
    across, down = np.append(0.5 + 0.5 * aside, 0.5), np.append(0.5 + 0.5 * rise * wound, 0.5)
    normals = vertex_normals(points, triangles).astype(np.float32)
    return Part(points, normals, chart.uvs(across, down, size), np.ascontiguousarray(triangles))


def _centre(ring: F32) -> F32:
    total = np.cumsum(ring.astype(np.float64), axis=0)[-1:]
    middle: F32 = (total * (1.0 / len(ring))).astype(np.float32)
    return middle
