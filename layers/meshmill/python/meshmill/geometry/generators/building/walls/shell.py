"""The walls: one closed shell of panels, or of bays with recessed openings.

Neighbouring bays share corners alone, so that no vertex lies on another face's edge.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.layout import BLANK, DOOR, WINDOW, Layout, opening_name
from meshmill.geometry.generators.building.panels import Panels
from meshmill.geometry.generators.building.sheet import Draft
from meshmill.geometry.generators.building.walls.cells import Cells
from meshmill.geometry.generators.building.walls.closing import closing_faces
from meshmill.geometry.generators.building.walls.lines import OUTWARD

#: Corners of both jambs, the sill and the head: 0 … 3 of an opening's front from the lower left,
#: 4 … 7 of its back.
_REVEALS = np.array(((0, 4, 7, 3), (5, 1, 2, 6), (7, 6, 2, 3), (0, 1, 5, 4)))
#: What a bay's recessed opening takes more than a plain bay.
RECESS_TRIANGLES = 16


def shell(panels: Panels, draft: Draft, cells: Cells, *, steps: tuple[int, int]) -> Faces:
    """The closed shell around ``cells``: soffits of jetties, gables, underside and top.

    ``steps`` are the bays in a cell along width and depth.
    """
    outer = Faces(cells.corners, cells.uvs)
    return Faces.joined([outer, *closing_faces(panels.layout, draft, steps)])


def recessed_shell(panels: Panels, draft: Draft, bays: Cells, storeys: int) -> Faces:
    """A shell of bays; openings of so many storeys, from the ground up, are set back."""
    layout = panels.layout
    below = bays.storey < storeys
    plain = bays.where(~below | (bays.kind == BLANK))
    faces = [Faces(plain.corners, plain.uvs)]
    for kind, ground in product((WINDOW, DOOR), (False, True)):
        chosen = bays.where(below & (bays.kind == kind) & ((bays.storey == 0) == ground))
        if len(chosen.kind):
            faces.append(_recess(layout, draft, chosen, opening_name(kind, ground=ground)))
    return Faces.joined([*faces, *closing_faces(layout, draft, (1, 1))])


def opening_corners(layout: Layout, cells: Cells, name: str, depth: float) -> F64:
    """Corners (n, 4, 3) of each cell's opening, ``depth`` behind the wall's face."""
    places = _places(layout, name)
    inward = OUTWARD[cells.side] * -depth
    corners: F64 = np.stack([cells.points(*place) + inward for place in places], axis=1)
    return corners


def _places(layout: Layout, name: str) -> tuple[tuple[F64, F64], ...]:
    opening = layout.openings[name]
    left, right, bottom, top = (
        np.array([value]) for value in (opening.left, opening.right, opening.bottom, opening.top)
    )
    return (left, bottom), (right, bottom), (right, top), (left, top)


def _recess(layout: Layout, draft: Draft, cells: Cells, name: str) -> Faces:
    """Four quads around each opening, four for its reveals and one at its back."""
    places = _places(layout, name)
    front = opening_corners(layout, cells, name, 0.0)
    back = opening_corners(layout, cells, name, layout.style.reveal)
    inner = np.stack([cells.uv_points(*place) for place in places], axis=1)
    following = np.array((1, 2, 3, 0))
    around = (cells.corners, cells.corners[:, following], front[:, following], front)
    around_uvs = (cells.uvs, cells.uvs[:, following], inner[:, following], inner)
    both = np.concatenate((front, back), axis=1)
    count = len(both)
    jamb, head = (draft.corners(f"{name}_{reveal}") for reveal in ("jamb", "head"))
    reveal_uvs = np.broadcast_to(np.array((jamb, jamb, head, head)), (count, 4, 4, 2))
    return Faces(
        np.concatenate(
            (
                np.stack(around, axis=2).reshape(-1, 4, 3),
                back,
                both[:, _REVEALS].reshape(-1, 4, 3),
            )
        ),
        np.concatenate(
            (
                np.stack(around_uvs, axis=2).reshape(-1, 4, 2),
                inner,
                reveal_uvs.reshape(-1, 4, 2),
            )
        ),
    )
