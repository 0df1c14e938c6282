"""What closes the walls' shell: its underside and top, soffits of jetties, and gables."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.generators.building.faces import Faces, quads, triangles
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.panels import Panels
from meshmill.geometry.generators.building.sheet import Draft
from meshmill.geometry.generators.building.walls.lines import ticks, wall_points


def closing_faces(layout: Layout, draft: Draft, steps: tuple[int, int]) -> list[Faces]:
    """All faces but the outer ones; ``steps`` are the bays in a cell along width and depth."""
    faces = [_cap(layout, draft, steps, upward=False)]
    faces += _soffits(layout, draft, steps)
    if layout.gabled:
        faces += _gables(layout, draft, steps)
    else:
        faces.append(_cap(layout, draft, steps, upward=True))
    return faces


def _cap(layout: Layout, draft: Draft, steps: tuple[int, int], *, upward: bool) -> Faces:
    outset = layout.top_outset if upward else 0.0
    height = layout.wall_height if upward else 0.0
    points = _plan(layout, outset, steps)
    points[:, :, 1] = height
    return _plan_faces(layout, draft, points, steps, upward=upward)


def _plan(layout: Layout, outset: float, steps: tuple[int, int]) -> F64:
    """Ends of bays over the plan, (depth + 1, width + 1, 3), at height 0."""
    x, z = (
        ticks(count)[::step] * ((length + 2.0 * outset) * 0.5)
        for count, step, length in zip(layout.bays, steps, layout.size, strict=True)
    )
    points = np.zeros((len(z), len(x), 3))
    points[:, :, 0], points[:, :, 2] = x, z[:, None]
    return points


def _plan_faces(
    layout: Layout, draft: Draft, points: F64, steps: tuple[int, int], *, upward: bool
) -> Faces:
    """Quads of a lattice over the plan, each with a cell of the cap's chart."""
    across, along = layout.groups
    lattice = draft.lattice("cap", across, along)
    rows, columns = (count - 1 for count in points.shape[:2])
    row, column = (grid.ravel() for grid in np.mgrid[:rows, :columns])
    place_x, place_z = column * steps[0] % across, row * steps[1] % along
    step_x, step_z = steps
    near, far = place_z + step_z, place_z
    corners = [
        points[row + 1, column], points[row + 1, column + 1],
        points[row, column + 1], points[row, column],
    ]  # fmt: skip
    uvs = [
        lattice[near, place_x], lattice[near, place_x + step_x],
        lattice[far, place_x + step_x], lattice[far, place_x],
    ]  # fmt: skip
    return quads(corners, uvs) if upward else quads(corners[::-1], uvs)


def _soffits(layout: Layout, draft: Draft, steps: tuple[int, int]) -> list[Faces]:
    faces = []
    for below, above in pairwise(layout.bands):
        if below.outset == above.outset:
            continue
        height = layout.level(above.first)
        for side in range(4):
            step, group = steps[side % 2], layout.groups[side % 2]
            inner, outer = (
                wall_points(layout, side, band.outset, height)[::step] for band in (below, above)
            )
            lattice = draft.lattice(f"soffit_{group}", group, 1)
            place = np.arange(len(inner) - 1) * step % group
            faces.append(
                quads(
                    (inner[:-1], inner[1:], outer[1:], outer[:-1]),
                    (lattice[1, place], lattice[1, place + step],
                     lattice[0, place + step], lattice[0, place]),
                )
            )  # fmt: skip
    return faces


def gable_axis(layout: Layout) -> int:
    """Index of the wall's length that gables stand on: 0 the width, 1 the depth."""
    return 1 if layout.ridge_along_x else 0


