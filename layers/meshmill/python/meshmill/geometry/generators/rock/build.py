"""Rock: stones laid out on the ground, their meshes at any resolution, one set of textures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, I64, U32
from meshmill.geometry.box import FACES, BoxLattice, counts_for
from meshmill.geometry.charts import Atlas, Chart, pack_charts
from meshmill.geometry.generators.rock.group import Place, draw, settle
from meshmill.geometry.generators.rock.skin import Region, paint
from meshmill.geometry.generators.rock.spec import RockOptions
from meshmill.geometry.generators.rock.stone import Shape, Stone, shape_of
from meshmill.geometry.generators.rock.unfolding import Unfolding
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import Part, assemble, sheet_triangles
from meshmill.geometry.rasters import Spread
from meshmill.geometry.scene import Material, Mesh, Scene
from meshmill.geometry.surfaces import fit_bounds
from meshmill.geometry.tangents import vertex_tangents
from meshmill.geometry.vectors import (
    cross,
    cube_root,
    dot,
    normalised,
    vertex_normals,
    volume,
)

_DETAIL_BUDGET = (12_000, 200_000)


@dataclass(frozen=True, slots=True)
class RockModel:
    """Stones whose shapes, places and textures are made; ``full`` are their finest surfaces.

    ``unfolded`` tells, by stone and face, how the surface lies in its chart.
    """

    brief: Brief
    places: tuple[Place, ...]
    full: tuple[Surface, ...]
    unfolded: tuple[tuple[Unfolding, ...], ...]
    atlas: Atlas
    material: Material

    def scene(self, budget: int, suffix: str) -> Scene:
        """The stones in about ``budget`` triangles together."""
        surfaces = self.full
        if budget != self.brief.budget:
            coarser = _surfaces(self.places, budget)
            surfaces = tuple(s.like(full) for s, full in zip(coarser, self.full, strict=True))
        parts = [
            part
            for surface, unfolded, charts in zip(
                surfaces, self.unfolded, _by_stone(self.atlas), strict=True
            )
            for part in surface.parts(unfolded, charts, self.atlas.size)
        ]
        primitive = assemble(parts, self.material)
        return Scene((Mesh(f"SM_Rock_{self.brief.seed}{suffix}", (primitive,)),))


def build(options: RockOptions, brief: Brief) -> RockModel:
    """Break, weather, place and paint the stones that ``options`` and the seed describe."""
    loose = draw(options, brief.seed)
    casts = [Cast.of(p.stone, n) for p, n in zip(loose, _shares(brief.budget, loose), strict=True)]
    places = settle(loose, [cast.shape.positions for cast in casts], options.size_m, brief.seed)
    full = tuple(Surface.of(place, cast) for place, cast in zip(places, casts, strict=True))
    unfolded = tuple(surface.unfolded() for surface in full)
    sizes = [(face.across.length, face.down.length) for stone in unfolded for face in stone]
    atlas = pack_charts(sizes, brief.texture_size)
    detail = min(max(2 * brief.budget, _DETAIL_BUDGET[0]), _DETAIL_BUDGET[1])
    regions: list[Region] = []
    for place, coarse, fine, faces, charts in zip(
        places, full, _surfaces(places, detail), unfolded, _by_stone(atlas), strict=True
    ):
        regions += _regions(place.stone, coarse, fine, faces, charts, brief.texture_size)
    return RockModel(brief, places, full, unfolded, atlas, paint(options, regions, atlas))


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

    @property
    def sheets(self) -> list[U32]:
        """Triangles of each face, by its own points."""
        return [sheet_triangles(self.shape.hollow[index]) for index in self.lattice.faces]

    @property
    def triangles(self) -> I64:
        """Triangles of all faces, by the lattice's points."""
        pairs = zip(self.lattice.faces, self.sheets, strict=True)
        return np.concatenate([index.ravel()[sheet] for index, sheet in pairs])


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A placed stone on a lattice: welded positions and normals float32 (n, 3)."""

    cast: Cast
    positions: F32
    normals: F32

    @classmethod
    def of(cls, place: Place, cast: Cast) -> Surface:
        """Put a cast of the place's stone there."""
        return cls.on(cast, place.put(cast.shape.positions))

    @classmethod
    def on(cls, cast: Cast, positions: F32) -> Surface:
        """The cast's lattice with its points at ``positions``."""
        normals = vertex_normals(positions, cast.triangles).astype(np.float32)
        return cls(cast, positions, normals)

    def like(self, full: Surface) -> Surface:
        """The same lattice, swollen to the volume of ``full`` and fitted into its bounds.

        The points of a coarse lattice lie on the stone, and its faces cut off what bulges between.
        """
        centre = ((full.low + full.high) * 0.5).astype(np.float32)
        arms = self.positions - centre
        lost = volume(full.positions - centre, full.cast.triangles) / volume(
            arms, self.cast.triangles
        )
        swollen = centre + arms * np.float32(cube_root(lost))
        return Surface.on(self.cast, fit_bounds(swollen, full.low, full.high))

    @property
    def low(self) -> F32:
        """Lower bounds."""
        lowest: F32 = self.positions.min(axis=0)
        return lowest

    @property
    def high(self) -> F32:
        """Upper bounds."""
        highest: F32 = self.positions.max(axis=0)
        return highest

    def unfolded(self) -> tuple[Unfolding, ...]:
        """How each face lies flat."""
        return tuple(
            Unfolding.of(self.positions[index].astype(np.float64))
            for index in self.cast.lattice.faces
        )

    def parts(
        self, unfolded: tuple[Unfolding, ...], charts: tuple[Chart, ...], size: int
    ) -> list[Part]:
        """One part a face, with its UVs in ``charts`` of a texture of ``size``."""
        return [
            Part(
                self.positions[index.ravel()],
                self.normals[index.ravel()],
                face.uvs(index.shape, chart, size),
                triangles,
            )
            for index, triangles, face, chart in zip(
                self.cast.lattice.faces, self.cast.sheets, unfolded, charts, strict=True
            )
        ]


def _regions(
    stone: Stone,
    coarse: Surface,
    fine: Surface,
    unfolded: tuple[Unfolding, ...],
    charts: tuple[Chart, ...],
    size: int,
) -> list[Region]:
    """What the painter needs of each face, on the fine lattice."""
    regions = []
    shape, lattice = fine.cast.shape, fine.cast.lattice
    for number, (part, index, face, chart) in enumerate(
        zip(coarse.parts(unfolded, charts, size), lattice.faces, unfolded, charts, strict=True)
    ):
        grid = coarse.cast.lattice.faces[number].shape
        tilt_x, tilt_y = _tilt(part, grid, fine.normals[index])
        regions.append(
            Region(
                stone=stone,
                face=number,
                chart=chart,
                unfolding=face,
                density=charts[0].width / stone.size[0],
                hollow=shape.hollow[index],
                layer=shape.layer[index],
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
