"""Maps of roofs: slopes, their undersides and edges, and single tiles."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.building.paint.coats import Coating, paint_coats
from meshmill.geometry.generators.building.paint.glazing import panes
from meshmill.geometry.generators.building.paint.openings import frame_mask
from meshmill.geometry.generators.building.paint.patterns import (
    Grid,
    Pattern,
    blit,
    gravel,
    packed,
    sheet_metal,
    shingles,
    to_texels,
    warmth,
)
from meshmill.geometry.generators.building.sheet import Sheet
from meshmill.geometry.generators.building.styles import Colour, Covering
from meshmill.geometry.maps import MapSet, pack_normals, tilts
from meshmill.geometry.noise import hash_share
from meshmill.geometry.scene import Material

_PAINT_SALT = 71
_COVERINGS: dict[Covering, tuple[Colour, ...]] = {
    "tiles": ((150, 74, 50), (132, 66, 50), (164, 92, 60)),
    "slate": ((82, 88, 98), (92, 92, 96), (76, 84, 84)),
    "metal": ((92, 104, 112), (120, 124, 124), (84, 92, 84)),
    "gravel": ((138, 132, 122),),
}
_JOINTS: dict[Covering, Colour] = {
    "tiles": (72, 46, 38), "slate": (48, 50, 54), "metal": (70, 74, 78), "gravel": (84, 80, 74),
}  # fmt: skip

_BOARDS: Colour = (112, 96, 80)
_FLASHING: Colour = (86, 76, 68)
_TILE_SHADES = (0.82, 0.93, 1.0, 1.09, 1.2)
_TILE_EDGES = (0.0, 0.46, 0.5, 0.96)


def roof_material(covering: Covering, sheet: Sheet, seed: int) -> Material:
    """Paint slopes, their undersides and edges, and single tiles."""
    size, density = sheet.atlas.size, sheet.atlas.density
    colours = _COVERINGS[covering]
    paint = colours[int(float(hash_share(seed, np.array([_PAINT_SALT]))[0]) * len(colours))]
    maps = MapSet.filled(size, paint, (240, 210, 0))
    coatings = [
        _coating(name, chart, covering, paint)
        for name, chart in sheet.charts.items()
        if not _patterned(name)
    ]
    paint_coats(maps, sheet, coatings, seed)
    for number, (name, chart) in enumerate(sheet.charts.items()):
        if name == "glazing":
            _paint_glazing(maps, chart, density, seed)
        elif _patterned(name):
            grid = Grid(chart.height, chart.width, density, seed + number)
            blit(maps, chart, _covered(covering, paint, grid))
    sheet.extend(maps.base_colour, maps.normal, maps.orm)
    return maps.material("Building", "Roof")


def _patterned(name: str) -> bool:
    return name.startswith("slope") or name == "glazing"


def _coating(name: str, chart: Chart, covering: Covering, paint: Colour) -> Coating:
    if name.startswith("soffit"):
        return Coating(chart, "timber", _BOARDS)
    if name.startswith(("cheek", "edge", "post")):
        return Coating(chart, "iron", paint if covering == "metal" else _FLASHING)
    return Coating(chart, "stone", _shade(name, paint), _TILE_EDGES)


def _shade(name: str, paint: Colour) -> Colour:
    """Single tiles are lighter and darker than one another."""
    if not name.startswith("tile_"):
        return paint
    share = _TILE_SHADES[int(name.split("_")[1])]
    red, green, blue = (round(channel * share) for channel in paint)
    return red, green, blue


def _covered(covering: Covering, paint: Colour, grid: Grid) -> Pattern:
    fields = {
        "tiles": lambda: shingles(grid, (0.27, 0.3), 0.36),
        "slate": lambda: shingles(grid, (0.3, 0.24), 0.3),
        "metal": lambda: sheet_metal(grid),
        "gravel": lambda: gravel(grid),
    }[covering]()
    return packed(fields, paint, _JOINTS[covering], grid.density, warmth(grid, 0.2))


def _paint_glazing(maps: MapSet, chart: Chart, density: float, seed: int) -> None:
    rough = panes(chart.height, chart.width, [0], seed).rough[0]
    bars = frame_mask(chart.height, chart.width, density, (4, 3))
    area = chart.area
    for channel, (glass, steel) in enumerate(((74, 64), (86, 68), (94, 72))):
        colour = np.where(bars > 0, np.float32(steel), np.float32(glass) * rough / np.float32(0.1))
        maps.base_colour[area][:, :, channel] = to_texels(colour)
    maps.orm[area][:, :, 0], maps.orm[area][:, :, 2] = 240, 0
    maps.orm[area][:, :, 1] = np.where(bars > 0, np.float32(0.5), np.float32(0.1)) * np.float32(255)
    pack_normals(*tilts(bars * np.float32(0.02 * density)), maps.normal[area])
