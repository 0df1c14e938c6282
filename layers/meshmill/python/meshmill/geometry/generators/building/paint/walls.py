"""The walls' maps: a pattern for each wall, openings, and weather."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import U8
from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.building.layout import BLANK, Layout, opening_name
from meshmill.geometry.generators.building.paint.openings import Place, paint_openings
from meshmill.geometry.generators.building.paint.patterns import (
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
from meshmill.geometry.generators.building.paint.weathering import Weathering
from meshmill.geometry.generators.building.panels import Panels, Pool
from meshmill.geometry.generators.building.sheet import Sheet
from meshmill.geometry.generators.building.styles import Colour, Wall
from meshmill.geometry.maps import MapSet
from meshmill.geometry.scene import Material

_MORTAR = (176, 168, 154)
EMISSION = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Canvas:
    """The walls' maps while they are painted; ``walls`` are by whether on the ground floor."""

    panels: Panels
    sheet: Sheet
    maps: MapSet
    walls: dict[bool, Pattern]
    weathering: Weathering

    @property
    def layout(self) -> Layout:
        return self.panels.layout


def wall_material(panels: Panels, sheet: Sheet, seed: int) -> Material:
    """Paint all charts of the walls."""
    layout, size, density = panels.layout, sheet.atlas.size, sheet.atlas.density
    maps = MapSet.filled(size, layout.style.wall_colour, (250, 220, 0))
    canvas = _canvas(panels, sheet, maps, seed)
    places = [
        place
        for pool in panels.pools.values()
        for variant in range(len(pool.kinds))
        for place in _paint_panel(canvas, pool, variant)
    ]
    light = np.zeros((size, size, 3), dtype=np.uint8)
    paint_openings(maps, light, places, layout, density, seed)
    _paint_rest(canvas)
    return lit_material("Facade", maps, light, sheet)


def lit_material(part: str, maps: MapSet, light: U8, sheet: Sheet) -> Material:
    """The material of maps whose charts are painted, with ``light`` where there is any."""
    sheet.extend(maps.base_colour, maps.normal, maps.orm)
    if not light.any():
        return maps.material("Building", part)
    sheet.extend(light)
    return maps.material("Building", part, emissive=light, emissive_strength=EMISSION)


def _canvas(panels: Panels, sheet: Sheet, maps: MapSet, seed: int) -> _Canvas:
    layout, style, density = panels.layout, panels.layout.style, sheet.atlas.density
    rows, columns = int(layout.bay[1] * density) + 2, int(layout.bay[0] * density) + 2
    grid = Grid(rows, columns, density, seed)
    walls = {
        False: wall_pattern(style.upper_wall, style.wall_colour, grid),
        True: wall_pattern(style.ground_wall, style.ground_colour, grid),
    }
    return _Canvas(panels, sheet, maps, walls, Weathering(layout, rows, columns, seed))


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


def _paint_panel(canvas: _Canvas, pool: Pool, variant: int) -> list[Place]:
    """Paint the walls of a panel's bays, and list their openings."""
    bays, storeys, ground = pool.key
    chart = canvas.sheet.charts[pool.name(variant)]
    places = []
    for row in range(storeys):
        for column in range(bays):
            cell = _part(chart, (column, bays), (storeys - 1 - row, storeys))
            kind, glass = (int(grid[variant, row, column]) for grid in (pool.kinds, pool.glass))
            opening = "" if kind == BLANK else opening_name(kind, ground=ground)
            place = variant * 5 + row * 3 + column + bays
            _paint_bay(canvas, cell, opening, ground=ground, place=place)
            if opening:
                places.append(Place(cell, opening, glass))
    return places


def _part(chart: Chart, column: tuple[int, int], row: tuple[int, int]) -> Chart:
    """One cell of a chart that is cut into so many columns and rows."""
    (x, columns), (y, rows) = column, row
    left, right = (chart.width * k // columns for k in (x, x + 1))
    top, bottom = (chart.height * k // rows for k in (y, y + 1))
    return Chart(chart.left + left, chart.top + top, right - left, bottom - top)


def _paint_bay(canvas: _Canvas, cell: Chart, opening: str, *, ground: bool, place: int) -> None:
    wall = canvas.walls[ground]
    area, inner = cell.area, np.s_[: cell.height, : cell.width]
    shade = canvas.weathering.shade(opening, ground=ground, place=place)
    canvas.maps.base_colour[area] = to_texels(wall.colour[inner] * shade[inner][:, :, None])
    canvas.maps.normal[area], canvas.maps.orm[area] = wall.normal[inner], wall.orm[inner]


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
