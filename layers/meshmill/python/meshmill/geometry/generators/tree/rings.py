"""Rings around stems and branches: circles, or what roots and lumps make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import TAU, cos_sin
from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.generators.tree.wood import Wood
from meshmill.geometry.noise import point_noise
from meshmill.geometry.vectors import cross, dot, normalised

_UP = np.array([0.0, 1.0, 0.0])
#: Height of the roots, and of lumps, in radii of the trunk.
_FLARE_HEIGHT, _LUMPS = 3.2, 0.07
#: Squared sine of the angle from the vertical below which a branch takes the axes of a trunk.
_UPRIGHT = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """Rings around branches, float64.

    ``centre``, ``direction`` and the axes ``right`` and ``front`` are (n, rings, 3); ``radius``,
    its ``slope`` along the way and the ``share`` of the way are (n, rings). ``foot`` is the
    trunk's radius; ``stem`` says that these are trunks.
    """

    centre: F64
    direction: F64
    right: F64
    front: F64
    radius: F64
    slope: F64
    share: F64
    foot: float
    sides: int
    stem: bool

    @classmethod
    def of(cls, wood: Wood, order: int, index: I64, share: F64, sides: int) -> Rings:
        """Rings of ``sides`` at ``share`` (n, rings) of the branches ``index`` (n,) of an order."""
        boughs = wood.skeleton.orders[order]
        flat = np.repeat(index, share.shape[1])
        centre, direction = boughs.at(flat, share.ravel())
        shape = (*share.shape, 3)
        chord = normalised(boughs.points[index, -1] - boughs.points[index, 0])
        side = cross(chord, _UP)
        side[dot(side, side) < _UPRIGHT] = (1.0, 0.0, 0.0)
        side = np.repeat(side, share.shape[1], axis=0)
        right = normalised(side - direction * dot(side, direction)[:, None])
        radius = boughs.thickness(flat, share.ravel())
        if order > 0:  # a collar where the branch leaves its parent
            near = np.maximum(1.0 - share.ravel() * 9.0, 0.0)
            radius = radius * (1.0 + 0.3 * near * near)
        return cls(
            centre.reshape(shape),
            direction.reshape(shape),
            right.reshape(shape),
            cross(direction, right).reshape(shape),
            radius.reshape(share.shape),
            (boughs.radius / boughs.length)[index, None] * (-0.45 - 1.1 * share),
            share,
            float(wood.radius[0]),
            sides,
            order == 0,
        )

    def surface(self, flare: float, seed: int) -> tuple[F64, F64]:
        """Positions and unit normals (n, rings, sides + 1, 3); the last column repeats the first.

        The seam is below a branch and behind a trunk; ``flare`` widens the trunk's foot.
        """
        around, across = cos_sin(np.arange(self.sides + 1) % self.sides * (1.0 / self.sides) + 0.25)
        outward = (
            self.right[:, :, None] * around[:, None] + self.front[:, :, None] * across[:, None]
        )
        # As wide to the eye as the circle that it stands for.
        reach = self.radius[:, :, None] * (1.0 + 0.9 / (self.sides * self.sides))
        lean = np.broadcast_to(self.slope[:, :, None], (*self.radius.shape, self.sides + 1))
        normals = outward
        if self.stem:
            factor, steepness = self._relief(outward, flare, seed)
            reach, lean = reach * factor, lean + steepness
            around_step = TAU * 2.0 / self.sides
            turning = (_after(factor) - _before(factor)) / (around_step * factor)
            normals = outward - cross(self.direction[:, :, None], outward) * turning[..., None]
        normals = normalised(normals - self.direction[:, :, None] * lean[..., None])
        positions = self.centre[:, :, None] + outward * reach[..., None]
        if self.stem:
            positions[self.share == 0.0, :, 1] = 0.0
        return positions, normals

    def _relief(self, outward: F64, flare: float, seed: int) -> tuple[F64, F64]:
        """Roots at the foot and lumps above, as factors of the radius (n, rings, sides + 1).

        Beside them, how fast the radius grows upwards because of the roots.
        """
        height = self.centre[:, :, 1] / (self.foot * _FLARE_HEIGHT)
        low = np.maximum(1.0 - height, 0.0)[:, :, None]
        points = outward * 1.3
        points[..., 1] += self.centre[:, :, None, 1] * (0.35 / self.foot)
        lumps = _noise(points, seed + 5)
        points[..., 1] = 0.0
        ridge = np.maximum(1.0 + 1.1 * _noise(points * 1.25, seed + 6), 0.15)
        factor: F64 = 1.0 + _LUMPS * lumps + flare * low * low * ridge
        return factor, (-2.0 * flare / _FLARE_HEIGHT) * low * ridge


def _noise(points: F64, seed: int) -> F64:
    """Noise at points (..., 3)."""
    flat = point_noise(points.reshape(-1, 3).astype(np.float32), seed)
    return flat.reshape(points.shape[:-1]).astype(np.float64)


def _after(ring: F64) -> F64:
    """The next column of rings whose last column repeats the first."""
    return np.concatenate((ring[..., 1:], ring[..., 1:2]), axis=-1)


def _before(ring: F64) -> F64:
    """The column before of rings whose last column repeats the first."""
    return np.concatenate((ring[..., -2:-1], ring[..., :-1]), axis=-1)
