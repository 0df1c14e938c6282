"""Bands, quoins, balconies, timber, fins and pipes on the walls."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.layout import BLANK, WINDOW
from meshmill.geometry.generators.building.site import Hole, Site
from meshmill.geometry.generators.building.wall_lines import ALONG, OUTWARD, UP, wall_points
from meshmill.geometry.generators.building.walls import Cells

_BALCONY_SALT, _BRACE_SALT = 41, 42
_QUOIN_M = 0.36
_BALCONIES = 0.5


def _half(site: Site, outset: float, out: float) -> tuple[float, float]:
    """Half edges of a ring ``out`` before the walls' faces."""
    width, depth = (0.5 * edge + outset + out for edge in site.layout.size)
    return width, depth


def plinth(site: Site) -> Faces:
    """A ring around the foot."""
    height = site.layout.style.plinth
    return site.trim.ring("plinth", _half(site, 0.0, -0.04), 0.5 * height + 2 * site.gap, site.gap)


def courses(site: Site) -> Faces:
    """String courses over the ground floor, of offices and warehouses also under the roof."""
    layout = site.layout
    if layout.style.timber:
        return Faces.none()
    made = []
    if layout.options.storeys > 1:
        made.append(
            site.trim.ring("course", _half(site, 0.0, -0.035), layout.level(1) - 0.02, site.gap)
        )
    return Faces.joined(made)


def cornice(site: Site) -> Faces:
    """Mouldings under the eaves."""
    layout = site.layout
    flat = layout.options.roof in ("flat", "mansard", "sawtooth")
    half = _half(site, layout.top_outset, -0.02)
    made = [
        site.trim.ring(
            "bed", _half(site, layout.top_outset, -0.03), layout.wall_height - 0.313, site.gap
        )
    ]
    if flat:
        made.append(site.trim.ring("cornice", half, layout.wall_height - 0.131, site.gap))
    return Faces.joined(made)


def dentils(site: Site) -> Faces:
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
    return Faces.joined(made)


def quoins(site: Site) -> Faces:
    """Blocks up the corners, long and short in turn."""
    layout = site.layout
    start = layout.style.plinth + 0.3
    count = int((layout.wall_height - start - 0.6) / _QUOIN_M)
    if count < 1:
        return Faces.none()
    heights = start + np.arange(count) * _QUOIN_M
    width, depth = (0.5 * edge for edge in layout.size)
    made = []
    for sx, sz in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        for turn in (0, 1):
            chosen = heights[turn::2]
            reach = (0.215, 0.135) if turn == 0 else (0.135, 0.215)
            foot = np.zeros((len(chosen), 3))
            foot[:, 0], foot[:, 2] = sx * (width - reach[0]), sz * (depth - reach[1])
            foot[:, 1] = chosen
            across = np.array([0.0, 0, 1.0]) if turn == 0 else np.array([1.0, 0, 0])
            made.append(site.trim.bars("quoin", foot, foot + UP * 0.31, across))
    return Faces.joined(made)


def _balcony_holes(site: Site) -> Hole:
    hole = site.holes(WINDOW, ground=False)
    cells = hole.cells
    count = max(site.layout.bays)
    columns = site.shares(_BALCONY_SALT, count + 1)[cells.column] < _BALCONIES
    return hole.where((cells.side % 2 == 0) & columns)


def balconies(site: Site) -> Faces:
    """Balconies with railings before some columns of windows, front and back."""
    return Faces.joined((_slabs(site), _balusters(site)))


def _slabs(site: Site) -> Faces:
    hole = _balcony_holes(site)
    half = 0.43 * site.layout.bay[0] - 0.5 * hole.width
    up = -0.26 / hole.height
    slab = hole.level(site.trim, "balcony", up, (-half, half), 0.24)
    rail = hole.level(site.trim, "rail", up + 0.98 / hole.height, (0.03 - half, half - 0.03), 0.54)
    sides = []
    for across in (-(half - 0.075) / hole.width, 1.0 + (half - 0.075) / hole.width):
        start = hole.at(across, up, -0.04) + UP * 0.955
        sides.append(site.trim.bars("rail_side", start, start + hole.out * 0.56, UP))
    return Faces.joined((slab, rail, *sides))


def _balusters(site: Site) -> Faces:
    hole = _balcony_holes(site)
    half = 0.43 * site.layout.bay[0] - 0.5 * hole.width - 0.05
    up = -0.26 / hole.height
    count = max(4, int((hole.width + 2 * half) / 0.13))
    made = []
    for k in range(count + 1):
        across = (k / count * (hole.width + 2 * half) - half) / hole.width
        made.append(_baluster(site, hole, across, up, 0.54))
    made += [
        _baluster(site, hole, across, up, 0.54 - 0.135 * k)
        for k in range(1, 4)
        for across in (-half / hole.width, 1.0 + half / hole.width)
    ]
    return Faces.joined(made)


