"""What stands and lies on roofs: parapets, chimneys, dormers, plant, ridges, seams and tiles."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.faces import Faces, quads
from meshmill.geometry.generators.building.kinds import (
    CHIMNEY_ABOVE,
    PARAPET,
    chimney_height,
    dormer_height,
)
from meshmill.geometry.generators.building.roofs import EAST, NORTH, SOUTH, WEST
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.slab import slope_cells
from meshmill.geometry.generators.building.wall_lines import UP
from meshmill.geometry.vectors import cross, dot, normalised

_CHIMNEY_SALT, _PLANT_SALT = 51, 52
_CHIMNEY_SPAN = 9.0
#: Pots stand out so little that a level without them keeps its bounds.
_POT_SHARE = 0.009
#: Width and height of a dormer's pane in metres.
DORMER_PANE = (0.9, 0.9)
_X, _Z = np.array([1.0, 0, 0]), np.array([0.0, 0, 1.0])


def silhouette(site: Site) -> Faces:
    """What reaches above the roof: at every level of detail."""
    roof = site.layout.options.roof
    if roof == "flat":
        return Faces.joined((_parapet(site), _penthouse(site)))
    return _chimneys(site)


def _parapet(site: Site) -> Faces:
    layout = site.layout
    half = [0.5 * edge + layout.top_outset - 0.1 for edge in layout.size]
    return site.trim.ring(
        "parapet", (half[0], half[1]), layout.wall_height - 0.12 + 0.5 * PARAPET, site.gap
    )


def coping(site: Site) -> Faces:
    """A ring on the parapet."""
    layout = site.layout
    if layout.options.roof != "flat":
        return Faces.none()
    half = [0.5 * edge + layout.top_outset - 0.1 for edge in layout.size]
    return site.trim.ring(
        "coping", (half[0], half[1]), layout.wall_height - 0.1 + PARAPET, site.gap
    )


def _penthouse(site: Site) -> Faces:
    layout = site.layout
    foot = np.array([[0.12 * layout.size[0], layout.wall_height, -0.14 * layout.size[1]]])
    return site.trim.bars("penthouse", foot, foot + UP * 2.5, _X)


def _chimneys(site: Site) -> Faces:
    return site.trim.bars("chimney", *_chimney_ends(site), _Z)


def _chimney_ends(site: Site) -> tuple[F64, F64]:
    """Feet and heads of the chimneys, beside the ridge."""
    layout = site.layout
    if layout.options.style in ("office", "warehouse") or layout.options.roof == "sawtooth":
        return np.zeros((0, 3)), np.zeros((0, 3))
    shares = site.shares(_CHIMNEY_SALT, 2)
    length, span = max(layout.size), min(layout.size)
    along = [(-0.3 + 0.12 * float(shares[0])) * length]
    if length > _CHIMNEY_SPAN:
        along.append((0.22 + 0.12 * float(shares[1])) * length)
    foot = np.zeros((len(along), 3))
    foot[:, 0 if layout.ridge_along_x else 2] = along
    foot[:, 2 if layout.ridge_along_x else 0] = 0.09 * span
    head = foot.copy()
    head[:, 1] = float(site.roof.top[:, :, 1].max()) + CHIMNEY_ABOVE
    foot[:, 1] = head[:, 1] - chimney_height(layout)
    return foot, head


def chimney_heads(site: Site) -> Faces:
    """Caps and pots."""
    _, head = _chimney_ends(site)
    if not len(head):
        return Faces.none()
    made = [site.trim.bars("chimney_cap", head - UP * 0.24, head - UP * 0.07, _Z)]
    above = min(0.34, _POT_SHARE * float(head[0, 1]))
    for side in (-0.22, 0.22):
        foot = head + _Z * side
        made.append(site.trim.bars("pot", foot - UP * 0.15, foot + UP * above, _X))
    return Faces.joined(made)


def plant(site: Site) -> Faces:
    """Machines, ducts and vents on flat roofs, vents on metal roofs' ridges."""
    layout = site.layout
    if layout.options.roof == "flat":
        return _machines(site)
    if layout.options.style == "warehouse" and layout.options.roof in ("gable", "hip"):
        return _ridge_vents(site)
    return Faces.none()


