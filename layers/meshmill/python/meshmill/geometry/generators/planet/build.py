"""Planet: a cube blown up to a sphere, at any resolution, with shells of clouds and air."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.box import BoxLattice
from meshmill.geometry.charts import Atlas, pack_charts
from meshmill.geometry.generators.planet.globe import Globe, make_globe
from meshmill.geometry.generators.planet.shells import air_material, cloud_material
from meshmill.geometry.generators.planet.skin import globe_material
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import Part, assemble
from meshmill.geometry.rasters import box_blur
from meshmill.geometry.scene import Material, Mesh, Primitive, Scene
from meshmill.geometry.surfaces import fit_bounds, lattice_triangles

_SIDES = 6
_TRIANGLES_PER_CELL = 2
#: Cells on which the bounds of all levels are measured.
_BOUNDS_CELLS = 64
#: Coarser lattices average the heights of a finer one.
_SMOOTH_CELLS = 32
#: Bounds of the unit sphere.
_BALL = np.array([[-1.0] * 3, [1.0] * 3], dtype=np.float32)
_SHELL_SHARE = 0.2
_LEAST_SHELL_CELLS = 3
_MOST_SHELL_CELLS = 48
#: Clearance of a shell above the highest ground, as a share of the radius.
_CLOUDS_ABOVE, _AIR_ABOVE = 0.010, 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Shell:
    """A sphere ``height`` above the datum, as a share of the radius."""

    height: float
    atlas: Atlas
    material: Material


@dataclass(frozen=True, slots=True, eq=False)
class PlanetModel:
    """A globe whose shape and textures are made; ``reach`` are its bounds, float32 (2, 3)."""

    globe: Globe
    atlas: Atlas
    material: Material
    shells: tuple[Shell, ...]
    reach: F32

    def scene(self, budget: int, suffix: str) -> Scene:
        """The globe and its shells in about ``budget`` triangles."""
        shell_cells = _shell_cells(budget)
        spent = len(self.shells) * _SIDES * _TRIANGLES_PER_CELL * shell_cells * shell_cells
        lattice = BoxLattice.of((cells_for(budget - spent),) * 3)
        radius = self.globe.options.radius_m
        positions = fit_bounds(
            lattice.directions * _radii(self.globe, lattice)[:, None], *self.reach
        )
        primitives = [
            _primitive(lattice, positions * np.float32(radius), self.atlas, self.material)
        ]
        smooth = BoxLattice.of((shell_cells,) * 3)
        for shell in self.shells:
            sphere = fit_bounds(smooth.directions, *_BALL) * np.float32(
                radius + shell.height * radius
            )
            primitives.append(_primitive(smooth, sphere, shell.atlas, shell.material))
        name = f"SM_Planet_{self.globe.seed}{suffix}"
        return Scene((Mesh(name, tuple(primitives)),))


def build(options: PlanetOptions, brief: Brief) -> PlanetModel:
    """Shape and paint the globe that ``options`` and the brief's seed describe."""
    globe = make_globe(options, brief.seed)
    size, half = brief.texture_size, brief.texture_size // 2
    atlas, outer = (pack_charts([(1.0, 1.0)] * _SIDES, edge) for edge in (size, half))
    lattice = BoxLattice.of((_BOUNDS_CELLS,) * 3)
    surface = lattice.directions * _radii(globe, lattice)[:, None]
    reach = np.stack((surface.min(axis=0), surface.max(axis=0)))
    top = options.relief if options.kind != "gas" else 0.0
    shells = []
    if options.clouds > 0 and options.kind in ("terran", "arid", "ice"):
        clouds = cloud_material(options, brief.seed, outer)
        shells.append(Shell(top + _CLOUDS_ABOVE, outer, clouds))
    if options.atmosphere:
        shells.append(Shell(top + _AIR_ABOVE, outer, air_material(options, half)))
    return PlanetModel(globe, atlas, globe_material(globe, atlas), tuple(shells), reach)


def cells_for(budget: int) -> int:
    """Cells along a side of the cube for ``budget`` triangles; even, so that the axes are met."""
    return max(2, 2 * round(sqrt(budget / (_SIDES * _TRIANGLES_PER_CELL)) / 2))


def _shell_cells(budget: int) -> int:
    """Cells along each side of a shell, enough to keep its outline round."""
    share = round(sqrt(budget * _SHELL_SHARE / (_SIDES * _TRIANGLES_PER_CELL)))
    return min(max(share, _LEAST_SHELL_CELLS), _MOST_SHELL_CELLS)


def _radii(globe: Globe, lattice: BoxLattice) -> F32:
    """Radius of each lattice point in units of the datum's, float32 (n,)."""
    cells = lattice.counts[0]
    finer = cells * max(1, _SMOOTH_CELLS // cells)
    at = np.arange(finer + 1, dtype=np.float32) * np.float32(1.0 / finer)
    radii = np.ones(len(lattice.directions), dtype=np.float32)
    if globe.options.kind != "gas" and globe.options.relief > 0:
        for side, index in zip(globe.sides(at), lattice.faces, strict=True):
            height = _averaged(side.ground(at).height, cells)
            radii[index] = height * np.float32(globe.options.relief) + np.float32(1.0)
    return radii


def _averaged(height: F32, cells: int) -> F32:
    """A side on a lattice of ``cells``, each point the mean of its surroundings on a finer one.

    A summit between the points of a coarse lattice still shows in the outline.
    """
    step = (len(height) - 1) // cells
    return height if step == 1 else box_blur(height, step // 2)[::step, ::step]


def _primitive(lattice: BoxLattice, positions: F32, atlas: Atlas, material: Material) -> Primitive:
    """A closed surface with the sphere's normals: relief is in the normal map, at all levels."""
    cells = lattice.counts[0]
    at = np.arange(cells + 1, dtype=np.float32) * np.float32(1.0 / cells)
    parts = []
    for index, chart in zip(lattice.faces, atlas.charts, strict=True):
        grid = positions[index]
        uvs = chart.uvs(at[None, :], at[:, None], atlas.size).reshape(-1, 2)
        directions = lattice.directions[index].reshape(-1, 3)
        parts.append(Part(grid.reshape(-1, 3), directions, uvs, lattice_triangles(grid)))
    return assemble(parts, material)
