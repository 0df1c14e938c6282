"""Doors, the steps before them and the canopies above."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.site import Hole, Site
from meshmill.geometry.generators.building.walls.lines import UP


def doors(site: Site) -> list[Bars]:
    """Leaves or roller shutters in the doorways."""
    hole = site.doors
    if site.layout.style.roller:
        return [_leaves(site, np.array([0.5]), 0.99), _slats(site)]
    side, transom = (front - hole.reveal for front in (max(0.035, 2 * site.gap - 0.02), site.gap))
    return [
        _leaves(site, _pair(site, 0.24), 0.8),
        hole.upright(site.trim, "door_side", (0.02, 0.98), (-0.03, 0.035), side),
        hole.level(site.trim, "door_transom", 0.8, (0.03, -0.03), transom - 0.005),
    ]


def _pair(site: Site, apart: float) -> F64:
    """Shares of a doorway's width, to either side of its middle by a share of the nominal one."""
    layout = site.layout
    nominal = layout.bay[0] * layout.bays[0] / layout.size[0]
    return np.array((0.5 - apart * nominal, 0.5 + apart * nominal))


def _leaves(site: Site, across: F64, height: float) -> Bars:
    """Leaves at shares of the width, up to a share of the height."""
    hole = site.doors
    out = 0.015 - hole.reveal
    start, end = hole.at(across, 0.0, out) - UP * 0.02, hole.at(across, height, out)
    return site.trim.bars("leaf", start, end, hole.out)


def _slats(site: Site) -> Bars:
    hole = site.doors
    count = max(4, int(hole.height / 0.19))
    up, margin = (np.arange(count) + 0.5) / count, 0.045 * hole.width
    return hole.level(site.trim, "slat", up, (margin, -margin), 0.05 - hole.reveal)


def door_panels(site: Site) -> list[Bars]:
    """Raised panels and a handle on each leaf."""
    if site.layout.style.roller:
        return []
    hole = site.doors
    out = 0.025 + site.gap - hole.reveal
    leaves = _pair(site, 0.24)
    made = [
        site.trim.bars("panel", hole.at(leaves, low, out), hole.at(leaves, high, out), hole.out)
        for low, high in ((0.08, 0.34), (0.42, 0.7))
    ]
    knobs = hole.at(_pair(site, 0.04), 0.36, out + 0.06)
    return [*made, site.trim.bars("knob", knobs, knobs + UP * 0.2, hole.out)]


def entrance_steps(site: Site) -> list[Bars]:
    """The lower step before the doors in the middle of front and back: it reaches farthest out."""
    return [_low_step(site, _main(site))]


def upper_steps(site: Site) -> list[Bars]:
    """The upper step before the main doors, and canopies on brackets above all."""
    hole = site.doors
    made = [_high_step(site, _main(site))]
    if site.layout.style.timber:
        return made
    beside = 0.15 / hole.width
    brackets = hole.at((-beside, 1.0 + beside), 1.0, -0.05) + UP * 0.1
    return [
        *made,
        hole.level(site.trim, "canopy", 1.0 + 0.34 / hole.height, (-0.3, 0.3), 0.24),
        site.trim.bars("bracket", brackets, brackets + hole.out * 0.5 + UP * 0.16, UP),
    ]


def docks(site: Site) -> list[Bars]:
    """Both steps before all other doors."""
    others = site.doors.where(site.doors.cells.column != site.layout.bays[0] // 2)
    return [_low_step(site, others), _high_step(site, others)]


def _main(site: Site) -> Hole:
    return site.doors.where(site.doors.cells.column == site.layout.bays[0] // 2)


def _low_step(site: Site, hole: Hole) -> Bars:
    """A step that begins just above the ground, apart from the walls' underside."""
    height = site.trim.kinds["step_low"].height
    return _step(site, hole, "step_low", site.gap + 0.5 * height, (0.3, 0.9))


def _high_step(site: Site, hole: Hole) -> Bars:
    """A step that ends just above the door's sill."""
    height = site.trim.kinds["step_high"].height
    top = site.layout.style.plinth + site.gap
    return _step(site, hole, "step_high", top - 0.5 * height, (0.24, 0.75))


def _step(site: Site, hole: Hole, name: str, middle: float, reach: tuple[float, float]) -> Bars:
    """A step whose middle is at a height.

    ``reach`` is how many metres of it are in the wall, and the share at most that it takes of the
    wall beside the door, up to the end of the bay.
    """
    kind, layout = site.trim.kinds[name], site.layout
    buried, share = reach
    out = kind.width * 0.5 - buried
    beside = layout.openings["door"].left * layout.size[0] / layout.bays[0]
    wide = min((kind.length - hole.width) * 0.5, share * beside)
    start = hole.at(0.0, 0.0, out) - hole.along * wide
    end = hole.at(1.0, 0.0, out) + hole.along * wide
    start[:, 1] = end[:, 1] = middle
    return site.trim.bars(name, start, end, UP)
