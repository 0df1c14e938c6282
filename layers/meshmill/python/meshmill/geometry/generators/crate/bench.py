"""A crate while it is built, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from meshmill.geometry.generators.crate.measures import Measures
from meshmill.geometry.generators.crate.pieces import (
    Axes,
    Piece,
    Plan,
    Role,
    Side,
    Skin,
    Stud,
    Vector,
)
from meshmill.geometry.generators.crate.spec import CrateOptions


@dataclass(slots=True)
class Bench:
    """What has been made, and what it is made from."""

    options: CrateOptions
    measures: Measures
    rng: np.random.Generator
    skins: list[Skin] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    studs: list[Stud] = field(default_factory=list)
    shared: dict[tuple[Role, Skin], int] = field(default_factory=dict)

    def skin(self, skin: Skin) -> int:
        """The number of a further chart."""
        self.skins.append(skin)
        return len(self.skins) - 1

    def shared_skin(self, role: Role, skin: Skin) -> int:
        """The number of a chart that all pieces of a role which ask for the same share.

        Pieces of another role are drawn with other triangles, and therefore need their own.
        """
        if (role, skin) not in self.shared:
            self.shared[role, skin] = self.skin(skin)
        return self.shared[role, skin]

    def cut(self, role: Role, skin: Skin, thick: float, inside: float | None = None) -> Cut:
        """Boxes with a ``skin`` before and behind, ``thick``; ``inside`` is the sky behind."""
        broad = self.shared_skin(role, skin)
        behind = (
            broad
            if inside is None
            else self.shared_skin(role, replace(skin, occlusion=inside, opening=None))
        )
        edge = replace(skin, height=thick, occlusion=0.95 * skin.occlusion, opening=None)
        end = replace(skin, width=thick, occlusion=0.9 * skin.occlusion, opening=None)
        edges, ends = self.shared_skin(role, edge), self.shared_skin(role, end)
        size = (skin.width, skin.height, thick)
        return Cut(role, size, skin.margin, (ends, ends, edges, edges, broad, behind))

    def stud(self, side: Side, right: float, up: float, out: float, head: Head) -> None:
        """Set a stud on a side, at ``out`` from its surface."""
        centre = side.at(right, up, out)
        self.studs.append(Stud(centre, side.axes, head.radius, head.height, head.skin))

    def plan(self, lean: Iterable[Piece], coarse: Iterable[Iterable[Piece]]) -> Plan:
        """Everything, and the pieces for small budgets and of distant views."""
        return Plan(
            skins=tuple(self.skins),
            pieces=tuple(self.pieces),
            lean=tuple(lean),
            studs=tuple(self.studs),
            coarse=tuple(tuple(pieces) for pieces in coarse),
        )


@dataclass(frozen=True, slots=True)
class Head:
    """Radius and height of a stud, metres, and its chart."""

    radius: float
    height: float
    skin: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A kind of board: its size, bevel and charts; of one kind, all share their charts."""

    role: Role
    size: Vector
    bevel: float
    skins: tuple[int, int, int, int, int, int]

    def piece(self, centre: Vector, axes: Axes, **details: Any) -> Piece:
        """One of them."""
        return Piece(self.role, centre, axes, self.size, self.bevel, self.skins, **details)


def reversed_axes(axes: Axes) -> Axes:
    """Turned half around, so that a board from the same chart looks like another."""
    (a, b, c), (d, e, f), out = axes
    return (-a, -b, -c), (-d, -e, -f), out
