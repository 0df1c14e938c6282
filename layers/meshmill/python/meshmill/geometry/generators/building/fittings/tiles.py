"""Single tiles and slates on pitched roofs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from meshmill.geometry.arrays import F64, AnyArray
from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.kinds import TILES
from meshmill.geometry.generators.building.roofs.lattice import EAST, NORTH, SOUTH, WEST
from meshmill.geometry.generators.building.roofs.slab import slope_cells
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.vectors import cross, dot, normalised

_TILE_SALT = 53


def tiles(site: Site) -> list[Bars]:
    """Single tiles or slates on all slopes, in courses whose joints are staggered."""
    made = []
    for facing in (SOUTH, NORTH, EAST, WEST):
        whole, row, column, corners = slope_cells(site.roof, facing)
        left_hip = ~whole & (corners[:, 3, 1] < corners[:, 2, 1])
        right_hip = ~whole & ~left_hip
        zones = site.roof.zones[row, column]
        for zone in np.unique(zones).tolist():
            own = zones == zone
            made += _Slope.of(corners[own & whole], right=False).tiles(site, _everywhere)
            made += _Slope.of(corners[own & left_hip], right=True).tiles(site, _below_rising)
            made += _Slope.of(corners[own & right_hip], right=False).tiles(site, _below_falling)
    return made


def _everywhere(across: F64, _: F64) -> AnyArray:
    every: AnyArray = np.ones_like(across, dtype=np.bool_)
    return every


def _below_rising(across: F64, top: F64) -> AnyArray:
    below: AnyArray = top < across
    return below


def _below_falling(across: F64, top: F64) -> AnyArray:
    below: AnyArray = top < 1.0 - across
    return below


@dataclass(frozen=True, slots=True, eq=False)
class _Slope:
    """Cells of one size: feet of their left edges, ways along and up the slope, (n, 3) each."""

    foot: F64
    level: F64
    rise: F64

    @classmethod
    def of(cls, corners: F64, *, right: bool) -> _Slope:
        """The slope that both lower corners and the upper right or left one span."""
        level = corners[:, 1] - corners[:, 0]
        lower, upper = (corners[:, 1], corners[:, 2]) if right else (corners[:, 0], corners[:, 3])
        return cls(corners[:, 0], level, upper - lower)

    def tiles(self, site: Site, kept: Callable[[F64, F64], AnyArray]) -> list[Bars]:
        """Tiles where ``kept`` says so of their middle across and their upper end, 0 … 1."""
        if not len(self.foot):
            return []
        kind = site.roofing.kinds["tile_0"]
        wide, high = (sqrt(float(dot(way[0], way[0]))) for way in (self.level, self.rise))
        columns = max(1, int(wide / (kind.width * 1.04)))
        courses = max(1, int(high / (kind.length * 0.72) + 0.5))
        row, column = (grid.ravel() for grid in np.mgrid[:courses, :columns])
        across = (column + 0.5 + np.where(row % 2 == 0, 0.22, -0.22)) / columns
        low = 1.0 - (row + 1.0) / courses
        chosen = kept(across, low + 0.8 / courses)
        return self._laid(site, across[chosen], low[chosen], 1.32 / courses)

    def _laid(self, site: Site, across: F64, low: F64, reach: float) -> list[Bars]:
        """Tiles from ``low`` up, lifted at their lower ends to lie on the course below."""
        normal = normalised(cross(self.level, self.rise))[:, None]
        start = (
            self.foot[:, None]
            + self.level[:, None] * across[:, None]
            + self.rise[:, None] * low[:, None]
        )
        count = start.shape[0] * start.shape[1]
        uneven = site.shares(_TILE_SALT, count).astype(np.float64).reshape(*start.shape[:2], 1)
        begin = (start + normal * (0.038 + 0.006 * uneven)).reshape(-1, 3)
        end = (start + self.rise[:, None] * reach + normal * 0.008).reshape(-1, 3)
        ups = np.broadcast_to(normal, start.shape).reshape(-1, 3)
        shade = (site.shares(_TILE_SALT + 1, count) * TILES).astype(np.int64)
        return [
            site.roofing.bars(f"tile_{k}", begin[shade == k], end[shade == k], ups[shade == k])
            for k in range(TILES)
        ]
