"""Wood before it has a mesh: how bark lies along branches, and how finely each is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import TAU
from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.generators.tree.skeleton import Boughs, Skeleton
from meshmill.geometry.noise import hash_share

#: Height over width of the bark that the texture shows.
_TALLER = 1.2
#: Most repetitions along the trunk, to spare triangles of thin ones.
_REPEATS = 11.0
#: Most repetitions around it, of which each needs its texels.
_MOST_PERIODS = 8
#: Where the trunk has this share of its girth at the foot, it takes the texture's width exactly.
_NOMINAL = 0.86
#: Sides of the trunk at the least and at the greatest detail.
_DETAIL = (1.0, 90.0)
_LEAST_SIDES, _MOST_SIDES, _MOST_RINGS = 3, 40, 24
#: Branches so thin that they would have fewer sides are left out.
_SHOWN_SIDES = 2
_SEARCH_STEPS = 15
#: More than there are sides or rings.
_MANY = 64


@dataclass(frozen=True, slots=True)
class BarkScale:
    """What one texture shows: ``width`` and ``height`` of bark in units of the tree's height.

    Its pattern repeats ``periods`` times across.
    """

    width: float
    height: float
    periods: int

    @classmethod
    def of(cls, stems: Boughs) -> BarkScale:
        """The trunk's girth, or a power of two times as much where the trunk is thin and long."""
        girth = TAU * float(stems.radius[0]) * _NOMINAL
        length = float(stems.length.max())
        periods = 1
        while periods < _MOST_PERIODS and length > _REPEATS * _TALLER * girth * periods:
            periods *= 2
        width = girth * periods
        return cls(width, max(width * _TALLER, length / _REPEATS), periods)


@dataclass(frozen=True, slots=True, eq=False)
class Wood:
    """All branches of a skeleton, order by order, and how the bark's texture lies along them.

    ``order`` and ``index`` in it, int64 (n,), name a branch of the skeleton; ``radius`` is at its
    base. ``first`` is where its texture begins, in repetitions, and ``runs`` how many it is long.
    """

    skeleton: Skeleton
    scale: BarkScale
    order: I64
    index: I64
    radius: F64
    first: F64
    runs: F64

    @classmethod
    def of(cls, skeleton: Skeleton, seed: int) -> Wood:
        """Lay the texture along every branch."""
        scale = BarkScale.of(skeleton.orders[0])
        sizes = [len(boughs.radius) for boughs in skeleton.orders]
        order = np.repeat(np.arange(len(sizes)), sizes)
        index = np.concatenate([np.arange(size) for size in sizes])
        radius = np.concatenate([boughs.radius for boughs in skeleton.orders])
        runs = np.concatenate([boughs.length for boughs in skeleton.orders]) / scale.height
        free = np.ceil(runs) - runs
        # Never quite the whole, so that no span is a sliver.
        share = 0.05 + 0.9 * hash_share(seed + 77, order, index).astype(np.float64)
        return cls(skeleton, scale, order, index, radius, free * share, runs)

    @property
    def spans(self) -> I64:
        """How many repetitions of the texture each branch touches."""
        touched: I64 = np.ceil(self.first + self.runs).astype(np.int64)
        return np.maximum(touched, 1)

    def resolution(self, budget: int, thinnest: float = 0.0) -> Resolution:
        """The finest tubes that take at most ``budget`` triangles.

        Branches thinner than ``thinnest``, of the trunk's radius, are left out.
        """
        low, high = _DETAIL
        for _ in range(_SEARCH_STEPS):
            middle = 0.5 * (low + high)
            if self._at_detail(middle, thinnest).triangles() > budget:
                high = middle
            else:
                low = middle
        return self._at_detail(low, thinnest)

    def coarsest(self) -> int:
        """The fewest triangles that the wood can have."""
        return self._at_detail(_DETAIL[0], 0.0).triangles()

    def _at_detail(self, detail: float, thinnest: float) -> Resolution:
        slim = self.radius * (1.0 / float(self.radius[0]))
        root = np.sqrt(slim)
        stem = self.order == 0
        sides = (detail * root).astype(np.int64)
        shown = (sides >= _SHOWN_SIDES) & (stem | (slim >= thinnest))
        shown |= stem & (self.index == 0)
        sides = np.clip(sides, _LEAST_SIDES, _MOST_SIDES)
        along = 0.5 + detail * 0.16 * np.minimum(self.runs / self.spans * (1.0 + root), 1.6)
        rings = np.clip(along.astype(np.int64), 1, _MOST_RINGS)
        kept = np.flatnonzero(shown)
        return Resolution(self, kept, sides[kept], rings[kept])


@dataclass(frozen=True, slots=True, eq=False)
class Resolution:
    """Branches that get a tube, with the ``sides`` of each and its ``rings`` per repetition."""

    wood: Wood
    branch: I64
    sides: I64
    rings: I64

    @property
    def thinnest(self) -> float:
        """The thinnest branch, of the trunk's radius."""
        radii = self.wood.radius
        return float(radii[self.branch].min() / radii[0])

    def triangles(self) -> int:
        """How many triangles the tubes take with their caps."""
        spans = self.wood.spans[self.branch]
        return int(np.cumsum(2 * self.sides * self.rings * spans)[-1])

    def groups(self) -> Iterator[tuple[I64, int, int, int]]:
        """Branches of one order and resolution: their indices, sides, rings, and the order."""
        order = self.wood.order[self.branch]
        key = (order * _MANY + self.sides) * _MANY + self.rings
        for value in np.unique(key):
            members = self.branch[key == value]
            order_and_sides, rings = divmod(int(value), _MANY)
            order_number, sides = divmod(order_and_sides, _MANY)
            yield members, sides, rings, order_number
