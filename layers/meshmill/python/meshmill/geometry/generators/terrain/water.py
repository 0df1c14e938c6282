"""Still water at sea level: a coarse sheet over what lies below it, coloured by depth."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.terrain.layout import Layout
from meshmill.geometry.generators.terrain.relief import Relief
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
_CELLS_PER_WATER_CELL = 4
#: The walls of water at the tile's border take the margin.
_LAYOUT = Layout(1 / 32)


def water_material(options: TerrainOptions, relief: Relief, size: int) -> Material:
    """Ripples, and the colour of the depth below, at ``size`` texels."""
    centres = _LAYOUT.across(np.arange(-1, size + 1, dtype=np.float32), size)
    at = np.clip(centres[1:-1], np.float32(0.0), np.float32(1.0)) * np.float32(relief.cells)
    below = Spread(np.float32(options.sea_level) - relief.height, at)
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
    options: TerrainOptions, relief: Relief, land: F32, material: Material
) -> Primitive | None:
    """The surface, without cells that lie under land, and walls of water at the tile's border.

    ``land`` is the height of the land's mesh, float32 (n, n), as a share of the relief. None where
    nothing is wet.
    """
    cells = max(4, (len(land) - 1) // _CELLS_PER_WATER_CELL)
    wet = np.repeat((_lowest_in_cells(relief, cells) < np.float32(options.sea_level)).ravel(), 2)
    if not wet.any():
        return None
    level = np.float32(options.sea_level)
    positions, uvs = _level_sheet(options, cells)
    triangles = sheet_triangles(positions[:, :, 1])[wet]
    normals = np.broadcast_to(np.array((0, 1, 0), dtype=np.float32), (positions.size // 3, 3))
    surface = compact(positions.reshape(-1, 3), normals, uvs.reshape(-1, 2), triangles)
    foot = np.minimum(land, level) * np.float32(options.relief_m)
    walls = border_walls(*_level_sheet(options, len(land) - 1), foot)
    return assemble([surface, *(wall for wall in walls if len(wall.triangles))], material)


def _level_sheet(options: TerrainOptions, cells: int) -> tuple[F32, F32]:
    """Positions (n, n, 3) and UVs (n, n, 2) of a lattice at sea level."""
    ticks = axis(cells)
    metres = (ticks - np.float32(0.5)) * np.float32(options.size_m)
    positions = np.empty((cells + 1, cells + 1, 3), dtype=np.float32)
    positions[:, :, 0] = metres[None, :]
    positions[:, :, 1] = np.float32(options.sea_level) * np.float32(options.relief_m)
    positions[:, :, 2] = metres[:, None]
    uv = _LAYOUT.uv(ticks)
    return positions, np.stack(np.broadcast_arrays(uv[None, :], uv[:, None]), axis=-1)


def _lowest_in_cells(relief: Relief, cells: int) -> F32:
    """Lowest land in each cell, float32 (cells, cells), from samples at least as fine."""
    fine = -(-relief.cells // cells) * cells
    at = axis(fine) * np.float32(relief.cells)
    height = resample(relief.height, at, at)
    step = fine // cells
    lower = np.minimum(height[:-1, :-1], height[1:, 1:])
    lowest: F32 = lower.reshape(cells, step, cells, step).min(axis=(1, 3))
    return lowest
