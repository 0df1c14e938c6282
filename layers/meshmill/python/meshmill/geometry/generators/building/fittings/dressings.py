"""What is around windows: sills, lintels, bricks on end, shutters and sun blades."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.site import Hole, Site
from meshmill.geometry.generators.building.walls.lines import UP


def sills(site: Site) -> list[Bars]:
    """Sills under all windows."""
    return [
        hole.level(site.trim, f"{hole.name}_sill", -0.025 / hole.height, (-0.1, 0.1), -0.05)
        for hole in site.glazed
    ]


def lintels(site: Site) -> list[Bars]:
    """Lintels over windows and doors."""
    return [
        hole.level(site.trim, f"{hole.name}_lintel", 1.0 + 0.09 / hole.height, (-0.16, 0.16), -0.02)
        for hole in (*site.glazed, site.doors)
    ]


def voussoirs(site: Site) -> list[Bars]:
    """Upright bricks over the windows' lintels."""
    made = []
    for hole in site.glazed:
        count = max(3, int((hole.width + 0.3) / 0.09))
        margin = 0.15 / hole.width
        across = (np.arange(count) + 0.5) / count * (1.0 + 2.0 * margin) - margin
        start = hole.at(across, 1.0, -0.05) + UP * 0.225
        made.append(site.trim.bars(f"{hole.name}_voussoir", start, start + UP * 0.19, hole.out))
    return made


def shutters(site: Site) -> list[Bars]:
    """A pair of open shutters beside each window that has room for them."""
    return [
        hole.upright(site.trim, f"{hole.name}_shutter", (-0.28, 1.28), (0.02, -0.03), 0.022)
        for hole in _with_room(site)
    ]


def louvres(site: Site) -> list[Bars]:
    """Slats of the shutters."""
    made = []
    for hole in _with_room(site):
        count = max(4, int(hole.height / 0.14))
        up = (np.arange(count) + 0.7) / (count + 0.4)
        for left, right in ((-0.5, -0.06), (1.06, 1.5)):
            start, end = hole.at(left, up, 0.052), hole.at(right, up, 0.052)
            made.append(site.trim.bars(f"{hole.name}_louvre", start, end, UP))
    return made


def _with_room(site: Site) -> list[Hole]:
    """Windows beside which half of their width is free."""
    bay = site.layout.bay[0]
    return [hole for hole in site.glazed if (bay - hole.width) * 0.5 >= 0.5 * hole.width + 0.05]


def blades(site: Site) -> list[Bars]:
    """Sun blades across the upper part of an office's windows."""
    below = 0.1 + 0.16 * np.arange(4)
    return [
        hole.level(site.trim, f"{hole.name}_blade", 1.0 - below / hole.height, (0.04, -0.04), 0.06)
        for hole in site.glazed
    ]
