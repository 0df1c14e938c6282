"""Panes, frames, sills, lintels, shutters and doors of recessed openings."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.generators.building.bars import Workshop
from meshmill.geometry.generators.building.faces import Faces, quads
from meshmill.geometry.generators.building.layout import DOOR, WINDOW
from meshmill.geometry.generators.building.panels import DARK, LIT
from meshmill.geometry.generators.building.sheet import Draft
from meshmill.geometry.generators.building.site import Hole, Site
from meshmill.geometry.generators.building.wall_lines import UP

_PANE_DEPTH = 0.05


def glass_charts(site_widths: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Sizes of the charts of panes by opening: one for each variant, and those of their edges."""
    charts: dict[str, tuple[float, float]] = {}
    for name, (width, height) in site_widths.items():
        for variant in range(DARK + LIT):
            charts[f"{name}_{variant}"] = (width, height)
        charts[f"{name}_edge_across"] = (width, _PANE_DEPTH)
        charts[f"{name}_edge_up"] = (_PANE_DEPTH, height)
    return charts


def window_holes(site: Site) -> tuple[Hole, Hole]:
    """Windows of the ground floor, and of those above."""
    return site.holes(WINDOW, ground=True), site.holes(WINDOW, ground=False)


def panes(site: Site) -> Faces:
    """A pane in each window."""
    return Faces.joined([_panes(hole, site.glass, site.gap) for hole in window_holes(site)])


def first_pane(site: Site) -> Faces:
    """One pane, so that a level without windows still has the material."""
    for hole in window_holes(site):
        if len(hole.corners):
            first = np.arange(len(hole.corners)) == 0
            return _panes(hole.where(first), site.glass, site.gap)
    return Faces.none()


def _panes(hole: Hole, draft: Draft, gap: float) -> Faces:
    """Closed boxes from behind the opening's back to a gap before it."""
    front = hole.corners + hole.out[:, None] * (gap - hole.reveal)
    back = front - hole.out[:, None] * _PANE_DEPTH
    faces = []
    for variant in range(DARK + LIT):
        own = hole.cells.glass == variant
        if not own.any():
            continue
        f, b = front[own], back[own]
        uvs = draft.corners(f"{hole.name}_{variant}")
        faces.append(quads([f[:, k] for k in range(4)], uvs))
        faces.append(quads([b[:, k] for k in (1, 0, 3, 2)], uvs))
        up, across = (draft.corners(f"{hole.name}_edge_{way}") for way in ("up", "across"))
        faces.append(quads([b[:, 0], f[:, 0], f[:, 3], b[:, 3]], up))
        faces.append(quads([f[:, 1], b[:, 1], b[:, 2], f[:, 2]], up))
        faces.append(quads([f[:, 3], f[:, 2], b[:, 2], b[:, 3]], across))
        faces.append(quads([b[:, 0], b[:, 1], f[:, 1], f[:, 0]], across))
    return Faces.joined(faces)


def frames(site: Site) -> Faces:
    """Four bars around each window."""
    made = []
    for hole in window_holes(site):
        upright, level = (_front(hole, site, count) - 0.065 for count in (5, 4))
        share = 0.02 / hole.width
        made += [
            hole.upright(site.trim, f"{hole.name}_side", at, (-0.03, 0.035), upright)
            for at in (share, 1.0 - share)
        ]
        rise = 0.025 / hole.height
        made += [
            hole.level(site.trim, f"{hole.name}_top", up, (0.031, -0.031), level)
            for up in (rise, 1.0 - rise)
        ]
    return Faces.joined(made)


def _front(hole: Hole, site: Site, gaps: int) -> float:
    """How far out of the wall a face lies that is so many gaps before the opening's back."""
    return gaps * site.gap - hole.reveal


