"""The skeleton of a tree: the middle lines of its stems and branches, order by order.

All branches of an order grow at once. Every random number is the hash of a branch's index, so that
a tree is the same individual at any budget.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.generators.tree.draws import sways, uniform
from meshmill.geometry.generators.tree.habits import HABITS, Habit, Order
from meshmill.geometry.generators.tree.spec import TreeOptions
from meshmill.geometry.vectors import cross, dot, normalised

#: Steps along a stem, and along branches of each order.
_STEPS = (14, 10, 7, 5, 4)
_GOLDEN = 0.3819660112501051
_DEFAULT_SPREAD = 45.0
_UP = np.array([0.0, 1.0, 0.0])
#: A branch is at most this thick beside the place that it grows from.
_SLIMMER = 0.72
_TURNS = 1.0 / 360.0
#: Branches stay this share of the height off the ground.
_CLEAR = 0.04
#: Squared sine of the angle from the vertical below which a direction has no sides of its own.
_UPRIGHT = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Boughs:
    """Branches of one order.

    Middle lines ``points`` float64 (n, steps + 1, 3) from the base to the tip; ``radius`` at the
    base and ``length``, float64 (n,); ``limb`` int64 (n,), the main branch that each belongs to.
    """

    points: F64
    radius: F64
    length: F64
    limb: I64

    def at(self, branch: I64, share: F64) -> tuple[F64, F64]:
        """Places and unit directions (k, 3) at ``share`` 0 … 1 of the way along ``branch`` (k,).

        Cubic Hermite splines with Catmull and Rom's tangents.
        """
        last = self.points.shape[1] - 1
        along = share * last
        cell = np.minimum(along.astype(np.int64), last - 1)
        t = (along - cell)[:, None]
        here, there = self.points[branch, cell], self.points[branch, cell + 1]
        before = self.points[branch, np.maximum(cell - 1, 0)]
        after = self.points[branch, np.minimum(cell + 2, last)]
        first = (there - before) * np.where(cell == 0, 1.0, 0.5)[:, None]
        second = (after - here) * np.where(cell == last - 1, 1.0, 0.5)[:, None]
        step = there - here
        bend, twist = 3.0 * step - 2.0 * first - second, first + second - 2.0 * step
        places = here + t * (first + t * (bend + t * twist))
        return places, normalised(first + t * (2.0 * bend + 3.0 * t * twist))

    def thickness(self, branch: I64, share: F64) -> F64:
        """Radii (k,): a paraboloid's taper to a point at the tip."""
        radii: F64 = self.radius[branch] * ((1.0 - share) * (1.0 + 0.55 * share))
        return radii


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """Stems first, then the orders of branches, in units of the tree's height."""

    habit: Habit
    orders: tuple[Boughs, ...]

    @property
    def twigs(self) -> Boughs:
        """The last order, which bears the leaves."""
        return self.orders[-1]

    def thickened(self, times: float) -> Skeleton:
        """The same branches, ``times`` as thick."""
        orders = (replace(boughs, radius=boughs.radius * times) for boughs in self.orders)
        return Skeleton(self.habit, tuple(orders))


def grow(options: TreeOptions, seed: int) -> Skeleton:
    """Grow stems, and branches of as many orders as ``options`` ask for."""
    habit = HABITS[options.habit]
    orders = [_stems(habit, options, seed)]
    for number, order in enumerate(habit.orders[: options.branch_levels], start=1):
        orders.append(_branch(orders[-1], order, number, options, seed))
    return Skeleton(habit, tuple(orders))


def _stems(habit: Habit, options: TreeOptions, seed: int) -> Boughs:
    """One trunk, or several stems around the base that share its girth."""
    index = np.arange(habit.stems)
    azimuth = index * _GOLDEN + uniform(seed, index * 0, 1) + 0.06 * uniform(seed, index, 1)
    away, aside = cos_sin(azimuth)
    ring = np.sqrt((index + 0.0) / habit.stems)
    outward = np.stack((away, np.zeros_like(away), aside), axis=1) * ring[:, None]
    radius = np.full(
        habit.stems, 0.5 * options.trunk_ratio / float(np.sqrt(habit.stems * 0.6 + 0.4))
    )
    radius *= 1.0 - 0.55 * ring
    length = habit.stem_length * (1.0 - 0.3 * ring * uniform(seed, index, 2))
    splay = habit.splay * (0.4 + options.spread_deg / 75.0)
    heading = normalised(_UP + outward * splay)
    base = outward * (2.2 * options.trunk_ratio if habit.stems > 1 else 0.0)
    base = base - 0.5 * (base.min(axis=0) + base.max(axis=0))
    wander = habit.stem_wander
    points = _march(base, heading, length, _STEPS[0], (0.25 * splay, wander), (seed, 0))
    points = _leaning(points - (points[:, :1] - base[:, None]), options.lean, seed)
    # The foot stands upright, so that its ring lies on the ground.
    points[:, 1, (0, 2)] = points[:, 0, (0, 2)] + 0.12 * (points[:, 1] - points[:, 0])[:, (0, 2)]
    return Boughs(points, radius, _lengths(points), index)


