"""Fins, rails, columns and ribs on the walls of offices and warehouses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.layout import BLANK
from meshmill.geometry.generators.building.site import Hole, Site
from meshmill.geometry.generators.building.walls.cells import Cells
from meshmill.geometry.generators.building.walls.lines import OUTWARD, UP, wall_points

#: Openings higher than this share of the storey above its floor leave room for ribs under them.
_LOW_SILL = 0.2


def fins(site: Site) -> list[Bars]:
    """Upright fins between an office's bays, from the ground floor's head to the eaves."""
    layout = site.layout
    top = layout.wall_height - 0.12
    foot = layout.level(1) - 0.3 if layout.options.storeys > 1 else layout.style.plinth
    return [
        site.trim.bars("fin", points, points + UP * (top - foot), OUTWARD[side])
        for side, points in _between_bays(site, foot, -0.03)
    ]


def ribs(site: Site) -> list[Bars]:
    """Steel columns at the bays of a warehouse."""
    foot, top = site.layout.style.plinth + 0.1, site.layout.wall_height - 0.09
    return [
        site.trim.bars("rib", points, points + UP * (top - foot), OUTWARD[side])
        for side, points in _between_bays(site, foot, -0.015)
    ]


def _between_bays(site: Site, height: float, out: float) -> Iterator[tuple[int, F64]]:
    """Each side with the places (n, 3) between its bays, ``out`` before its face."""
    for side in range(4):
        points = wall_points(site.layout, side, 0.0, height)[1:-1]
        if len(points):
            yield side, points + OUTWARD[side] * out


def spandrels(site: Site) -> list[Bars]:
    """A rail under and over each row of an office's windows, a little into the openings."""
    made = []
    for hole in site.glazed:
        away = (0.07 - site.gap) / hole.height
        ups = (-away, 1.0 + away)
        made.append(hole.level(site.trim, "spandrel", ups, (-0.12, 0.12), 0.02))
    return made


def sheet_ribs(site: Site) -> list[Bars]:
    """The ribs of corrugated sheets, where no opening is."""
    layout = site.layout
    if layout.style.upper_wall != "corrugated":
        return []
    count = max(3, int(layout.bay[0] / 0.33))
    across = np.arange(1, count) / count
    made = _sheet_ribs(site, site.bays.where(site.bays.kind == BLANK), across, 0.0, 1.0)
    for hole in (*site.glazed, site.doors):
        made += _ribs_beside(site, hole, across)
    return made


def _ribs_beside(site: Site, hole: Hole, across: F64) -> list[Bars]:
    """Ribs of bays with an opening: beside it, above it, and below it if there is room."""
    opening = site.layout.openings[hole.name]
    crossing = (across > opening.left - 0.02) & (across < opening.right + 0.02)
    made = _sheet_ribs(site, hole.cells, across[~crossing], 0.0, 1.0)
    made += _sheet_ribs(site, hole.cells, across[crossing], opening.top + 0.02, 1.0)
    if opening.bottom > _LOW_SILL:
        made += _sheet_ribs(site, hole.cells, across[crossing], 0.0, opening.bottom - 0.03)
    return made


def _sheet_ribs(site: Site, cells: Cells, across: F64, low: float, high: float) -> list[Bars]:
    """Ribs at shares of the cells' width, between shares of their height."""
    ground = np.where(cells.storey == 0, site.layout.style.plinth / site.layout.bay[1], 0.0)
    axes = OUTWARD[cells.side]
    made = []
    for place in across:
        foot = cells.points(place, np.maximum(low, ground)) - axes * 0.01 + UP * 0.012
        head = cells.points(place, np.full(len(ground), high)) - axes * 0.01 - UP * 0.012
        made.append(site.trim.bars("sheet_rib", foot, head, axes))
    return made
