"""Rectangles of the walls: bays, or panels of several bays and storeys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from meshmill.geometry.arrays import F64, I64, AnyArray
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.panels import Panels
from meshmill.geometry.generators.building.sheet import Draft
from meshmill.geometry.generators.building.walls.lines import wall_points


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Rectangles of the walls, one a row of each array, with corners and UVs.

    ``corners`` float64 (n, 4, 3) and ``uvs`` (n, 4, 2) run counter-clockwise from the lower left;
    ``side``, ``storey``, ``column``, ``kind`` and ``glass`` are int64 (n,).
    """

    corners: F64
    uvs: F64
    side: I64
    storey: I64
    column: I64
    kind: I64
    glass: I64

    def where(self, chosen: AnyArray) -> Cells:
        """The chosen rectangles."""
        return Cells(
            self.corners[chosen], self.uvs[chosen], self.side[chosen], self.storey[chosen],
            self.column[chosen], self.kind[chosen], self.glass[chosen],
        )  # fmt: skip

    def points(self, across: ArrayLike, up: ArrayLike) -> F64:
        """Places at shares (n,) of each rectangle."""
        lower_left, lower_right, _, upper_left = (self.corners[:, k] for k in range(4))
        points: F64 = (
            lower_left
            + (lower_right - lower_left) * np.asarray(across)[..., None]
            + (upper_left - lower_left) * np.asarray(up)[..., None]
        )
        return points

    def uv_points(self, across: ArrayLike, up: ArrayLike) -> F64:
        """UVs at shares (n,) of each rectangle."""
        lower_left, lower_right, _, upper_left = (self.uvs[:, k] for k in range(4))
        points: F64 = (
            lower_left
            + (lower_right - lower_left) * np.asarray(across)[..., None]
            + (upper_left - lower_left) * np.asarray(up)[..., None]
        )
        return points


def bay_cells(panels: Panels, draft: Draft) -> Cells:
    """Every bay of every storey."""
    layout, tables = panels.layout, _tables(panels, draft)
    found = []
    for side in range(4):
        for storey, band, within in layout.storeys():
            pool = panels.pool(side, band)
            bays = pool.key[0]
            variant = np.repeat(panels.variants(side, band), bays)
            column = np.arange(len(variant))
            place = column % bays
            uvs = _cell_uvs(tables[pool.key][variant], place, np.full_like(place, within))
            kinds, glass = (grid[variant, within, place] for grid in (pool.kinds, pool.glass))
            corners = _row(layout, side, band.outset, (storey, storey + 1), 1)
            found.append((corners, uvs, side, storey, column, kinds, glass))
    return _cells(found)


def panel_cells(panels: Panels, draft: Draft) -> Cells:
    """Every panel as one rectangle."""
    layout, tables = panels.layout, _tables(panels, draft)
    found = []
    for side in range(4):
        for band in layout.bands:
            pool = panels.pool(side, band)
            variant = panels.variants(side, band)
            table = tables[pool.key][variant][:, :: band.storeys, :: pool.key[0]]
            first = np.zeros_like(variant)
            span = (band.first, band.first + band.storeys)
            corners = _row(layout, side, band.outset, span, pool.key[0])
            column = np.arange(len(variant))
            found.append(
                (corners, _cell_uvs(table, first, first), side, band.first, column, first, first)
            )
    return _cells(found)


def _cells(found: list[tuple[F64, F64, int, int, I64, I64, I64]]) -> Cells:
    whole = [
        (corners, uvs, np.full(len(uvs), side), np.full(len(uvs), storey), column, kinds, glass)
        for corners, uvs, side, storey, column, kinds, glass in found
    ]
    return Cells(*(np.concatenate(member) for member in zip(*whole, strict=True)))


def _tables(panels: Panels, draft: Draft) -> dict[tuple[int, int, bool], F64]:
    """UVs (variants, storeys + 1, bays + 1, 2) of each pool's lattices."""
    return {
        key: np.stack([draft.lattice(pool.name(k), key[0], key[1]) for k in range(len(pool.kinds))])
        for key, pool in panels.pools.items()
    }


def _cell_uvs(tables: F64, column: I64, row: I64) -> F64:
    """UVs (n, 4, 2) of a cell of each lattice (n, rows + 1, columns + 1, 2), rows from below."""
    index = np.arange(len(tables))
    below = tables.shape[1] - 1 - row
    places = ((below, column), (below, column + 1), (below - 1, column + 1), (below - 1, column))
    uvs: F64 = np.stack([tables[index, down, across] for down, across in places], axis=1)
    return uvs


def _row(layout: Layout, side: int, outset: float, storeys: tuple[int, int], step: int) -> F64:
    low, high = (
        wall_points(layout, side, outset, layout.level(storey))[::step] for storey in storeys
    )
    corners: F64 = np.stack((low[:-1], low[1:], high[1:], high[:-1]), axis=1)
    return corners