def _machines(site: Site) -> Faces:
    layout = site.layout
    width, depth = layout.size
    floor = layout.wall_height + 0.06
    count = max(1, min(12, int(width * depth / 90.0)))
    shares = site.shares(_PLANT_SALT, 2 * count)
    x = (np.arange(count) + 0.3 + 0.4 * shares[:count]) / count - 0.5
    foot = np.zeros((count, 3))
    foot[:, 0], foot[:, 1] = x * (width - 2.4), floor
    foot[:, 2] = (0.16 + 0.16 * shares[count:]) * (depth - 2.0)
    start, end = foot - _X * 0.85 + UP * 0.62, foot + _X * 0.85 + UP * 0.62
    made = [site.trim.bars("plant", start, end, UP)]
    fans = foot + UP * 1.05
    made.append(site.trim.bars("cowl", fans, fans + UP * 0.2, _X))
    for k in range(5):
        line = foot + UP * (0.36 + 0.13 * k) + _Z * 0.655
        made.append(site.trim.bars("grille", line - _X * 0.75, line + _X * 0.75, UP))
    vents = foot * np.array([1.0, 1.0, -1.0]) + _X * 1.1
    made.append(site.trim.bars("vent", vents, vents + UP * 0.75, _X))
    made.append(site.trim.bars("cowl", vents + UP * 0.62, vents + UP * 0.84, _X))
    start = foot - _X * 0.7 + UP * 0.35 - _Z * 0.3
    made.append(site.trim.bars("duct", start, start - _Z * min(2.4, 0.24 * depth), UP))
    mast = np.array([[0.12 * width + 1.0, layout.wall_height + 2.3, -0.14 * depth + 0.9]])
    made.append(site.trim.bars("mast", mast, mast + UP * 0.15, _X))
    return Faces.joined(made)


def _ridge_vents(site: Site) -> Faces:
    layout = site.layout
    length = max(layout.size)
    count = max(1, int(length / 7.0))
    foot = np.zeros((count, 3))
    axis = 0 if layout.ridge_along_x else 2
    reach = length - 2.0 if layout.gabled else max(1.0, length - min(layout.size))
    foot[:, axis] = ((np.arange(count) + 0.5) / count - 0.5) * reach
    foot[:, 2 - axis] = 0.11 * min(layout.size)
    foot[:, 1] = float(site.roof.top[:, :, 1].max()) - 0.93  # their cowls stay below the ridge
    return Faces.joined(
        (
            site.trim.bars("vent", foot, foot + UP * 0.8, _X),
            site.trim.bars("cowl", foot + UP * 0.66, foot + UP * 0.9, _X),
        )
    )


def _dormer_places(site: Site) -> list[tuple[F64, F64, F64]]:
    """Feet (n, 3) of dormers on long slopes, with the ways outwards and along."""
    layout = site.layout
    inset = min(0.9, 0.16 * min(layout.size))
    found = []
    for out, along, axis in ((_Z, _X, 0), (-_Z, -_X, 0), (_X, -_Z, 1), (-_X, _Z, 1)):
        length = layout.size[axis] + 2 * layout.top_outset - 2 * inset
        count = int(length / max(2.6, layout.bay[0] * 1.15))
        if count < 1:
            continue
        share = (np.arange(count) + 0.5) / count - 0.5
        reach = 0.5 * layout.size[1 - axis] + layout.top_outset
        foot = share[:, None] * along * length + out * (reach + 0.02)
        foot[:, 1] = layout.wall_height + 0.1 + 0.86 * dormer_height(layout)
        found.append((foot, np.broadcast_to(out, foot.shape), np.broadcast_to(along, foot.shape)))
    return found


def dormers(site: Site) -> Faces:
    """Bodies of a mansard's dormers."""
    if site.layout.options.roof != "mansard":
        return Faces.none()
    return Faces.joined(
        [
            site.trim.bars("dormer", foot - out * 1.5, foot, UP)
            for foot, out, _ in _dormer_places(site)
        ]
    )


def dormer_panes(site: Site) -> Faces:
    """Windows of the dormers: panes of the upper storeys, a little smaller."""
    if site.layout.options.roof != "mansard" or site.layout.options.window_density == 0:
        return Faces.none()
    made = []
    for foot, out, along in _dormer_places(site):
        tall = dormer_height(site.layout)
        low, high, half = -0.4 * tall, 0.06 * tall, 0.45
        corners = [
            foot + along * x + UP * y
            for x, y in ((-half, low), (half, low), (half, high), (-half, high))
        ]
        made.append(box_pane(site, corners, out))
    return Faces.joined(made)


