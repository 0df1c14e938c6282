"""Tree: skeleton, tubes of bark, cards of leaves or fronds, and their textures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from meshmill.geometry.arrays import F32, F64, I64, U8, AnyArray
from meshmill.geometry.charts import Atlas
from meshmill.geometry.generators.tree.bark import bark_material
from meshmill.geometry.generators.tree.foliage import (
    Cards,
    Crown,
    card_size,
    hang,
    loose_reach,
    sheets,
)
from meshmill.geometry.generators.tree.fronds import Fronds, unfold
from meshmill.geometry.generators.tree.leaves import leaf_atlas, leaf_material
from meshmill.geometry.generators.tree.outline import outline_order
from meshmill.geometry.generators.tree.skeleton import Skeleton, grow
from meshmill.geometry.generators.tree.spec import TreeOptions
from meshmill.geometry.generators.tree.tubes import tubes
from meshmill.geometry.generators.tree.wood import Wood
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import Part, assemble
from meshmill.geometry.scene import Material, Mesh, Scene

#: Bounds are those of a tree with this many cards, and triangles of wood or fronds, whatever the
#: budget.
_REFERENCE_CARDS, _REFERENCE_WOOD, _REFERENCE_FRONDS = 300, 600, 2_000
#: Shares of the triangles that go into wood, by budget; large, since the outlines of coarser levels
#: can spare wood, but hardly any cards.
_WOOD, _BARE_WOOD, _PALM_WOOD = ((100_000, 0.5), (10_000, 0.62), (0, 0.81)), 0.86, 0.12
#: Coarser levels take this much more than their budget, and their cards grow by at most this share.
_SPENT, _GROWTH = 1.23, 0.08
_TRIANGLES_PER_CARD = 2
#: Of coarser levels at least one triangle in so many is wood.
_LEAST_WOOD = 7
#: Only branches that this share of the budget has room for are drawn: coarser levels keep them too.
_LASTING = 0.2


class Foliage(Protocol):
    """What grows on the wood, drawn with any number of triangles."""

    def part(self, room: int) -> Part:
        """As much of it as fits in about ``room`` triangles."""


@dataclass(frozen=True, eq=False)
class LeafyCrown:
    """A crown of cards, cut out by ``alpha``, uint8 (size, size)."""

    cards: Cards
    crown: Crown
    atlas: Atlas
    alpha: U8

    def part(self, room: int) -> Part:
        """All cards, or those that the outline needs most, a little larger."""
        every = len(self.cards.size)
        count = min(room // _TRIANGLES_PER_CARD, every)
        some = np.sort(self._order[:count]) if count < every else np.arange(every)
        return sheets(self.cards, self.crown, some, self.atlas, _growth(count / every))

    @cached_property
    def _order(self) -> I64:
        flat = sheets(self.cards, self.crown, np.arange(len(self.cards.size)), self.atlas)
        return outline_order(
            flat.positions.reshape(-1, 4, 3), self.cards.cell, self.atlas, self.alpha
        )


def _growth(share: float) -> float:
    """How much larger cards are when only a ``share`` of them is left."""
    root = float(np.sqrt(np.sqrt(share)))
    return 1.0 / (1.0 - _GROWTH * (1.0 - root))


@dataclass(frozen=True, slots=True, eq=False)
class FrondCrown:
    """A palm's crown, ``budget`` triangles at the brief's."""

    fronds: Fronds
    atlas: Atlas
    budget: int

    def part(self, room: int) -> Part:
        """The same fronds in fewer pieces."""
        return self.fronds.part(min(room, self.budget), self.atlas)


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """Bounds float64 (3,), in metres; the trunk's foot is at the origin."""

    low: F64
    high: F64

    @classmethod
    def around(cls, parts: list[Part], height: float) -> Box:
        """The bounds of parts that are scaled to ``height``."""
        low, high = _bounds(parts)
        scale = height / float(high[1])
        return cls(low * scale, high * scale)

    def fit(self, parts: list[Part]) -> list[Part]:
        """Scale parts to the height, and stretch them sideways a little to fill the box."""
        low, high = _bounds(parts)
        scale = float(self.high[1] / high[1])
        return [
            replace(
                part, positions=self._filling(part.positions * scale, low * scale, high * scale)
            )
            for part in parts
        ]

    def _filling(self, points: AnyArray, low: F64, high: F64) -> F32:
        """Points whose bounds are ``low`` and ``high``: the farther out, the more they move."""
        filling = points.astype(np.float64)
        for axis in (0, 2):
            for edge, wanted in ((low, self.low), (high, self.high)):
                share = np.maximum(filling[:, axis] / edge[axis], 0.0)
                filling[:, axis] += (wanted[axis] - edge[axis]) * share * share * share
        filling[:, 1] = np.where(filling[:, 1] >= high[1], self.high[1], filling[:, 1])
        return filling.astype(np.float32)