def mullions(site: Site) -> Faces:
    """Bars between panes."""
    columns, rows = site.layout.style.panes
    made = []
    for hole in window_holes(site):
        upright, level = (_front(hole, site, count) - 0.05 for count in (3, 2))
        made += [
            hole.upright(site.trim, f"{hole.name}_mullion", k / columns, (0.03, -0.03), upright)
            for k in range(1, columns)
        ]
        made += [
            hole.level(
                site.trim, f"{hole.name}_transom", _row_height(k, rows), (0.03, -0.03), level
            )
            for k in range(1, rows)
        ]
    return Faces.joined(made)


def _row_height(row: int, rows: int) -> float:
    """Two rows of panes are a casement under a fanlight."""
    return 0.68 if rows == 2 else row / rows  # noqa: PLR2004


def glazing_bars(site: Site) -> Faces:
    """Thin bars that halve every pane, for the highest quality."""
    columns = site.layout.style.panes[0] * 2
    made = []
    for hole in window_holes(site):
        out = _front(hole, site, 2) - 0.03
        made += [
            hole.upright(site.trim, f"{hole.name}_bar", k / columns, (0.05, -0.05), out)
            for k in range(1, columns, 2)
        ]
    return Faces.joined(made)


def sills(site: Site) -> Faces:
    """Sills under all windows."""
    return Faces.joined(
        [
            hole.level(site.trim, f"{hole.name}_sill", -0.025 / hole.height, (-0.1, 0.1), -0.05)
            for hole in window_holes(site)
        ]
    )


def lintels(site: Site) -> Faces:
    """Lintels over windows and doors."""
    made = []
    for hole in (*window_holes(site), site.holes(DOOR, ground=True)):
        up = 1.0 + 0.09 / hole.height
        made.append(hole.level(site.trim, f"{hole.name}_lintel", up, (-0.16, 0.16), -0.02))
    return Faces.joined(made)


def voussoirs(site: Site) -> Faces:
    """Upright bricks over the windows' lintels."""
    made = []
    for hole in window_holes(site):
        count = max(3, int((hole.width + 0.3) / 0.09))
        for k in range(count):
            across = (k + 0.5) / count * (1.0 + 0.3 / hole.width) - 0.15 / hole.width
            start = hole.at(across, 1.0, 0.0) + UP * 0.225 - hole.out * 0.05
            made.append(site.trim.bars(f"{hole.name}_voussoir", start, start + UP * 0.19, hole.out))
    return Faces.joined(made)


def shutters(site: Site) -> Faces:
    """A pair of open shutters beside each window that has room for them."""
    made = []
    for hole in window_holes(site):
        if (site.layout.bay[0] - hole.width) * 0.5 < 0.5 * hole.width + 0.05:
            continue
        made += [
            hole.upright(site.trim, f"{hole.name}_shutter", across, (0.02, -0.03), 0.022)
            for across in (-0.28, 1.28)
        ]
    return Faces.joined(made)


def louvres(site: Site) -> Faces:
    """Slats of the shutters."""
    made = []
    for hole in window_holes(site):
        if (site.layout.bay[0] - hole.width) * 0.5 < 0.5 * hole.width + 0.05:
            continue
        count = max(4, int(hole.height / 0.14))
        for k in range(count):
            up = (k + 0.7) / (count + 0.4)
            for left, right in ((-0.5, -0.06), (1.06, 1.5)):
                start, end = hole.at(left, up, 0.052), hole.at(right, up, 0.052)
                made.append(site.trim.bars(f"{hole.name}_louvre", start, end, UP))
    return Faces.joined(made)


def blades(site: Site) -> Faces:
    """Sun blades across the upper part of an office's windows."""
    made = []
    for hole in window_holes(site):
        for k in range(4):
            up = 1.0 - (0.1 + 0.16 * k) / hole.height
            made.append(hole.level(site.trim, f"{hole.name}_blade", up, (0.04, -0.04), 0.06))
    return Faces.joined(made)


