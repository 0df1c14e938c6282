"""Windows with their frames, and doors, painted where the walls' recesses will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.paint.glazing import panes
from meshmill.geometry.generators.building.paint.patterns import to_texels
from meshmill.geometry.generators.building.panels import DARK
from meshmill.geometry.generators.building.styles import Style
from meshmill.geometry.maps import MapSet, pack_normals, tilts

_FRAME_M = 0.07
_RELIEF_M = 0.02


@dataclass(frozen=True, slots=True)
class Place:
    """The bay of an opening in the texture, what opens there, and what is behind the glass."""

    cell: Chart
    opening: str
    glass: int


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """Texels of openings of one size, uint8: all but ``normal`` (variants, rows, columns, 3)."""

    colour: U8
    light: U8
    rough: U8
    normal: U8


def paint_openings(
    maps: MapSet, light: U8, places: Sequence[Place], layout: Layout, density: float, seed: int
) -> None:
    """Paint all openings of at least a texel, those of one size at once.

    ``light`` is the emissive map.
    """
    groups: dict[tuple[str, int, int], list[tuple[Chart, int]]] = {}
    for place in places:
        chart = _chart(place, layout)
        if min(chart.height, chart.width) > 0:
            key = place.opening, chart.height, chart.width
            groups.setdefault(key, []).append((chart, place.glass))
    for (name, rows, columns), charts in groups.items():
        variants = sorted({glass for _, glass in charts})
        look = _look(layout.style, name, (rows, columns), variants, density, seed)
        for chart, glass in charts:
            own = variants.index(glass)
            maps.base_colour[chart.area] = look.colour[own]
            maps.normal[chart.area] = look.normal
            maps.orm[chart.area][:, :, 0] = 235
            maps.orm[chart.area][:, :, 1] = look.rough[own]
            light[chart.area] = look.light[own]


def _chart(place: Place, layout: Layout) -> Chart:
    cell, opening = place.cell, layout.openings[place.opening]
    left, right = (round(at * cell.width) for at in (opening.left, opening.right))
    top, bottom = (round((1.0 - at) * cell.height) for at in (opening.top, opening.bottom))
    return Chart(cell.left + left, cell.top + top, right - left, bottom - top)


def _look(
    style: Style, name: str, shape: tuple[int, int], variants: list[int], density: float, seed: int
) -> _Look:
    seen = panes(*shape, variants, seed)
    if name == "door":
        bars, paint = _door_mask(*shape, roller=style.roller), style.door_colour
    else:
        bars, paint = frame_mask(*shape, density, style.panes), style.frame
    solid = bars > 0
    painted = (
        np.array(paint, dtype=np.float32) * (np.float32(0.9) + bars * np.float32(0.1))[..., None]
    )
    colour = np.where(solid[..., None], painted, seen.colour)
    shines = ~solid[..., None] & (name != "door")
    lit = np.array(variants)[:, None, None, None] >= DARK
    rough = np.where(solid, np.float32(0.55), seen.rough) * np.float32(255)
    normal = np.empty((*shape, 3), dtype=np.uint8)
    pack_normals(*tilts(bars * np.float32(_RELIEF_M * density)), normal)
    return _Look(
        to_texels(colour).astype(np.uint8),
        (seen.light * (shines & lit)).astype(np.uint8),
        rough.astype(np.uint8),
        normal,
    )


def frame_mask(rows: int, columns: int, density: float, panes: tuple[int, int]) -> F32:
    """Height 0 … 1 of frame and bars."""
    wide = max(1.0, _FRAME_M * density)
    x, y = (np.arange(count, dtype=np.float32) + np.float32(0.5) for count in (columns, rows))
    to_side = np.minimum(x, columns - x)[None, :]
    to_head = np.minimum(y, rows - y)[:, None]
    mask = (np.minimum(to_side, to_head) < wide).astype(np.float32)
    thin = max(0.75, 0.025 * density)
    for k in range(1, panes[0]):
        mask = np.maximum(
            mask, (np.abs(x - columns * k / panes[0]) < thin)[None, :] * np.float32(0.8)
        )
    for k in range(1, panes[1]):
        share = 0.32 if panes[1] == 2 else k / panes[1]  # noqa: PLR2004 - a fanlight
        mask = np.maximum(mask, (np.abs(y - rows * share) < thin)[:, None] * np.float32(0.8))
    height: F32 = mask.astype(np.float32)
    return height


def _door_mask(rows: int, columns: int, *, roller: bool) -> F32:
    """Height of a door's leaves, 0 for the light above them."""
    x, y = (
        (np.arange(count, dtype=np.float32) + np.float32(0.5)) * np.float32(1.0 / count)
        for count in (columns, rows)
    )
    if roller:
        slat = y * np.float32(18.0)
        level = np.float32(0.7) + np.float32(0.3) * (slat - np.floor(slat))
        return np.repeat(level[:, None], columns, axis=1)
    half = np.abs(np.abs(x - np.float32(0.5)) - np.float32(0.25))[None, :]
    panel = (half < np.float32(0.15)) & ((np.abs(y - np.float32(0.46)) < np.float32(0.12)) | (
        np.abs(y - np.float32(0.8)) < np.float32(0.13)))[:, None]  # fmt: skip
    leaf = np.where(panel, np.float32(1.0), np.float32(0.7))
    leaf = np.where(np.abs(x - np.float32(0.5))[None, :] < np.float32(0.012), np.float32(0.3), leaf)
    above = (y < np.float32(0.19))[:, None] & (y > np.float32(0.04))[:, None]
    glass = above & (np.abs(x - np.float32(0.5)) < np.float32(0.44))[None, :]
    return np.where(glass, np.float32(0.0), leaf).astype(np.float32)
