"""A gear's flanks beside the involute of its base circle.

DIN 3960, ISO 21771: with the base radius rb and the radius r, cos(a) = rb / r, a tooth's half
thickness is the angle s / (2 rp) + inv(a0) - inv(a), where inv(a) = tan(a) - a.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.scene import Scene
from tests.acceptance.welding import Array

#: Flanks up to this height above the pitch circle, in modules: no rounded tip.
_ABOVE = 0.85
_TIP = 0.5
#: Normals of flanks lean along the axis by the sine of the base helix angle, bevels' by more.
_LEANING = 0.1
_MARGIN, _ENDS = 0.02, 0.2


@dataclass(frozen=True, slots=True)
class Wheel:
    """Teeth, module in metres, pressure and helix angle in radians."""

    teeth: int
    module: float
    pressure: float
    helix: float

    @property
    def pitch_radius(self) -> float:
        """Radius of the pitch circle, metres."""
        return self.teeth * self.module / 2

    @property
    def base_radius(self) -> float:
        """Radius of the base circle, metres."""
        return float(self.pitch_radius * np.cos(self.pressure))

    @property
    def form_radius(self) -> float:
        """Where the involute begins that a rack cuts with straight flanks to one module's depth."""
        reach = self.pitch_radius * np.sin(self.pressure) - self.module / np.sin(self.pressure)
        return float(np.hypot(self.base_radius, max(reach, 0.0)))

    @property
    def leaning(self) -> float:
        """Part of a flank's unit normal along the axis: the sine of the base helix angle."""
        return float(abs(np.sin(np.arctan(np.tan(self.helix) * np.cos(self.pressure)))))

    def half_thickness(self, radius: Array) -> Array:
        """Half angle of a tooth without backlash at each radius."""
        at = np.arccos(np.minimum(self.base_radius / radius, 1.0))
        angles: Array = np.pi / (2 * self.teeth) + _inv(self.pressure) - _inv(at)
        return angles


def _inv(angle: Array | float) -> Array:
    involute: Array = np.tan(angle) - angle
    return involute


@dataclass(frozen=True, slots=True, eq=False)
class Flanks:
    """Points of the flanks: distance from the axis, angle around it, height along it."""

    radius: Array
    angle: Array
    height: Array

    @classmethod
    def of(cls, scene: Scene, wheel: Wheel, *, between_vertices: bool) -> Flanks:
        """Vertices with normals across the axis (Y), or middles of the edges of such vertices."""
        points, normals = [], []
        for primitive in scene.primitives:
            p, n = primitive.positions.astype(float), primitive.normals.astype(float)
            if between_vertices:
                after = np.roll(primitive.triangles, -1, axis=1)
                p = ((p[primitive.triangles] + p[after]) / 2).reshape(-1, 3)
                level = np.maximum(np.abs(n[primitive.triangles, 1]), np.abs(n[after, 1]))
                n = np.stack((0 * level, level, 0 * level), axis=2).reshape(-1, 3)
            points.append(p)
            normals.append(n)
        p, n = np.concatenate(points), np.concatenate(normals)
        radius = np.hypot(p[:, 0], p[:, 2])
        low = wheel.form_radius + _MARGIN * wheel.module
        kept = (radius > low) & (radius < wheel.pitch_radius + _ABOVE * wheel.module)
        kept &= np.abs(np.abs(n[:, 1]) - wheel.leaning) < _LEANING
        if wheel.helix:  # steep flanks lean as bevels do, and have points between their ends
            low, high = p[:, 1].min() + _ENDS * wheel.module, p[:, 1].max() - _ENDS * wheel.module
            kept &= (p[:, 1] > low) & (p[:, 1] < high)
        return cls(radius[kept], np.arctan2(p[kept, 2], p[kept, 0]), p[kept, 1])


@dataclass(frozen=True, slots=True)
class Fit:
    """How far flanks are from involutes, and how much thinner teeth are than half the pitch."""

    deviation: float
    backlash: float
    points: int


def fitted(flanks: Flanks, wheel: Wheel) -> Fit:
    """Find the teeth's place around the axis and the hand of the helix, then measure, in metres."""
    fits = [_fit(flanks, wheel, hand) for hand in (1.0, -1.0)]
    return min(fits, key=lambda fit: fit.deviation)


def _fit(flanks: Flanks, wheel: Wheel, hand: float) -> Fit:
    turned = flanks.angle - hand * flanks.height * np.tan(wheel.helix) / wheel.pitch_radius
    tips = flanks.radius > wheel.pitch_radius + _TIP * wheel.module
    phase = np.angle(np.exp(1j * wheel.teeth * turned[tips]).sum()) / wheel.teeth
    for _ in range(2):  # once roughly by the tips, once by both flanks
        within = _within_tooth(turned - phase, wheel.teeth)
        off = np.abs(within) - wheel.half_thickness(flanks.radius)
        left, right = (np.median(off[side]) for side in (within < 0, within >= 0))
        phase += (right - left) / 2
    within = _within_tooth(turned - phase, wheel.teeth)
    off = np.abs(within) - wheel.half_thickness(flanks.radius)
    thinner = -float(np.median(off))
    # Along the line of action, an angle counts by the base circle.
    deviation = float(np.percentile(np.abs(off + thinner), 99) * wheel.base_radius)
    return Fit(deviation, 2 * thinner * wheel.pitch_radius, len(off))


def _within_tooth(angles: Array, teeth: int) -> Array:
    """Angles relative to the nearest tooth's middle."""
    pitch = 2 * np.pi / teeth
    nearest: Array = angles - np.round(angles / pitch) * pitch
    return nearest
