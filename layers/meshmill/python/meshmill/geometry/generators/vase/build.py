"""Vase: a vessel's section, its mesh at any resolution, its handles and its two coats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.vase.body import Body, columns_for
from meshmill.geometry.generators.vase.finish import Finish
from meshmill.geometry.generators.vase.hand import Hand
from meshmill.geometry.generators.vase.handles import Handle, opposite
from meshmill.geometry.generators.vase.layout import Coat, CoatCharts, coats, lay_out
from meshmill.geometry.generators.vase.meridian import Meridian, draw_meridian
from meshmill.geometry.generators.vase.skin import paint_clay, paint_glaze
from meshmill.geometry.generators.vase.spec import VaseOptions
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import Part, assemble
from meshmill.geometry.scene import Material, Mesh, Scene

#: Share of the triangles that one handle gets.
_HANDLE_SHARE = 0.05
#: Up to these budgets every triangle shows in the outline: so many more than asked for are made.
_GENEROUS = ((600, 1.2), (2000, 1.15), (inf, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class VaseModel:
    """A vessel whose section and textures are made.

    ``finest`` are the columns of its most detailed level; ``coats``, ``charts`` and ``materials``
    are of what is glazed and of what is bare clay.
    """

    brief: Brief
    meridian: Meridian
    hand: Hand
    finest: int
    handle: Handle | None
    handles: int
    coats: tuple[Coat, Coat]
    charts: tuple[CoatCharts, CoatCharts]
    materials: tuple[Material, Material]

    def scene(self, budget: int, suffix: str) -> Scene:
        """The vessel in about ``budget`` triangles."""
        budget = int(budget * next(more for most, more in _GENEROUS if budget <= most))
        each = int(budget * _HANDLE_SHARE)
        handles = self._handle_parts(each)
        left = budget - sum(len(part.triangles) for part in handles)
        body = Body.of(self.meridian, self.hand, self.coats, left, self.finest)
        glazed, bare = (
            body.parts(coat, charts) for coat, charts in zip(self.coats, self.charts, strict=True)
        )
        centred = _centred([*glazed, *handles], bare)
        primitives = tuple(
            assemble(parts, material)
            for parts, material in zip(centred, self.materials, strict=True)
        )
        return Scene((Mesh(f"SM_Vase_{self.brief.seed}{suffix}", primitives),))

    def _handle_parts(self, budget: int) -> list[Part]:
        charts = self.charts[0]
        if self.handle is None:
            return []
        right = self.handle.parts(budget, charts.extras, charts.atlas.size)
        return right if self.handles == 1 else [*right, *(opposite(part) for part in right)]


def build(options: VaseOptions, brief: Brief) -> VaseModel:
    """Throw, handle, glaze and fire the vessel that ``options`` and the seed describe."""
    meridian = draw_meridian(options)
    hand = Hand.of(np.random.default_rng(brief.seed), meridian, options.belly * options.height_m)
    handle = Handle.of(options, meridian, hand) if options.handles else None
    glazed, bare = coats(meridian)
    extras = handle.sizes if handle else ()
    charts = (
        lay_out(glazed, extras, brief.texture_size),
        lay_out(bare, (), brief.texture_size // 2),
    )
    finish = Finish.of(options, brief.seed, meridian)
    materials = (
        paint_glaze(finish, glazed, charts[0], handle),
        paint_clay(finish, bare, charts[1]),
    )
    return VaseModel(
        brief=brief,
        meridian=meridian,
        hand=hand,
        finest=columns_for(meridian, brief.budget),
        handle=handle,
        handles=options.handles,
        coats=(glazed, bare),
        charts=charts,
        materials=materials,
    )


def _centred(*groups: Sequence[Part]) -> list[list[Part]]:
    """Groups of parts, moved so that their bounds are centred in x and z."""
    points = np.concatenate([part.positions for parts in groups for part in parts])
    middle: F32 = (points.min(axis=0) + points.max(axis=0)) * np.float32(0.5)
    middle[1] = 0.0
    return [
        [replace(part, positions=part.positions - middle) for part in parts] for parts in groups
    ]
