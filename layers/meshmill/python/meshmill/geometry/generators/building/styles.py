"""What the styles of buildings have in common, as figures: bays, openings, materials, trim."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from meshmill.geometry.generators.building.spec import BuildingOptions
from meshmill.geometry.noise import hash_share

Wall = Literal["brick", "plaster", "concrete", "corrugated", "stone"]
Covering = Literal["tiles", "slate", "metal", "gravel"]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class OpeningSize:
    """Width and height in metres at most, the same as shares of bay and storey, sill in metres."""

    width: float
    width_share: float
    height: float
    height_share: float
    sill: float


@dataclass(frozen=True, slots=True)
class Style:
    """Figures of one style; lengths in metres.

    ``bay`` is the range of bay widths, ``panes`` columns and rows of panes in a window.
    """

    bay: tuple[float, float]
    window: OpeningSize
    shop: OpeningSize
    door: OpeningSize
    reveal: float
    plinth: float
    pitch: float
    eaves: float
    panes: tuple[int, int]
    upper_wall: Wall
    ground_wall: Wall
    wall_colour: Colour
    ground_colour: Colour
    frame: Colour
    door_colour: Colour
    stone: Colour
    iron: Colour
    accent: Colour
    jetty: float = 0.0
    timber: bool = False
    quoins: bool = False
    sills: bool = False
    shutters: bool = False
    balconies: bool = False
    fins: bool = False
    ribs: bool = False
    roller: bool = False


_RESIDENTIAL = Style(
    bay=(2.3, 3.6),
    window=OpeningSize(1.25, 0.46, 1.75, 0.56, 0.85),
    shop=OpeningSize(1.45, 0.52, 1.9, 0.58, 0.95),
    door=OpeningSize(1.4, 0.52, 2.5, 0.8, 0.0),
    reveal=0.18, plinth=0.36, pitch=0.78, eaves=0.5, panes=(2, 2),
    upper_wall="brick", ground_wall="brick",
    wall_colour=(142, 78, 60), ground_colour=(142, 78, 60), frame=(214, 209, 198),
    door_colour=(44, 66, 58), stone=(188, 178, 160), iron=(44, 45, 48), accent=(64, 92, 86),
    quoins=True, sills=True, balconies=True,
)  # fmt: skip

_OFFICE = Style(
    bay=(2.8, 4.2),
    window=OpeningSize(6.0, 0.84, 9.0, 0.64, 0.72),
    shop=OpeningSize(6.0, 0.84, 9.0, 0.78, 0.2),
    door=OpeningSize(6.0, 0.8, 3.6, 0.86, 0.0),
    reveal=0.15, plinth=0.2, pitch=0.34, eaves=0.35, panes=(3, 2),
    upper_wall="concrete", ground_wall="concrete",
    wall_colour=(158, 157, 152), ground_colour=(104, 106, 108), frame=(58, 62, 66),
    door_colour=(52, 56, 60), stone=(170, 168, 162), iron=(70, 74, 78), accent=(196, 196, 192),
    fins=True,
)  # fmt: skip

_WAREHOUSE = Style(
    bay=(3.6, 5.6),
    window=OpeningSize(3.6, 0.68, 1.2, 0.34, 1.35),
    shop=OpeningSize(3.6, 0.68, 1.1, 0.3, 1.5),
    door=OpeningSize(4.0, 0.8, 4.2, 0.8, 0.0),
    reveal=0.14, plinth=0.45, pitch=0.26, eaves=0.35, panes=(4, 2),
    upper_wall="corrugated", ground_wall="corrugated",
    wall_colour=(120, 138, 148), ground_colour=(120, 138, 148), frame=(72, 78, 82),
    door_colour=(150, 152, 150), stone=(150, 148, 142), iron=(62, 66, 70), accent=(186, 148, 52),
    ribs=True, roller=True,
)  # fmt: skip

_MEDIEVAL = Style(
    bay=(1.7, 2.7),
    window=OpeningSize(1.0, 0.5, 1.25, 0.44, 0.95),
    shop=OpeningSize(0.95, 0.46, 1.05, 0.4, 1.15),
    door=OpeningSize(1.2, 0.6, 2.2, 0.76, 0.0),
    reveal=0.14, plinth=0.3, pitch=1.15, eaves=0.5, panes=(2, 3),
    upper_wall="plaster", ground_wall="stone",
    wall_colour=(214, 200, 168), ground_colour=(140, 132, 120), frame=(72, 52, 38),
    door_colour=(88, 62, 42), stone=(146, 138, 126), iron=(46, 44, 44), accent=(98, 48, 36),
    jetty=0.38, timber=True, shutters=True,
)  # fmt: skip

_STYLES = {
    "residential": _RESIDENTIAL,
    "office": _OFFICE,
    "warehouse": _WAREHOUSE,
    "medieval": _MEDIEVAL,
}

#: Walls, doors and accents that a seed chooses among: wall, its colour, door, shutters or fins.
_COATS: dict[str, tuple[tuple[Wall, Colour, Colour, Colour], ...]] = {
    "residential": (
        ("brick", (146, 80, 60), (40, 62, 54), (58, 84, 78)),
        ("plaster", (206, 182, 142), (78, 54, 44), (92, 112, 96)),
        ("brick", (172, 142, 104), (50, 58, 84), (70, 78, 92)),
        ("plaster", (186, 196, 190), (110, 46, 40), (70, 88, 104)),
        ("brick", (112, 66, 56), (70, 40, 42), (60, 66, 58)),
        ("plaster", (204, 156, 128), (52, 64, 60), (88, 100, 88)),
    ),
    "office": (
        ("concrete", (168, 166, 160), (52, 56, 60), (120, 122, 122)),
        ("concrete", (196, 192, 182), (60, 52, 46), (92, 76, 62)),
        ("concrete", (120, 126, 132), (46, 48, 52), (176, 178, 178)),
        ("brick", (128, 78, 62), (52, 56, 60), (84, 86, 88)),
    ),
    "warehouse": (
        ("corrugated", (118, 138, 150), (158, 160, 158), (190, 150, 50)),
        ("corrugated", (162, 158, 148), (112, 62, 48), (112, 62, 48)),
        ("brick", (138, 82, 64), (70, 92, 86), (78, 80, 82)),
        ("corrugated", (92, 118, 104), (172, 172, 164), (200, 170, 60)),
    ),
    "medieval": (
        ("plaster", (218, 206, 176), (88, 62, 42), (104, 44, 34)),
        ("plaster", (212, 188, 142), (74, 56, 44), (56, 74, 62)),
        ("plaster", (202, 196, 184), (96, 66, 42), (54, 70, 92)),
        ("plaster", (206, 172, 132), (70, 52, 40), (92, 78, 46)),
    ),
}  # fmt: skip
_COAT_SALT, _SHUTTER_SALT = 11, 12


def style_of(options: BuildingOptions, seed: int) -> Style:
    """The style's figures, in the coat of paint that the seed chooses."""
    style, coats = _STYLES[options.style], _COATS[options.style]
    wall, colour, door, accent = coats[
        min(int(_drawn(seed, _COAT_SALT) * len(coats)), len(coats) - 1)
    ]
    ground_wall, ground_colour = style.ground_wall, style.ground_colour
    if options.style == "residential":
        ground_wall, ground_colour = (wall, colour) if wall == "brick" else ("stone", style.stone)
    elif options.style == "warehouse":
        ground_wall, ground_colour = wall, colour
    shutters = style.shutters or (options.style == "residential" and wall == "plaster")
    return replace(
        style, upper_wall=wall, wall_colour=colour, ground_wall=ground_wall,
        ground_colour=ground_colour, door_colour=door, accent=accent, shutters=shutters,
        quoins=style.quoins and not shutters,
    )  # fmt: skip


def covering_of(options: BuildingOptions) -> Covering:
    """What lies on the roof."""
    if options.roof == "flat":
        return "gravel"
    if options.roof == "sawtooth" or options.style in ("warehouse", "office"):
        return "metal"
    return "slate" if options.roof == "mansard" else "tiles"


def _drawn(seed: int, salt: int) -> float:
    return float(hash_share(seed, np.array([salt]))[0])
