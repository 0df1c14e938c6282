"""Timber framing: posts, beams, braces, and the ends of joists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.layout import BLANK
from meshmill.geometry.generators.building.site import Hole, Site
from meshmill.geometry.generators.building.walls.lines import (
    ALONG,
    OUTWARD,
    UP,
    outline,
    wall_points,
)

#: Metres that posts stand out; rails a gap less, braces and studs two.
_POST_FRONT = 0.06


def frame(site: Site) -> list[Bars]:
    """Timber posts at the corners and between bays of the upper storeys, and beams."""
    made = []
    for side, low, high in _upper_walls(site):
        inward, ends = OUTWARD[side] * (_POST_FRONT - 0.1), UP * 0.04
        foot, head = low[1:-1] + inward + ends, high[1:-1] + inward - ends
        made.append(site.trim.bars("post", foot, head, OUTWARD[side]))
        inward = -OUTWARD[side] * 0.07 + ALONG[side] * 0.07
        foot, head = low[:1] + inward + UP * 0.07, high[:1] + inward - UP * 0.07
        made.append(site.trim.bars("corner_post", foot, head, OUTWARD[side]))
    return made + _beams(site)


def _upper_walls(site: Site) -> Iterator[tuple[int, F64, F64]]:
    """Each side of each upper storey with the feet and heads of the ends of its bays (n, 3)."""
    layout = site.layout
    for side in range(4):
        for storey, band, _ in layout.storeys():
            if storey > 0:
                low, high = (
                    wall_points(layout, side, band.outset, layout.level(at))
                    for at in (storey, storey + 1)
                )
                yield side, low, high


def _beams(site: Site) -> list[Bars]:
    layout = site.layout
    made = []
    for storey, band, _ in layout.storeys():
        if storey > 0:
            half = outline(layout, band.outset - 0.02)
            made += site.trim.ring("beam", half, layout.level(storey) + 0.1, site.gap)
    if layout.options.storeys > 1:
        half = outline(layout, layout.top_outset - 0.02)
        made += site.trim.ring("beam", half, layout.wall_height - 0.13, site.gap)
    return made


def braces(site: Site) -> list[Bars]:
    """Diagonals in bays without windows, studs and rails around windows."""
    blank = site.bays.where((site.bays.storey > 0) & (site.bays.kind == BLANK))
    rising = blank.column % 2 == 0
    left, right = np.where(rising, 0.07, 0.93), np.where(rising, 0.93, 0.07)
    axes = OUTWARD[blank.side]
    front = axes * (_POST_FRONT - 2 * site.gap - 0.09)
    start = blank.points(left, np.float64(0.06)) + front
    end = blank.points(right, np.float64(0.94)) + front
    made = [site.trim.bars("brace", start, end, axes)]
    return made + (_around_windows(site, site.windows) if len(site.windows.corners) else [])


def _around_windows(site: Site, hole: Hole) -> list[Bars]:
    opening, cells = site.layout.openings[hole.name], hole.cells
    clear = 0.1 / site.layout.bay[1]
    rail, stud = (hole.out * (_POST_FRONT - count * site.gap - 0.09) for count in (1, 2))
    made = []
    for at in (opening.bottom - clear, opening.top + clear):
        ends = [cells.points(np.float64(x), np.float64(at)) + rail for x in (0.03, 0.97)]
        made.append(site.trim.bars("rail_beam", ends[0], ends[1], UP))
    for foot, head in ((0.09, 0.3), (0.91, 0.7)):
        start = cells.points(np.float64(foot), np.float64(0.07)) + stud
        end = cells.points(np.float64(head), np.float64(opening.bottom - 0.03)) + stud
        made.append(site.trim.bars("stud", start, end, hole.out))
    return made


def joists(site: Site) -> list[Bars]:
    """Ends of joists under jettied storeys."""
    layout = site.layout
    made = []
    for below, above in pairwise(layout.bands):
        if below.outset == above.outset:
            continue
        for side in range(4):
            points = wall_points(layout, side, below.outset, layout.level(above.first) - 0.06)
            count = max(2, int(layout.size[side % 2] / 0.6))
            share = (np.arange(count) + 0.5)[:, None] / count
            start = points[0] + (points[-1] - points[0]) * share - OUTWARD[side] * 0.2
            end = start + OUTWARD[side] * (0.2 + layout.style.jetty + 0.03)
            made.append(site.trim.bars("joist", start, end, UP))
    return made
