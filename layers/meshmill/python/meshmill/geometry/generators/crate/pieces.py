"""What crates are made of: boxes on the sides of a box, heads of nails, and what covers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Vector = tuple[float, float, float]
Axes = tuple[Vector, Vector, Vector]
#: What is "free" is seen from before and behind; the "base" is below, and seen least.
Role = Literal["plank", "base", "frame", "sheet", "rib", "free", "fitting"]
Slot = Literal["body", "hardware"]
Style = Literal["face", "end", "sheet", "rib", "steel"]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a frame leaves free of a side: half its width and height, metres.

    ``right`` and ``up`` are where the centre of a chart lies in it; ``depth`` is how far the frame
    stands out, 0 without one. Upright ribs of a width ``band`` stand at every ``pitch`` metres from
    the middle, ``odd`` if there is one in the middle; without ribs the pitch is 0.
    """

    name: str
    width: float
    height: float
    depth: float
    right: float = 0.0
    up: float = 0.0
    pitch: float = 0.0
    band: float = 0.0
    odd: bool = False


@dataclass(frozen=True, slots=True)
class Skin:
    """A chart to be painted: ``width`` x ``height`` metres, its bevels ``margin`` wide.

    ``style`` selects how it is painted. ``occlusion`` is the light of the sky that reaches it.
    """

    slot: Slot
    style: Style
    width: float
    height: float
    margin: float
    occlusion: float = 1.0
    opening: Opening | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A bevelled box: ``axes`` are its length, width and front, ``size`` is along them.

    ``skins`` number the charts of its faces +x, -x, +y, -y, +z, -z. ``bow`` is how far its middle
    stands out in metres, ``wobble`` the amplitude of its uneven surface.
    """

    role: Role
    centre: Vector
    axes: Axes
    size: Vector
    bevel: float
    skins: tuple[int, int, int, int, int, int]
    bow: float = 0.0
    wobble: float = 0.0


@dataclass(frozen=True, slots=True)
class Stud:
    """A round head on a surface: a nail's, a bolt's or a rivet's."""

    centre: Vector
    axes: Axes
    radius: float
    height: float
    skin: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a crate is built of.

    ``lean`` are the pieces without what a small budget can't afford, ``unseen`` of them at its end
    the least seen; ``coarse`` are those of distant views, the nearest first. ``draft`` is the share
    by which the base is narrower than the top. Fittings, if any, stand out by
    ``overhang`` metres.
    """

    skins: tuple[Skin, ...]
    pieces: tuple[Piece, ...]
    lean: tuple[Piece, ...]
    studs: tuple[Stud, ...]
    coarse: tuple[tuple[Piece, ...], ...]
    unseen: int = 0
    draft: float = 0.0
    overhang: float = 0.0


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a box, seen from outside: its axes, and how far it is from the centre.

    ``width`` and ``height`` are half its extents to the right and upwards, metres.
    """

    name: str
    axes: Axes
    width: float
    height: float
    reach: float

    def at(self, right: float, up: float, out: float = 0.0) -> Vector:
        """A point of the side in the crate's frame; ``out`` is from its surface."""
        x, y, z = self.axes
        distance = self.reach + out
        a, b, c = (x[k] * right + y[k] * up + z[k] * distance for k in range(3))
        return a, b, c

    @property
    def below(self) -> bool:
        """Whether it looks down."""
        return self.axes[2][1] < 0

    def turned(self, cosine: float, sine: float) -> Axes:
        """Its axes, turned to the left by an angle."""
        x, y, z = self.axes
        return (
            _blend(x, cosine, y, sine),
            _blend(y, cosine, x, -sine),
            z,
        )


def _blend(a: Vector, by: float, b: Vector, and_by: float) -> Vector:
    x, y, z = (a[k] * by + b[k] * and_by for k in range(3))
    return x, y, z


_X, _Y, _Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
_LEFT, _DOWN, _BEHIND = (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0)


def sides_of(half: Vector) -> Iterator[Side]:
    """Front, back, right, left, top and bottom of a box of these half extents."""
    x, y, z = half
    yield Side("front", (_X, _Y, _Z), x, y, z)
    yield Side("front", (_LEFT, _Y, _BEHIND), x, y, z)
    yield Side("flank", (_BEHIND, _Y, _X), z, y, x)
    yield Side("flank", (_Z, _Y, _LEFT), z, y, x)
    yield Side("lid", (_X, _BEHIND, _Y), x, z, y)
    yield Side("lid", (_X, _Z, _DOWN), x, z, y)


#: Length, width and front of a beam along each axis of the crate.
EDGE_AXES: tuple[Axes, Axes, Axes] = (
    (_X, _Y, _Z),
    (_Y, _LEFT, _Z),
    (_BEHIND, _Y, _X),
)


def panels_of(body: Vector, inset: float, *, lid: bool) -> list[Side]:
    """What sheets or planks fill of the sides of a body, with or without its lid.

    Bottom and lid cover the ends of the walls, which are ``inset`` there; so are the flanks between
    front and back. The bottom is last.
    """
    front, back, right, left, top, bottom = sides_of(body)
    walls = [
        replace(side, height=side.height - inset, width=side.width - short)
        for side, short in ((front, 0.0), (back, 0.0), (right, inset), (left, inset))
    ]
    return [*walls, *((top,) if lid else ()), bottom]
