"""Where the preview looks from: a perspective view that the model just fills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.vectors import cross, dot, normalised

_UP = np.array([0.0, 1.0, 0.0])
#: Distance of the eye in units of the bounding sphere's radius: a lens of about 24 degrees.
_DISTANCE = 4.8
_FILL = 0.94


@dataclass(frozen=True, slots=True)
class Camera:
    """A view of ``size`` x ``size`` samples; axes are unit rows, ``scale`` samples per unit."""

    eye: F64
    right: F64
    up: F64
    back: F64
    scale: float
    offset: tuple[float, float]

    def project(self, points: F32) -> F32:
        """Points (n, 3) to the screen: x right, y down, in samples, and 1 / distance."""
        relative = points.astype(np.float64) - self.eye
        nearness = -1.0 / dot(relative, self.back)
        screen = np.empty((len(points), 3), dtype=np.float32)
        screen[:, 0] = dot(relative, self.right) * nearness * self.scale + self.offset[0]
        screen[:, 1] = self.offset[1] - dot(relative, self.up) * nearness * self.scale
        screen[:, 2] = nearness
        return screen

    def unproject(self, x: F32, y: F32, nearness: F32) -> tuple[F32, F32, F32]:
        """World coordinates of samples, the inverse of :meth:`project`."""
        distance = np.float32(1.0) / nearness
        across = (x - np.float32(self.offset[0])) * np.float32(1.0 / self.scale) * distance
        upwards = (np.float32(self.offset[1]) - y) * np.float32(1.0 / self.scale) * distance
        x, y, z = (
            np.float32(self.eye[axis])
            + across * np.float32(self.right[axis])
            + upwards * np.float32(self.up[axis])
            - distance * np.float32(self.back[axis])
            for axis in range(3)
        )
        return x, y, z


def framing(points: F32, direction: F64, size: int) -> Camera:
    """A camera that looks along ``-direction`` and fits all ``points`` into ``size`` samples."""
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    centre, reach = (low + high) * 0.5, high - low
    radius = float(np.sqrt(dot(reach, reach))) * 0.5 or 1.0
    back = normalised(direction)
    right = normalised(cross(_UP, back))
    up = cross(back, right)
    plain = Camera(centre + back * (radius * _DISTANCE), right, up, back, 1.0, (0.0, 0.0))
    seen = plain.project(points)[:, :2].astype(np.float64)
    lowest, highest = seen.min(axis=0), seen.max(axis=0)
    scale = size * _FILL / max(float((highest - lowest).max()), 1e-9)
    middle = (lowest + highest) * 0.5
    offset = (size * 0.5 - middle[0] * scale, size * 0.5 - middle[1] * scale)
    return Camera(plain.eye, right, up, back, scale, offset)