def _baluster(site: Site, hole: Hole, across: float, up: float, out: float) -> Faces:
    start = hole.at(across, up, out) + UP * 0.05
    return site.trim.bars("baluster", start, start + UP * 0.915, hole.out)


def _boundaries(site: Site, *, corners: bool) -> list[tuple[int, int, F64, F64]]:
    """Feet and heads of bay boundaries: side, storey, points (n, 3) each."""
    layout = site.layout
    found = []
    for side in range(4):
        for storey, band, _ in layout.storeys():
            low, high = (
                wall_points(layout, side, band.outset, layout.level(at))
                for at in (storey, storey + 1)
            )
            if not corners:
                low, high = low[1:-1], high[1:-1]
            found.append((side, storey, low, high))
    return found


def fins(site: Site) -> Faces:
    """Upright fins between an office's bays, from the ground floor's head to the eaves."""
    layout = site.layout
    top = layout.wall_height - 0.12
    foot = layout.level(1) - 0.3 if layout.options.storeys > 1 else layout.style.plinth
    made = []
    for side in range(4):
        points = wall_points(layout, side, 0.0, foot)[1:-1]
        if len(points):
            points = points - OUTWARD[side] * 0.02
            made.append(site.trim.bars("fin", points, points + UP * (top - foot), OUTWARD[side]))
    return Faces.joined(made)


def spandrels(site: Site) -> Faces:
    """A rail under and over each row of an office's windows."""
    return Faces.joined(
        [
            hole.level(site.trim, "spandrel", up, (-0.12, 0.12), 0.02)
            for hole in (site.holes(WINDOW, ground=ground) for ground in (True, False))
            for up in (-0.07 / hole.height, 1.0 + 0.07 / hole.height)
        ]
    )


def ribs(site: Site) -> Faces:
    """Steel columns at the bays of a warehouse."""
    layout = site.layout
    made = []
    for side in range(4):
        points = wall_points(layout, side, 0.0, layout.style.plinth + 0.1)[1:-1]
        if len(points):
            points = points + OUTWARD[side] * 0.01
            head = points.copy()
            head[:, 1] = layout.wall_height - 0.09
            made.append(site.trim.bars("rib", points, head, OUTWARD[side]))
    return Faces.joined(made)


def sheet_ribs(site: Site) -> Faces:
    """The ribs of corrugated sheets, where no opening is."""
    layout = site.layout
    if layout.style.upper_wall != "corrugated":
        return Faces.none()
    count = max(3, int(layout.bay[0] / 0.33))
    blank = site.bays.where(site.bays.kind == BLANK)
    holes = [site.holes(kind, ground=ground) for kind in (1, 2) for ground in (True, False)]
    made = []
    for k in range(1, count):
        across = k / count
        made.append(_sheet_rib(site, blank, across, 0.0, 1.0))
        for hole in holes:
            if not len(hole.corners):
                continue
            opening = layout.openings[hole.name]
            if opening.left - 0.02 < across < opening.right + 0.02:
                made.append(_sheet_rib(site, hole.cells, across, opening.top + 0.02, 1.0))
                if opening.bottom > 0.2:  # noqa: PLR2004
                    made.append(_sheet_rib(site, hole.cells, across, 0.0, opening.bottom - 0.03))
            else:
                made.append(_sheet_rib(site, hole.cells, across, 0.0, 1.0))
    return Faces.joined(made)


def _sheet_rib(site: Site, cells: Cells, across: float, low: float, high: float) -> Faces:
    height = site.layout.bay[1]
    out = OUTWARD[cells.side] * -0.01
    ground = np.where(cells.storey == 0, site.layout.style.plinth / height, 0.0)
    foot = cells.points(np.float64(across), np.maximum(low, ground)) + out + UP * 0.012
    head = cells.points(np.float64(across), np.full(len(cells.side), high)) + out - UP * 0.012
    return site.trim.bars("sheet_rib", foot, head, OUTWARD[cells.side])


