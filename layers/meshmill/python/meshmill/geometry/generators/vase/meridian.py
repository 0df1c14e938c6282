"""The section of a vessel: one curve from the middle of its floor over the lip to its base centre.

Along it the surface lies to the left: seen from outside, rows of a lattice that follow it run
downwards on the outer wall and upwards on the inner one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import PI, cos_sin
from meshmill.geometry.arrays import F64, AnyArray
from meshmill.geometry.generators.vase.curves import (
    CORNER_POINTS,
    arc_lengths,
    bezier,
    inset,
    left_normals,
    rounded,
    spline,
)
from meshmill.geometry.generators.vase.outlines import OUTLINES
from meshmill.geometry.generators.vase.spec import VaseOptions

_LIP_STEPS = 24
_FLOOR_STEPS = 48
#: Profiles so open that their inside is glazed and seen.
OPEN_PROFILES = ("bowl", "tulip")


@dataclass(frozen=True, slots=True)
class Marks:
    """Places on the meridian, metres of arc from the middle of the floor.

    The floor's disk ends at ``floor``, and the inner wall begins at ``heel``; clay gives way to
    glaze at ``lining`` (0 where the whole inside is glazed); ``lip`` is the highest place, whose
    rounding ends at ``edge`` outside; ``belly`` is the widest; glaze ends at ``foot``, the
    ring stands on the ground at ``ground``, and the base's disk begins at ``base``.
    """

    floor: float
    heel: float
    lining: float
    lip: float
    edge: float
    belly: float
    foot: float
    ground: float
    base: float


@dataclass(frozen=True, slots=True, eq=False)
class Meridian:
    """Dense points, float64 (n,) in metres: ``arc``, ``radius`` and ``height``.

    ``swept`` is the surface up to each point over a whole turn's radians, square metres;
    ``normals`` are unit, (n, 2). ``opposite`` is, for the outer wall, the arc of the place on the
    wall's other side.
    """

    arc: F64
    radius: F64
    height: F64
    swept: F64
    normals: F64
    opposite: F64
    marks: Marks

    def at(self, arc: AnyArray, values: F64) -> F64:
        """One of the meridian's members, interpolated at places on it."""
        return lerp(arc, self.arc, values)


def lerp(at: AnyArray, places: AnyArray, values: AnyArray) -> F64:
    """Linear interpolation of ``values`` (n,) at ascending ``places``; constant beyond the ends."""
    cell = np.searchsorted(places[1:-1], at, side="right")
    low, first = places[cell], values[cell]
    width = np.maximum(places[cell + 1] - low, 1e-15)
    share = np.minimum(np.maximum((at - low) / width, 0.0), 1.0)
    result: F64 = first + share * (values[cell + 1] - first)
    return result


def draw_meridian(options: VaseOptions) -> Meridian:
    """The section that the options describe, exactly ``height_m`` tall."""
    size = np.array((options.belly * options.height_m * 0.5, options.height_m))
    wall = options.wall_mm * 0.001
    outer = spline(OUTLINES[options.profile](options.neck)) * size
    underside = _underside(outer[0], wall, options)
    inner = _inner(outer, wall, float(underside[-1, 1]) + wall)
    lip = _lip(outer, wall)
    curve = np.concatenate((inner[::-1], lip[::-1][1:-1], outer[::-1], underside[1:]))
    curve[:, 1] *= options.height_m / curve[:, 1].max()
    return _measured(curve, len(inner), len(underside), options)


def _lip(outer: F64, wall: float) -> F64:
    """A half circle from the outline's end to the inner wall."""
    inwards = left_normals(outer)[-1]
    upwards = np.array((inwards[1], -inwards[0]))
    cosine, sine = cos_sin(np.arange(_LIP_STEPS + 1) * (0.5 / _LIP_STEPS))
    centre = outer[-1] + inwards * (wall * 0.5)
    lip: F64 = centre + (upwards * sine[:, None] - inwards * cosine[:, None]) * (wall * 0.5)
    return lip


def _underside(start: F64, wall: float, options: VaseOptions) -> F64:
    """From the outline's lowest point around the foot ring to the middle of the recessed base."""
    radius = float(start[0])
    ring = min(max(wall * 0.9, 0.10 * radius), 0.3 * radius)
    recess = 0.016 * options.height_m
    edge = min(0.25 * ring, 0.6 * recess)
    inside = radius - ring
    return rounded(
        (
            (radius, float(start[1]), 0.0),
            (radius - 0.1 * edge, 0.0, edge),
            (inside, 0.0, edge),
            (inside - 0.35 * recess, recess, edge),
            (inside * 0.6, recess * 1.08, edge),
            (0.0, recess * 1.2, 0.0),
        )
    )


