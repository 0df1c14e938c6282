"""Crate: pieces planned and charts painted once, drawn at any budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.charts import pack_charts
from meshmill.geometry.generators.crate.carpentry import wooden_plan
from meshmill.geometry.generators.crate.detail import BoxGrade, Drawing, drawing_for
from meshmill.geometry.generators.crate.meshes import SkinAtlas, box_part, stud_part
from meshmill.geometry.generators.crate.moulding import plastic_plan
from meshmill.geometry.generators.crate.painting import paint
from meshmill.geometry.generators.crate.pieces import Piece, Plan, Slot, Vector
from meshmill.geometry.generators.crate.sheetmetal import metal_plan
from meshmill.geometry.generators.crate.spec import CrateOptions
from meshmill.geometry.generators.crate.studs import stud
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import Part, assemble
from meshmill.geometry.scene import Material, Mesh, Scene
from meshmill.geometry.vectors import normalised

_PLANS: dict[str, Callable[[CrateOptions, np.random.Generator], Plan]] = {
    "wood": wooden_plan,
    "metal": metal_plan,
    "plastic": plastic_plan,
}


#: The least and the greatest coordinates.
_Bounds = tuple[F64, F64]


@dataclass(frozen=True, slots=True)
class CrateModel:
    """A crate that is planned and painted; ``size`` is of its bounds, metres."""

    seed: int
    budget: int
    size: Vector
    plan: Plan
    charts: dict[Slot, SkinAtlas]
    materials: dict[Slot, Material]

    def scene(self, budget: int, suffix: str) -> Scene:
        """The crate in at most ``budget`` triangles."""
        drawing = drawing_for(self.plan, self.budget, budget)
        parts = self._parts(drawing)
        low, high = _bounds(parts)
        if drawing_for(self.plan, self.budget, self.budget).plated and not drawing.plated:
            low, high = low - self.plan.overhang, high + self.plan.overhang
        primitives = tuple(
            assemble([_fitted(part, (low, high), self.size) for part in each], self.materials[slot])
            for slot, each in parts.items()
        )
        return Scene((Mesh(f"SM_Crate_{self.seed}{suffix}", primitives),))

    def _parts(self, drawing: Drawing) -> dict[Slot, list[Part]]:
        """Boxes of one slot and grade, and studs, are a part each."""
        groups: dict[tuple[Slot, BoxGrade], list[Piece]] = {}
        for piece, grade in drawing.graded():
            slot = self.plan.skins[piece.skins[0]].slot
            groups.setdefault((slot, grade), []).append(piece)
        mean = sum(self.size) / len(self.size)
        parts: dict[Slot, list[Part]] = {}
        for (slot, grade), pieces in groups.items():
            part = box_part(pieces, grade.template(), self.charts[slot], mean)
            if self.plan.draft:
                part = _tapered(part, self.plan.draft, self.size[1])
            parts.setdefault(slot, []).append(part)
        if drawing.studs and drawing.detail.stud:
            heads = stud(drawing.detail.stud.sides, drawing.detail.stud.rings)
            part = stud_part(drawing.studs, heads, self.charts["hardware"])
            parts.setdefault("hardware", []).append(part)
        return parts


def _tapered(part: Part, draft: float, height: float) -> Part:
    """Narrower towards the base, by a share of the width; the crate's middle is the origin."""
    positions = part.positions.copy()
    share = positions[:, 1:2] * np.float32(1.0 / height) - np.float32(0.5)
    width = np.float32(1.0) + np.minimum(share, np.float32(0.0)) * np.float32(draft)
    positions[:, ::2] *= width
    # The inverse transpose of the Jacobian, times the width.
    outwards = part.positions[:, ::2] * part.normals[:, ::2]
    normals = part.normals.copy()
    normals[:, 1:2] *= width
    normals[:, 1:2] -= (outwards[:, :1] + outwards[:, 1:]) * np.float32(draft / height)
    return Part(positions, normalised(normals), part.uvs, part.triangles)


def _bounds(parts: dict[Slot, list[Part]]) -> _Bounds:
    """The least and the greatest coordinates of parts."""
    every = [part.positions for each in parts.values() for part in each]
    low = np.min([positions.min(axis=0) for positions in every], axis=0)
    high = np.max([positions.max(axis=0) for positions in every], axis=0)
    return low.astype(np.float64), high.astype(np.float64)


def _fitted(part: Part, bounds: _Bounds, size: Vector) -> Part:
    """Scaled by the little that makes the bounds exact, and set on the ground."""
    low, high = bounds
    base = np.array((-size[0] / 2, 0.0, -size[2] / 2))
    positions = ((part.positions - low) * (np.array(size) / (high - low)) + base).astype(np.float32)
    return Part(positions, part.normals, part.uvs, part.triangles)


def build(options: CrateOptions, brief: Brief) -> CrateModel:
    """Plan and paint the crate that ``options`` and the seed describe."""
    rng = np.random.default_rng(brief.seed)
    plan = _PLANS[options.material](options, rng)
    charts: dict[Slot, SkinAtlas] = {}
    materials: dict[Slot, Material] = {}
    sizes: dict[Slot, int] = {"body": brief.texture_size, "hardware": brief.texture_size // 2}
    for slot, size in sizes.items():
        numbers = [k for k, skin in enumerate(plan.skins) if skin.slot == slot]
        if not numbers:
            continue
        atlas = pack_charts([(plan.skins[k].width, plan.skins[k].height) for k in numbers], size)
        charts[slot] = SkinAtlas.of(numbers, plan.skins, atlas)
        materials[slot] = paint(options, slot, [plan.skins[k] for k in numbers], atlas, brief.seed)
    edges = (options.width_m, options.height_m, options.depth_m)
    return CrateModel(brief.seed, brief.budget, edges, plan, charts, materials)
