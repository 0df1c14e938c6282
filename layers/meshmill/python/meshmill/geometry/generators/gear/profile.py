"""The outline of one pitch of teeth, in as many points as a level of detail can afford."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.generators.gear.outlines import unit
from meshmill.geometry.generators.gear.tooth import TIP_ROUNDING, Tooth

_MIRROR = np.array([1.0, -1.0])
#: Places along half a tooth, from the middle of a space to the middle of the tip.
SPACE, FOOT, JOIN, SHOULDER, EDGE, CREST = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
_NEARLY_SHARP = 3.5
#: Place of the only point on the trochoid, by which coarse teeth overlap best with true ones.
_LONE_FOOT = 0.3


@dataclass(frozen=True, slots=True)
class Nodes:
    """Edges along half a tooth: on the root's trochoid, the flank's involute, the tip's rounding.

    Without a rounding all edges of the outline are hard. ``land`` is the number of points on the
    tip's arc. Without ``root`` edges the flank begins at the foot, without ``feet`` in the middle
    of the space: such a tooth is a trapezoid, or without ``flank`` edges a wedge.
    """

    root: int
    flank: int
    rounding: int
    land: int
    feet: bool = True

    @property
    def half(self) -> int:
        """Points on one side of the tooth, without the middles of tip and space."""
        return (1 + self.root if self.feet else 0) + self.flank + self.rounding

    @property
    def pitch(self) -> int:
        """Points of one pitch."""
        return 1 + 2 * self.half + self.land

    @property
    def smooth(self) -> bool:
        """Whether normals are those of the curves."""
        return self.rounding > 0


#: As good as the curves, for areas.
_TRUE = Nodes(6, 8, 2, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One pitch counter-clockwise from the middle of a space, in modules, a tooth on the x axis.

    ``points`` and outward ``normals`` are (p, 2); ``places`` (p,) tell where along half a tooth
    they are, ``sides`` -1 or 1 on which half.
    """

    points: F64
    normals: F64
    places: F64
    sides: F64


def make_profile(tooth: Tooth, nodes: Nodes) -> Profile:
    """Sample the outline of ``tooth``."""
    points, normals, places = _half(tooth, nodes)
    cos, sin = cos_sin(0.5 / tooth.teeth)
    space = np.array([[cos, -sin]])
    land, land_places = _land(points[-1] if len(points) else None, tooth, nodes.land)
    trapezoid = not nodes.feet and nodes.flank > 0
    root = _balancing_root(tooth, points[-1]) if trapezoid else tooth.root
    return Profile(
        np.concatenate((space * root, points * _MIRROR, land, points[::-1])),
        np.concatenate((space, normals * _MIRROR, unit(land), normals[::-1])),
        np.concatenate(([SPACE], places, land_places, places[::-1])),
        np.concatenate(([-1.0], -np.ones(len(points)), np.sign(land[:, 1]), np.ones(len(points)))),
    )


def _balancing_root(tooth: Tooth, upper: F64) -> float:
    """Radius of the spaces' middles at which a trapezoid with a tip's corner has a tooth's area."""
    fine = make_profile(tooth, _TRUE)
    cos, sin = cos_sin(0.5 / tooth.teeth)
    ring = np.concatenate((fine.points, fine.points[:1] * _MIRROR))
    area = float(np.cumsum(ring[:-1, 0] * ring[1:, 1] - ring[:-1, 1] * ring[1:, 0])[-1])
    x, y = float(upper[0]), float(upper[1])
    return (area * 0.5 - x * y) / (x * float(sin) - y * float(cos))


def _half(tooth: Tooth, nodes: Nodes) -> tuple[F64, F64, F64]:
    """Points, normals and places of the upper half, from the foot to the tip's edge."""
    way, roll = tooth.join()
    shoulder = tooth.tip - (TIP_ROUNDING if nodes.smooth else 0.0)
    last = tooth.roll_at(shoulder)
    down = [tooth.trochoid(way * _root_shares(nodes))] if nodes.feet else []
    at_root = FOOT + _root_shares(nodes) if nodes.feet else np.zeros(0)
    share = _steps(nodes.flank)[0 if nodes.root else 1 :]
    top = SHOULDER if nodes.smooth else _NEARLY_SHARP
    rows = [*down, tooth.involute(roll + (last - roll) * share)]
    places = [at_root, JOIN + (top - JOIN) * share]
    if nodes.smooth:
        rows.append(_rounding(rows[-1][0][-1], rows[-1][1][-1], tooth, nodes.rounding))
        places.append(SHOULDER + _steps(nodes.rounding)[1:])
    points, normals = (np.concatenate([row[k] for row in rows]) for k in (0, 1))
    return points, normals, np.concatenate(places)


def _root_shares(nodes: Nodes) -> F64:
    """Where the trochoid is sampled, 0 at the root circle, 1 (left to the flank) at the join.

    One point alone is further out, or it would nearly be in the middle of the space.
    """
    return _steps(nodes.root)[:-1] if nodes.root > 1 else np.array([_LONE_FOOT])


def _steps(count: int) -> F64:
    steps: F64 = np.arange(count + 1, dtype=np.float64) * (1.0 / max(count, 1))
    return steps


def _rounding(start: F64, normal: F64, tooth: Tooth, edges: int) -> tuple[F64, F64]:
    """From the flank's shoulder to the tip circle: a parabola that touches both."""
    corner = tooth.involute(np.array([tooth.roll_at(tooth.tip)]))[0][0]
    inwards = np.array([corner[1], -corner[0]]) * (1.0 / tooth.tip)
    end = corner + inwards * min(TIP_ROUNDING, 0.6 * float(corner[1]))
    end = unit(end) * tooth.tip
    share = _steps(edges)[1:, None]
    before = start + (corner - start) * share
    points = before + (corner + (end - corner) * share - before) * share
    points[-1] = end
    return points, unit(normal + (unit(end) - normal) * share)


def _land(edge: F64 | None, tooth: Tooth, count: int) -> tuple[F64, F64]:
    """Points (count, 2) on the tip circle between its two edges, and their places."""
    if edge is None:
        return np.array([[tooth.tip, 0.0]]), np.array([CREST])
    across = (np.arange(1, count + 1) * (2.0 / (count + 1)) - 1.0)[:, None]
    chord = np.concatenate((np.full_like(across, edge[0]), across * edge[1]), axis=1)
    return unit(chord) * tooth.tip, CREST - np.abs(across[:, 0]) * (CREST - EDGE)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A profile's edges as columns of a lattice, (c,) points each with a normal and a place.

    ``vertex`` (c,) is the index in the pitch, its last value the next pitch's first. ``edges``
    (e, 2) are the columns of each edge.
    """

    vertex: I64
    normals: F64
    edges: I64

    @classmethod
    def of(cls, profile: Profile, nodes: Nodes, next_start: F64) -> Columns:
        """Columns of one pitch; ``next_start`` is the first point of the next."""
        count = len(profile.points)
        first = np.arange(count)
        if nodes.smooth:
            closing = unit(next_start[None])
            normals = np.concatenate((profile.normals, closing))
            return cls(np.arange(count + 1), normals, np.stack((first, first + 1), axis=1))
        points = np.concatenate((profile.points, next_start[None]))
        along = unit(points[1:] - points[:-1])
        facing = np.stack((along[:, 1], -along[:, 0]), axis=1)
        vertex = np.stack((first, first + 1), axis=1).reshape(-1)
        return cls(vertex, np.repeat(facing, 2, axis=0), np.arange(2 * count).reshape(-1, 2))
