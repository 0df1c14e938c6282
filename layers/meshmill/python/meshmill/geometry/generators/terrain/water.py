"""Still water at sea level: a coarse sheet over what lies below it, coloured by depth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.charts import gutter_for
from meshmill.geometry.generators.terrain.layout import Layout
from meshmill.geometry.generators.terrain.relief import Relief
from meshmill.geometry.generators.terrain.sheet import Sheet
from meshmill.geometry.generators.terrain.slopes import axis
from meshmill.geometry.generators.terrain.spec import TerrainOptions
from meshmill.geometry.generators.terrain.walls import border_walls
from meshmill.geometry.maps import MapSet, bands, pack_normals
from meshmill.geometry.noise import periodic_noise
from meshmill.geometry.parts import assemble, compact, sheet_triangles
from meshmill.geometry.rasters import Spread, resample, smoothstep
from meshmill.geometry.scene import Material, Primitive

_RIPPLE_SEED = 0x0CEA
_RIPPLES = ((24, 0.5), (12, 0.3), (6, 0.2))
_RIPPLE_HEIGHT = 0.35
_ROUGHNESS, _OCCLUSION = 0.09, 1.0
_SHALLOW = {"temperate": (96, 146, 136), "desert": (112, 164, 150), "arctic": (130, 168, 178),
            "volcanic": (82, 104, 92)}  # fmt: skip
_DEEP = {"temperate": (32, 62, 84), "desert": (36, 92, 112), "arctic": (48, 82, 106),
         "volcanic": (34, 44, 50)}  # fmt: skip
#: Depth, as a share of the relief, at which the bottom is out of sight.
_CLEAR = 0.22
_UNDER_LAND = 0.5 * _CLEAR
_CELLS_PER_WATER_CELL = 4
_USUALLY_WET = 0.6


@dataclass(frozen=True, slots=True)
class Water:
    """Still water: its material and how it lies in the textures.

    ``gutter`` is the share of the texture between the surface and the walls, ``rim`` the share of
    the tile's border that it covers.
    """

    material: Material
    layout: Layout
    gutter: float
    rim: float

    @classmethod
    def over(cls, options: TerrainOptions, relief: Relief, size: int) -> Water | None:
        """Water at sea level, painted at ``size`` texels; None where all land is higher."""
        under = relief.height < np.float32(options.sea_level)
        if not under.any():
            return None
        edges = (relief.height[0], relief.height[-1], relief.height[:, 0], relief.height[:, -1])
        border = np.concatenate(edges)
        deepest = max(0.0, options.sea_level - float(border.min()))
        gutter = gutter_for(size) / size
        walls = Layout.of(options.size_m, deepest * options.relief_m).margin
        layout = Layout(walls + gutter)
        rim = np.count_nonzero(border < np.float32(options.sea_level)) / border.size
        return cls(_material(options, relief, layout, size), layout, gutter, rim)

    def triangles(self, cells: int) -> float:
        """About how many triangles it takes above land of ``cells`` along a side.

        The same for all seeds, or the lattices of neighbours would not meet.
        """
        surface = water_cells(cells)
        return 2 * surface * surface * _USUALLY_WET + 8 * cells * self.rim


def water_cells(cells: int) -> int:
    """Cells along a side of the surface, above land of ``cells``."""
    return max(4, cells // _CELLS_PER_WATER_CELL)


def _material(options: TerrainOptions, relief: Relief, layout: Layout, size: int) -> Material:
    """Ripples, and the colour of the depth below, at ``size`` texels."""
    centres = layout.across(np.arange(-1, size + 1, dtype=np.float32), size)
    at = np.clip(centres[1:-1], np.float32(0.0), np.float32(1.0)) * np.float32(relief.cells)
    depth = np.float32(options.sea_level) - relief.height
    # Under land it gets half as deep again, so that shores look alike in smaller mip levels.
    hidden = np.minimum(-depth, np.float32(_UNDER_LAND))
    below = Spread(np.maximum(depth, hidden), at)
    shallow, deep = _SHALLOW[options.biome], _DEEP[options.biome]
    maps = MapSet.filled(size, deep, (int(255 * _OCCLUSION), int(255 * _ROUGHNESS), 0))
    for start, stop in bands(size):
        band = maps.rows(start, stop)
        rows = centres[start : stop + 2]
        depth = smoothstep(below.band(at[start:stop]), 0.0, _CLEAR)
        for channel in range(3):
            fall = np.float32(deep[channel] - shallow[channel])
            band.base_colour[:, :, channel] = np.float32(shallow[channel]) + depth * fall
        ripple = np.zeros((len(rows), len(centres)), dtype=np.float32)
        for texels, weight in _RIPPLES:
            features = max(2, size // texels)
            ripple += periodic_noise(rows, centres, features, _RIPPLE_SEED + texels) * np.float32(
                weight * _RIPPLE_HEIGHT
            )
        tilt_x = (ripple[1:-1, :-2] - ripple[1:-1, 2:]) * np.float32(0.5)
        tilt_y = (ripple[2:, 1:-1] - ripple[:-2, 1:-1]) * np.float32(0.5)
        pack_normals(tilt_x, tilt_y, band.normal)
    return maps.material("Terrain", "Water")


def water_primitive(
    options: TerrainOptions, water: Water, relief: Relief, land: Sheet
) -> Primitive:
    """The surface, without cells that lie under land, and walls of water at the tile's border."""
    cells = water_cells(land.cells)
    level = np.float32(options.sea_level)
    wet = np.repeat((_lowest_in_cells(relief, cells) < level).ravel(), 2)
    places = (axis(cells) - np.float32(0.5)) * np.float32(options.size_m)
    even = np.broadcast_arrays(places[None, :], np.float32(0.0), places[:, None])
    positions, uvs = _level(options, water.layout, np.stack(even, axis=-1))
    triangles = sheet_triangles(positions[:, :, 1])[wet]
    normals = np.broadcast_to(np.array((0, 1, 0), dtype=np.float32), (positions.size // 3, 3))
    surface = compact(positions.reshape(-1, 3), normals, uvs.reshape(-1, 2), triangles)
    foot = np.minimum(land.positions[:, :, 1], level * np.float32(options.relief_m))
    apart = Layout(water.layout.margin - water.gutter)
    walls = border_walls(*_level(options, apart, land.positions), foot)
    return assemble([surface, *(wall for wall in walls if len(wall.triangles))], water.material)


def _level(options: TerrainOptions, layout: Layout, positions: F32) -> tuple[F32, F32]:
    """Positions (n, n, 3) moved to sea level, and their UVs (n, n, 2)."""
    level = positions.copy()
    level[:, :, 1] = np.float32(options.sea_level) * np.float32(options.relief_m)
    across = positions[:, :, ::2] * np.float32(1.0 / options.size_m) + np.float32(0.5)
    return level, layout.uv(across)


def _lowest_in_cells(relief: Relief, cells: int) -> F32:
    """Lowest land in each cell, float32 (cells, cells), from samples at least as fine."""
    fine = -(-relief.cells // cells) * cells
    at = axis(fine) * np.float32(relief.cells)
    height = resample(relief.height, at, at)
    step = fine // cells
    lower = np.minimum(height[:-1, :-1], height[1:, 1:])
    lowest: F32 = lower.reshape(cells, step, cells, step).min(axis=(1, 3))
    return lowest
