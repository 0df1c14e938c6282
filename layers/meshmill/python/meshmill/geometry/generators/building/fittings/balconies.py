"""Balconies with railings before some columns of windows."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.site import Hole, Site
from meshmill.geometry.generators.building.walls.lines import UP

_BALCONY_SALT = 41
_BALCONIES = 0.5
_RAIL_M, _OUT_M = 0.98, 0.54


def balconies(site: Site) -> list[Bars]:
    """Slabs and rails, front and back."""
    hole = _before(site)
    half, foot = _reach(site, hole)
    rail = foot + _RAIL_M / hole.height
    reach = half - 0.075
    ends = hole.at((-reach / hole.width, 1.0 + reach / hole.width), foot, -0.04) + UP * 0.955
    return [
        hole.level(site.trim, "balcony", foot, (-half, half), 0.24),
        hole.level(site.trim, "rail", rail, (0.03 - half, half - 0.03), _OUT_M),
        site.trim.bars("rail_side", ends, ends + hole.out * 0.56, UP),
    ]


def _before(site: Site) -> Hole:
    """The windows that have balconies."""
    cells = site.windows.cells
    count = max(site.layout.bays)
    columns = site.shares(_BALCONY_SALT, count + 1)[cells.column] < _BALCONIES
    return site.windows.where((cells.side % 2 == 0) & columns)


def _reach(site: Site, hole: Hole) -> tuple[float, float]:
    """Metres beyond the windows, and the floor's place as a share of a window's height."""
    return 0.43 * site.layout.bay[0] - 0.5 * hole.width, -0.26 / hole.height


def balusters(site: Site) -> list[Bars]:
    """Bars along the front of balconies, and at their ends."""
    hole = _before(site)
    half, foot = _reach(site, hole)
    half -= 0.05
    wide = hole.width + 2 * half
    count = max(4, int(wide / 0.13))
    front = (np.arange(count + 1) / count * wide - half) / hole.width
    sides = np.tile((-half / hole.width, 1.0 + half / hole.width), 3)
    back = _OUT_M - 0.135 * np.repeat((1.0, 2.0, 3.0), 2)
    across = np.concatenate((front, sides))
    start = hole.at(across, foot, np.concatenate((np.full(count + 1, _OUT_M), back))) + UP * 0.05
    return [site.trim.bars("baluster", start, start + UP * 0.915, hole.out)]