def _lengths(points: F64) -> F64:
    """Lengths (n,) of polylines (n, k, 3)."""
    step = points[:, 1:] - points[:, :-1]
    lengths: F64 = np.cumsum(np.sqrt(dot(step, step)), axis=1)[:, -1]
    return lengths


def _leaning(points: F64, lean: float, seed: int) -> F64:
    """Shift points sideways, by ``lean`` at the height of 1 and by its square below."""
    away, aside = cos_sin(uniform(seed, np.arange(1), 3))
    height = points[:, :, 1]
    shift = lean * height * (0.35 + 0.65 * height)
    leaning = points.copy()
    leaning[:, :, 0] += shift * away
    leaning[:, :, 2] += shift * aside
    return leaning


def _branch(parents: Boughs, order: Order, number: int, options: TreeOptions, seed: int) -> Boughs:
    """Branches of one order on all ``parents``."""
    count = len(parents.radius)
    parent = np.repeat(np.arange(count), order.count)
    rank = np.tile(np.arange(order.count), count)
    index = np.arange(len(parent))
    salt = seed + 101 * number
    along = (rank // order.whorl) * order.whorl / max(1, order.count - order.whorl)
    jitter = (uniform(salt, index, 4) - 0.5) * (0.8 * order.whorl / order.count)
    along = np.clip(along + jitter, 0.0, 1.0)
    share = order.start + (0.97 - order.start) * along
    base, direction = parents.at(parent, share)
    heading = _heading(direction, order, (rank, index, along), options.spread_deg, salt)
    wobble = 0.82 + 0.36 * uniform(salt, index, 5)
    length = parents.length[parent] * _quadratic(order.lengths, along) * wobble
    radius = np.minimum(
        parents.thickness(parent, share) * _SLIMMER,
        parents.radius[parent] * order.thickness * (0.4 + 0.6 * length / length.max()),
    )
    points = _march(base, heading, length, _STEPS[number], (order.rise, order.wander), (salt, 6))
    points[:, 1:, 1] = np.maximum(points[:, 1:, 1], _CLEAR)
    limb = index if number == 1 else parents.limb[parent]
    return Boughs(points, radius, length, limb)


def _heading(
    direction: F64, order: Order, place: tuple[I64, I64, F64], spread: float, salt: int
) -> F64:
    """Unit directions (n, 3) in which branches leave parents that run along ``direction``."""
    rank, index, along = place
    side = cross(direction, _UP)
    upright = dot(side, side) < _UPRIGHT
    side[upright] = (1.0, 0.0, 0.0)
    side = normalised(side - direction * dot(side, direction)[:, None])
    top = cross(side, direction)
    turn = rank * _GOLDEN + uniform(salt, index // order.count, 7)
    if order.whorl > 1:
        turn = rank * (1.0 / order.whorl) + (rank // order.whorl) * _GOLDEN
        turn += 0.06 * uniform(salt, index, 8)
    if order.flat > 0:
        turn = 0.5 * (rank % 2) + (1.0 - order.flat) * (uniform(salt, index, 8) - 0.5)
    low, high = order.angle
    degrees = low + (high - low) * along + order.spread * (spread - _DEFAULT_SPREAD)
    degrees = np.clip(degrees + 14.0 * (uniform(salt, index, 9) - 0.5), 4.0, 120.0)
    around, across = cos_sin(turn)
    ahead, away = cos_sin(degrees * _TURNS)
    lateral = side * around[:, None] + top * across[:, None]
    unit: F64 = normalised(direction * ahead[:, None] + lateral * away[:, None])
    return unit


def _march(
    base: F64,
    heading: F64,
    length: F64,
    steps: int,
    bend: tuple[float, float],
    seeds: tuple[int, int],
) -> F64:
    """Middle lines (n, steps + 1, 3) that start at ``base`` and turn a little at each step.

    ``bend`` is the rise along the whole way, and the random wander.
    """
    rise, wander = bend
    salt, channel = seeds
    index = np.arange(len(base))
    step = (length * (1.0 / steps))[:, None]
    points = np.empty((len(base), steps + 1, 3))
    points[:, 0] = base
    for at in range(steps):
        points[:, at + 1] = points[:, at] + heading * step
        sway = sways(salt, index, channel + 16 * (at + 1))
        heading = normalised(heading + _UP * (rise / steps) + sway * wander)
    return points


def _quadratic(values: tuple[float, float, float], at: F64) -> F64:
    """The parabola through ``values`` at 0, ½ and 1."""
    low, middle, high = values
    linear, square = 4.0 * middle - 3.0 * low - high, 2.0 * (low + high) - 4.0 * middle
    curve: F64 = low + at * (linear + at * square)
    return curve
