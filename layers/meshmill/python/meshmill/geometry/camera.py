"""Where the preview looks from: a perspective view that the model just fills."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.vectors import cross, dot, normalised

_UP = np.array([0.0, 1.0, 0.0])
#: Distance of the eye in units of the bounding sphere's radius: a lens of about 24 degrees.
_DISTANCE = 4.8
_FILL = 0.88
#: The subject's middle on the picture: a little above the centre, which leaves room for a shadow.
_MIDDLE = 0.49
_LEAST_EXTENT = 1e-9

Vector = tuple[F32, F32, F32]


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

    def rays(self, x: F32, y: F32) -> Vector:
        """From the eye through points of the screen, for each unit of depth."""
        across = (x - np.float32(self.offset[0])) * np.float32(1.0 / self.scale)
        upwards = (np.float32(self.offset[1]) - y) * np.float32(1.0 / self.scale)
        ray_x, ray_y, ray_z = (
            across * np.float32(self.right[axis])
            + upwards * np.float32(self.up[axis])
            - np.float32(self.back[axis])
            for axis in range(3)
        )
        return ray_x, ray_y, ray_z

    def along(self, rays: Vector, depth: F32) -> Vector:
        """World coordinates at a ``depth`` (1 / nearness) along ``rays``."""
        x, y, z = (
            component * depth + np.float32(start)
            for component, start in zip(rays, self.eye, strict=True)
        )
        return x, y, z


def portrait(points: F32, view: F64, size: int) -> Camera:
    """A camera in the direction ``view`` that fits all ``points`` (n, 3) into ``size`` samples."""
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    reach = high - low
    radius = float(np.sqrt(dot(reach, reach))) * 0.5 or 1.0
    back = normalised(view)
    right = normalised(cross(_UP, back))
    eye = (low + high) * 0.5 + back * (radius * _DISTANCE)
    return _fitted(Camera(eye, right, cross(back, right), back, 1.0, (0.0, 0.0)), points, size)


def _fitted(camera: Camera, points: F32, size: int) -> Camera:
    """The same view, scaled and moved so that ``points`` fill the square."""
    seen = camera.project(points)[:, :2].astype(np.float64)
    lowest, highest = seen.min(axis=0), seen.max(axis=0)
    scale = size * _FILL / max(float((highest - lowest).max()), _LEAST_EXTENT)
    middle = (lowest + highest) * 0.5
    offset = (size * 0.5 - middle[0] * scale, size * _MIDDLE - middle[1] * scale)
    return replace(camera, scale=scale, offset=offset)
