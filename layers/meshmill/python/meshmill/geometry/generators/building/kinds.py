"""Sections and lengths of all bars of a building, in metres."""

from __future__ import annotations

from meshmill.geometry.generators.building.bars import Kind
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.roofs.hipped import steep_height

STEP_DEPTH = 0.62
PARAPET = 0.85
CHIMNEY_ABOVE = 0.75
#: Rings around a building of few triangles have long segments.
_FEW_TRIANGLES = 5000
_RING_M = 3.0
#: Single tiles of different shades.
TILES = 5


def trim_kinds(layout: Layout, budget: int) -> dict[str, Kind]:
    """Bars of the trim's material."""
    around = max(layout.size) if budget < _FEW_TRIANGLES else _RING_M
    kinds = _rings(layout, around) | _entrance(layout) | _roofscape(layout)
    for name in layout.openings:
        kinds |= _window(layout, name)
    kinds |= _front(layout)
    if layout.style.timber:
        kinds |= _timber(layout)
    return kinds


def roof_kinds(layout: Layout) -> dict[str, Kind]:
    """Bars of the roof's material."""
    kinds = {"ridge": Kind(0.26, 0.17, 0.48, "accent", "round")}
    if layout.covering in ("tiles", "slate"):
        kinds |= {f"tile_{k}": Kind(0.27, 0.024, 0.42, "accent") for k in range(TILES)}
    kinds["seam"] = Kind(0.05, 0.09, 2.4, "accent")
    kinds["dormer_roof"] = Kind(1.3, 0.07, 1.3, "accent")
    return kinds


def chimney_height(layout: Layout) -> float:
    """Length of a chimney from below the roof, a tenth of the span beside the ridge."""
    return CHIMNEY_ABOVE + 0.8 + 0.3 * layout.rise


def dormer_height(layout: Layout) -> float:
    """A dormer's height from its sill to its ridge."""
    return 0.72 * steep_height(layout.options)


def _rings(layout: Layout, length: float) -> dict[str, Kind]:
    short = max(_RING_M, sum(layout.size) / 12.0)
    return {
        "plinth": Kind(0.2, layout.style.plinth, short, "stone"),
        "course": Kind(0.22, 0.2, short, "stone"),
        "cornice": Kind(0.34, 0.2, short, "stone"),
        "bed": Kind(0.22, 0.14, short, "stone"),
        "parapet": Kind(0.32, PARAPET, length, "masonry"),
        "coping": Kind(0.42, 0.11, short, "stone"),
    }


def _entrance(layout: Layout) -> dict[str, Kind]:
    door = layout.openings["door"]
    width = (door.right - door.left) * layout.bay[0]
    height = (door.top - door.bottom) * layout.bay[1]
    rise = layout.style.plinth * 0.5
    leaf = 1.04 * width if layout.style.roller else 0.44 * width
    return {
        "step_low": Kind(STEP_DEPTH + 0.3, rise + 0.02, width + 0.9, "stone"),
        "step_high": Kind(0.5 * STEP_DEPTH + 0.24, rise + 0.04, width + 0.5, "stone"),
        "leaf": Kind(leaf, 0.06, 0.76 * height, "door"),
        "panel": Kind(0.62 * leaf, 0.04, 0.3 * height, "door"),
        "slat": Kind(0.05, 0.13, leaf, "door"),
        "canopy": Kind(0.62, 0.12, width + 0.7, "iron"),
        "bracket": Kind(0.07, 0.09, 0.55, "iron"),
        "knob": Kind(0.05, 0.05, 0.16, "iron"),
        "bumper": Kind(0.22, 0.18, 0.4, "iron"),
    }


