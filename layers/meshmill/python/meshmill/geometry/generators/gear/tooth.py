"""One tooth as a hob generates it: involute flanks, trochoid roots, rounded tips.

Everything is in the plane of rotation, in modules. A rack with straight flanks and rounded tips
rolls on the pitch circle (ISO 53); its flank leaves the involute of the base circle, the rounding
of its tip a trochoid, which undercuts the involute of gears with few teeth. Such gears mesh at the
standard centre distance with any other of the same module and pressure angle.
F. L. Litvin and A. Fuentes, "Gear Geometry and Applied Theory" (2004), chapters 10 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from meshmill.geometry.angles import PI, TAU, cos_sin, cosine, sine
from meshmill.geometry.arrays import F64, AnyArray
from meshmill.geometry.generators.gear.proportions import ADDENDUM, DEDENDUM

#: A tooth is thinner than half the pitch by this much, so that two gears turn freely.
BACKLASH = 0.01
#: ISO 53 profile A: radius of the rack's tips, where its clearance and width leave room for it.
_RACK_ROUNDING = 0.38
_CLEARANCE = DEDENDUM - ADDENDUM
#: Share of the greatest possible rounding that leaves a land at the root.
_LAND = 0.92
#: Extent of the rounding between a flank and the tip.
TIP_ROUNDING = 0.07
_SCAN = 129
_REFINEMENTS = 3


@dataclass(frozen=True, slots=True)
class Tooth:
    """The gear's basic dimensions in modules; ``offset`` shrinks the outline along its normals."""

    teeth: int
    pressure_turns: float
    offset: float = 0.0

    @property
    def pitch(self) -> float:
        """Radius of the pitch circle."""
        return self.teeth * 0.5

    @property
    def base(self) -> float:
        """Radius of the base circle."""
        return self.pitch * cosine(self.pressure_turns)

    @property
    def tip(self) -> float:
        """Radius of the tip circle."""
        return self.pitch + ADDENDUM - self.offset

    @property
    def root(self) -> float:
        """Radius of the root circle."""
        return self.pitch - DEDENDUM - self.offset

    @property
    def base_half_angle(self) -> float:
        """Half of the tooth's angle at the base circle, radians."""
        tangent = sine(self.pressure_turns) / cosine(self.pressure_turns)
        involute = tangent - self.pressure_turns * TAU
        return (PI * 0.5 - BACKLASH) / (2 * self.pitch) + involute - self.offset / self.base

    def rack_tip(self) -> tuple[float, float, float]:
        """Radius of the rack's tip rounding, its centre's depth and way from the space's middle."""
        sin, cos = sine(self.pressure_turns), cosine(self.pressure_turns)
        space = PI * 0.25 + BACKLASH * 0.5
        rounded = _LAND * (space - DEDENDUM * sin / cos) * cos / (1.0 - sin)
        radius = min(_RACK_ROUNDING, _CLEARANCE / (1.0 - sin), rounded)
        depth = DEDENDUM - radius
        return radius, depth, space - depth * sin / cos - radius / cos

    def involute(self, roll: AnyArray) -> tuple[F64, F64]:
        """Points and outward normals (n, 2) of the upper flank at roll angles in radians.

        The tooth's middle is the x axis.
        """
        cos, sin = cos_sin(roll * (1.0 / TAU))
        points = np.stack((cos + roll * sin, roll * cos - sin), axis=1) * self.base
        normals = np.stack((sin, cos), axis=1)
        angle = self.base_half_angle / TAU
        return _rotated(points, angle), _rotated(normals, angle)

    def trochoid(self, way: AnyArray) -> tuple[F64, F64]:
        """Points and outward normals (n, 2) of the upper root, where the rack has rolled ``way``.

        ``way`` is the rack's tip centre beyond the pitch point: 0 at the root circle.
        """
        radius, depth, middle = self.rack_tip()
        length = np.sqrt(way * way + depth * depth)
        reach = 1.0 + (radius + self.offset) / length
        points = np.stack((way * reach, self.pitch - depth * reach), axis=1)
        normals = np.stack((-way / length, depth / length), axis=1)
        turns = (way - middle) * (1.0 / (self.pitch * TAU))
        return self._from_space(points, turns), self._from_space(normals, turns)

    def _from_space(self, vectors: F64, turns: AnyArray) -> F64:
        """From the frame of a tooth space (y upwards through its middle) to that of the tooth."""
        x, y = _rotated(vectors, turns).T
        cos, sin = cos_sin(0.5 / self.teeth)
        return np.stack((x * sin + y * cos, y * sin - x * cos), axis=1)

    def join(self) -> tuple[float, float]:
        """Where root meets flank: the trochoid's ``way`` and the involute's ``roll``."""
        radius, depth, _ = self.rack_tip()
        sin, cos = sine(self.pressure_turns), cosine(self.pressure_turns)
        last = depth * cos / sin
        straight = self.pitch * sin - (depth + radius * sin) / sin - self.offset
        if straight > 0:
            return last, straight / self.base
        return self._undercut(last)

    def _undercut(self, last: float) -> tuple[float, float]:
        """Where the trochoid crosses the involute, by closing in on the change of sides."""
        low, high = 0.0, last
        for _ in range(_REFINEMENTS):
            ways: F64 = low + (high - low) * np.arange(_SCAN, dtype=np.float64) * (
                1.0 / (_SCAN - 1)
            )
            first = self._first_outside(ways)
            low, high = float(ways[max(first - 1, 0)]), float(ways[first])
        point = self.trochoid(np.array([high]))[0][0]
        return high, self.roll_at(sqrt(float(point[0] * point[0] + point[1] * point[1])))

    def _first_outside(self, ways: F64) -> int:
        """First of the trochoid's points above the base circle that lies beyond the involute."""
        roots, _ = self.trochoid(ways)
        squares = roots[:, 0] * roots[:, 0] + roots[:, 1] * roots[:, 1]
        rolls = np.sqrt(np.maximum(squares * (1.0 / (self.base * self.base)) - 1.0, 0.0))
        flanks, _ = self.involute(rolls)
        side = flanks[:, 0] * roots[:, 1] - flanks[:, 1] * roots[:, 0]
        outside = (side > 0) & (squares > self.base * self.base)
        return int(outside.argmax()) if outside.any() else len(ways) - 1

    def roll_at(self, radius: float) -> float:
        """Roll angle of the involute at a radius, radians."""
        share = radius / self.base
        return sqrt(max(share * share - 1.0, 0.0))


def _rotated(vectors: F64, turns: AnyArray | float) -> F64:
    """Vectors (n, 2), turned counter-clockwise."""
    cos, sin = cos_sin(turns)
    x, y = vectors[:, 0], vectors[:, 1]
    return np.stack((x * cos - y * sin, x * sin + y * cos), axis=1)
