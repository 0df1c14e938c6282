"""What fittings are fixed to: walls with their openings, a roof, and workshops for bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64, AnyArray
from meshmill.geometry.generators.building.bars import Workshop
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.layout import Layout, opening_name
from meshmill.geometry.generators.building.panels import Panels
from meshmill.geometry.generators.building.roofs import Roof
from meshmill.geometry.generators.building.sheet import Draft
from meshmill.geometry.generators.building.wall_lines import ALONG, OUTWARD, UP
from meshmill.geometry.generators.building.walls import Cells, opening_corners
from meshmill.geometry.noise import hash_share

#: Least distance between parallel faces, and as a share of the height, that depth buffers tell.
_GAP_M, _GAP_SHARE = 0.015, 2.2e-4


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A building under construction; ``bays`` are all bays of the walls."""

    panels: Panels
    seed: int
    bays: Cells
    roof: Roof
    trim: Workshop
    roofing: Workshop
    glass: Draft

    @property
    def layout(self) -> Layout:
        """How the building is divided."""
        return self.panels.layout

    @property
    def gap(self) -> float:
        """Distance between faces one behind the other, metres."""
        height = self.layout.wall_height + self.layout.rise + 2.0
        return max(_GAP_M, _GAP_SHARE * max(height, *self.layout.size))

    def shares(self, salt: int, count: int) -> F32:
        """Numbers 0 … 1 that depend on the seed alone, float32 (count,)."""
        return hash_share(self.seed + salt, np.arange(count))

    def holes(self, kind: int, *, ground: bool) -> Hole:
        """The openings of bays of a kind, on the ground floor or above."""
        chosen = (self.bays.kind == kind) & ((self.bays.storey == 0) == ground)
        return Hole.of(self.layout, self.bays.where(chosen), opening_name(kind, ground=ground))


@dataclass(frozen=True, slots=True, eq=False)
class Hole:
    """Openings of one kind: corners (n, 4, 3) on the wall's face, and axes (n, 3)."""

    name: str
    cells: Cells
    corners: F64
    along: F64
    out: F64
    width: float
    height: float
    reveal: float

    @classmethod
    def of(cls, layout: Layout, cells: Cells, name: str) -> Hole:
        """The openings in ``cells``."""
        opening = layout.openings[name]
        width = (opening.right - opening.left) * layout.bay[0]
        height = (opening.top - opening.bottom) * layout.bay[1]
        corners = opening_corners(layout, cells, name, 0.0)
        side = cells.side
        return cls(
            name, cells, corners, ALONG[side], OUTWARD[side], width, height, layout.style.reveal
        )

    def where(self, chosen: AnyArray) -> Hole:
        """The chosen openings."""
        return Hole(
            self.name, self.cells.where(chosen), self.corners[chosen], self.along[chosen],
            self.out[chosen], self.width, self.height, self.reveal,
        )  # fmt: skip

    def at(self, across: float, up: float, out: float) -> F64:
        """Places (n, 3): shares of the opening from its lower left, metres out of the wall."""
        lower_left, lower_right, _, upper_left = (self.corners[:, k] for k in range(4))
        places: F64 = (
            lower_left + (lower_right - lower_left) * across + (upper_left - lower_left) * up
            + self.out * out
        )  # fmt: skip
        return places

    def upright(
        self, work: Workshop, name: str, across: float, span: tuple[float, float], out: float
    ) -> Faces:
        """A bar upwards at a share of the width, between metres from sill and head."""
        start = self.at(across, 0.0, out) + UP * span[0]
        return work.bars(name, start, self.at(across, 1.0, out) + UP * span[1], self.out)

    def level(
        self, work: Workshop, name: str, up: float, span: tuple[float, float], out: float
    ) -> Faces:
        """A bar along the wall at a share of the height, between metres from left and right."""
        start = self.at(0.0, up, out) + self.along * span[0]
        return work.bars(name, start, self.at(1.0, up, out) + self.along * span[1], UP)
