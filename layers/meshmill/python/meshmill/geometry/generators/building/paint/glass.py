"""Maps of panes of glass."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.building.paint.glazing import panes
from meshmill.geometry.generators.building.paint.patterns import to_texels
from meshmill.geometry.generators.building.paint.walls import lit_material
from meshmill.geometry.generators.building.sheet import Sheet
from meshmill.geometry.maps import MapSet
from meshmill.geometry.scene import Material


def glass_material(sheet: Sheet, seed: int) -> Material:
    """Paint panes, unlit ones and lit ones; their edges are plain."""
    size = sheet.atlas.size
    maps = MapSet.filled(size, (60, 66, 70), (255, 26, 0))
    light = np.zeros((size, size, 3), dtype=np.uint8)
    groups: dict[tuple[int, int], list[tuple[int, Chart]]] = {}
    for name, chart in sheet.charts.items():
        if "edge" not in name:
            variant = int(name.rsplit("_", 1)[-1])
            groups.setdefault((chart.height, chart.width), []).append((variant, chart))
    for (rows, columns), charts in groups.items():
        seen = panes(rows, columns, [variant for variant, _ in charts], seed)
        colours = to_texels(seen.colour)
        for number, (_, chart) in enumerate(charts):
            maps.base_colour[chart.area] = colours[number]
            maps.orm[chart.area][:, :, 1] = seen.rough[number] * np.float32(255)
            light[chart.area] = seen.light[number]
    return lit_material("Glass", maps, light, sheet)
