"""Rock: stones laid out on the ground, their meshes at any resolution, one set of textures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.box import FACES, BoxLattice, counts_for
from meshmill.geometry.charts import Atlas, Chart, pack_charts
from meshmill.geometry.generators.rock.group import Place, draw, settle
from meshmill.geometry.generators.rock.skin import Region, paint
from meshmill.geometry.generators.rock.spec import RockOptions
from meshmill.geometry.generators.rock.stone import Shape, Stone, shape_of
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import Part, assemble, sheet_triangles
from meshmill.geometry.rasters import Spread
from meshmill.geometry.scene import Material, Mesh, Scene
from meshmill.geometry.tangents import vertex_tangents
from meshmill.geometry.vectors import cross, dot, normalised, vertex_normals

_DETAIL_BUDGET = (12_000, 200_000)


@dataclass(frozen=True, slots=True)
class RockModel:
    """Stones whose shapes, places and textures are made; ``full`` are their finest surfaces."""

    brief: Brief
    places: tuple[Place, ...]
    full: tuple[Surface, ...]
    atlas: Atlas
    material: Material

    def scene(self, budget: int, suffix: str) -> Scene:
        """The stones in about ``budget`` triangles together."""
        surfaces = self.full if budget == self.brief.budget else _surfaces(self.places, budget)
        parts = [
            part
            for surface, charts in zip(surfaces, _by_stone(self.atlas), strict=True)
            for part in surface.parts(charts, self.atlas.size)
        ]
        primitive = assemble(parts, self.material)
        return Scene((Mesh(f"SM_Rock_{self.brief.seed}{suffix}", (primitive,)),))


def build(options: RockOptions, brief: Brief) -> RockModel:
    """Break, weather, place and paint the stones that ``options`` and the seed describe."""
    loose = draw(options, brief.seed)
    casts = [Cast.of(p.stone, n) for p, n in zip(loose, _shares(brief.budget, loose), strict=True)]
    places = settle(loose, [cast.shape.positions for cast in casts], options.size_m, brief.seed)
    full = tuple(Surface.of(place, cast) for place, cast in zip(places, casts, strict=True))
    atlas = pack_charts([size for s in full for size in s.face_sizes()], brief.texture_size)
    detail = min(max(2 * brief.budget, _DETAIL_BUDGET[0]), _DETAIL_BUDGET[1])
    regions: list[Region] = []
    for place, coarse, fine, charts in zip(
        places, full, _surfaces(places, detail), _by_stone(atlas), strict=True
    ):
        regions += _regions(place.stone, coarse, fine, charts, brief.texture_size)
    return RockModel(brief, places, full, atlas, paint(options, regions, atlas))


def _by_stone(atlas: Atlas) -> list[tuple[Chart, ...]]:
    """The atlas's charts, those of each stone's faces together."""
    each = len(FACES)
    return [atlas.charts[k : k + each] for k in range(0, len(atlas.charts), each)]


def _shares(budget: int, places: Sequence[Place]) -> list[int]:
    """Triangles of each stone, by its surface."""
    areas = [x * y + y * z + z * x for x, y, z in (place.extent for place in places)]
    return [int(budget * area / sum(areas)) for area in areas]


def _surfaces(places: Sequence[Place], budget: int) -> tuple[Surface, ...]:
    return tuple(
        Surface.of(place, Cast.of(place.stone, share))
        for place, share in zip(places, _shares(budget, places), strict=True)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """A stone's shape on a lattice, in its own frame."""

    lattice: BoxLattice
    shape: Shape

    @classmethod
    def of(cls, stone: Stone, triangles: int) -> Cast:
        """Evaluate ``stone`` in about ``triangles`` triangles."""
        lattice = BoxLattice.of(counts_for(triangles, stone.size))
        return cls(lattice, shape_of(stone, lattice.directions))


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A placed stone on a lattice: welded positions and normals float32 (n, 3)."""

    lattice: BoxLattice
    shape: Shape
    positions: F32
    normals: F32

    @classmethod
    def of(cls, place: Place, cast: Cast) -> Surface:
        """Put a cast of the place's stone there."""
        positions = place.put(cast.shape.positions)
        faces = np.concatenate(
            [i.ravel()[sheet_triangles(cast.shape.hollow[i])] for i in cast.lattice.faces]
        )
        normals = vertex_normals(positions, faces).astype(np.float32)
        return cls(cast.lattice, cast.shape, positions, normals)

    def face_sizes(self) -> list[tuple[float, float]]:
        """Mean width and height of each face in metres, measured along the surface."""
        sizes = []
        for index in self.lattice.faces:
            grid = self.positions[index].astype(np.float64)
            rows, columns = index.shape
            width = _length(grid[:, 1:] - grid[:, :-1]) / rows
            height = _length(grid[1:] - grid[:-1]) / columns
            sizes.append((width, height))
        return sizes

    def parts(self, charts: tuple[Chart, ...], size: int) -> list[Part]:
        """One part a face, with its UVs in ``charts`` of a texture of ``size``."""
        return [
            Part(
                self.positions[index.ravel()],
                self.normals[index.ravel()],
                _chart_uvs(chart, index.shape, size),
                sheet_triangles(self.shape.hollow[index]),
            )
            for index, chart in zip(self.lattice.faces, charts, strict=True)
        ]


