"""What the sun doesn't reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.camera import Vector
from meshmill.geometry.preview.soup import Sight, Soup
from meshmill.geometry.preview.studio import SUN, along
from meshmill.geometry.rasterise import ZBuffer
from meshmill.geometry.vectors import cross, dot, normalised

_SIZE = 512
#: How far surfaces are lifted along their normals, and how far behind a caster they still count
#: as lit, as shares of the model's extent.
_LIFT, _BIAS = 0.005, np.float32(0.0025)
_MARGIN = 2.0
_ONE, _HALF = np.float32(1.0), np.float32(0.5)


@dataclass(frozen=True, slots=True)
class Shadow:
    """Depths seen from the sun by parallel projection, float32 (512 * 512,)."""

    axes: tuple[F64, F64, F64]
    low: tuple[float, float, float]
    scale: float
    nearest: F32

    @classmethod
    def cast(cls, soup: Soup) -> Shadow:
        """Render the model from the sun, leaves with their holes; blended surfaces cast nothing."""
        right = normalised(cross(np.array([0.0, 1.0, 0.0]), SUN))
        axes = (right, cross(SUN, right), SUN)
        points = soup.positions.astype(np.float64)
        along_axes = [dot(points, axis) for axis in axes]
        low = [float(values.min()) for values in along_axes]
        extent = max(
            float(values.max()) - least for values, least in zip(along_axes, low, strict=True)
        )
        scale = 1.0 / (extent or 1.0)
        x, y, z = ((v - least) * scale for v, least in zip(along_axes, low, strict=True))
        inner = _SIZE - 2 * _MARGIN
        screen = np.stack((x * inner + _MARGIN, _SIZE - _MARGIN - y * inner, z + 1.0), axis=1)
        nearest = _depths(soup, screen.astype(np.float32))
        return cls(axes, (low[0], low[1], low[2]), scale, nearest)

    def sunlit(self, place: Vector, normal: Vector) -> F32:
        """Share of the sun, 0 … 1, that reaches surfaces at world coordinates.

        Nine depth comparisons, weighted by a quadratic B-spline.
        """
        lift = np.float32(_LIFT / self.scale)
        lifted = (
            place[0] + normal[0] * lift,
            place[1] + normal[1] * lift,
            place[2] + normal[2] * lift,
        )
        x, y, z = (self._along(axis, lifted) for axis in range(3))
        inner, margin = np.float32(_SIZE - 2 * _MARGIN), np.float32(_MARGIN)
        column, row = x * inner + margin, np.float32(_SIZE) - margin - y * inner
        columns, rows = np.floor(column), np.floor(row)
        across, down = _spline(column - columns), _spline(row - rows)
        depth = z + (_ONE + _BIAS)
        corner = np.clip(rows.astype(np.int64), 1, _SIZE - 2) * _SIZE
        corner += np.clip(columns.astype(np.int64), 1, _SIZE - 2)
        lit = np.zeros_like(depth)
        for dy in (-1, 0, 1):
            line = np.zeros_like(depth)
            for dx in (-1, 0, 1):
                line += (self.nearest.take(corner + (dy * _SIZE + dx)) <= depth) * across[dx + 1]
            lit += line * down[dy + 1]
        return lit

    def _along(self, axis: int, place: Vector) -> F32:
        scaled: F32 = (along(place, self.axes[axis]) - np.float32(self.low[axis])) * np.float32(
            self.scale
        )
        return scaled


def _depths(soup: Soup, screen: F32) -> F32:
    sight = Sight.of(soup, screen)
    buffer = ZBuffer(_SIZE)
    numbers = np.arange(len(sight.triangles), dtype=np.int32)
    flat = np.ones(len(screen), dtype=np.float32)
    opaque = np.isin(soup.material, soup.having("OPAQUE"))
    buffer.draw(screen, sight.triangles[opaque], numbers[opaque])
    for index in soup.having("MASK"):
        masked = soup.material == index
        buffer.draw(screen, sight.triangles[masked], numbers[masked], soup.cutout(index, flat))
    return buffer.nearness


def _spline(within: F32) -> tuple[F32, F32, F32]:
    """Weights of the samples before, at and after a position 0 … 1 within the middle one."""
    rest = _ONE - within
    before, after = rest * rest * _HALF, within * within * _HALF
    return before, _ONE - before - after, after
