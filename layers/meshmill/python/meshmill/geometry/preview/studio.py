"""The place where previews are taken: a sun, a sky, a bright horizon, two soft boxes.

Radiance is relative to a white sheet in the key light. Everything is analytic, so that a rough
surface's reflections are blurred by widening edges instead of by taking samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.camera import Vector
from meshmill.geometry.vectors import cross, normalised

#: Towards the sun: from the left, above, a little behind the viewer's shoulder.
SUN = normalised(np.array([-0.50, 0.80, 0.62]))
KEY = (1.10, 1.03, 0.92)

_FILL = normalised(np.array([0.90, 0.12, 0.42]))
_FILL_LIGHT = (0.06, 0.068, 0.085)
_RIM = normalised(np.array([0.50, 0.42, -0.76]))
_RIM_LIGHT = (0.17, 0.18, 0.20)

_SKY = (0.275, 0.31, 0.37)
_GROUND = (0.15, 0.136, 0.12)

_ZENITH = (0.34, 0.40, 0.50)
_HORIZON = (0.92, 0.93, 0.95)
_FLOOR = (0.44, 0.425, 0.41)
_NADIR = (0.15, 0.142, 0.135)
#: Walls and floor are brighter towards the sun by this share, and darker on the other side.
_BRIGHT_SIDE, _BRIGHTER = normalised(np.array([-0.86, 0.0, -0.5])), np.float32(0.38)
_ONE, _HALF = np.float32(1.0), np.float32(0.5)


@dataclass(frozen=True, slots=True)
class SoftBox:
    """A rectangle of light far away: its axes, half extents as slopes, and radiance."""

    towards: F64
    across: F64
    up: F64
    half_width: float
    half_height: float
    light: tuple[float, float, float]

    @classmethod
    def facing(
        cls,
        towards: tuple[float, float, float],
        extent: tuple[float, float],
        light: tuple[float, float, float],
    ) -> SoftBox:
        """A box in the direction ``towards``, upright, of half ``extent``."""
        axis = normalised(np.array(towards))
        across = normalised(cross(np.array([0.0, 1.0, 0.0]), axis))
        return cls(axis, across, cross(axis, across), extent[0], extent[1], light)

    def seen(self, direction: Vector, blur: F32) -> F32:
        """Share of the box, 0 … 1, in a cone of slope ``blur`` about ``direction``."""
        ahead = np.maximum(along(direction, self.towards), np.float32(1e-3))
        width, height = np.float32(self.half_width), np.float32(self.half_height)
        inverse: F32 = np.divide(_ONE, ahead)
        right = np.abs(along(direction, self.across)) * inverse
        over = np.abs(along(direction, self.up)) * inverse
        share = _edge(width - right, blur) * _edge(height - over, blur)
        # A cone wider than the box gathers less light.
        spread: F32 = (width + blur * _HALF) * (height + blur * _HALF)
        share *= width * height / spread
        return share


#: A window at the left and a strip at the right.
SOFT_BOXES = (
    SoftBox.facing((-0.85, 0.62, 0.75), (0.34, 0.52), (3.6, 3.5, 3.3)),
    SoftBox.facing((0.95, 0.35, -0.10), (0.13, 0.75), (2.4, 2.55, 2.8)),
)


def along(vector: Vector, axis: F64) -> F32:
    """Scalar products with one axis: (n,)."""
    product: F32 = (
        vector[0] * np.float32(axis[0])
        + vector[1] * np.float32(axis[1])
        + vector[2] * np.float32(axis[2])
    )
    return product


def scalar(left: Vector, right: Vector) -> F32:
    """Scalar products of vectors: (n,)."""
    product: F32 = left[0] * right[0] + left[1] * right[1] + left[2] * right[2]
    return product


def ambient(normal: Vector) -> list[F32]:
    """Light from everywhere but the sun on white sheets of these normals, per channel."""
    upwards = normal[1] * _HALF + _HALF
    fill = np.maximum(along(normal, _FILL) * np.float32(0.7) + np.float32(0.3), 0)
    rim = np.maximum(along(normal, _RIM), 0)
    return [
        _between(_GROUND[channel], _SKY[channel], upwards)
        + np.float32(_FILL_LIGHT[channel]) * fill
        + np.float32(_RIM_LIGHT[channel]) * rim
        for channel in range(3)
    ]


def reflection(direction: Vector, roughness: F32, boxes: tuple[SoftBox, ...]) -> list[F32]:
    """What is mirrored from unit ``direction``, blurred by ``roughness``, per channel."""
    rise = direction[1]
    blur = np.float32(0.03) + roughness * roughness * np.float32(1.3)
    above = _edge(rise, blur + np.float32(0.05))
    deep = np.clip(-rise, 0, 1)
    high = np.clip(rise, 0, 1)
    high *= np.float32(2.0) - high
    shares = [box.seen(direction, blur) for box in boxes]
    bright = along(direction, _BRIGHT_SIDE) * _BRIGHTER + _ONE
    mirrored: list[F32] = []
    for channel in range(3):
        sky = _between(_HORIZON[channel], _ZENITH[channel], high)
        floor = _between(_FLOOR[channel], _NADIR[channel], deep)
        light = (floor + (sky - floor) * above) * bright
        for box, share in zip(boxes, shares, strict=True):
            light += np.float32(box.light[channel]) * share
        mirrored.append(light)
    return mirrored


def _between(start: float, end: float, share: F32) -> F32:
    mixed: F32 = np.float32(start) + np.float32(end - start) * share
    return mixed


def _edge(distance: F32, width: F32) -> F32:
    """0 … 1 across an edge at 0 that is blurred by ``width`` to either side."""
    t = np.clip(distance / width * _HALF + _HALF, 0, 1)
    smooth: F32 = t * t * (np.float32(3.0) - np.float32(2.0) * t)
    return smooth