def _gables(layout: Layout, draft: Draft, steps: tuple[int, int]) -> list[Faces]:
    axis = gable_axis(layout)
    faces = [_gable(layout, draft, side, steps[axis]) for side in ((1, 3) if axis == 1 else (0, 2))]
    points = _plan(layout, layout.top_outset, steps)
    count = layout.bays[axis] // steps[axis]
    index = np.arange(count + 1)
    rises = np.minimum(index, count - index) * (layout.rise / (count // 2))
    points[:, :, 1] = layout.wall_height + (rises[:, None] if axis == 1 else rises[None, :])
    return [*faces, _plan_faces(layout, draft, points, steps, upward=True)]


def _gable(layout: Layout, draft: Draft, side: int, step: int) -> Faces:
    """Rows of cells under the slopes; the last on either side are triangles."""
    group = layout.groups[side % 2]
    base = wall_points(layout, side, layout.top_outset, 0.0)[::step]
    count = len(base) - 1
    half = count // 2
    row, column = (grid.ravel() for grid in np.mgrid[:half, :count])
    reach = np.minimum(column, count - 1 - column)
    heights = (np.arange(half + 1) * (layout.rise / half)).astype(np.float64)
    heights += layout.wall_height
    faces = []
    for left, name in ((True, "gable_left"), (False, "gable_right")):
        lattice = draft.lattice(name, group, group)
        own = (column < half) == left
        for whole in (True, False):
            chosen = own & ((row < reach) if whole else (row == reach))
            corners, uvs = _gable_cells(base, heights, lattice, row[chosen], column[chosen], step)
            first = 0 if left else 1
            order = [(first + k) % 4 for k in range(4)]
            if whole:
                faces.append(quads([corners[k] for k in order], [uvs[k] for k in order]))
            else:
                kept = (0, 1, 2) if left else (0, 1, 3)
                faces.append(triangles([corners[k] for k in kept], [uvs[k] for k in kept]))
    return Faces.joined(faces)


def _gable_cells(
    base: F64, heights: F64, lattice: F64, row: I64, column: I64, step: int
) -> tuple[list[F64], list[F64]]:
    """Corners and UVs of cells, counter-clockwise from the lower left."""
    group = lattice.shape[0] - 1
    corners, uvs = [], []
    for across, up in ((0, 0), (1, 0), (1, 1), (0, 1)):
        points = base[column + across].copy()
        points[:, 1] = heights[row + up]
        corners.append(points)
        place_x = column * step % group + across * step
        place_y = group - (row * step % group + up * step)
        uvs.append(lattice[place_y, place_x])
    return corners, uvs


def wall_group(name: str) -> str:
    """What a chart of the walls shows: the ground floor, upper storeys, or bare wall."""
    if name.startswith(("ground", "shop", "door")):
        return "ground"
    return "upper" if name.startswith("upper") else "plain"


def wall_charts(panels: Panels) -> Mapping[str, tuple[float, float]]:
    """Sizes in metres of the charts that walls need."""
    layout = panels.layout
    width, height = layout.bay
    charts: dict[str, tuple[float, float]] = {}
    for (bays, storeys, _), pool in panels.pools.items():
        for variant in range(len(pool.kinds)):
            charts[pool.name(variant)] = (bays * width, storeys * height)
    widths = [length / count for length, count in zip(layout.size, layout.bays, strict=True)]
    across, along = (bay * group for bay, group in zip(widths, layout.groups, strict=True))
    charts["cap"] = (across, along)
    if layout.style.jetty > 0 and layout.options.storeys > 1:
        for group in sorted(set(layout.groups)):
            charts[f"soffit_{group}"] = (group * width, layout.style.jetty)
    if layout.gabled:
        axis = gable_axis(layout)
        group = layout.groups[axis]
        row = layout.rise / (layout.bays[axis] // 2)
        for name in ("gable_left", "gable_right"):
            charts[name] = (group * widths[axis], group * row)
    for name, opening in layout.openings.items():
        charts[f"{name}_jamb"] = (layout.style.reveal, (opening.top - opening.bottom) * height)
        charts[f"{name}_head"] = ((opening.right - opening.left) * width, layout.style.reveal)
    return charts
