"""Terrain: meshes of a tile at any resolution, from one relief and one set of textures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.generators.terrain.drape import Drape
from meshmill.geometry.generators.terrain.ground import ground_material
from meshmill.geometry.generators.terrain.layout import Layout
from meshmill.geometry.generators.terrain.relief import Relief, make_relief
from meshmill.geometry.generators.terrain.sheet import Sheet
from meshmill.geometry.generators.terrain.slopes import axis
from meshmill.geometry.generators.terrain.spec import TerrainOptions
from meshmill.geometry.generators.terrain.walls import border_walls
from meshmill.geometry.generators.terrain.water import Water, water_primitive
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import Part, assemble, sheet_triangles
from meshmill.geometry.scene import Material, Mesh, Primitive, Scene

_LATTICES = (64, 128, 256, 512)
_TRIANGLES_PER_CELL = 2


@dataclass(frozen=True, slots=True)
class TerrainModel:
    """A tile whose relief and textures are made."""

    options: TerrainOptions
    seed: int
    relief: Relief
    drape: Drape
    layout: Layout
    ground: Material
    water: Water | None

    def scene(self, budget: int, suffix: str) -> Scene:
        """The tile in about ``budget`` triangles."""
        cells = _cells_for(budget, self.options, self.water)
        sheet = _sheet(self.options, self.relief, self.drape, cells)
        primitives = [_ground(self.options, sheet, self.layout, self.ground)]
        if self.water is not None:
            primitives.append(water_primitive(self.options, self.water, self.relief, sheet))
        return Scene((Mesh(f"SM_Terrain_{self.seed}{suffix}", tuple(primitives)),))


def build(options: TerrainOptions, brief: Brief) -> TerrainModel:
    """Raise, weather and paint the tile that ``options`` and the seed describe."""
    finest = lattice_for(_cells_for(brief.budget, options, None))
    relief = make_relief(options, brief.seed, finest)
    drape = Drape.of(relief.height, options.relief_m / options.size_m)
    layout = Layout.of(options.size_m, options.skirt_m)
    water = Water.over(options, relief, brief.texture_size // 2)
    cells = _cells_for(brief.budget, options, water)
    carrier = _sheet(options, relief, drape, cells)
    ground = ground_material(options, relief, drape, carrier, layout, brief.texture_size)
    return TerrainModel(options, brief.seed, relief, drape, layout, ground, water)


def _cells_for(budget: int, options: TerrainOptions, water: Water | None) -> int:
    """Cells along a side that spend ``budget`` triangles on land, skirt and water."""
    walls = 4 * _TRIANGLES_PER_CELL if options.skirt_m > 0 else 0

    def spent(cells: int) -> float:
        land = _TRIANGLES_PER_CELL * cells * cells + walls * cells
        return land + (water.triangles(cells) if water is not None else 0.0)

    cells = 1
    while spent(cells + 1) <= budget:
        cells += 1
    return cells


def lattice_for(cells: int) -> int:
    """The relief's lattice: the first at least twice as fine as the mesh, if there is one."""
    return next((lattice for lattice in _LATTICES if lattice >= 2 * cells), _LATTICES[-1])


def _sheet(options: TerrainOptions, relief: Relief, drape: Drape, cells: int) -> Sheet:
    return Sheet.of(relief, drape, cells, options.size_m, options.relief_m)


def _ground(options: TerrainOptions, sheet: Sheet, layout: Layout, material: Material) -> Primitive:
    uv = layout.uv(axis(sheet.cells))
    uvs = np.stack(np.broadcast_arrays(uv[None, :], uv[:, None]), axis=-1)
    height = sheet.positions[:, :, 1]
    faces = sheet_triangles(height)
    normals = sheet.normals.reshape(-1, 3)
    parts = [Part(sheet.positions.reshape(-1, 3), normals, uvs.reshape(-1, 2), faces)]
    if options.skirt_m > 0:
        parts += border_walls(sheet.positions, uvs, height - np.float32(options.skirt_m))
    return assemble(parts, material)