def _length(steps: F64) -> float:
    """Sum of the lengths of vectors (..., 3), in one order on every machine."""
    return float(np.cumsum(np.sqrt(dot(steps, steps)))[-1])


def _chart_uvs(chart: Chart, shape: tuple[int, ...], size: int) -> F32:
    rows, columns = shape
    down = np.arange(rows, dtype=np.float32) * np.float32(1.0 / (rows - 1))
    across = np.arange(columns, dtype=np.float32) * np.float32(1.0 / (columns - 1))
    return chart.uvs(across[None, :], down[:, None], size).reshape(-1, 2)


def _regions(
    stone: Stone, coarse: Surface, fine: Surface, charts: tuple[Chart, ...], size: int
) -> list[Region]:
    """What the painter needs of each face, on the fine lattice."""
    regions = []
    for number, (part, index, chart) in enumerate(
        zip(coarse.parts(charts, size), fine.lattice.faces, charts, strict=True)
    ):
        grid = coarse.lattice.faces[number].shape
        tilt_x, tilt_y = _tilt(part, grid, fine.normals[index])
        regions.append(
            Region(
                stone=stone,
                face=number,
                chart=chart,
                density=charts[0].width / stone.size[0],
                hollow=fine.shape.hollow[index],
                layer=fine.shape.layer[index],
                upward=fine.normals[index][:, :, 1],
                tilt_x=tilt_x,
                tilt_y=tilt_y,
            )
        )
    return regions


def _tilt(part: Part, grid: tuple[int, ...], fine: F32) -> tuple[F32, F32]:
    """Fine normals (rows, columns, 3) in the tangent frame of the coarse mesh: x / z and y / z."""
    tangents = vertex_tangents(part.positions, part.normals, part.uvs, part.triangles)
    normal = normalised(_stretched(part.normals.reshape(*grid, 3), fine.shape))
    tangent = _stretched(tangents[:, :3].reshape(*grid, 3), fine.shape)
    tangent = normalised(tangent - normal * dot(tangent, normal)[:, :, None])
    inverse = np.reciprocal(np.maximum(dot(fine, normal), np.float32(0.25)))
    return dot(fine, tangent) * inverse, dot(fine, cross(normal, tangent)) * inverse


def _stretched(field: F32, shape: tuple[int, ...]) -> F32:
    """A coarse face's vectors, interpolated on the fine lattice."""
    down, across = (
        np.arange(fine, dtype=np.float32) * np.float32((coarse - 1) / (fine - 1))
        for fine, coarse in zip(shape[:2], field.shape[:2], strict=True)
    )
    return np.stack([Spread(field[:, :, axis], across).band(down) for axis in range(3)], axis=-1)
