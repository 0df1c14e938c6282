"""Cards with leaf clusters on the twigs, shaded as one crown.

Cards are numbered so that any first few of them are spread over the whole tree: a coarser quality
has the first cards of a finer one, only larger. Levels of detail drop the inner ones instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F64, I64, AnyArray, Bools
from meshmill.geometry.charts import Atlas
from meshmill.geometry.generators.tree.draws import sways, uniform
from meshmill.geometry.generators.tree.habits import Habit
from meshmill.geometry.generators.tree.skeleton import Skeleton
from meshmill.geometry.generators.tree.sprays import CELLS, SHADED
from meshmill.geometry.parts import Part
from meshmill.geometry.vectors import cross, dot, normalised

#: Steps of low-discrepancy sequences in one and in two dimensions: 1 / phi, and 1 / g of
#: g^3 = g + 1 (Martin Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences", 2018).
_TWIG_STEP, _ALONG_STEP = 0.6180339887498949, 0.7548776662466927
_SALT = 41
_REFERENCE_CARDS = 300
_SECTORS, _SLICES = 24, 28
#: The inside of the crown: this share of its radius, up to this share of its upper half.
_CORE, _TOP = 0.62, 0.75
#: Share of a card's own normal beside the crown's.
_OWN = 0.6
#: Cards of the shortest limbs are this much smaller.
_SMALLER = 0.22
#: Leaves keep this share of the height off the ground.
_CLEAR = 0.045
_UP = np.array([0.0, 1.0, 0.0])
#: Corners of a card, across its stem and along it, and its triangles.
_ACROSS, _ALONG = np.array((-1.0, 1.0, -1.0, 1.0)), np.array((0.0, 0.0, 1.0, 1.0))
_HALVES = np.array(((0, 1, 3), (0, 3, 2)))


@dataclass(frozen=True, slots=True, eq=False)
class Cards:
    """Cards in the order of their numbers.

    ``base`` float64 (n, 3), where the cluster's stem begins; unit ``stem`` and ``normal`` (n, 3);
    ``size`` (n,) of their edges; ``cell`` int64 (n,) of the atlas; ``limb`` int64 (n,).
    """

    base: F64
    stem: F64
    normal: F64
    size: F64
    cell: I64
    limb: I64


@dataclass(frozen=True, slots=True, eq=False)
class Crown:
    """What leaf normals bend to: the crown's ``centre`` (3,) and half extents ``reach`` (3,).

    ``limb_centre`` (limbs, 3) are the middles of the main branches' foliage.
    """

    centre: F64
    reach: F64
    limb_centre: F64

    def normals(self, points: F64, limb: I64) -> F64:
        """Unit normals (..., 3) that lead out of the crown, and a little out of each limb."""
        out = normalised((points - self.centre) / (self.reach * self.reach))
        clump = normalised((points - self.limb_centre[limb]) / self.reach)
        bent: F64 = normalised(out + 0.75 * clump + 0.12 * _UP)
        return bent


def card_size(skeleton: Skeleton, density: float, count: int) -> float:
    """Edge of the cards when there are ``count``, in units of the height.

    Their number times the 8/3rd power of their size stays the same: more of them hold more leaves.
    """
    eighth = _REFERENCE_CARDS / count
    for _ in range(3):
        eighth = float(np.sqrt(eighth))
    return skeleton.habit.card * (0.62 + 0.55 * density) * (eighth * eighth * eighth)


def loose_reach(skeleton: Skeleton, density: float, count: int) -> float:
    """How far small cards may hang from their twig, so that they fill the room between twigs."""
    largest = card_size(skeleton, density, _REFERENCE_CARDS)
    return 0.7 * max(0.5 * largest - card_size(skeleton, density, count), 0.0)


def hang(
    skeleton: Skeleton, density: float, count: int, reach: float, seed: int
) -> tuple[Cards, Crown]:
    """Place ``count`` cards, each at most about ``reach`` away from a twig."""
    number = np.arange(count)
    seed += _SALT
    twig, along = _places(number, skeleton, density, seed)
    base, direction = skeleton.twigs.at(twig, along)
    base = base + sways(seed, number, 9) * (2.0 * reach)
    limb = skeleton.twigs.limb[twig]
    crown = _crown(base, limb)
    outward = crown.normals(base, limb)
    habit = skeleton.habit
    stem = normalised(
        direction
        + outward * habit.outward
        + _UP * habit.upward
        + sways(seed, number, 2) * (2.0 * habit.tumble)
    )
    size = card_size(skeleton, density, count) * (0.88 + 0.24 * uniform(seed, number, 1))
    size *= _smaller(skeleton.orders[1].length, limb)
    base = base - stem * (habit.back * size)[:, None]
    facing = _facing(stem, outward, habit, sways(seed, number, 5))
    inner = _inside(base + stem * (0.5 * size)[:, None], crown)
    cell = (uniform(seed, number, 8) * (CELLS - SHADED)).astype(np.int64)
    cell = np.where(inner, CELLS - SHADED + cell % SHADED, cell)
    return Cards(base, stem, facing, size, cell, limb), crown


def _places(number: I64, skeleton: Skeleton, density: float, seed: int) -> tuple[I64, F64]:
    """Twigs, and how far along them cards hang."""
    twigs = _leafy_twigs(skeleton, density, seed)
    start = skeleton.habit.leaves_from
    along = start + (1.0 - start) * _fraction(number * _ALONG_STEP)
    chosen = (_fraction(number * _TWIG_STEP) * len(twigs)).astype(np.int64)
    return twigs[np.minimum(chosen, len(twigs) - 1)], along


def _smaller(lengths: F64, limb: I64) -> F64:
    """Factors of the sizes of cards: those of the shortest limbs, at the top, are smaller."""
    factors: F64 = 1.0 - _SMALLER * np.maximum(1.0 - 2.2 * lengths[limb] / lengths.max(), 0.0)
    return factors


def _facing(stem: F64, outward: F64, habit: Habit, sway: F64) -> F64:
    """Unit normals of cards: square to their stems, and never to the inside of the crown."""
    out, up, random = habit.facing
    facing = outward * out + _UP * up + sway * random
    facing = normalised(facing - stem * dot(facing, stem)[:, None])
    turned: F64 = facing * np.where(dot(facing, outward) < 0, -1.0, 1.0)[:, None]
    return turned


def sheets(cards: Cards, crown: Crown, some: I64, atlas: Atlas, scale: float = 1.0) -> Part:
    """Cards ``some`` as quads, ``scale`` times as large."""
    x, y = _ACROSS, _ALONG
    size = (cards.size[some] * scale)[:, None, None]
    stem, normal = cards.stem[some][:, None], cards.normal[some][:, None]
    right = cross(stem, normal)
    # Larger cards grow inwards, so that the crown keeps its outline.
    rise = y[:, None] * size - 0.7 * (size - cards.size[some][:, None, None])
    points = cards.base[some][:, None] + right * (0.5 * x[:, None] * size) + stem * rise
    points[..., 1] += np.maximum(_CLEAR - points[..., 1].min(axis=1), 0.0)[:, None]
    cells = [chart.uvs((x + 1.0) * 0.5, 1.0 - y, atlas.size) for chart in atlas.charts]
    limb = np.repeat(cards.limb[some], len(x)).reshape(-1, len(x))
    # Partly as they lie, so that a front seldom looks away from who sees it.
    normals = normalised(crown.normals(points, limb) + _OWN * normal)
    triangles = (np.arange(len(some)) * len(x))[:, None, None] + _HALVES
    flat = points.reshape(-1, 3)
    return Part(
        flat.astype(np.float32),
        normals.reshape(-1, 3).astype(np.float32),
        np.stack(cells)[cards.cell[some]].reshape(-1, 2),
        triangles.reshape(-1, 3).astype(np.uint32),
    )


def _leafy_twigs(skeleton: Skeleton, density: float, seed: int) -> I64:
    """Twigs that bear leaves: fewer in a thin crown, whole sprays of them at a time."""
    count = len(skeleton.twigs.radius)
    spray = np.arange(count) // 3
    kept = np.flatnonzero(uniform(seed, spray, 0) < 0.35 + 0.65 * density)
    return kept if len(kept) else np.arange(count)


def _crown(base: F64, limb: I64) -> Crown:
    low, high = base.min(axis=0), base.max(axis=0)
    centre, reach = (low + high) * 0.5, np.maximum((high - low) * 0.5, 0.02)
    centre[1] -= 0.3 * reach[1]
    limbs = int(limb.max()) + 1
    weight = np.maximum(np.bincount(limb, minlength=limbs), 1)
    middles = [np.bincount(limb, base[:, axis], limbs) / weight for axis in range(3)]
    return Crown(centre, reach, np.stack(middles, axis=1))


def _inside(middle: F64, crown: Crown) -> Bools:
    """Which cards others of the same sector and slice of the crown hide."""
    away = (middle - crown.centre) / crown.reach
    radius = np.sqrt(away[:, 0] * away[:, 0] + away[:, 2] * away[:, 2])
    slices = np.clip(((away[:, 1] + 1.0) * (0.5 * _SLICES)).astype(np.int64), 0, _SLICES - 1)
    box = slices * _SECTORS + _sector(away)
    farthest = np.zeros(_SLICES * _SECTORS)
    np.maximum.at(farthest, box, radius)
    hidden: Bools = (radius < _CORE * farthest[box]) & (away[:, 1] < _TOP)
    return hidden


def _sector(away: F64) -> I64:
    """Which of 24 sectors around the axis, by the diamond angle instead of the true one."""
    x, z = away[:, 0], away[:, 2]
    share = x / np.maximum(np.abs(x) + np.abs(z), 1e-12)
    turn = np.where(z < 0, 3.0 + share, 1.0 - share) * 0.25
    sector: I64 = np.clip((turn * _SECTORS).astype(np.int64), 0, _SECTORS - 1)
    return sector


def _fraction(values: AnyArray) -> F64:
    fraction: F64 = values - np.floor(values)
    return fraction
