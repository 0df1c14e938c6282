"""Maps of trim, roof and glass, chart by chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.building.bars import Finish, Kind
from meshmill.geometry.generators.building.glazing import pane
from meshmill.geometry.generators.building.panels import DARK, LIT
from meshmill.geometry.generators.building.patterns import (
    Grid,
    Pattern,
    gravel,
    packed,
    sheet_metal,
    shingles,
    to_texels,
    warmth,
)
from meshmill.geometry.generators.building.sheet import Sheet
from meshmill.geometry.generators.building.styles import Colour, Covering, Style
from meshmill.geometry.generators.building.wall_paint import frame_mask, wall_pattern
from meshmill.geometry.maps import MapSet, pack_normals, tilts
from meshmill.geometry.noise import fractal_noise, hash_share, stretched_noise
from meshmill.geometry.rasters import smoothstep
from meshmill.geometry.scene import Material

_ONE = np.float32(1.0)
_EMISSION = 2.0
_COVERINGS: dict[Covering, tuple[Colour, ...]] = {
    "tiles": ((150, 74, 50), (132, 66, 50), (164, 92, 60)),
    "slate": ((82, 88, 98), (92, 92, 96), (76, 84, 84)),
    "metal": ((92, 104, 112), (120, 124, 124), (84, 92, 84)),
    "gravel": ((138, 132, 122),),
}
_JOINTS: dict[Covering, Colour] = {
    "tiles": (72, 46, 38), "slate": (48, 50, 54), "metal": (70, 74, 78), "gravel": (84, 80, 74),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Coat:
    """How a finish looks: grain, its relief in metres and length in texels, wear, roughness."""

    grain: float
    relief: float
    wear: float
    rough: float
    length: int = 3


_COATS: dict[Finish, _Coat] = {
    "stone": _Coat(0.10, 0.003, 0.08, 0.84),
    "frame": _Coat(0.05, 0.0008, 0.05, 0.5, 24),
    "door": _Coat(0.07, 0.001, 0.10, 0.48, 24),
    "iron": _Coat(0.06, 0.0006, 0.16, 0.5),
    "timber": _Coat(0.24, 0.005, 0.16, 0.88, 24),
    "accent": _Coat(0.08, 0.001, 0.10, 0.56, 24),
    "masonry": _Coat(0.06, 0.002, 0.04, 0.86),
}


def trim_material(style: Style, kinds: Mapping[str, Kind], sheet: Sheet, seed: int) -> Material:
    """Paint the charts of bars: sides with wear along their edges, then ends."""
    size = sheet.atlas.size
    paints: dict[Finish, Colour] = {
        "stone": style.stone, "frame": style.frame, "door": style.door_colour,
        "iron": style.iron, "timber": (78, 56, 40), "accent": style.accent,
        "masonry": style.ground_colour if style.timber else style.wall_colour,
    }  # fmt: skip
    maps = MapSet.filled(size, style.stone, (245, 200, 0))
    for number, (name, kind) in enumerate(kinds.items()):
        for chart_name, edges in ((name, _edges(kind)), (f"{name}_end", ())):
            if chart_name not in sheet.charts:
                continue
            chart = sheet.charts[chart_name]
            if kind.finish == "masonry" and style.upper_wall == "brick":
                grid = Grid(chart.height, chart.width, sheet.atlas.density, seed + number)
                # Courses run across the bars, which stand upright.
                turned = Grid(grid.columns, grid.rows, grid.density, grid.seed)
                pattern = wall_pattern("brick", paints["masonry"], turned)
                _blit(maps, chart, _turned(pattern))
            else:
                _paint_coat(
                    maps, chart, kind.finish, paints[kind.finish], edges, sheet, seed + number
                )
    _extend(maps, sheet)
    return maps.material("Building", "Trim")


def _turned(pattern: Pattern) -> Pattern:
    """A pattern turned by a quarter; its slopes turn with it."""
    normal = np.swapaxes(pattern.normal, 0, 1).copy()
    right, up = normal[:, :, 0].astype(np.int16), normal[:, :, 1].astype(np.int16)
    normal[:, :, 0], normal[:, :, 1] = np.clip(256 - up, 0, 255), np.clip(256 - right, 0, 255)
    return Pattern(np.swapaxes(pattern.colour, 0, 1), normal, np.swapaxes(pattern.orm, 0, 1))


def _edges(kind: Kind) -> tuple[float, ...]:
    """Where the section's corners lie along its perimeter, 0 … 1."""
    if kind.shape == "round":
        return ()
    section = kind.section(bevelled=False)
    steps = np.roll(section, -1, axis=0) - section
    lengths = np.sqrt(steps[:, 0] * steps[:, 0] + steps[:, 1] * steps[:, 1])
    around = np.concatenate(([0.0], np.cumsum(lengths)))
    return tuple((around / around[-1]).tolist())


