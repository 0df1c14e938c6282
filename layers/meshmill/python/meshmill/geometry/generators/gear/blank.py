"""What a gear's options come to: radii, recesses, windows and edges in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from meshmill.geometry.angles import TAU, cosine, sine
from meshmill.geometry.generators.gear.proportions import (
    hub_radius,
    key_size,
    rim_radius,
    root_radius,
    window_room,
)
from meshmill.geometry.generators.gear.spec import GearOptions
from meshmill.geometry.generators.gear.tooth import Tooth

_DEGREES = 360.0
#: Bevels of the teeth and of the body, in modules.
_TOOTH_BEVEL, _BODY_BEVEL = 0.12, 0.2
#: Windows between spokes are at most so many times longer than high, where there may be enough.
_LONGEST_WINDOW = 3.4
#: Gears of many teeth have no triangles left for many windows at low quality.
_MOST_WINDOWS, _FEW_WINDOWS, _MANY_TEETH = 12, 4, 160
#: A recess narrower than this many modules is not turned.
_LEAST_RECESS = 1.4


@dataclass(frozen=True, slots=True)
class Bore:
    """A hole for the shaft; ``key`` is the keyway's width and depth."""

    radius: float
    key: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Spokes:
    """Windows between ``count`` straight spokes, which taper from ``hub_half`` to ``rim_half``."""

    count: int
    inner: float
    outer: float
    hub_half: float
    rim_half: float
    inner_corner: float
    outer_corner: float


@dataclass(frozen=True, slots=True)
class Holes:
    """``count`` round windows on a circle."""

    count: int
    middle: float
    radius: float

    @property
    def inner(self) -> float:
        """Distance from the axis to the holes' nearest points."""
        return self.middle - self.radius

    @property
    def outer(self) -> float:
        """Distance from the axis to their farthest points."""
        return self.middle + self.radius


@dataclass(frozen=True, slots=True)
class Web:
    """The recess between ``rim`` and ``hub``: its floor's height above the middle of the gear."""

    rim: float
    hub: float
    floor: float
    fillet: float
    draft: float
    windows: Spokes | Holes | None

    def floor_radii(self, fillet_edges: int) -> tuple[float, float]:
        """Outer and inner radius of the floor; it reaches to the walls where no fillet is drawn."""
        aside = self.draft + (self.fillet if fillet_edges else 0.0)
        return self.rim - aside, self.hub + aside


@dataclass(frozen=True, slots=True)
class Blank:
    """A gear's dimensions; ``half_width`` is half of the face width, ``bevel`` that of the body.

    ``tooth_bevel`` is in modules, ``twist`` the turns by which the upper end of the teeth is ahead
    of their middle: positive is right-handed.
    """

    teeth: int
    module: float
    pressure_turns: float
    half_width: float
    twist: float
    tooth_bevel: float
    bevel: float
    bore: Bore | None
    web: Web | None

    @property
    def pitch(self) -> float:
        """Radius of the pitch circle."""
        return self.teeth * self.module * 0.5

    @property
    def tip(self) -> float:
        """Radius of the tip circle."""
        return self.pitch + self.module

    @property
    def root(self) -> float:
        """Radius of the root circle."""
        return root_radius(self.teeth, self.module)

    def tooth(self, offset: float = 0.0) -> Tooth:
        """The tooth's outline, shrunk by ``offset`` modules."""
        return Tooth(self.teeth, self.pressure_turns, offset)


def make_blank(options: GearOptions) -> Blank:
    """Proportion a gear after the rules of machine design."""
    module, half_width = options.module_mm, options.face_width_mm * 0.5
    helix = options.helix_deg / _DEGREES
    pitch = options.teeth * module * 0.5
    bore = _bore(options)
    return Blank(
        teeth=options.teeth,
        module=module,
        pressure_turns=options.pressure_angle_deg / _DEGREES,
        half_width=half_width,
        twist=half_width * sine(helix) / cosine(helix) / (pitch * TAU),
        tooth_bevel=min(_TOOTH_BEVEL, 0.12 * half_width / module),
        bevel=min(_BODY_BEVEL * module, 0.08 * half_width, 0.1 * options.bore_mm or module),
        bore=bore,
        web=_web(options, bore),
    )


def _bore(options: GearOptions) -> Bore | None:
    if options.bore_mm == 0:
        return None
    key = key_size(options.bore_mm) if options.keyway else None
    return Bore(options.bore_mm * 0.5, key)


def _web(options: GearOptions, bore: Bore | None) -> Web | None:
    module, half_width = options.module_mm, options.face_width_mm * 0.5
    root = root_radius(options.teeth, module)
    key_depth = bore.key[1] if bore and bore.key else 0.0
    rim, hub = rim_radius(root, module), hub_radius(root, module, options.bore_mm, key_depth)
    if rim - hub < _LEAST_RECESS * module:
        return None
    share = 0.34 if options.web == "solid" else 0.55
    depth = min(share * half_width, 0.45 * (rim - hub))
    fillet = min(0.6 * depth, 0.06 * (rim - hub))
    draft = 0.08 * depth
    room = window_room(rim, hub)
    windows: Spokes | Holes | None = None
    if options.web == "spokes":
        windows = _spokes(options.teeth, (rim + hub) * 0.5, room)
    elif options.web == "holes":
        windows = _holes(options.teeth, (rim + hub) * 0.5, room)
    return Web(rim, hub, half_width - depth, fillet, draft, windows)


def _spokes(teeth: int, middle: float, room: float) -> Spokes:
    count = next(n for most, n in ((22, 4), (60, 5), (200, 6)) if teeth <= most)
    if teeth <= _MANY_TEETH:
        count = max(count, min(int(TAU * middle / (_LONGEST_WINDOW * room)) + 1, _MOST_WINDOWS))
    inner, outer = middle - room * 0.5, middle + room * 0.5
    half_sector = sine(0.5 / count)
    hub_half = min(0.42 * inner * half_sector, 0.3 * room)
    rim_half = 0.8 * hub_half
    # Both corners beside the hub must fit between two spokes.
    widest = 0.8 * (inner * half_sector - hub_half) / (1.0 - half_sector)
    return Spokes(
        count, inner, outer, hub_half, rim_half, min(0.25 * room, widest), min(0.3 * room, widest)
    )


def _holes(teeth: int, middle: float, room: float) -> Holes:
    radius = 0.47 * room
    most = _MOST_WINDOWS if teeth <= _MANY_TEETH else _FEW_WINDOWS
    count = min(max(int(TAU * middle / (2.9 * radius)), 3), most)
    apart = middle * sine(0.5 / count)
    return Holes(count, middle, min(radius, 0.8 * apart))


def level_rim(blank: Blank, web: Web, edges: int) -> float:
    """Radius of the corners of a coarse rim, whose edges stay beside the recess."""
    return min(web.rim / cosine(0.5 / edges), (web.rim + blank.root) * 0.5)


def hypotenuse_side(hypotenuse: float, side: float) -> float:
    """The other short side of a right triangle; 0 where there is none."""
    return sqrt(max(hypotenuse * hypotenuse - side * side, 0.0))
