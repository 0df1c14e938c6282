"""What stands and lies on pitched roofs: chimneys, vents, ridges and seams."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.kinds import CHIMNEY_ABOVE, chimney_height
from meshmill.geometry.generators.building.roofs.lattice import EAST, NORTH, SOUTH, WEST
from meshmill.geometry.generators.building.roofs.slab import slope_cells
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.walls.lines import UP
from meshmill.geometry.vectors import cross, dot, normalised

_CHIMNEY_SALT = 51
_CHIMNEY_SPAN = 9.0
#: Pots and ridges stand out so little that a level without them keeps its bounds.
_STANDS_OUT = 0.0085
#: Ridges and hips shorter than a tenth of a metre are none.
_SHORTEST_SQUARED = 0.01
_SEAM_M = 0.62
_X, _Z = np.array([1.0, 0, 0]), np.array([0.0, 0, 1.0])


def chimneys(site: Site) -> list[Bars]:
    """Chimneys beside the ridge."""
    foot, head = _chimney_ends(site)
    return [site.trim.bars("chimney", foot, head, _Z)]


def chimney_heads(site: Site) -> list[Bars]:
    """Caps and pots."""
    _, head = _chimney_ends(site)
    above = min(0.34, _STANDS_OUT * float(head[0, 1]))
    pots = np.stack((head - _Z * 0.22, head + _Z * 0.22))
    return [
        site.trim.bars("chimney_cap", head - UP * 0.24, head - UP * 0.07, _Z),
        site.trim.bars("pot", pots - UP * 0.15, pots + UP * above, _X),
    ]


def _chimney_ends(site: Site) -> tuple[F64, F64]:
    """Feet and heads (n, 3) of the chimneys."""
    layout = site.layout
    shares = site.shares(_CHIMNEY_SALT, 2)
    length, span = max(layout.size), min(layout.size)
    along = [(-0.3 + 0.12 * float(shares[0])) * length]
    if length > _CHIMNEY_SPAN:
        along.append((0.22 + 0.12 * float(shares[1])) * length)
    foot = np.zeros((len(along), 3))
    foot[:, 0 if layout.ridge_along_x else 2] = along
    foot[:, 2 if layout.ridge_along_x else 0] = 0.09 * span
    head = foot.copy()
    head[:, 1] = _roof_height(site) + CHIMNEY_ABOVE
    foot[:, 1] = head[:, 1] - chimney_height(layout)
    return foot, head


def ridge_vents(site: Site) -> list[Bars]:
    """Vents beside the ridge of a warehouse."""
    layout = site.layout
    length = max(layout.size)
    reach = length - 2.0 if layout.gabled else max(1.0, length - min(layout.size))
    count = max(1, int(reach / 6.0))
    foot = np.zeros((count, 3))
    axis = 0 if layout.ridge_along_x else 2
    foot[:, axis] = ((np.arange(count) + 0.5) / count - 0.5) * reach
    foot[:, 2 - axis] = 0.11 * min(layout.size)
    foot[:, 1] = _roof_height(site) - 0.93  # their cowls stay below the ridge
    return [
        site.trim.bars("vent", foot, foot + UP * 0.8, _X),
        site.trim.bars("cowl", foot + UP * 0.66, foot + UP * 0.9, _X),
    ]


def ridges(site: Site) -> list[Bars]:
    """Caps on ridges and hips."""
    lines = _gable_ridge(site) if site.layout.gabled else _hip_lines(site)
    half = 0.5 * site.roofing.kinds["ridge"].height
    lift = UP * min(0.02, _STANDS_OUT * _roof_height(site) - half)
    return [
        site.roofing.bars("ridge", start[None] + lift, end[None] + lift, UP)
        for start, end in lines
        if float(dot(end - start, end - start)) > _SHORTEST_SQUARED
    ]


def _gable_ridge(site: Site) -> list[tuple[F64, F64]]:
    top = _top_along_ridge(site)
    middle = len(top) // 2
    start, end = top[middle, 0], top[middle, -1]
    beyond = normalised(end - start) * 0.04
    return [(start - beyond, end + beyond)]


def _hip_lines(site: Site) -> list[tuple[F64, F64]]:
    """Ends of the ridge, and of hips from their feet: in two parts where slopes are broken."""
    top = _top_along_ridge(site)
    rows, columns = top.shape[:2]
    middle = rows // 2
    knots = (0, 1, middle) if site.layout.options.roof == "mansard" else (0, middle)
    lines = [(top[middle, middle], top[middle, columns - 1 - middle])]
    for row, step in ((0, 1), (rows - 1, -1)):
        for column, way in ((0, 1), (columns - 1, -1)):
            for low, high in pairwise(knots):
                start, end = (top[row + step * k, column + way * k] for k in (low, high))
                start = start + (end - start) * (0.08 if low == 0 else 0.0)
                # Hips of opposite corners follow one plane: no side of them may lie in another's.
                aside = normalised(cross(UP, end - start)) * ((len(lines) % 4 - 1.5) * site.gap)
                lines.append((start + aside - UP * 0.008, end + aside - UP * 0.008))
    return lines


def _top_along_ridge(site: Site) -> F64:
    """The roof's upper side (rows, columns, 3), whose rows follow the ridge."""
    top = site.roof.top
    return top if site.layout.ridge_along_x else np.swapaxes(top, 0, 1)


def _roof_height(site: Site) -> float:
    return float(site.roof.top[:, :, 1].max())


def seams(site: Site) -> list[Bars]:
    """Standing seams of metal roofs, cell by cell."""
    each = max(1, int(site.roof.cell[0] / _SEAM_M + 0.5))
    across = ((np.arange(each) + 0.5) / each)[:, None, None]
    made = []
    for facing in (SOUTH, NORTH, EAST, WEST):
        whole, row, column, corners = slope_cells(site.roof, facing)
        chosen = corners[whole & ~site.roof.glazed[row, column]]
        low_left, low_right, high_right, high_left = (chosen[:, k] for k in range(4))
        bottom = low_left + (low_right - low_left) * across
        top = high_left + (high_right - high_left) * across
        normal = normalised(cross(low_right - low_left, high_left - low_left))
        rise = top - bottom
        made.append(site.roofing.bars("seam", bottom + rise * 0.012, bottom + rise * 0.985, normal))
    return made