def box_pane(site: Site, corners: list[F64], out: F64) -> Faces:
    """A closed box with the window's chart in front and behind."""
    front = [corner + out * (2 * site.gap) for corner in corners]
    back = [corner - out * 0.05 for corner in corners]
    uvs = site.glass.corners("dormer_2")
    up, across = (site.glass.corners(f"dormer_edge_{way}") for way in ("up", "across"))
    f, b = front, back
    return Faces.joined(
        (
            quads(f, uvs),
            quads([b[1], b[0], b[3], b[2]], uvs),
            quads([b[0], f[0], f[3], b[3]], up),
            quads([f[1], b[1], b[2], f[2]], up),
            quads([f[3], f[2], b[2], b[3]], across),
            quads([b[0], b[1], f[1], f[0]], across),
        )
    )


def dormer_roofs(site: Site) -> Faces:
    """Two leaves on each dormer."""
    if site.layout.options.roof != "mansard":
        return Faces.none()
    made = []
    for foot, out, along in _dormer_places(site):
        for side in (-1.0, 1.0):
            middle = foot + along * (side * 0.42) + UP * (0.3 * dormer_height(site.layout))
            slope = normalised(along * side - UP * (0.62 * dormer_height(site.layout)))
            up = cross(slope, out) * side
            up = np.where(up[:, 1:2] < 0, -up, up)
            shift = up * (0.005 if side < 0 else 0.03)
            made.append(
                site.roofing.bars(
                    "dormer_roof",
                    middle + shift - out * (1.2 + 0.03 * side),
                    middle + shift + out * (0.12 + 0.03 * side),
                    up,
                )
            )
    return Faces.joined(made)


def ridges(site: Site) -> Faces:
    """Caps on ridges and hips."""
    return Faces.joined(
        [
            site.roofing.bars("ridge", start[None], end[None], UP)
            for start, end in _ridge_lines(site)
        ]
    )


def _ridge_lines(site: Site) -> list[tuple[F64, F64]]:
    """Ends of the ridge, and of hips from their feet."""
    roof = site.roof
    if site.layout.options.roof not in ("gable", "hip", "mansard"):
        return []
    top = roof.top
    rows, columns = top.shape[:2]
    if not site.layout.ridge_along_x:
        top = np.swapaxes(top, 0, 1)
        rows, columns = columns, rows
    middle = rows // 2
    if site.layout.gabled:
        ends = top[middle, 0] + UP * 0.02, top[middle, -1] + UP * 0.02
        beyond = normalised(ends[1] - ends[0]) * 0.04
        return [(ends[0] - beyond, ends[1] + beyond)]
    first = 1 if site.layout.options.roof == "mansard" else 0
    lines = [(top[middle, middle] + UP * 0.02, top[middle, columns - 1 - middle] + UP * 0.02)]
    for row, step in ((0, 1), (rows - 1, -1)):
        for column, way in ((0, 1), (columns - 1, -1)):
            knots = [0, first, middle] if first else [0, middle]
            for low, high in pairwise(knots):
                start, end = (top[row + step * k, column + way * k] for k in (low, high))
                start = start + (end - start) * (0.08 if low == 0 else 0.0)
                lines.append((start + UP * 0.012, end + UP * 0.012))
    return [(a, b) for a, b in lines if float(dot(b - a, b - a)) > 0.01]  # noqa: PLR2004


def seams(site: Site) -> Faces:
    """Standing seams of metal roofs, cell by cell."""
    made = []
    each = max(1, int(site.roof.cell[0] / 0.62 + 0.5))
    for facing in (SOUTH, NORTH, EAST, WEST):
        whole, row, column, corners = slope_cells(site.roof, facing)
        chosen = corners[whole & ~site.roof.glazed[row, column]]
        if not len(chosen):
            continue
        for k in range(each):
            across = (k + 0.5) / each
            made.append(_seam(site, chosen, across, 0.012, 0.985))
    return Faces.joined(made)


def _seam(site: Site, corners: F64, across: float, low: float, high: float) -> Faces:
    bottom = corners[:, 0] + (corners[:, 1] - corners[:, 0]) * across
    top = corners[:, 3] + (corners[:, 2] - corners[:, 3]) * across
    normal = normalised(cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]))
    start, end = bottom + (top - bottom) * low, bottom + (top - bottom) * high
    return site.roofing.bars("seam", start, end, normal)