def _paint_coat(
    maps: MapSet, chart: Chart, finish: Finish, paint: Colour, edges: tuple[float, ...],
    sheet: Sheet, seed: int,
) -> None:  # fmt: skip
    coat, density = _COATS[finish], sheet.atlas.density
    rows = (np.arange(chart.height, dtype=np.float32) + np.float32(0.5)) * np.float32(
        1 / chart.height
    )
    columns = (np.arange(chart.width, dtype=np.float32) + np.float32(0.5)) * np.float32(
        1 / chart.width
    )
    fine = (max(2, chart.height // 3), max(2, chart.width // coat.length))
    grain = stretched_noise(rows, columns, fine, seed)
    broad = fractal_noise(
        rows, columns, (max(1, chart.height // 24), max(1, chart.width // 24)), 2, seed + 1
    )
    worn = np.zeros_like(grain)
    for edge in edges:
        apart = np.abs(rows - np.float32(edge)) * np.float32(chart.height / density)
        near = _ONE - smoothstep(apart, 0.004, 0.03)
        worn = np.maximum(worn, near[:, None] * np.clip(np.float32(0.7) + broad + grain, 0, _ONE))
    tint = _ONE + grain * np.float32(coat.grain) + broad * np.float32(coat.grain * 0.9)
    tint += worn * np.float32(coat.wear)
    area = chart.area
    for channel in range(3):
        maps.base_colour[area][:, :, channel] = to_texels(tint * np.float32(paint[channel]))
    rough_grain = stretched_noise(rows, columns, fine, seed + 2)
    pack_normals(*tilts(rough_grain * np.float32(coat.relief * density)), maps.normal[area])
    maps.orm[area][:, :, 0] = np.clip(
        _ONE + np.minimum(grain, 0) * np.float32(0.2), 0, 1
    ) * np.float32(255)
    rough = np.float32(coat.rough) + broad * np.float32(0.06) - worn * np.float32(0.08)
    maps.orm[area][:, :, 1] = np.clip(rough, np.float32(0.1), _ONE) * np.float32(255)
    maps.orm[area][:, :, 2] = 0


def roof_material(covering: Covering, sheet: Sheet, seed: int) -> Material:
    """Paint slopes, their undersides and edges, and single tiles."""
    size, density = sheet.atlas.size, sheet.atlas.density
    colours = _COVERINGS[covering]
    paint = colours[int(float(hash_share(seed, np.array([71]))[0]) * len(colours))]
    maps = MapSet.filled(size, paint, (240, 210, 0))
    for number, (name, chart) in enumerate(sheet.charts.items()):
        grid = Grid(chart.height, chart.width, density, seed + number)
        if name.startswith("slope"):
            _blit(maps, chart, _covered(covering, paint, grid))
        elif name == "glazing":
            _paint_glazing(maps, chart, density, seed)
        elif name.startswith("soffit"):
            _paint_coat(maps, chart, "timber", (112, 96, 80), (), sheet, seed + number)
        elif name.startswith(("cheek", "edge", "post")):
            metal = paint if covering == "metal" else (86, 76, 68)
            _paint_coat(maps, chart, "iron", metal, (), sheet, seed + number)
        else:
            _paint_coat(
                maps, chart, "stone", _shade(name, paint), _TILE_EDGES, sheet, seed + number
            )
    _extend(maps, sheet)
    return maps.material("Building", "Roof")


_TILE_SHADES = (0.82, 0.93, 1.0, 1.09, 1.2)
_TILE_EDGES = (0.0, 0.46, 0.5, 0.96)


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
    seen = pane(chart.height, chart.width, 0, seed)
    bars = frame_mask(chart.height, chart.width, density, (4, 3))
    area = chart.area
    for channel, (glass, steel) in enumerate(((74, 64), (86, 68), (94, 72))):
        colour = np.where(
            bars > 0, np.float32(steel), np.float32(glass) * seen.rough / np.float32(0.1)
        )
        maps.base_colour[area][:, :, channel] = to_texels(colour)
    maps.orm[area][:, :, 0], maps.orm[area][:, :, 2] = 240, 0
    maps.orm[area][:, :, 1] = np.where(bars > 0, np.float32(0.5), np.float32(0.1)) * np.float32(255)
    pack_normals(*tilts(bars * np.float32(0.02 * density)), maps.normal[area])


def glass_material(sheet: Sheet, seed: int) -> Material:
    """Paint panes, unlit ones and lit ones."""
    size = sheet.atlas.size
    maps = MapSet.filled(size, (60, 66, 70), (255, 26, 0))
    light = np.zeros((size, size, 3), dtype=np.uint8)
    for name, chart in sheet.charts.items():
        variant = name.rsplit("_", 1)[-1]
        shown = int(variant) if variant.isdigit() else 0
        if "edge" not in name:
            seen = pane(chart.height, chart.width, shown, seed)
            maps.base_colour[chart.area] = to_texels(seen.colour)
            maps.orm[chart.area][:, :, 1] = seen.rough * np.float32(255)
            if DARK <= shown < DARK + LIT:
                light[chart.area] = seen.light
    _extend(maps, sheet)
    sheet.extend(light)
    if not light.any():
        return maps.material("Building", "Glass")
    return maps.material("Building", "Glass", emissive=light, emissive_strength=_EMISSION)


def _blit(maps: MapSet, chart: Chart, pattern: Pattern) -> None:
    maps.base_colour[chart.area] = to_texels(pattern.colour)
    maps.normal[chart.area], maps.orm[chart.area] = pattern.normal, pattern.orm


def _extend(maps: MapSet, sheet: Sheet) -> None:
    for image in (maps.base_colour, maps.normal, maps.orm):
        sheet.extend(image)
