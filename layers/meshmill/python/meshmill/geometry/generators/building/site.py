"""What fittings are fixed to: walls with their openings, a roof, and bars to fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from meshmill.geometry.arrays import F32, F64, AnyArray
from meshmill.geometry.generators.building.bars import Bars, Stock
from meshmill.geometry.generators.building.layout import DOOR, WINDOW, Layout, opening_name
from meshmill.geometry.generators.building.panels import Panels
from meshmill.geometry.generators.building.roofs.lattice import Roof
from meshmill.geometry.generators.building.sheet import Draft
from meshmill.geometry.generators.building.walls.cells import Cells
from meshmill.geometry.generators.building.walls.lines import ALONG, OUTWARD, UP
from meshmill.geometry.generators.building.walls.shell import opening_corners
from meshmill.geometry.noise import hash_share

#: Least distance between parallel faces, and as a share of the height, that depth buffers tell.
_GAP_M, _GAP_SHARE = 0.015, 2.2e-4


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A building under construction; ``bays`` are all bays of the walls.

    ``shops`` are the windows of the ground floor, ``windows`` those above. ``gap`` is the distance
    between faces one behind the other, in metres.
    """

    panels: Panels
    seed: int
    bays: Cells
    roof: Roof
    trim: Stock
    roofing: Stock
    glass: Draft
    shops: Hole
    windows: Hole
    doors: Hole
    gap: float

    @classmethod
    def of(
        cls, panels: Panels, bays: Cells, roof: Roof, stocks: tuple[Stock, Stock], glass: Draft
    ) -> Site:
        """The site of a building; ``stocks`` are of trim and of roofing."""
        layout = panels.layout
        height = layout.wall_height + layout.rise + 2.0
        gap = max(_GAP_M, _GAP_SHARE * max(height, *layout.size))
        shops, windows, doors = (
            Hole.of(layout, bays, kind, ground=ground)
            for kind, ground in ((WINDOW, True), (WINDOW, False), (DOOR, True))
        )
        return cls(panels, panels.seed, bays, roof, *stocks, glass, shops, windows, doors, gap)

    @property
    def layout(self) -> Layout:
        """How the building is divided."""
        return self.panels.layout

    @property
    def glazed(self) -> tuple[Hole, ...]:
        """Windows of the ground floor and of those above, where there are any."""
        return tuple(hole for hole in (self.shops, self.windows) if len(hole.corners))

    def shares(self, salt: int, count: int) -> F32:
        """Numbers 0 … 1 that depend on the seed alone, float32 (count,)."""
        return hash_share(self.seed + salt, np.arange(count))


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
    def of(cls, layout: Layout, bays: Cells, kind: int, *, ground: bool) -> Hole:
        """The openings of bays of a kind, on the ground floor or above."""
        cells = bays.where((bays.kind == kind) & ((bays.storey == 0) == ground))
        name = opening_name(kind, ground=ground)
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

    def at(self, across: ArrayLike, up: ArrayLike, out: ArrayLike) -> F64:
        """Places (n, 3): shares of the opening from its lower left, metres out of the wall.

        Of ``k`` shares or distances at once, places (k, n, 3).
        """
        right, rise, forward = (np.asarray(way)[..., None, None] for way in (across, up, out))
        lower_left = self.corners[:, 0]
        places: F64 = (
            lower_left
            + (self.corners[:, 1] - lower_left) * right
            + (self.corners[:, 3] - lower_left) * rise
            + self.out * forward
        )
        return places

    def upright(
        self, stock: Stock, name: str, across: ArrayLike, span: tuple[float, float], out: float
    ) -> Bars:
        """Bars upwards at shares of the width, between metres from sill and head."""
        start = self.at(across, 0.0, out) + UP * span[0]
        return stock.bars(name, start, self.at(across, 1.0, out) + UP * span[1], self.out)

    def level(
        self, stock: Stock, name: str, up: ArrayLike, span: tuple[float, float], out: float
    ) -> Bars:
        """Bars along the wall at shares of the height, between metres from left and right."""
        start = self.at(0.0, up, out) + self.along * span[0]
        return stock.bars(name, start, self.at(1.0, up, out) + self.along * span[1], UP)
