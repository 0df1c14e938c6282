"""Machined steel: turned faces, ground flanks, a honed bore.

Colours stay those of bare metal; use shows in roughness: polish where teeth touch, oil, dirt.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from meshmill.geometry.generators.gear.blank import Blank
from meshmill.geometry.generators.gear.coat import Canvas, Coat, Stretch, shades, tint
from meshmill.geometry.generators.gear.faces import TurnedFace
from meshmill.geometry.generators.gear.flanks import GroundTooth
from meshmill.geometry.generators.gear.layout import Sheet
from meshmill.geometry.generators.gear.metal import DARK, LIGHT, METAL, OILED, Wear
from meshmill.geometry.generators.gear.unrolled import Unrolled
from meshmill.geometry.maps import MapSet
from meshmill.geometry.scene import Material

_SALT = 0x6EA2
#: Of the bore, which little light reaches.
_DEEP, _KEY_DEEP = 0.72, 0.6


def paint_steel(blank: Blank, unrolled: Unrolled, sheet: Sheet, seed: int) -> Material:
    """Paint every chart of the steel."""
    maps = MapSet.filled(sheet.size, (205, 203, 199), (235, 88, 255))
    wear = Wear.drawn(seed)
    salt = (seed * 31 + _SALT) & 0x7FFFFFFF
    for number, name in enumerate(sheet.frames):
        canvas = Canvas.of(sheet, name)
        canvas.paint(maps, _finish(name, canvas, blank, unrolled, wear, salt, number))
    return maps.material("Gear", "Steel")


def _finish(
    name: str,
    canvas: Canvas,
    blank: Blank,
    unrolled: Unrolled,
    wear: Wear,
    salt: int,
    number: int,
) -> Callable[[Stretch], Coat]:
    """How the surface of a chart is machined."""
    if name == "face":
        return TurnedFace.of(blank, wear, canvas.sheet.density, salt).coat
    if name == "bore":
        return lambda stretch: _machined(stretch, (70.0, 2.6), _DEEP, salt + 41)
    if name == "key":
        return lambda stretch: _machined(stretch, (3.0, 80.0), _KEY_DEEP, salt + 43)
    return GroundTooth.of(canvas, unrolled, wear, salt, number).coat


def _machined(stretch: Stretch, lay: tuple[float, float], occlusion: float, salt: int) -> Coat:
    """Plain machining with tool marks of ``lay`` texels across and down, and a film of oil."""
    marks = stretch.grain(lay, salt) + stretch.grain((9.0, 9.0), salt + 1) * np.float32(0.3)
    inner = marks[1:-1, 1:-1]
    broad = stretch.broad((3, 2), salt + 2)
    colours = shades(np.float32(0.45) + inner * np.float32(0.25) + broad * np.float32(0.2),
                     DARK, LIGHT)  # fmt: skip
    tint(colours, OILED, np.clip(broad + np.float32(0.4), np.float32(0.0), np.float32(0.8)))
    roughness = np.float32(0.36) + inner * np.float32(0.06) - broad * np.float32(0.12)
    shade = np.full_like(inner, np.float32(occlusion))
    return Coat(colours, roughness, shade, METAL, marks * np.float32(0.26))
