"""Panes of glass: closed boxes whose broad faces show what is behind them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.panels import DARK, LIT
from meshmill.geometry.generators.building.sheet import Draft
from meshmill.geometry.generators.building.site import Hole, Site

#: Width and height of panes in dormers and gables, in metres.
DORMER_PANE = (0.9, 0.9)
_DEPTH = 0.05
_VARIANTS = DARK + LIT
#: Corners of a pane's six faces: 0 … 3 of its front from the lower left, 4 … 7 of its back.
_FACES = np.array(
    ((0, 1, 2, 3), (5, 4, 7, 6), (4, 0, 3, 7), (1, 5, 6, 2), (3, 2, 6, 7), (4, 5, 1, 0))
)


def pane_sizes(layout: Layout) -> dict[str, tuple[float, float]]:
    """Sizes of the panes of windows, and of those in roofs and gables."""
    sizes = {
        name: (
            (opening.right - opening.left) * layout.bay[0],
            (opening.top - opening.bottom) * layout.bay[1],
        )
        for name, opening in layout.openings.items()
        if name != "door"
    }
    if layout.options.roof in ("mansard", "gable"):
        sizes["dormer"] = DORMER_PANE
    return sizes


def glass_charts(sizes: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Sizes of the charts of panes by opening: one for each variant, and those of their edges."""
    charts: dict[str, tuple[float, float]] = {}
    for name, (width, height) in sizes.items():
        for variant in range(_VARIANTS):
            charts[f"{name}_{variant}"] = (width, height)
        charts[f"{name}_edge_across"] = (width, _DEPTH)
        charts[f"{name}_edge_up"] = (_DEPTH, height)
    return charts


def window_panes(site: Site) -> list[Faces]:
    """A pane in each window."""
    return [_in_openings(hole, site) for hole in site.glazed]


def first_pane(site: Site) -> list[Faces]:
    """One pane, so that a level without windows still has the material."""
    for hole in site.glazed:
        return [_in_openings(hole.where(np.arange(len(hole.corners)) == 0), site)]
    return []


def _in_openings(hole: Hole, site: Site) -> Faces:
    """Panes from behind the openings' backs to a gap before them."""
    front = hole.corners + hole.out[:, None] * (site.gap - hole.reveal)
    back = front - hole.out[:, None] * max(_DEPTH, site.gap + 0.035)
    return _panes(front, back, hole.name, hole.cells.glass, site.glass)


def panes_before(site: Site, sills: F64, along: F64, out: F64, span: tuple[float, float]) -> Faces:
    """Panes of dormers and gables before faces of walls.

    ``sills`` (n, 3) are the middles below them, ``span`` their lower and upper ends above those.
    """
    wide = along * (0.5 * DORMER_PANE[0])
    low, high = (sills + np.array((0.0, height, 0.0)) for height in span)
    corners = np.stack((low - wide, low + wide, high + wide, high - wide), axis=1)
    front, back = corners + out[:, None] * (2 * site.gap), corners - out[:, None] * _DEPTH
    return _panes(front, back, "dormer", np.full(len(sills), 2), site.glass)


def _panes(front: F64, back: F64, name: str, variants: I64, draft: Draft) -> Faces:
    """Boxes between fronts and backs (n, 4, 3), both as seen from the front."""
    corners = np.concatenate((front, back), axis=1)
    broad = np.stack([draft.corners(f"{name}_{k}") for k in range(_VARIANTS)])[variants]
    up, across = (np.array(draft.corners(f"{name}_edge_{way}")) for way in ("up", "across"))
    uvs = np.empty((len(front), len(_FACES), 4, 2))
    uvs[:, :2] = broad[:, None]
    uvs[:, 2:4], uvs[:, 4:] = up, across
    return Faces(corners[:, _FACES].reshape(-1, 4, 3), uvs.reshape(-1, 4, 2))
