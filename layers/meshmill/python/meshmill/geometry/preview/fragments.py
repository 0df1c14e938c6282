"""What samples see: attributes of the surface, the way to the eye, the sun."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32, I64
from meshmill.geometry.camera import Camera, Vector
from meshmill.geometry.preview.shading import Fragments
from meshmill.geometry.preview.shadow import Shadow
from meshmill.geometry.preview.soup import Sight, Soup
from meshmill.geometry.rasterise import ZBuffer

#: Slivers below this, in samples, have no direction to interpolate along.
_LEAST_AREA = np.float32(1e-12)
_HALF, _ONE = np.float32(0.5), np.float32(1.0)


class Viewfinder:
    """A soup in front of a camera under the sun."""

    def __init__(self, soup: Soup, sight: Sight, camera: Camera, shadow: Shadow) -> None:
        self._soup, self._sight, self._camera, self._shadow = soup, sight, camera, shadow
        self._planes = np.ascontiguousarray(sight.screen.T)
        self._corners = sight.corners

    def fragments(self, layer: ZBuffer, samples: I64) -> Fragments:
        """The surface of ``layer`` at ``samples``, float32 (n,) each."""
        x = (samples % layer.size).astype(np.float32) + _HALF
        y = (samples // layer.size).astype(np.float32) + _HALF
        triangle = layer.triangle.take(samples).astype(np.int64)
        rays = self._camera.rays(x, y)
        depth = _ONE / layer.nearness.take(samples)
        frame = self._interpolated(triangle, x, y)
        facing = np.where(self._sight.reversed.take(triangle), -_ONE, _ONE)
        frame[2:] = (row * facing for row in frame[2:])
        place = self._camera.along(rays, depth)
        return Fragments(
            frame,
            _towards_the_eye(rays),
            self._shadow.sunlit(place, (frame[2], frame[3], frame[4])),
        )

    def _interpolated(self, triangle: I64, x: F32, y: F32) -> list[F32]:
        """Perspective-correct vertex attributes, one array per row of the soup's frame."""
        corners = [corner.take(triangle) for corner in self._corners]
        (x0, y0, w0), (x1, y1, w1), (x2, y2, w2) = (
            [row.take(corner) for row in self._planes] for corner in corners
        )
        share0 = ((y1 - y2) * (x - x2) + (x2 - x1) * (y - y2)) * w0
        share1 = ((y2 - y0) * (x - x2) + (x0 - x2) * (y - y2)) * w1
        share2 = ((y0 - y1) * (x - x1) + (x1 - x0) * (y - y1)) * w2
        total = share0 + share1 + share2
        inverse = _ONE / np.where(np.abs(total) < _LEAST_AREA, _ONE, total)
        share0, share1, share2 = share0 * inverse, share1 * inverse, share2 * inverse
        return [
            row.take(corners[0]) * share0 + row.take(corners[1]) * share1
            + row.take(corners[2]) * share2
            for row in self._soup.frame
        ]  # fmt: skip


def _towards_the_eye(rays: Vector) -> Vector:
    x, y, z = rays
    inverse = -_ONE / np.sqrt(x * x + y * y + z * z)
    return x * inverse, y * inverse, z * inverse