def frame_posts(site: Site) -> Faces:
    """Timber posts at the corners and between bays of the upper storeys, and beams."""
    made = []
    for side, storey, low, high in _boundaries(site, corners=False):
        if storey > 0 and len(low):
            out = OUTWARD[side] * -0.053
            made.append(
                site.trim.bars("post", low + out + UP * 0.04, high + out - UP * 0.04, OUTWARD[side])
            )
    for side, storey, low, high in _boundaries(site, corners=True):
        if storey > 0:
            inward = -OUTWARD[side] * 0.06 + ALONG[side] * 0.06
            foot, head = low[:1] + inward + UP * 0.07, high[:1] + inward - UP * 0.07
            made.append(site.trim.bars("corner_post", foot, head, OUTWARD[side]))
    return Faces.joined([*made, *_beams(site)])


def _beams(site: Site) -> list[Faces]:
    layout = site.layout
    made = []
    for storey, band, _ in layout.storeys():
        if storey > 0:
            height = layout.level(storey) + 0.1
            made.append(site.trim.ring("beam", _half(site, band.outset, -0.02), height, site.gap))
    if layout.options.storeys > 1:
        height = layout.wall_height - 0.13
        made.append(site.trim.ring("beam", _half(site, layout.top_outset, -0.02), height, site.gap))
    return made


def braces(site: Site) -> Faces:
    """Diagonals in bays without windows, studs and rails around windows."""
    layout = site.layout
    upper = site.bays.where(site.bays.storey > 0)
    blank = upper.where(upper.kind == BLANK)
    made = []
    for rising, chosen in ((True, blank.column % 2 == 0), (False, blank.column % 2 == 1)):
        cells = blank.where(chosen)
        if len(cells.side):
            left, right = (0.07, 0.93) if rising else (0.93, 0.07)
            out = OUTWARD[cells.side] * -0.055
            start = cells.points(np.float64(left), np.float64(0.06)) + out
            end = cells.points(np.float64(right), np.float64(0.94)) + out
            made.append(site.trim.bars("brace", start, end, OUTWARD[cells.side]))
    hole = site.holes(WINDOW, ground=False)
    if len(hole.corners):
        opening = layout.openings["window"]
        clear = 0.1 / layout.bay[1]
        for at in (opening.bottom - clear, opening.top + clear):
            out = OUTWARD[hole.cells.side] * -0.04
            ends = [hole.cells.points(np.float64(x), np.float64(at)) + out for x in (0.03, 0.97)]
            made.append(site.trim.bars("rail_beam", ends[0], ends[1], UP))
        for foot, head in ((0.09, 0.3), (0.91, 0.7)):
            out = OUTWARD[hole.cells.side] * -0.07
            start = hole.cells.points(np.float64(foot), np.float64(0.07)) + out
            end = hole.cells.points(np.float64(head), np.float64(opening.bottom - 0.03)) + out
            made.append(site.trim.bars("stud", start, end, OUTWARD[hole.cells.side]))
    return Faces.joined(made)


def joists(site: Site) -> Faces:
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
    return Faces.joined(made)


def pipes(site: Site) -> Faces:
    """Gutters under level eaves, and rain pipes at the corners of front and back."""
    layout = site.layout
    if layout.options.roof not in ("gable", "hip"):
        return Faces.none()
    eaves = layout.style.eaves + layout.top_outset
    made = []
    long_axis = 0 if layout.ridge_along_x else 1
    pitch = layout.rise / (0.5 * min(layout.size))
    height = layout.wall_height - pitch * layout.style.eaves * 0.86
    for side in range(4):
        if layout.gabled and side % 2 != long_axis:
            continue
        ends = wall_points(layout, side, 0.0, height)[[0, -1]]
        ends = ends + OUTWARD[side] * (eaves - 0.02)
        made.append(site.trim.bars("gutter", ends[:1], ends[1:], UP))
        if not layout.style.timber:
            made += _pipes(site, side, height)
    return Faces.joined(made)


def _pipes(site: Site, side: int, height: float) -> list[Faces]:
    foot = wall_points(site.layout, side, 0.0, 0.25)[[0, -1]]
    inward = np.array([[1.0], [-1.0]]) * ALONG[side] * 0.34
    foot = foot + inward + OUTWARD[side] * 0.14
    head = foot.copy()
    head[:, 1] = height - 0.35
    spout = head + OUTWARD[side] * (site.layout.style.eaves - 0.16) + UP * 0.38
    made = [
        site.trim.bars("pipe", foot, head, OUTWARD[side]),
        site.trim.bars("pipe", head - UP * 0.03, spout, OUTWARD[side]),
    ]
    for storey in range(1, site.layout.options.storeys):
        at = foot.copy()
        at[:, 1] = site.layout.level(storey) - 0.3
        made.append(site.trim.bars("collar", at, at + UP * 0.08, OUTWARD[side]))
    return made
