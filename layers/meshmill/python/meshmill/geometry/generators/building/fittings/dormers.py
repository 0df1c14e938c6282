"""Dormers of mansards: bodies, panes and roofs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.fittings.panes import panes_before
from meshmill.geometry.generators.building.kinds import dormer_height
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.walls.lines import ALONG, OUTWARD, UP
from meshmill.geometry.vectors import cross, normalised


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Middles of the dormers' fronts, and the ways along and out of the walls, (n, 3) each."""

    front: F64
    along: F64
    out: F64


def dormers(site: Site) -> list[Bars]:
    """Their bodies."""
    places = _places(site)
    return [site.trim.bars("dormer", places.front - places.out * 1.5, places.front, UP)]


def dormer_panes(site: Site) -> list[Faces]:
    """Panes of the upper storeys, a little smaller."""
    tall, places = dormer_height(site.layout), _places(site)
    span = (-0.4 * tall, 0.06 * tall)
    return [panes_before(site, places.front, places.along, places.out, span)]


def dormer_roofs(site: Site) -> list[Bars]:
    """Two leaves on each dormer."""
    tall, places = dormer_height(site.layout), _places(site)
    out = places.out
    made = []
    for side in (-1.0, 1.0):
        middle = places.front + places.along * (side * 0.42) + UP * (0.3 * tall)
        slope = normalised(places.along * side - UP * (0.62 * tall))
        up = cross(slope, out) * side
        up = np.where(up[:, 1:2] < 0, -up, up)
        middle = middle + up * (0.005 if side < 0 else 0.03)
        start, end = middle - out * (1.2 + 0.03 * side), middle + out * (0.12 + 0.03 * side)
        made.append(site.roofing.bars("dormer_roof", start, end, up))
    return made


def _places(site: Site) -> _Places:
    layout = site.layout
    inset = min(0.9, 0.16 * min(layout.size))
    height = layout.wall_height + 0.1 + 0.86 * dormer_height(layout)
    fronts, sides = [], []
    for side in range(4):
        length = layout.size[side % 2] + 2 * layout.top_outset - 2 * inset
        count = int(length / max(2.6, layout.bay[0] * 1.15))
        share = (np.arange(count) + 0.5) / max(count, 1) - 0.5
        reach = 0.5 * layout.size[1 - side % 2] + layout.top_outset + 0.02
        fronts.append(share[:, None] * ALONG[side] * length + OUTWARD[side] * reach)
        sides += [side] * count
    front = np.concatenate(fronts)
    front[:, 1] = height
    facing = np.array(sides, dtype=np.int64)
    return _Places(front, ALONG[facing], OUTWARD[facing])
