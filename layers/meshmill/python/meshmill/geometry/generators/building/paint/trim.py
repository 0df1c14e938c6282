"""Maps of bars: painted, of stone or timber, and of the walls' bricks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from meshmill.geometry.generators.building.bars import Finish, Kind, end_chart
from meshmill.geometry.generators.building.paint.coats import Coating, paint_coats
from meshmill.geometry.generators.building.paint.patterns import Grid, Pattern, blit
from meshmill.geometry.generators.building.paint.walls import wall_pattern
from meshmill.geometry.generators.building.sheet import Sheet
from meshmill.geometry.generators.building.styles import Colour, Style
from meshmill.geometry.maps import MapSet
from meshmill.geometry.scene import Material

_TIMBER: Colour = (78, 56, 40)


def trim_material(style: Style, kinds: Mapping[str, Kind], sheet: Sheet, seed: int) -> Material:
    """Paint the charts of bars: sides with wear along their edges, then ends."""
    paints: dict[Finish, Colour] = {
        "stone": style.stone, "frame": style.frame, "door": style.door_colour,
        "iron": style.iron, "timber": _TIMBER, "accent": style.accent,
        "masonry": style.ground_colour if style.timber else style.wall_colour,
    }  # fmt: skip
    maps = MapSet.filled(sheet.atlas.size, style.stone, (245, 200, 0))
    bricks = style.upper_wall == "brick"
    coatings = [
        Coating(sheet.charts[chart], kind.finish, paints[kind.finish], edges)
        for name, kind in kinds.items()
        for chart, edges in ((name, _edges(kind)), (end_chart(name), ()))
        if chart in sheet.charts and not (bricks and kind.finish == "masonry")
    ]
    paint_coats(maps, sheet, coatings, seed)
    if bricks:
        _paint_bricks(maps, sheet, kinds, paints["masonry"], seed)
    sheet.extend(maps.base_colour, maps.normal, maps.orm)
    return maps.material("Building", "Trim")


def _paint_bricks(
    maps: MapSet, sheet: Sheet, kinds: Mapping[str, Kind], paint: Colour, seed: int
) -> None:
    for number, (name, kind) in enumerate(kinds.items()):
        if kind.finish != "masonry":
            continue
        for chart in (sheet.charts[n] for n in (name, end_chart(name)) if n in sheet.charts):
            # Courses run across the bars, which stand upright.
            grid = Grid(chart.width, chart.height, sheet.atlas.density, seed + number)
            blit(maps, chart, _turned(wall_pattern("brick", paint, grid)))


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
    around = kind.around
    return tuple(reached / around[-1] for reached in around)
