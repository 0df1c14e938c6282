"""Stones on the ground: one, or a cluster around the largest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.generators.rock.spec import RockOptions
from meshmill.geometry.generators.rock.stone import Stone, between, make_stone, random_directions
from meshmill.geometry.vectors import cross, dot, normalised

#: Share of a stone's height that is below ground.
_SUNK = 0.035
#: Cosine and sine of the golden angle, by which cluster stones follow one another.
_GOLDEN = (-0.7373688780783197, 0.6754902942615238)
_TOUCHING = 0.86
#: Directions closer to the vertical than this have no heading of use.
_LEVEL = 0.1
_SMALLEST, _LARGEST = 0.34, 0.62


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A stone turned by ``axes`` (rows, float64 (3, 3)), scaled, then moved by ``offset``."""

    stone: Stone
    axes: F64
    scale: float
    offset: F64

    @property
    def extent(self) -> tuple[float, float, float]:
        """The stone's half axes in metres, in its own frame."""
        x, y, z = (axis * self.scale for axis in self.stone.size)
        return x, y, z

    def put(self, positions: F32) -> F32:
        """Points of the stone in the model's frame."""
        points = positions.astype(np.float64)
        turned = [dot(points, axis) * self.scale for axis in self.axes]
        placed = np.stack([t + at for t, at in zip(turned, self.offset, strict=True)], axis=1)
        return placed.astype(np.float32)


def draw(options: RockOptions, seed: int) -> tuple[Place, ...]:
    """Draw the stones of a cluster, the largest first, all at the origin."""
    rng = np.random.default_rng(seed)
    return tuple(
        _turned(options, rng, seed + 101 * number, number) for number in range(options.cluster)
    )


def settle(
    loose: Sequence[Place], surfaces: Sequence[F32], size_m: float, seed: int
) -> tuple[Place, ...]:
    """Stand stones on the ground, around the first; the longest edge of all bounds is ``size_m``.

    ``surfaces`` are points of each stone in its own frame, float32 (n, 3).
    """
    turn = random_directions(np.random.default_rng((seed, 1)), 1)[0].astype(np.float64)
    across = np.sqrt(turn[0] * turn[0] + turn[2] * turn[2])
    heading = (turn[0] / across, turn[2] / across) if across > _LEVEL else (1.0, 0.0)
    boxes = [_bounds(place.put(points)) for place, points in zip(loose, surfaces, strict=True)]
    placed: list[Place] = []
    for place, box in zip(loose, boxes, strict=True):
        reach = _TOUCHING * 0.5 * _mean_width(boxes[0], box) if placed else 0.0
        placed.append(_grounded(place, box, (heading[0] * reach, heading[1] * reach)))
        heading = (
            heading[0] * _GOLDEN[0] - heading[1] * _GOLDEN[1],
            heading[0] * _GOLDEN[1] + heading[1] * _GOLDEN[0],
        )
    every = np.concatenate([p.put(points) for p, points in zip(placed, surfaces, strict=True)])
    return _fitted(placed, _bounds(every), size_m)


def _turned(options: RockOptions, rng: np.random.Generator, seed: int, number: int) -> Place:
    """A stone at the origin, yawed at will and tilted a little."""
    stone = make_stone(options, rng, seed)
    heading, lean = random_directions(rng, 2).astype(np.float64)
    up = normalised(np.array([lean[0] * 0.14, 1.0, lean[2] * 0.14]))
    right = normalised(cross(up, heading + np.array([0.0, 0.0, 1e-3])))
    axes = np.stack((right, up, cross(right, up)), axis=1)
    scale = 1.0 if number == 0 else float(between(rng, _SMALLEST, _LARGEST, 1)[0])
    return Place(stone, axes, scale, np.zeros(3))


def _bounds(points: F32) -> tuple[F64, F64]:
    return points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)


def _mean_width(first: tuple[F64, F64], second: tuple[F64, F64]) -> float:
    """Sum of two bounds' widths over the ground, each averaged over x and z."""
    widths = [high - low for low, high in (first, second)]
    return float(sum((width[0] + width[2]) * 0.5 for width in widths))


def _grounded(place: Place, box: tuple[F64, F64], spot: tuple[float, float]) -> Place:
    """Centre the bounds over ``spot`` and let the foot stand below ground."""
    low, high = box
    foot = low[1] + _SUNK * (high[1] - low[1])
    centre = (low + high) * 0.5
    offset = np.array([spot[0] - centre[0], -foot, spot[1] - centre[2]])
    return Place(place.stone, place.axes, place.scale, offset)


def _fitted(places: Sequence[Place], box: tuple[F64, F64], size_m: float) -> tuple[Place, ...]:
    """Scale all stones alike, and centre them over the origin."""
    low, high = box
    factor = size_m / float((high - low).max())
    centre = (low + high) * 0.5
    centre[1] = 0.0
    return tuple(
        Place(place.stone, place.axes, place.scale * factor, (place.offset - centre) * factor)
        for place in places
    )
