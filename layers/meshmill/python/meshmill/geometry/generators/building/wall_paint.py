"""The walls' maps: a pattern for each wall, openings, streaks under sills, dirt at the foot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.building.glazing import pane
from meshmill.geometry.generators.building.layout import BLANK, DOOR, Layout, Opening, opening_name
from meshmill.geometry.generators.building.panels import DARK, Panels, Pool
from meshmill.geometry.generators.building.patterns import (
    Fields,
    Grid,
    Pattern,
    concrete,
    corrugated,
    masonry,
    packed,
    render,
    to_texels,
    warmth,
)
from meshmill.geometry.generators.building.sheet import Sheet
from meshmill.geometry.generators.building.styles import Colour, Wall
from meshmill.geometry.maps import MapSet, pack_normals, tilts
from meshmill.geometry.noise import hash_share, stretched_noise
from meshmill.geometry.rasters import Spread, smoothstep
from meshmill.geometry.scene import Material

_ONE = np.float32(1.0)
_MORTAR = (176, 168, 154)
_FRAME_M = 0.07
#: One splash for all bays, which have to meet at their borders.
_SPLASH_SALT = 5
_EMISSION = 2.0
_GRIME = (0.62, 0.6, 0.56)


@dataclass(frozen=True, slots=True, eq=False)
class _Canvas:
    """The walls' maps while they are painted; ``light`` is the emissive map."""

    panels: Panels
    sheet: Sheet
    maps: MapSet
    light: U8
    walls: dict[bool, Pattern]
    seed: int

    @property
    def layout(self) -> Layout:
        return self.panels.layout


def wall_material(panels: Panels, sheet: Sheet, seed: int) -> Material:
    """Paint all charts of the walls."""
    layout, size = panels.layout, sheet.atlas.size
    style = layout.style
    maps = MapSet.filled(size, style.wall_colour, (250, 220, 0))
    light = np.zeros((size, size, 3), dtype=np.uint8)
    grid = Grid(
        int(layout.bay[1] * sheet.atlas.density) + 2,
        int(layout.bay[0] * sheet.atlas.density) + 2,
        sheet.atlas.density,
        seed,
    )
    walls = {
        False: wall_pattern(style.upper_wall, style.wall_colour, grid),
        True: wall_pattern(style.ground_wall, style.ground_colour, grid),
    }
    canvas = _Canvas(panels, sheet, maps, light, walls, seed)
    for pool in panels.pools.values():
        for variant in range(len(pool.kinds)):
            _paint_panel(canvas, pool, variant)
    _paint_rest(canvas)
    for image in (maps.base_colour, maps.normal, maps.orm, light):
        sheet.extend(image)
    emissive = light if light.any() else None
    if emissive is None:
        return maps.material("Building", "Facade")
    return maps.material("Building", "Facade", emissive=emissive, emissive_strength=_EMISSION)


def wall_pattern(wall: Wall, colour: Colour, grid: Grid) -> Pattern:
    """One bay of a wall."""
    joint: Colour = _MORTAR
    fields: Fields
    if wall == "brick":
        fields = masonry(grid, (0.225, 0.075), 0.011, 0.42)
    elif wall == "stone":
        fields, joint = masonry(grid, (0.62, 0.31), 0.022, 0.36), (120, 112, 100)
    elif wall == "plaster":
        fields = render(grid)
    elif wall == "concrete":
        fields, joint = concrete(grid), (74, 73, 72)
    else:
        fields, joint = corrugated(grid), (132, 92, 66)
    return packed(fields, colour, joint, grid.density, warmth(grid, 0.25))


def _paint_panel(canvas: _Canvas, pool: Pool, variant: int) -> None:
    bays, storeys, ground = pool.key
    chart = canvas.sheet.charts[pool.name(variant)]
    for row in range(storeys):
        for column in range(bays):
            cell = _part(chart, (column, bays), (storeys - 1 - row, storeys))
            kind, glass = (int(grid[variant, row, column]) for grid in (pool.kinds, pool.glass))
            place = variant * 4096 + row * 64 + column + bays
            _paint_bay(canvas, cell, kind, glass, ground=ground, place=place)


