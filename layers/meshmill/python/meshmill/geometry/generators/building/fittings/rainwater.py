"""Gutters under level eaves, and rain pipes."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.walls.lines import ALONG, OUTWARD, UP, wall_points


def rainwater(site: Site) -> list[Bars]:
    """Gutters under level eaves, and pipes at the corners of their walls."""
    layout = site.layout
    if layout.options.roof not in ("gable", "hip"):
        return []
    pitch = layout.rise / (0.5 * min(layout.size))
    height = layout.wall_height - pitch * layout.style.eaves * 0.86
    reach = layout.style.eaves + layout.top_outset - 0.02
    gutter_axis = 0 if layout.ridge_along_x else 1
    made = []
    for side in range(4):
        if layout.gabled and side % 2 != gutter_axis:
            continue
        ends = wall_points(layout, side, 0.0, height)[[0, -1]] + OUTWARD[side] * reach
        made.append(site.trim.bars("gutter", ends[:1], ends[1:], UP))
        if not layout.style.timber:
            made += _pipes(site, side, height)
    return made


def _pipes(site: Site, side: int, height: float) -> list[Bars]:
    """Pipes at both ends of a wall, with a collar at each storey."""
    layout = site.layout
    foot = wall_points(layout, side, 0.0, 0.25)[[0, -1]]
    inward = np.array([[1.0], [-1.0]]) * ALONG[side] * 0.34
    foot = foot + inward + OUTWARD[side] * 0.14
    head = foot + UP * (height - 0.6)
    spout = head + OUTWARD[side] * (layout.style.eaves - 0.16) + UP * 0.38
    made = [
        site.trim.bars("pipe", foot, head, OUTWARD[side]),
        site.trim.bars("pipe", head - UP * 0.03, spout, OUTWARD[side]),
    ]
    rises = np.arange(1, layout.options.storeys) * layout.options.storey_height_m - 0.55
    collars = foot + rises[:, None, None] * UP
    return [*made, site.trim.bars("collar", collars, collars + UP * 0.08, OUTWARD[side])]