@dataclass(frozen=True, slots=True)
class TreeModel:
    """A grown tree: its wood and foliage, the box that they fill, and the textures."""

    options: TreeOptions
    brief: Brief
    wood: Wood
    foliage: Foliage
    thinnest: float
    box: Box
    bark: Material
    leaves: Material

    def scene(self, budget: int, suffix: str) -> Scene:
        """The tree in about ``budget`` triangles."""
        spent = budget if budget >= self.brief.budget else int(budget * _SPENT)
        least = max(self.wood.coarsest(), spent // _LEAST_WOOD)
        leaves = self.foliage.part(spent - least)
        wood = self.wood.resolution(spent - len(leaves.triangles), self.thinnest)
        *bark, leaves = self.box.fit([*tubes(wood, self.brief.seed), leaves])
        primitives = (assemble(bark, self.bark), assemble([leaves], self.leaves))
        return Scene((Mesh(f"SM_Tree_{self.brief.seed}{suffix}", primitives),))


def build(options: TreeOptions, brief: Brief) -> TreeModel:
    """Grow and paint the tree that ``options`` and the brief's seed describe."""
    slim = grow(options, brief.seed)
    atlas = leaf_atlas(options, brief.texture_size // 2)
    reference = _reference(options, brief, slim, atlas)
    # What grew higher than 1 is scaled down; its trunk is to be as thick as asked for then.
    skeleton = slim.thickened(float(_bounds(reference)[1][1]))
    wood = Wood.of(skeleton, brief.seed)
    leaves = leaf_material(options, atlas, _card_metres(options, brief, skeleton), brief.seed)
    return TreeModel(
        options=options,
        brief=brief,
        wood=wood,
        foliage=_foliage(options, brief, skeleton, atlas, leaves.base_colour.pixels[:, :, 3]),
        thinnest=wood.resolution(int(brief.budget * _LASTING)).thinnest,
        box=Box.around(reference, options.height_m),
        bark=bark_material(options, brief.texture_size, wood.scale.periods, brief.seed),
        leaves=leaves,
    )


def _foliage(
    options: TreeOptions, brief: Brief, skeleton: Skeleton, atlas: Atlas, alpha: U8
) -> Foliage:
    if options.habit == "palm":
        fronds = unfold(skeleton, options, brief.seed)
        return FrondCrown(fronds, atlas, int(brief.budget * (1.0 - _PALM_WOOD)))
    count, density = _card_count(options, brief.budget), options.crown_density
    # Bare twigs would be seen to float.
    reach = 0.0 if options.season == "bare" else loose_reach(skeleton, density, count)
    return LeafyCrown(*hang(skeleton, density, count, reach, brief.seed), atlas, alpha)


def _reference(options: TreeOptions, brief: Brief, skeleton: Skeleton, atlas: Atlas) -> list[Part]:
    """A tree that is the same at every budget, for the bounds."""
    wood = Wood.of(skeleton, brief.seed).resolution(_REFERENCE_WOOD)
    parts = tubes(wood, brief.seed)
    if options.habit == "palm":
        return [*parts, unfold(skeleton, options, brief.seed).part(_REFERENCE_FRONDS, atlas)]
    count = _REFERENCE_CARDS
    cards, crown = hang(skeleton, options.crown_density, count, 0.0, brief.seed)
    return [*parts, sheets(cards, crown, np.arange(count), atlas)]


def _card_count(options: TreeOptions, budget: int) -> int:
    wood = next(share for least, share in _WOOD if budget >= least)
    if options.season == "bare":
        wood = _BARE_WOOD
    return int(budget * (1.0 - wood)) // _TRIANGLES_PER_CARD


def _card_metres(options: TreeOptions, brief: Brief, skeleton: Skeleton) -> float:
    count = _card_count(options, brief.budget)
    return card_size(skeleton, options.crown_density, count) * options.height_m


def _bounds(parts: list[Part]) -> tuple[F64, F64]:
    low = np.min([part.positions.min(axis=0) for part in parts], axis=0)
    high = np.max([part.positions.max(axis=0) for part in parts], axis=0)
    return low.astype(np.float64), high.astype(np.float64)
