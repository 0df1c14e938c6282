"""Terrain: meshes of a tile at any resolution, from one relief and one set of textures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.terrain.ground import ground_material
from meshmill.geometry.generators.terrain.layout import Layout
from meshmill.geometry.generators.terrain.relief import Relief, make_relief
from meshmill.geometry.generators.terrain.slopes import axis, wrapped_gradients
from meshmill.geometry.generators.terrain.spec import TerrainOptions
from meshmill.geometry.generators.terrain.walls import border_walls
from meshmill.geometry.generators.terrain.water import water_material, water_primitive
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import Part, assemble, sheet_triangles
from meshmill.geometry.rasters import resample
from meshmill.geometry.scene import Material, Mesh, Primitive, Scene

_LATTICES = (64, 128, 256, 512)
_TRIANGLES_PER_CELL = 2


@dataclass(frozen=True, slots=True)
class TerrainModel:
    """A tile whose relief and textures are made."""

    options: TerrainOptions
    seed: int
    relief: Relief
    layout: Layout
    ground: Material
    water: Material | None

    def scene(self, budget: int, suffix: str) -> Scene:
        """The tile in about ``budget`` triangles."""
        height = sampled(self.relief, cells_for(budget, self.options))
        primitives = [_ground(self.options, height, self.layout, self.ground)]
        if self.water is not None:
            surface = water_primitive(self.options, self.relief, height, self.water)
            primitives += [surface] if surface is not None else []
        return Scene((Mesh(f"SM_Terrain_{self.seed}{suffix}", tuple(primitives)),))


def build(options: TerrainOptions, brief: Brief) -> TerrainModel:
    """Raise, weather and paint the tile that ``options`` and the seed describe."""
    cells = cells_for(brief.budget, options)
    relief = make_relief(options, brief.seed, lattice_for(cells))
    layout = Layout.of(options.size_m, options.skirt_m)
    mesh_height = sampled(relief, cells)
    water = None
    if options.sea_level > 0 and float(relief.height.min()) < options.sea_level:
        water = water_material(options, relief, brief.texture_size // 2)
    ground = ground_material(options, relief, mesh_height, layout, brief.texture_size)
    return TerrainModel(options, brief.seed, relief, layout, ground, water)


def cells_for(budget: int, options: TerrainOptions) -> int:
    """Cells along a side that spend ``budget`` triangles on land and skirt."""
    skirt = 4 * _TRIANGLES_PER_CELL if options.skirt_m > 0 else 0
    cells = 1
    while _TRIANGLES_PER_CELL * (cells + 1) * (cells + 1) + skirt * (cells + 1) <= budget:
        cells += 1
    return cells


def lattice_for(cells: int) -> int:
    """The relief's lattice: the first at least twice as fine as the mesh, if there is one."""
    return next((lattice for lattice in _LATTICES if lattice >= 2 * cells), _LATTICES[-1])


def sampled(relief: Relief, cells: int) -> F32:
    """Heights on a lattice of ``cells``; the samples nearest to summit and floor take theirs.

    Otherwise a coarse mesh would miss the summit, and levels of detail differ in their bounds.
    """
    at = axis(cells) * np.float32(relief.cells)
    height = np.clip(resample(relief.height, at, at), np.float32(0.0), np.float32(1.0))
    for extreme in (int(relief.height.argmax()), int(relief.height.argmin())):
        row, column = divmod(extreme, relief.cells + 1)
        nearest = [(place * cells + relief.cells // 2) // relief.cells for place in (row, column)]
        height[nearest[0], nearest[1]] = relief.height[row, column]
    return height


def _ground(options: TerrainOptions, height: F32, layout: Layout, material: Material) -> Primitive:
    cells = len(height) - 1
    metres = height * np.float32(options.relief_m)
    ticks = axis(cells)
    positions = np.empty((cells + 1, cells + 1, 3), dtype=np.float32)
    positions[:, :, 0] = (ticks - np.float32(0.5))[None, :] * np.float32(options.size_m)
    positions[:, :, 1] = metres
    positions[:, :, 2] = (ticks - np.float32(0.5))[:, None] * np.float32(options.size_m)
    down, right = wrapped_gradients(metres, options.size_m / cells)
    normals = np.stack((-right, np.ones_like(right), -down), axis=-1)
    normals /= np.sqrt(right * right + down * down + np.float32(1.0))[:, :, None]
    uv = layout.uv(ticks)
    uvs = np.stack(np.broadcast_arrays(uv[None, :], uv[:, None]), axis=-1)
    faces = sheet_triangles(metres)
    land = Part(positions.reshape(-1, 3), normals.reshape(-1, 3), uvs.reshape(-1, 2), faces)
    parts = [land]
    if options.skirt_m > 0:
        parts += border_walls(positions, uvs, metres - np.float32(options.skirt_m))
    return assemble(parts, material)
