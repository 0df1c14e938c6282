"""The web's cast iron under machine paint: orange peel, dirt in corners, chips along edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.gear.blank import Blank, Holes, Spokes, Web
from meshmill.geometry.generators.gear.coat import Canvas, Coat, Shade, Stretch, shades, tint
from meshmill.geometry.generators.gear.layout import Sheet
from meshmill.geometry.maps import MapSet
from meshmill.geometry.rasters import Spread, smoothstep
from meshmill.geometry.scene import Material

_PAINTS: tuple[tuple[Shade, Shade], ...] = (
    ((48, 84, 64), (68, 108, 84)),
    ((40, 68, 106), (60, 92, 132)),
    ((86, 92, 97), (112, 118, 122)),
    ((116, 46, 38), (144, 66, 52)),
    ((38, 40, 43), (56, 58, 61)),
    ((168, 120, 36), (196, 146, 56)),
)
_GRIME: Shade = (46, 42, 38)
_PRIMER: Shade = (120, 74, 58)
_IRON: Shade = (194, 190, 186)
_SALT = 0x7A17
_ONE = np.float32(1.0)
_LATTICE = 128


@dataclass(frozen=True, slots=True)
class _Paint:
    dark: Shade
    light: Shade
    chipped: float
    salt: int

    @classmethod
    def drawn(cls, seed: int) -> _Paint:
        """Draw a colour and its age from the seed."""
        rng = np.random.default_rng([seed, _SALT])
        dark, light = _PAINTS[int(rng.integers(0, len(_PAINTS)))]
        return cls(dark, light, float(rng.random()), (seed * 37 + _SALT) & 0x7FFFFFFF)

    def coat(self, stretch: Stretch, edge: F32, corner: F32, occlusion: F32) -> Coat:
        """Paint a stretch; ``edge`` and ``corner`` tell how near they are, 0 … 1."""
        lumps = stretch.grain((11.0, 11.0), self.salt) + stretch.grain(
            (5.0, 5.0), self.salt + 1
        ) * np.float32(0.5)
        fine = stretch.grain((2.6, 2.6), self.salt + 2)
        broad = stretch.broad((4, 4), self.salt + 3)
        inner, grit = lumps[1:-1, 1:-1], fine[1:-1, 1:-1]
        tone = inner * np.float32(0.14)
        tone += broad * np.float32(0.35)
        tone += np.float32(0.5)
        colours = shades(tone, self.dark, self.light)
        dirt = smoothstep(corner + broad * np.float32(0.35) + inner * np.float32(0.12), 0.35, 1.05)
        tint(colours, _GRIME, dirt * np.float32(0.75))
        worn = edge + inner * np.float32(0.2) + grit * np.float32(0.22) + broad * np.float32(0.4)
        start = 1.26 - 0.4 * self.chipped
        tint(colours, _PRIMER, smoothstep(worn, start - 0.1, start - 0.04))
        bare = smoothstep(worn, start, start + 0.05)
        tint(colours, _IRON, bare)
        roughness = np.float32(0.44) + inner * np.float32(0.06) + dirt * np.float32(0.25)
        roughness += broad * np.float32(0.08) + bare * np.float32(0.06)
        bump = lumps * np.float32(0.26) + fine * np.float32(0.08)
        bump[1:-1, 1:-1] -= bare * np.float32(0.5)
        shade = np.broadcast_to(occlusion, inner.shape)
        return Coat(colours, roughness, shade, bare, bump)


def paint_web(blank: Blank, web: Web, sheet: Sheet, seed: int) -> Material:
    """Paint every chart of the web."""
    paint = _Paint.drawn(seed)
    middle = tuple((a + b) // 2 for a, b in zip(paint.dark, paint.light, strict=True))
    maps = MapSet.filled(sheet.size, (middle[0], middle[1], middle[2]), (235, 115, 0))
    for name in sheet.frames:
        canvas = Canvas.of(sheet, name)
        canvas.paint(maps, _finish(name, canvas, blank, web, paint))
    return maps.material("Gear", "Web")


def _finish(
    name: str, canvas: Canvas, blank: Blank, web: Web, paint: _Paint
) -> Callable[[Stretch], Coat]:
    if name == "floor":
        return _Floor.of(canvas, blank, web, paint).coat
    depth = blank.half_width - web.floor
    if name == "window":
        return lambda stretch: _window_wall(stretch, web, paint)
    return lambda stretch: _side_wall(stretch, depth, paint)


def _side_wall(stretch: Stretch, depth: float, paint: _Paint) -> Coat:
    """From a turned edge down into the fillet."""
    down = np.clip(stretch.down * np.float32(1.0 / depth), np.float32(0.0), _ONE)
    edge = _ONE - smoothstep(down, 0.0, 0.3)
    return paint.coat(stretch, edge, smoothstep(down, 0.35, 1.1), _ONE - down * np.float32(0.4))


def _window_wall(stretch: Stretch, web: Web, paint: _Paint) -> Coat:
    """Between two rounded edges."""
    inside = np.float32(web.floor) - np.abs(stretch.down - np.float32(web.floor))
    share = np.clip(inside * np.float32(1.0 / web.floor), np.float32(0.0), _ONE)
    edge = _ONE - smoothstep(share, 0.0, 0.22)
    return paint.coat(stretch, edge, share * np.float32(0.3), _ONE - share * np.float32(0.3))


@dataclass(frozen=True, slots=True, eq=False)
class _Floor:
    """Nearness of edges and corners and the light that reaches the floor, on a lattice."""

    reach: float
    edge: Spread
    corner: Spread
    occlusion: Spread
    paint: _Paint

    @classmethod
    def of(cls, canvas: Canvas, blank: Blank, web: Web, paint: _Paint) -> _Floor:
        """Survey the floor of a web."""
        reach, _ = web.floor_radii(0)
        outer, inner = web.floor_radii(1)
        ticks = np.arange(_LATTICE, dtype=np.float32) * np.float32(2.0 / (_LATTICE - 1)) - _ONE
        x = (ticks * np.float32(reach))[None, :]
        y = x.T
        radius: F32 = np.sqrt(x * x + y * y)
        room = np.float32(web.rim - web.hub)
        wall: F32 = np.minimum(np.float32(outer) - radius, radius - np.float32(inner)) / room
        corner = _ONE - smoothstep(wall, -0.02, 0.14)
        edge = np.zeros_like(radius)
        if web.windows is not None:
            clear: F32 = np.abs(_inside_windows(web.windows, x, y, radius))
            edge = _ONE - smoothstep(clear * np.float32(1.0 / (2.2 * blank.bevel)), 0.0, 1.0)
        occlusion = np.float32(0.55) + np.float32(0.45) * smoothstep(wall, -0.05, 0.25)
        columns = _lattice_places(canvas.columns, reach)
        return cls(
            reach, Spread(edge, columns), Spread(corner, columns), Spread(occlusion, columns), paint
        )

    def coat(self, stretch: Stretch) -> Coat:
        """Paint a stretch of the floor."""
        rows = _lattice_places(stretch.rows, self.reach)
        edge, corner, occlusion = (
            spread.band(rows)[1:-1, 1:-1] for spread in (self.edge, self.corner, self.occlusion)
        )
        return self.paint.coat(stretch, edge, corner, occlusion)


def _lattice_places(line: F32, reach: float) -> F32:
    last = np.float32(_LATTICE - 1)
    places: F32 = np.clip((line + np.float32(reach)) * (last / np.float32(2.0 * reach)),
                          np.float32(0.0), last)  # fmt: skip
    return places


def _inside_windows(windows: Spokes | Holes, x: F32, y: F32, radius: F32) -> F32:
    """Millimetres within the nearest window's edge; negative outside."""
    turns = np.arange(windows.count) * (1.0 / windows.count)
    if isinstance(windows, Holes):
        cos, sin = cos_sin(turns + 0.5 / windows.count)
        nearest = np.full_like(radius, np.inf)
        for c, s in zip(cos * windows.middle, sin * windows.middle, strict=True):
            dx, dy = x - np.float32(c), y + np.float32(s)
            np.minimum(nearest, dx * dx + dy * dy, out=nearest)
        inside: F32 = np.float32(windows.radius) - np.sqrt(nearest)
        return inside
    cos, sin = cos_sin(turns)
    away = np.full_like(radius, np.inf)
    for c, s in zip(cos, sin, strict=True):
        along = x * np.float32(c) - y * np.float32(s)
        across = np.abs(x * np.float32(s) + y * np.float32(c))
        np.minimum(away, np.where(along > 0, across, np.inf), out=away)
    share = (radius - np.float32(windows.inner)) / np.float32(windows.outer - windows.inner)
    half = np.float32(windows.hub_half) + share * np.float32(windows.rim_half - windows.hub_half)
    far, near = np.float32(windows.outer) - radius, radius - np.float32(windows.inner)
    corner = np.where(far < near, windows.outer_corner, windows.inner_corner).astype(np.float32)
    return _rounded(np.minimum(far, near), away - half, corner)


def _rounded(first: F32, second: F32, corner: F32) -> F32:
    """Distance within two edges whose corner is round."""
    a, b = (np.maximum(corner - inside, np.float32(0.0)) for inside in (first, second))
    nearest = np.minimum(np.minimum(first, second), corner)
    return np.where((a > 0) & (b > 0), corner - np.sqrt(a * a + b * b), nearest)