def _inner(outer: F64, wall: float, lowest: float) -> F64:
    """The inner wall, from the lip down, and the floor, whose middle is ``lowest`` at least."""
    moved = inset(outer, wall)[::-1]
    span = float(outer[-1, 1])
    widest = int(np.argmax(moved[:, 0]))
    narrow = moved[:, 0] < 0.32 * moved[widest, 0]
    low = moved[:, 1] < lowest + 0.055 * span + 0.25 * wall
    stop = narrow | low
    stop[: widest + 1] = False
    last = int(np.argmax(stop)) if stop.any() else len(moved) - 1
    kept = moved[: last + 1]
    here, aside = kept[-1], left_normals(kept)[-1]
    downwards = np.array((aside[1], -aside[0]))
    fall = max(-float(downwards[1]), 0.05)
    slope = fall / max(-float(downwards[0]), 0.05)
    floor = max(lowest, float(here[1]) - 0.45 * slope * float(here[0]))
    reach = min((float(here[1]) - floor) / fall * 0.8, 0.6 * float(here[0]))
    bend = here + downwards * reach
    flat = np.array((0.55 * float(bend[0]), floor))
    centre = np.array((0.0, floor))
    return np.concatenate((kept, bezier(here, bend, flat, centre, _FLOOR_STEPS)[1:]))


def _measured(curve: F64, inner: int, underside: int, options: VaseOptions) -> Meridian:
    """Arc lengths, normals and marks of the whole curve."""
    arc = arc_lengths(curve)
    radius, height = curve[:, 0], curve[:, 1]
    outside = len(curve) - underside
    floor_edge = 0.72 * float(radius[_FLOOR_STEPS])
    floor = float(lerp(np.array(floor_edge), radius[: _FLOOR_STEPS + 1], arc[: _FLOOR_STEPS + 1]))
    flat = len(curve) - 2 - CORNER_POINTS
    belly = int(np.argmax(np.where(arc > arc[inner], radius, 0.0)))
    lip = int(np.argmax(height))
    lining = 0.0
    if options.profile not in OPEN_PROFILES:
        depth = 0.09 * options.height_m + options.wall_mm * 0.001
        lining = float(arc[lip]) - depth
    marks = Marks(
        floor=floor,
        heel=float(arc[_FLOOR_STEPS]),
        lining=lining,
        lip=float(arc[lip]),
        edge=float(arc[inner + _LIP_STEPS - 1]),
        belly=float(arc[belly]),
        foot=float(arc[outside]),
        ground=float(arc[int(np.argmin(height))]),
        base=float(arc[flat]),
    )
    rings = (arc[1:] - arc[:-1]) * (radius[1:] + radius[:-1]) * 0.5
    swept = np.concatenate((np.zeros(1), np.cumsum(rings)))
    normals = _outward(curve)
    opposite = _opposite(curve, arc, normals, marks, options.wall_mm * 0.001)
    return Meridian(arc, radius.copy(), height.copy(), swept, normals, opposite, marks)


def _opposite(curve: F64, arc: F64, normals: F64, marks: Marks, wall: float) -> F64:
    """For points of the outer wall the nearest place across it; around the lip, its mirror image.

    Elsewhere points are their own opposites.
    """
    outer = np.flatnonzero((arc >= marks.lip) & (arc <= marks.foot))
    inner = np.flatnonzero((arc >= marks.heel) & (arc <= marks.lip))
    through = curve[outer] - normals[outer] * wall
    aside = through[:, None, 0] - curve[None, inner, 0]
    rise = through[:, None, 1] - curve[None, inner, 1]
    nearest = arc[inner][np.argmin(aside * aside + rise * rise, axis=1)]
    mirrored = 2 * marks.lip - arc[outer]
    image = np.where(arc[outer] - marks.lip <= 0.25 * PI * wall, mirrored, nearest)
    opposite = arc.copy()
    opposite[outer] = np.minimum.accumulate(image)
    return opposite


def _outward(curve: F64) -> F64:
    """Unit normals; straight up and down on the axis."""
    normals = left_normals(curve)
    normals[0], normals[-1] = (0.0, 1.0), (0.0, -1.0)
    return normals
