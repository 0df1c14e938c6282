"""A palm's crown: fronds that arch from the top of the trunk, each a folded strip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F64, AnyArray
from meshmill.geometry.charts import Atlas
from meshmill.geometry.generators.tree.draws import uniform
from meshmill.geometry.generators.tree.skeleton import Skeleton
from meshmill.geometry.generators.tree.spec import TreeOptions
from meshmill.geometry.generators.tree.sprays import FROND_LENGTH, FRONDS
from meshmill.geometry.generators.tree.strips import strips
from meshmill.geometry.parts import Part
from meshmill.geometry.vectors import cross, normalised

_GOLDEN = 0.3819660112501051
_STEPS = 128
_COLUMNS = (4, 6, 8, 12, 16, 24)
_UP = np.array([0.0, 1.0, 0.0])
_LENGTH = 0.4
_FEWEST, _MORE = 7, 16


@dataclass(frozen=True, slots=True, eq=False)
class Fronds:
    """Midribs ``points`` float64 (n, 129, 3), unit ``right`` (n, 3) and ``fold`` (n,) of each."""

    points: F64
    right: F64
    fold: AnyArray
    centre: F64

    def part(self, budget: int, atlas: Atlas) -> Part:
        """All fronds in about ``budget`` triangles."""
        columns, steps = _lattice(budget // len(self.fold))
        across = np.arange(columns + 1) * (2.0 / columns) - 1.0
        along = np.arange(steps + 1) * (1.0 / steps)
        along = along * (1.35 - 0.35 * along)  # pieces are shorter where midribs bend more
        points, out = self._surface(across, along)
        lift = normalised(points - self.centre)
        normals = normalised(out[:, :, None] * 0.6 + lift * 0.9 + _UP * 0.3)
        places = (across + 1.0) * 0.5, 1.0 - along[:, None]
        charts = np.stack([chart.uvs(*places, atlas.size) for chart in atlas.charts])
        return strips(points, normals, charts[np.arange(len(self.fold)) % FRONDS])

    def _surface(self, across: AnyArray, along: AnyArray) -> tuple[F64, F64]:
        """Points (n, steps + 1, columns + 1, 3), and normals of the midribs (n, steps + 1, 3)."""
        rib, direction = self._at(along)
        # Straight pieces run on both sides of the curve that they stand for.
        rib[:, 1:-1] += (rib[:, 1:-1] - 0.5 * (rib[:, :-2] + rib[:, 2:])) * (1.0 / 6.0)
        out = cross(self.right[:, None], direction)
        half, side = 0.5 * _LENGTH / FROND_LENGTH, np.abs(across)
        # Leaflets rise from the midrib, and hang down again at their ends.
        rise = (self.fold[:, None, None] * (0.42 * side - 0.12 * side * side)) * half
        hang = (0.24 * side + 0.06 * side * side) * half * (0.35 + along)[:, None]
        width = np.sqrt(np.maximum(1.0 - self.fold * self.fold * 0.2, 0.3))[:, None, None]
        points = rib[:, :, None] + self.right[:, None, None] * (across * half * width)[..., None]
        points = points + out[:, :, None] * rise[..., None]
        points[..., 1] -= hang
        return points, out

    def _at(self, along: AnyArray) -> tuple[F64, F64]:
        """Places and directions (n, k, 3) of the midribs."""
        place = along * _STEPS
        cell = np.minimum(place.astype(np.int64), _STEPS - 1)
        within = (place - cell)[:, None]
        step = self.points[:, cell + 1] - self.points[:, cell]
        before = np.maximum(cell - 1, 0)
        after = np.minimum(cell + 2, _STEPS)
        return self.points[:, cell] + within * step, normalised(
            self.points[:, after] - self.points[:, before]
        )


def unfold(skeleton: Skeleton, options: TreeOptions, seed: int) -> Fronds:
    """Arrange the fronds: young ones upright in the middle, old ones hanging."""
    count = _FEWEST + int(_MORE * options.crown_density + 0.5)
    index = np.arange(count)
    age = (index + 0.5) * (1.0 / count)
    stem = skeleton.orders[0]
    top, direction = stem.at(np.zeros(1, dtype=np.int64), np.full(1, 0.985))
    turn = index * _GOLDEN + 0.06 * uniform(seed, index, 0)
    away, aside = cos_sin(turn)
    outward = np.stack((away, np.zeros(count), aside), axis=1)
    spread = options.spread_deg
    degrees = 14.0 + (spread * 1.4 + 28.0) * age + 10.0 * (uniform(seed, index, 1) - 0.5)
    ahead, apart = cos_sin(np.minimum(degrees, 128.0) * (1.0 / 360.0))
    heading = normalised(direction * ahead[:, None] + outward * apart[:, None])
    length = (
        _LENGTH * (0.9 + 0.2 * uniform(seed, index, 2)) * (0.9 + 0.1 * np.minimum(age * 4.0, 1.0))
    )
    droop = (0.9 + 0.8 * age) * (0.5 + spread / 90.0)
    base = top + heading * 0.004
    points = _arched(base, heading, length, droop)
    right = normalised(cross(points[:, -1] - points[:, 0], _UP))
    fold = 0.75 - 0.3 * age
    centre = top[0] - _UP * 0.12
    return Fronds(points, -right, fold, centre)


def _arched(base: F64, heading: F64, length: AnyArray, droop: AnyArray) -> F64:
    """Midribs that bend down ever more towards their tips."""
    points = np.empty((len(base), _STEPS + 1, 3))
    points[:, 0] = base
    step = (length * (1.0 / _STEPS))[:, None]
    for at in range(_STEPS):
        points[:, at + 1] = points[:, at] + heading * step
        pull = droop * (0.4 + 2.0 * at / _STEPS) * (1.0 / _STEPS)
        heading = normalised(heading - _UP * pull[:, None])
    return points


def _lattice(triangles: int) -> tuple[int, int]:
    """Columns and steps of a frond's strip."""
    columns = max((wide for wide in _COLUMNS if wide * wide * 8 <= triangles), default=2)
    return columns, min(max(triangles // (2 * columns), 2), _STEPS)
