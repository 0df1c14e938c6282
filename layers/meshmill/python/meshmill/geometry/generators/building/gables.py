"""Windows and timber of gable walls."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.roofscape import DORMER_PANE, box_pane
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.wall_closing import gable_axis
from meshmill.geometry.generators.building.wall_lines import ALONG, OUTWARD, UP, wall_points

#: Gables lower than this have no room for a window.
_LEAST_RISE = 2.3
_SILL_SHARE = 0.22


def _sides(site: Site) -> tuple[int, int]:
    return (1, 3) if gable_axis(site.layout) == 1 else (0, 2)


def _windows(site: Site) -> list[tuple[F64, F64, F64]]:
    """Middles of the sills (1, 3) of attic windows, with the ways along and outwards."""
    layout = site.layout
    if layout.rise < _LEAST_RISE or layout.options.window_density == 0:
        return []
    height = layout.wall_height + _SILL_SHARE * layout.rise
    found = []
    for side in _sides(site):
        points = wall_points(layout, side, layout.top_outset, height)
        middle = points[len(points) // 2][None]
        found.append((middle, ALONG[side][None], OUTWARD[side][None]))
    return found


def attic_panes(site: Site) -> Faces:
    """A pane on each gable."""
    half, tall = 0.5 * DORMER_PANE[0], DORMER_PANE[1]
    made = []
    for middle, along, out in _windows(site):
        corners = [
            middle + along * x + UP * y
            for x, y in ((-half, 0.0), (half, 0.0), (half, tall), (-half, tall))
        ]
        made.append(box_pane(site, corners, out))
    return Faces.joined(made)


def attic_frames(site: Site) -> Faces:
    """Frames, sills and heads around them."""
    half, tall = 0.5 * DORMER_PANE[0], DORMER_PANE[1]
    front = 5 * site.gap - 0.07
    made = []
    for middle, along, out in _windows(site):
        for across in (-half - 0.02, half + 0.02):
            foot = middle + along * across + out * front - UP * 0.03
            made.append(site.trim.bars("attic_side", foot, foot + UP * (tall + 0.05), out))
        foot = middle + out * (front - site.gap) - UP * 0.01
        made.append(site.trim.bars("attic_side", foot, foot + UP * (tall - 0.02), out))
        for up in (-0.05, tall + 0.05):
            start = middle + UP * up - along * (half + 0.14)
            end = middle + UP * up + along * (half + 0.14)
            made.append(site.trim.bars("attic_top", start + out * 0.02, end + out * 0.02, UP))
    return Faces.joined(made)


def timber(site: Site) -> Faces:
    """Posts, a collar beam and rafters of timber-framed gables."""
    layout = site.layout
    made = []
    for side in _sides(site):
        base = wall_points(layout, side, layout.top_outset, layout.wall_height)
        count = len(base) - 1
        index = np.arange(1, count)
        rises = np.minimum(index, count - index) * (layout.rise / (count // 2))
        inner, out = base[1:-1], OUTWARD[side] * -0.045
        tall = (rises > 0.5) & (index != count // 2)  # noqa: PLR2004 - room for a post
        head = inner + UP * (rises[:, None] - 0.2)
        made.append(site.trim.bars("post", inner[tall] + out, head[tall] + out, OUTWARD[side]))
        made += _collar(site, side, base, layout.rise)
    return Faces.joined(made)


def _collar(site: Site, side: int, base: F64, rise: float) -> list[Faces]:
    """A beam over the attic window, a king post on it, and struts."""
    middle = (base[:1] + base[-1:]) * 0.5
    half = (base[-1:] - base[:1]) * 0.5
    level = max(0.52, (_SILL_SHARE * rise + DORMER_PANE[1] + 0.3) / rise)
    out, up = OUTWARD[side] * -0.03, UP * (level * rise)
    reach = half * (1.0 - level - 0.06)
    made = [site.trim.bars("rail_beam", middle - reach + up + out, middle + reach + up + out, UP)]
    low = OUTWARD[side] * -0.06
    king = middle + up + low
    made.append(site.trim.bars("post", king, middle + UP * (rise - 0.35) + low, OUTWARD[side]))
    for way in (-1.0, 1.0):
        start = middle + half * (way * 0.62) + UP * 0.16 + OUTWARD[side] * -0.055
        end = middle + half * (way * 0.3) + UP * (level * rise - 0.05) + OUTWARD[side] * -0.055
        made.append(site.trim.bars("brace", start, end, OUTWARD[side]))
    return made
