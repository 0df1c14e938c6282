"""How finely the pieces of a crate are drawn within a budget of triangles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain

from meshmill.geometry.boxes import (
    BoxTemplate,
    eased_box,
    rounded_box,
    rounded_triangles,
    sharp_box,
    twice_eased_box,
)
from meshmill.geometry.generators.crate.pieces import Piece, Plan, Role, Stud

#: Triangles of a level of detail are at most this share of the level's before.
_FEWER = 0.78


@dataclass(frozen=True, slots=True)
class BoxGrade:
    """A way to draw boxes: triangles of one, and its template."""

    triangles: int
    template: Callable[[], BoxTemplate]


@dataclass(frozen=True, slots=True)
class StudGrade:
    """A way to draw studs: sides, and rings of each half."""

    sides: int
    rings: int

    @property
    def triangles(self) -> int:
        """Triangles of one."""
        return 2 * self.sides * (2 * self.rings - 1)


@dataclass(frozen=True, slots=True)
class Detail:
    """Grades by role, and of studs, which are left out where there is none."""

    boxes: Mapping[Role, BoxGrade]
    stud: StudGrade | None = None


@dataclass(frozen=True)
class Drawing:
    """What is drawn, and how finely; so many ``sharp`` pieces at the end have no bevels."""

    pieces: tuple[Piece, ...]
    studs: tuple[Stud, ...]
    detail: Detail
    sharp: int = 0

    def graded(self) -> Iterator[tuple[Piece, BoxGrade]]:
        """Each piece, and how it is drawn."""
        eased = len(self.pieces) - self.sharp
        for piece in self.pieces[:eased]:
            yield piece, self.detail.boxes[piece.role]
        for piece in self.pieces[eased:]:
            yield piece, _SHARP_BOX

    @property
    def plated(self) -> bool:
        """Whether it has fittings."""
        return any(piece.role == "fitting" for piece in self.pieces)

    @cached_property
    def triangles(self) -> int:
        """How many it takes."""
        total = sum(grade.triangles for _, grade in self.graded())
        return total + (len(self.studs) * self.detail.stud.triangles if self.detail.stud else 0)


def drawing_for(plan: Plan, full: int, budget: int) -> Drawing:
    """The finest drawing within ``budget``, and well below what the levels before it take.

    ``full`` is the budget of the most detailed level; each level after it has half as much.
    """
    drawings = list(_drawings(plan))
    level, chosen = full, _within(drawings, full)
    while level > budget:
        level = max(level // 2, budget)
        chosen = _within(drawings, min(level, int(_FEWER * chosen.triangles)))
    return chosen


def _within(drawings: Sequence[Drawing], limit: int) -> Drawing:
    """The first that is fine enough, or else the last."""
    return next((one for one in drawings if one.triangles <= limit), drawings[-1])


def _drawings(plan: Plan) -> Iterator[Drawing]:
    """Drawings from the finest to the coarsest."""
    for detail in chain(reversed(_ROUNDED), (_STUDDED, _EASED)):
        yield Drawing(plan.pieces, plan.studs if detail.stud else (), detail)
    for sharp in range(plan.unseen + 1):
        yield Drawing(plan.lean, (), _EASED, sharp)
    yield Drawing(plan.pieces, (), _SHARP)
    yield Drawing(plan.lean, (), _SHARP)
    for pieces in plan.coarse:
        yield Drawing(pieces, (), _SHARP)


def _detail(
    broad: BoxGrade, frame: BoxGrade, fitting: BoxGrade, head: StudGrade | None = None
) -> Detail:
    boxes: dict[Role, BoxGrade] = {
        "plank": broad,
        "base": broad,
        "sheet": broad,
        "frame": frame,
        "rib": frame,
        "free": _TWICE_EASED_BOX if frame is _EASED_BOX else frame,
        "fitting": fitting,
    }
    return Detail(boxes, head)


def _rounded(segments: int, along: int = 1, across: int = 1) -> BoxGrade:
    """Bevels of 2 x ``segments`` facets, and cells along and across the front."""
    cells = (along, across, 1)
    return BoxGrade(rounded_triangles(segments, cells), partial(rounded_box, segments, cells))


_SHARP_BOX = BoxGrade(12, sharp_box)
_EASED_BOX = BoxGrade(20, eased_box)
_TWICE_EASED_BOX = BoxGrade(28, twice_eased_box)
_SHARP = _detail(_SHARP_BOX, _SHARP_BOX, _SHARP_BOX)
_EASED = _detail(_EASED_BOX, _EASED_BOX, _EASED_BOX)
_STUDDED = _detail(_EASED_BOX, _EASED_BOX, _EASED_BOX, StudGrade(6, 1))
#: From the coarsest to the finest.
_ROUNDED = (
    _detail(_TWICE_EASED_BOX, _TWICE_EASED_BOX, _EASED_BOX),
    _detail(_TWICE_EASED_BOX, _TWICE_EASED_BOX, _EASED_BOX, StudGrade(6, 1)),
    *(
        _detail(
            _rounded(segments, along, across),
            _rounded(segments, along, across),
            _rounded(1) if segments > 1 else _EASED_BOX,
            StudGrade(sides, rings),
        )
        for segments, along, across, sides, rings in (
            (1, 1, 1, 6, 1),
            (1, 2, 1, 6, 1),
            (1, 4, 1, 8, 1),
            (1, 6, 1, 8, 2),
            (2, 4, 1, 8, 2),
            (2, 6, 2, 8, 2),
            (2, 10, 2, 10, 2),
            (2, 14, 4, 10, 2),
            (3, 12, 3, 12, 3),
            (3, 18, 4, 12, 3),
            (3, 24, 5, 12, 3),
            (3, 32, 6, 16, 4),
            (3, 40, 8, 16, 4),
            (4, 48, 10, 16, 4),
            (4, 64, 12, 16, 4),
            (4, 80, 16, 20, 4),
            (4, 100, 20, 20, 5),
            (4, 128, 26, 20, 5),
        )
    ),
)