def _part(chart: Chart, column: tuple[int, int], row: tuple[int, int]) -> Chart:
    """One cell of a chart that is cut into so many columns and rows."""
    (x, columns), (y, rows) = column, row
    left, right = (chart.width * k // columns for k in (x, x + 1))
    top, bottom = (chart.height * k // rows for k in (y, y + 1))
    return Chart(chart.left + left, chart.top + top, right - left, bottom - top)


def _paint_bay(
    canvas: _Canvas, cell: Chart, kind: int, glass: int, *, ground: bool, place: int
) -> None:
    wall, layout = canvas.walls[ground], canvas.layout
    area, inner = cell.area, np.s_[: cell.height, : cell.width]
    factor = _variation(canvas, cell, place)
    if kind not in (BLANK, DOOR):
        _streak(factor, layout.opening(kind, ground), canvas.seed + place)
    if ground:
        _splash(factor, layout)
    colour = wall.colour[inner] * factor[:, :, None]
    canvas.maps.base_colour[area] = to_texels(colour)
    canvas.maps.normal[area], canvas.maps.orm[area] = wall.normal[inner], wall.orm[inner]
    if kind != BLANK:
        _paint_opening(canvas, cell, opening_name(kind, ground=ground), glass)


def _variation(canvas: _Canvas, cell: Chart, place: int) -> F32:
    """Brightness about 1, exactly that at the borders."""
    nodes = np.zeros((7, 7), dtype=np.float32)
    share = hash_share(canvas.seed + place, np.arange(25)).reshape(5, 5)
    nodes[1:-1, 1:-1] = (share - np.float32(0.5)) * np.float32(0.16)
    rows, columns = (
        (np.arange(count, dtype=np.float32) + np.float32(0.5)) * np.float32(6.0 / count)
        for count in (cell.height, cell.width)
    )
    return _ONE + Spread(nodes, columns).band(rows)


def _streak(factor: F32, opening: Opening, seed: int) -> None:
    """Dirt that rain washes down from both ends of a sill, fading out above the floor."""
    rows, columns = factor.shape
    top = int((1.0 - opening.bottom) * rows)
    left, right = int((opening.left - 0.05) * columns), int((opening.right + 0.05) * columns)
    left, right = max(left, 0), min(right, columns)
    height, width = rows - top, right - left
    if height < 4 or width < 4:  # noqa: PLR2004 - nothing to see
        return
    across = np.arange(width, dtype=np.float32) * np.float32(1.0 / width)
    noise = stretched_noise(np.zeros(2, dtype=np.float32), across, (1, 13), seed)[0]
    side = np.abs(across - np.float32(0.5)) * np.float32(2.0)
    strength = np.clip(noise + smoothstep(side, 0.72, 0.94) * np.float32(0.9), 0, _ONE)
    strength *= smoothstep(-side, -1.0, -0.93)
    down = np.arange(height, dtype=np.float32) * np.float32(1.0 / height)
    fade = (_ONE - down) * (_ONE - down)
    factor[top:, left:right] *= _ONE - fade[:, None] * strength[None, :] * np.float32(0.3)


def _splash(factor: F32, layout: Layout) -> None:
    """Dirt splashed up from the ground."""
    rows, columns = factor.shape
    across = np.arange(columns, dtype=np.float32) * np.float32(1.0 / columns)
    noise = stretched_noise(np.zeros(2, dtype=np.float32), across, (1, 9), _SPLASH_SALT)[0]
    height = np.float32((layout.style.plinth + 0.55) / layout.bay[1])
    up = _ONE - (np.arange(rows, dtype=np.float32) + np.float32(0.5)) * np.float32(1.0 / rows)
    reach = height * (_ONE + noise * np.float32(0.5))
    dirt = np.clip(_ONE - up[:, None] / reach[None, :], 0, _ONE)
    factor *= _ONE - dirt * np.float32(0.42)


def _paint_opening(canvas: _Canvas, cell: Chart, name: str, glass: int) -> None:
    """A window with its frame, or a door, where the walls' recess will be."""
    layout = canvas.layout
    opening, style = layout.openings[name], layout.style
    left, right = (round(at * cell.width) for at in (opening.left, opening.right))
    top, bottom = (round((1.0 - at) * cell.height) for at in (opening.top, opening.bottom))
    rows, columns = bottom - top, right - left
    area = np.s_[cell.top + top : cell.top + bottom, cell.left + left : cell.left + right]
    density = canvas.sheet.atlas.density
    seen = pane(rows, columns, glass, canvas.seed)
    bars = frame_mask(rows, columns, density, style.panes if name != "door" else (2, 1))
    paint = style.frame
    if name == "door":
        bars = _door_mask(rows, columns, roller=style.roller)
        paint = style.door_colour
    lit = glass >= DARK and name != "door"
    for channel in range(3):
        colour = seen.colour[:, :, channel]
        colour += (
            np.float32(paint[channel]) * (np.float32(0.9) + bars * np.float32(0.1)) - colour
        ) * (bars > 0)
        canvas.maps.base_colour[area][:, :, channel] = to_texels(colour)
        if lit:
            canvas.light[area][:, :, channel] = seen.light[:, :, channel] * (bars <= 0)
    rough = np.where(bars > 0, np.float32(0.55), seen.rough)
    canvas.maps.orm[area][:, :, 0] = 235
    canvas.maps.orm[area][:, :, 1] = rough * np.float32(255)
    pack_normals(*tilts(bars * np.float32(0.02 * density)), canvas.maps.normal[area])


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


def _paint_rest(canvas: _Canvas) -> None:
    """Caps, soffits, gables and reveals."""
    ground = {"shop_jamb", "shop_head", "door_jamb", "door_head"}
    panels = {pool.name(k) for pool in canvas.panels.pools.values() for k in range(len(pool.kinds))}
    for name, chart in canvas.sheet.charts.items():
        if name in panels:
            continue
        wall = canvas.walls[name in ground]
        rows, columns = wall.colour.shape[:2]
        down = np.arange(chart.height)[::-1] % rows
        index = np.ix_((rows - 1 - down) % rows, np.arange(chart.width) % columns)
        canvas.maps.base_colour[chart.area] = to_texels(wall.colour[index])
        canvas.maps.normal[chart.area] = wall.normal[index]
        canvas.maps.orm[chart.area] = wall.orm[index]