def _window(layout: Layout, name: str) -> dict[str, Kind]:
    opening = layout.openings[name]
    width = (opening.right - opening.left) * layout.bay[0]
    height = (opening.top - opening.bottom) * layout.bay[1]
    return {
        f"{name}_side": Kind(0.075, 0.13, height, "frame"),
        f"{name}_top": Kind(0.13, 0.075, width, "frame"),
        f"{name}_mullion": Kind(0.045, 0.1, height, "frame"),
        f"{name}_transom": Kind(0.1, 0.045, width, "frame"),
        f"{name}_sill": Kind(0.26, 0.09, width + 0.24, "stone"),
        f"{name}_lintel": Kind(0.16, 0.22, width + 0.36, "stone"),
        f"{name}_voussoir": Kind(0.075, 0.16, 0.21, "masonry"),
        f"{name}_shutter": Kind(0.5 * width, 0.05, height, "accent"),
        f"{name}_louvre": Kind(0.08, 0.02, 0.44 * width, "accent"),
        f"{name}_bar": Kind(0.03, 0.05, height, "frame"),
        f"{name}_blade": Kind(0.2, 0.03, width, "accent"),
    }


def _front(layout: Layout) -> dict[str, Kind]:
    storey, width = layout.options.storey_height_m, layout.bay[0]
    return {
        "quoin": Kind(0.5, 0.34, 0.31, "stone"),
        "dentil": Kind(0.13, 0.12, 0.16, "stone"),
        "balcony": Kind(0.72, 0.14, 0.86 * width, "stone"),
        "rail": Kind(0.06, 0.05, 0.86 * width, "iron"),
        "rail_side": Kind(0.06, 0.05, 0.56, "iron"),
        "baluster": Kind(0.026, 0.026, 0.92, "iron"),
        "fin": Kind(0.16, 0.28, storey, "accent"),
        "spandrel": Kind(0.1, 0.14, width, "iron"),
        "rib": Kind(0.09, 0.1, storey, "accent"),
        "sheet_rib": Kind(0.07, 0.07, storey, "masonry"),
        "gutter": Kind(0.15, 0.13, 2.6, "iron", "round"),
        "pipe": Kind(0.1, 0.1, storey, "iron", "round"),
        "collar": Kind(0.16, 0.16, 0.08, "iron"),
    }


def _roofscape(layout: Layout) -> dict[str, Kind]:
    return {
        "chimney": Kind(0.62, 0.86, chimney_height(layout), "masonry"),
        "chimney_cap": Kind(0.8, 1.04, 0.16, "stone"),
        "pot": Kind(0.24, 0.24, 0.4, "door", "round"),
        "dormer": Kind(1.45, dormer_height(layout), 1.6, "frame", "house"),
        "attic_side": Kind(0.1, 0.14, 1.1, "frame"),
        "attic_top": Kind(0.16, 0.12, 0.9, "stone"),
        "penthouse": Kind(2.6, 2.2, 2.6, "masonry"),
        "plant": Kind(1.3, 1.0, 1.7, "iron"),
        "grille": Kind(0.05, 0.05, 1.5, "frame"),
        "duct": Kind(0.42, 0.42, 2.2, "iron", "round"),
        "vent": Kind(0.5, 0.5, 0.8, "iron", "round"),
        "cowl": Kind(0.72, 0.72, 0.22, "iron", "round"),
        "mast": Kind(0.05, 0.05, 2.0, "iron"),
    }


def _timber(layout: Layout) -> dict[str, Kind]:
    width, storey = layout.bay
    return {
        "post": Kind(0.19, 0.2, storey, "timber"),
        "corner_post": Kind(0.26, 0.26, storey, "timber"),
        "beam": Kind(0.22, 0.24, 2.4, "timber"),
        "rail_beam": Kind(0.18, 0.15, width, "timber"),
        "brace": Kind(0.13, 0.18, 0.8 * storey, "timber"),
        "stud": Kind(0.12, 0.18, 0.3 * storey, "timber"),
        "joist": Kind(0.15, 0.17, 0.7, "timber"),
        "corbel": Kind(0.12, 0.3, 0.42, "timber"),
    }
