"""Faces of roofs: slopes, undersides and edges, each with its chart."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from meshmill.geometry.arrays import F64, I64, AnyArray
from meshmill.geometry.generators.building.faces import Faces, quads, triangles
from meshmill.geometry.generators.building.roofs.lattice import (
    EAST,
    GLAZED,
    NORTH,
    SOUTH,
    THICKNESS,
    WEST,
    Roof,
)
from meshmill.geometry.generators.building.sheet import Draft

#: Corners (east, south) of a cell, counter-clockwise from the lower left of a slope that looks
#: south, north, east and west.
_FACINGS = (
    ((0, 1), (1, 1), (1, 0), (0, 0)),
    ((1, 0), (0, 0), (0, 1), (1, 1)),
    ((1, 1), (1, 0), (0, 0), (0, 1)),
    ((0, 0), (0, 1), (1, 1), (1, 0)),
)
_SIDES = ("left", "right")


def roof_group(name: str) -> str:
    """What a chart of the roof shows: its covering, boards, glass or metal."""
    if name.startswith(("soffit", "edge", "post")):
        return "boards"
    return "glazing" if name == "glazing" else "covering"


def roof_charts(roof: Roof) -> Mapping[str, tuple[float, float]]:
    """Sizes in metres of the charts that the slab needs."""
    width, slope = roof.cell
    charts = dict.fromkeys(("slope_left", "slope_right"), (width, slope))
    plan = roof.base[:, :, 0], roof.base[:, :, 2]
    steps = [float(np.sort(np.abs(np.diff(p, axis=axis)).ravel())[-1])
             for p, axis in zip(plan, (1, 0), strict=True)]  # fmt: skip
    charts |= {f"soffit_{side}": (steps[0], steps[1]) for side in _SIDES}
    if roof.crown is not None:
        charts |= _mansard_charts(roof, roof.crown, steps)
    if roof.upright > 0:
        charts["glazing"] = (width, roof.upright)
        for side in ("left", "right"):
            charts[f"cheek_{side}"] = (roof.cell[1], roof.upright + THICKNESS)
            charts[f"post_{side}"] = (GLAZED, roof.upright)
    charts["edge"] = (max(steps), THICKNESS)
    return charts


def _mansard_charts(
    roof: Roof, crown: tuple[float, float], steps: list[float]
) -> dict[str, tuple[float, float]]:
    inset = float(roof.top[0, 1, 0] - roof.top[0, 0, 0])
    charts: dict[str, tuple[float, float]] = {}
    for side in _SIDES:
        charts[f"slope_{side}_crown"] = crown
        charts[f"slope_{side}_corner"] = (inset, roof.cell[1])
    charts["soffit_right_north"], charts["soffit_right_west"] = (steps[0], inset), (inset, steps[1])
    for side in _SIDES:
        charts[f"soffit_{side}_crown"] = (steps[0], steps[1])
        charts[f"soffit_{side}_corner"] = (inset, inset)
    return charts


def slab_faces(roof: Roof, draft: Draft) -> Faces:
    """The closed slab."""
    return Faces.joined([*_top(roof, draft), *_under(roof, draft), *_edges(roof, draft)])


def slope_cells(roof: Roof, facing: int) -> tuple[AnyArray, I64, I64, F64]:
    """Cells with that facing: whether whole, rows, columns (n,), and corners (n, 4, 3)."""
    row, column = np.nonzero((roof.facing == facing) | (roof.other == facing))
    corners = np.stack(
        [roof.top[row + south, column + east] for east, south in _FACINGS[facing]], axis=1
    )
    return ~roof.hipped[row, column], row, column, corners


def left_halves(roof: Roof, facing: int, row: I64, column: I64) -> AnyArray:
    """Which cells lie in the left half of their slope, as seen from outside."""
    rows, columns = roof.facing.shape
    place, count = (column, columns) if facing in (SOUTH, NORTH) else (row, rows)
    first: AnyArray = 2 * place < count
    return first if facing in (SOUTH, WEST) else ~first


def _top(roof: Roof, draft: Draft) -> list[Faces]:
    faces = []
    for facing in range(4):
        whole, row, column, corners = slope_cells(roof, facing)
        left = left_halves(roof, facing, row, column)
        glazed = roof.glazed[row, column]
        zone = roof.zones[row, column]
        zone[(zone == "_north") | (zone == "_west")] = ""
        for on_left, suffix in product((True, False), ("", "_crown", "_corner")):
            own = (left == on_left) & ~glazed & (zone == suffix)
            if not own.any():
                continue
            uvs = draft.corners(f"slope_{_SIDES[not on_left]}{suffix}")
            order = (0, 1, 2, 3) if on_left else (1, 2, 3, 0)
            kept = (0, 1, 2) if on_left else (0, 1, 3)
            chosen, halved = corners[own & whole], corners[own & ~whole]
            faces.append(quads([chosen[:, k] for k in order], [uvs[k] for k in order]))
            faces.append(triangles([halved[:, k] for k in kept], [uvs[k] for k in kept]))
        if glazed.any():
            chosen = corners[glazed]
            faces.append(quads([chosen[:, k] for k in range(4)], draft.corners("glazing")))
    return faces


def _under(roof: Roof, draft: Draft) -> list[Faces]:
    """The underside, halved where the top is."""
    base = roof.base
    north_west, north_east = base[:-1, :-1], base[:-1, 1:]
    south_west, south_east = base[1:, :-1], base[1:, 1:]
    # Seen from below with north at the lower edge, from the lower left, counter-clockwise.
    corners = (north_west, north_east, south_east, south_west)
    rising = (roof.facing == SOUTH) & (roof.other == EAST)
    rising |= (roof.facing == NORTH) & (roof.other == WEST)
    zones = roof.zones
    faces = []
    for on_left, suffix in product((True, False), np.unique(zones).tolist()):
        chosen = (rising == on_left) & (zones == suffix)
        if not chosen.any():
            continue
        order = (0, 1, 2, 3) if on_left else (1, 2, 3, 0)
        uvs = draft.corners(f"soffit_{_SIDES[not on_left]}{suffix}")
        faces.append(quads([corners[k][chosen] for k in order], [uvs[k] for k in order]))
    return faces


def _edges(roof: Roof, draft: Draft) -> list[Faces]:
    """Upright faces around the slab: south, east, north, west."""
    borders = (
        (roof.top[-1], roof.base[-1]),
        (roof.top[::-1, -1], roof.base[::-1, -1]),
        (roof.top[0, ::-1], roof.base[0, ::-1]),
        (roof.top[:, 0], roof.base[:, 0]),
    )
    faces = []
    for side, (top, base) in enumerate(borders):
        if roof.upright > 0 and _uneven(top):
            faces += _cheeks(draft, top, base, "left" if side in (0, 1) else "right")
            continue
        uvs = draft.corners("edge")
        faces.append(quads((base[:-1], base[1:], top[1:], top[:-1]), uvs))
    return faces


def _uneven(points: F64) -> bool:
    return bool((points[1:, 1] != points[:-1, 1]).any())


def _cheeks(draft: Draft, top: F64, base: F64, side: str) -> list[Faces]:
    """Ends of teeth: a slope's triangle on its foot, and the narrow end of the glazing."""
    low, high = base[:, 1].min(), top[:, 1].max()
    reach = np.abs(top[1:] - top[:-1])
    narrow = np.maximum(reach[:, 0], reach[:, 2]) < 2 * GLAZED
    faces = []
    for chosen, name in ((~narrow, f"cheek_{side}"), (narrow, f"post_{side}")):
        uvs = []
        for points, across in ((base[:-1], 0.0), (base[1:], 1.0), (top[1:], 1.0), (top[:-1], 0.0)):
            down = 1.0 - (points[chosen][:, 1] - low) / (high - low)
            uvs.append(draft.places(name, across, down))
        corners = [points[chosen] for points in (base[:-1], base[1:], top[1:], top[:-1])]
        faces.append(quads(corners, uvs))
    return faces
