"""Bands of stone around the walls, and blocks at their corners and under their eaves."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.kinds import PARAPET
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.walls.lines import (
    ALONG,
    OUTWARD,
    UP,
    outline,
    wall_points,
)

_QUOIN_M = 0.36
_PARAPET_OUT = 0.105
#: A cornice stands out so little that a level without it keeps its bounds.
_STANDS_OUT = 0.0085


def plinth(site: Site) -> list[Bars]:
    """A ring around the foot, which begins higher than the step before it."""
    return _ring(site, "plinth", 0.06, 0.5 * site.layout.style.plinth + 2.6 * site.gap)


def courses(site: Site) -> list[Bars]:
    """A string course over the ground floor."""
    layout = site.layout
    if layout.options.storeys == 1:
        return []
    return _ring(site, "course", 0.09, layout.level(1) - 0.02)


def cornice(site: Site) -> list[Bars]:
    """Mouldings under the eaves."""
    layout = site.layout
    made = _ring(site, "bed", layout.top_outset + 0.08, layout.wall_height - 0.313)
    if layout.options.roof in ("flat", "mansard", "sawtooth"):
        size = max(layout.wall_height, *layout.size)
        out = layout.top_outset + min(0.15, _PARAPET_OUT + _STANDS_OUT * size)
        made += _ring(site, "cornice", out, layout.wall_height - 0.131)
    return made


def parapet(site: Site) -> list[Bars]:
    """A wall around a flat roof."""
    layout = site.layout
    height = layout.wall_height - 0.12 + 0.5 * PARAPET
    return _ring(site, "parapet", layout.top_outset + _PARAPET_OUT, height)


def coping(site: Site) -> list[Bars]:
    """A ring on the parapet."""
    layout = site.layout
    out = layout.top_outset + _PARAPET_OUT + max(0.05, 2.2 * site.gap)
    return _ring(site, "coping", out, layout.wall_height - 0.1 + PARAPET)


def _ring(site: Site, name: str, out: float, height: float) -> list[Bars]:
    """A ring whose faces are ``out`` before those of the ground floor's walls.

    Its bars along the sides stand back by a gap, and are still clear of the walls.
    """
    reach = max(out, 2.2 * site.gap) - 0.5 * site.trim.kinds[name].width
    return site.trim.ring(name, outline(site.layout, reach), height, site.gap)


def dentils(site: Site) -> list[Bars]:
    """Blocks under the cornice."""
    layout = site.layout
    made = []
    for side in range(4):
        ends = wall_points(layout, side, layout.top_outset, layout.wall_height - 0.2713)
        count = max(2, int(layout.size[side % 2] / 0.3))
        share = 0.03 + 0.94 * (np.arange(count) + 0.5)[:, None] / count
        places = ends[0] + (ends[-1] - ends[0]) * share + OUTWARD[side] * 0.07
        span = ALONG[side] * 0.08
        made.append(site.trim.bars("dentil", places - span, places + span, UP))
    return made


def quoins(site: Site) -> list[Bars]:
    """Blocks up the corners, long and short in turn."""
    layout = site.layout
    start = layout.style.plinth + 0.33
    count = int((layout.wall_height - start - 0.6) / _QUOIN_M)
    if count < 1:
        return []
    heights = start + np.arange(count) * _QUOIN_M
    corners = np.array([(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)])
    made = []
    for turn, reach in enumerate(((0.215, 0.135), (0.135, 0.215))):
        chosen = heights[turn::2]
        foot = np.zeros((4, len(chosen), 3))
        for axis, sign, edge, inset in zip((0, 2), corners.T, layout.size, reach, strict=True):
            foot[:, :, axis] = (sign * (0.5 * edge - inset))[:, None]
        foot[:, :, 1] = chosen
        across = np.array([turn, 0.0, 1.0 - turn])
        made.append(site.trim.bars("quoin", foot, foot + UP * 0.31, across))
    return made