def doors(site: Site) -> Faces:
    """Leaves or roller shutters in the doorways."""
    hole = site.holes(DOOR, ground=True)
    out = -hole.reveal + 0.015
    if site.layout.style.roller:
        return Faces.joined((_leaf(hole, site.trim, 0.5, out), _slats(hole, site.trim)))
    pair = [_leaf(hole, site.trim, at, out) for at in (0.26, 0.74)]
    frame = [
        hole.upright(site.trim, "door_side", at, (-0.03, 0.035), out + 0.02) for at in (0.02, 0.98)
    ]
    head = hole.level(site.trim, "door_transom", 0.8, (0.03, -0.03), out + 0.01)
    return Faces.joined((*pair, *frame, head))


def _leaf(hole: Hole, work: Workshop, across: float, out: float) -> Faces:
    start = hole.at(across, 0.0, out) - UP * 0.02
    share = 0.99 if work.kinds["leaf"].width > 0.5 * hole.width else 0.8
    return work.bars("leaf", start, hole.at(across, share, out), hole.out)


def _slats(hole: Hole, work: Workshop) -> Faces:
    count = max(4, int(hole.height / 0.19))
    return Faces.joined(
        [
            hole.level(
                work, "slat", (k + 0.5) / count, (0.031 * hole.width, -0.031 * hole.width),
                0.05 - hole.reveal,
            )
            for k in range(count)
        ]
    )  # fmt: skip


def door_panels(site: Site) -> Faces:
    """Raised panels and a handle on each leaf."""
    if site.layout.style.roller:
        return Faces.none()
    hole = site.holes(DOOR, ground=True)
    out = -hole.reveal + 0.04
    made = []
    for across in (0.26, 0.74):
        for low, high in ((0.08, 0.34), (0.42, 0.7)):
            start, end = hole.at(across, low, out), hole.at(across, high, out)
            made.append(site.trim.bars("panel", start, end, hole.out))
    for across in (0.46, 0.54):
        start = hole.at(across, 0.36, out + 0.06)
        made.append(site.trim.bars("knob", start, start + UP * 0.2, hole.out))
    return Faces.joined(made)


def entrance_steps(site: Site) -> Faces:
    """The lower step before each door: it reaches farthest out."""
    hole = site.holes(DOOR, ground=True)
    return _step(site, _main(site, hole), "step_low", 0.25, -0.06)


def _main(site: Site, hole: Hole) -> Hole:
    """The doors in the middle of front and back."""
    return hole.where(hole.cells.column == site.layout.bays[0] // 2)


def docks(site: Site) -> Faces:
    """Steps before the other doors, lower and upper."""
    hole = site.holes(DOOR, ground=True)
    others = hole.where(hole.cells.column != site.layout.bays[0] // 2)
    return Faces.joined(
        [
            _step(site, others, "step_low", 0.25, -0.06),
            _step(site, others, "step_high", 0.75, -0.03),
        ]
    )


def upper_steps(site: Site) -> Faces:
    """The upper step, and a canopy on brackets above the door."""
    hole = site.holes(DOOR, ground=True)
    made = [_step(site, _main(site, hole), "step_high", 0.75, -0.03)]
    if not site.layout.style.timber:
        up = 1.0 + 0.34 / hole.height
        made.append(hole.level(site.trim, "canopy", up, (-0.3, 0.3), 0.24))
        for across in (-0.15, 1.15):
            start = hole.at(across, 1.0, -0.05) + UP * 0.1
            made.append(site.trim.bars("bracket", start, start + hole.out * 0.5 + UP * 0.16, UP))
    return Faces.joined(made)


def _step(site: Site, hole: Hole, name: str, share: float, lower: float) -> Faces:
    """A step whose middle is at a share of the plinth's height."""
    kind = site.trim.kinds[name]
    plinth = site.layout.style.plinth
    out = kind.width * 0.5 - (0.3 if name == "step_low" else 0.24)
    middle = max(plinth * share + lower * 0.5, kind.height * 0.5 + site.gap)
    wide = (kind.length - hole.width) * 0.5
    start = hole.at(0.0, 0.0, out) - hole.along * wide
    end = hole.at(1.0, 0.0, out) + hole.along * wide
    start[:, 1] = end[:, 1] = middle
    return site.trim.bars(name, start, end, UP)
