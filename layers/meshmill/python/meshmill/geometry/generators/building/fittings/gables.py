"""Windows and timber of gable walls."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.fittings.panes import DORMER_PANE, panes_before
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.walls.closing import gable_axis
from meshmill.geometry.generators.building.walls.lines import ALONG, OUTWARD, UP, wall_points

#: Gables lower than this have no room for a window.
_LEAST_RISE = 2.3
#: Posts shorter than this are left out.
_LEAST_POST = 0.5
_SILL_SHARE = 0.22
#: Metres that posts stand out; beams stand out a gap more, and struts less.
_POST_FRONT = 0.055


def has_attic(layout: Layout) -> bool:
    """Whether there is a window in each gable."""
    return layout.gabled and layout.rise >= _LEAST_RISE and layout.options.window_density > 0


def _sides(layout: Layout) -> tuple[int, int]:
    return (1, 3) if gable_axis(layout) == 1 else (0, 2)


def _windows(site: Site) -> Iterator[tuple[F64, F64, F64]]:
    """Middles of the sills (1, 3) of attic windows, with the ways along and outwards."""
    layout = site.layout
    height = layout.wall_height + _SILL_SHARE * layout.rise
    for side in _sides(layout):
        points = wall_points(layout, side, layout.top_outset, height)
        yield points[len(points) // 2][None], ALONG[side][None], OUTWARD[side][None]


def attic_panes(site: Site) -> list[Faces]:
    """A pane on each gable."""
    span = (0.0, DORMER_PANE[1])
    return [panes_before(site, middle, along, out, span) for middle, along, out in _windows(site)]


def attic_frames(site: Site) -> list[Bars]:
    """Frames, sills and heads around them."""
    half, tall = 0.5 * DORMER_PANE[0], DORMER_PANE[1]
    front = 5 * site.gap - 0.07
    before = max(0.02, 3 * site.gap - 0.08)
    made = []
    for middle, along, out in _windows(site):
        sides = middle + out * front + along * np.array([[-half - 0.02], [half + 0.02]]) - UP * 0.03
        mullion = middle + out * (front - site.gap) - UP * 0.01
        levels = middle + out * before + UP * np.array([[-0.05], [tall + 0.05]])
        reach = along * (half + 0.14)
        made += [
            site.trim.bars("attic_side", sides, sides + UP * (tall + 0.05), out),
            site.trim.bars("attic_side", mullion, mullion + UP * (tall - 0.02), out),
            site.trim.bars("attic_top", levels - reach, levels + reach, UP),
        ]
    return made


def timber(site: Site) -> list[Bars]:
    """Posts, a collar beam and rafters of timber-framed gables."""
    layout = site.layout
    made = []
    for side in _sides(layout):
        base = wall_points(layout, side, layout.top_outset, layout.wall_height)
        count = len(base) - 1
        index = np.arange(1, count)
        rises = np.minimum(index, count - index) * (layout.rise / (count // 2))
        inner, out = base[1:-1], OUTWARD[side] * (_POST_FRONT - 0.1)
        tall = (rises > _LEAST_POST) & (index != count // 2)
        head = inner + UP * (rises[:, None] - 0.2)
        made.append(site.trim.bars("post", inner[tall] + out, head[tall] + out, OUTWARD[side]))
        made += _collar(site, side, base, layout.rise)
    return made


def _collar(site: Site, side: int, base: F64, rise: float) -> list[Bars]:
    """A beam over the attic window, a king post on it, and struts."""
    middle = (base[:1] + base[-1:]) * 0.5
    half = (base[-1:] - base[:1]) * 0.5
    level = max(0.52, (_SILL_SHARE * rise + DORMER_PANE[1] + 0.3) / rise)
    out, up = OUTWARD[side] * (_POST_FRONT + site.gap - 0.09), UP * (level * rise)
    reach = half * (1.0 - level - 0.06)
    made = [site.trim.bars("rail_beam", middle - reach + up + out, middle + reach + up + out, UP)]
    low = OUTWARD[side] * (_POST_FRONT - site.gap - 0.1)
    strut = OUTWARD[side] * (_POST_FRONT - 2 * site.gap - 0.09)
    king = middle + up + low
    made.append(site.trim.bars("post", king, middle + UP * (rise - 0.35) + low, OUTWARD[side]))
    for way in (-1.0, 1.0):
        start = middle + half * (way * 0.62) + UP * 0.16 + strut
        end = middle + half * (way * 0.3) + UP * (level * rise - 0.05) + strut
        made.append(site.trim.bars("brace", start, end, OUTWARD[side]))
    return made
