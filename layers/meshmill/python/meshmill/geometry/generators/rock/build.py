"""Rock: stones laid out on the ground, their meshes at any resolution, one set of textures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from meshmill.geometry.arrays import F32, I64, U32
from meshmill.geometry.box import FACES, BoxLattice, counts_for, triangles_of
from meshmill.geometry.charts import Atlas, Chart, pack_charts
from meshmill.geometry.frames import along_columns, tilts_in_frame
from meshmill.geometry.generators.rock.fitting import Interpolation
from meshmill.geometry.generators.rock.group import Place, draw, settle
from meshmill.geometry.generators.rock.skin import Region, paint
from meshmill.geometry.generators.rock.spacing import Spacing
from meshmill.geometry.generators.rock.spec import RockOptions
from meshmill.geometry.generators.rock.stone import Shape, Stone, shape_of
from meshmill.geometry.generators.rock.unfolding import Unfolding
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import Part, assemble, sheet_triangles
from meshmill.geometry.scene import Material, Mesh, Scene
from meshmill.geometry.surfaces import fit_bounds
from meshmill.geometry.vectors import vertex_normals

_DETAIL_BUDGET = (12_000, 200_000)
#: What coarser levels spend of their budgets: outlines suffer first.
_COARSE_SHARE = 1.15
#: Twice the surface of a stone by the sum of the products of its half axes.
_AREA = 10.0


@dataclass(frozen=True, slots=True)
class RockModel:
    """Stones whose shapes, places and textures are made; ``full`` are their finest surfaces.

    ``unfolded`` tells, by stone and face, how the surface lies in its chart.
    """

    brief: Brief
    places: tuple[Place, ...]
    spacings: tuple[Spacing, ...]
    full: tuple[Surface, ...]
    unfolded: tuple[tuple[Unfolding, ...], ...]
    atlas: Atlas
    material: Material

    def scene(self, budget: int, suffix: str) -> Scene:
        """The stones in about ``budget`` triangles together."""
        surfaces = self.full
        if budget != self.brief.budget:
            coarser = _surfaces(self.places, self.spacings, int(budget * _COARSE_SHARE))
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
    spacings = tuple(Spacing.of(place.stone) for place in loose)
    casts = _casts(loose, spacings, brief.budget)
    places = settle(loose, [cast.shape.positions for cast in casts], options.size_m, brief.seed)
    full = tuple(Surface.of(place, cast) for place, cast in zip(places, casts, strict=True))
    unfolded = tuple(surface.unfolded() for surface in full)
    sizes = [(face.across.length, face.down.length) for stone in unfolded for face in stone]
    atlas = pack_charts(sizes, brief.texture_size)
    detail = min(max(2 * brief.budget, _DETAIL_BUDGET[0]), _DETAIL_BUDGET[1])
    regions: list[Region] = []
    for place, coarse, fine, faces, charts in zip(
        places, full, _surfaces(places, spacings, detail), unfolded, _by_stone(atlas), strict=True
    ):
        regions += _regions(place.stone, coarse, fine, faces, charts)
    material = paint(options, regions, atlas)
    return RockModel(brief, places, spacings, full, unfolded, atlas, material)


def _by_stone(atlas: Atlas) -> list[tuple[Chart, ...]]:
    """The atlas's charts, those of each stone's faces together."""
    each = len(FACES)
    return [atlas.charts[k : k + each] for k in range(0, len(atlas.charts), each)]


def _casts(places: Sequence[Place], spacings: Sequence[Spacing], budget: int) -> list[Cast]:
    """The stones' shapes, in about ``budget`` triangles together.

    Each has a share by its surface of what is left; the largest comes last and evens things out.
    """
    areas = [x * y + y * z + z * x for x, y, z in (place.extent for place in places)]
    left, open_area = budget, sum(areas)
    casts: dict[int, Cast] = {}
    for number in sorted(range(len(places)), key=lambda k: areas[k]):
        share = round(left * areas[number] / open_area)
        casts[number] = Cast.of(places[number].stone, spacings[number], share)
        left -= triangles_of(casts[number].lattice.counts)
        open_area -= areas[number]
    return [casts[number] for number in range(len(places))]


def _surfaces(
    places: Sequence[Place], spacings: Sequence[Spacing], budget: int
) -> tuple[Surface, ...]:
    casts = _casts(places, spacings, budget)
    return tuple(Surface.of(place, cast) for place, cast in zip(places, casts, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """A stone's shape on a lattice, in its own frame."""

    lattice: BoxLattice
    shape: Shape

    @classmethod
    def of(cls, stone: Stone, spacing: Spacing, triangles: int) -> Cast:
        """Evaluate ``stone`` in about ``triangles`` triangles."""
        lattice = spacing.lattice(counts_for(triangles, stone.proportions))
        x, y, z = stone.proportions
        apart = sqrt(_AREA * (x * y + y * z + z * x) / triangles)
        return cls(lattice, shape_of(stone, lattice.directions, apart))

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
        """The same lattice, fitted to ``full`` and into its bounds.

        The points of a coarse lattice lie on the stone, and its faces cut off what bulges between.
        """
        between = Interpolation.of(self.cast.lattice, full.cast.lattice)
        fitted = between.fitted(self.positions, full.positions)
        return Surface.on(self.cast, fit_bounds(fitted, full.low, full.high))

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
) -> list[Region]:
    """What the painter needs of each face, on the fine lattice."""
    regions = []
    shape = fine.cast.shape
    for number, (below, index, face, chart) in enumerate(
        zip(coarse.cast.lattice.faces, fine.cast.lattice.faces, unfolded, charts, strict=True)
    ):
        normals = fine.normals[index]
        tangents = along_columns(coarse.positions[below])
        tilt_x, tilt_y = tilts_in_frame(normals, coarse.normals[below], tangents)
        regions.append(
            Region(
                stone=stone,
                face=number,
                chart=chart,
                unfolding=face,
                density=charts[0].width / stone.size[0],
                hollow=shape.hollow[index],
                layer=shape.layer[index],
                upward=normals[:, :, 1],
                tilt_x=tilt_x,
                tilt_y=tilt_y,
            )
        )
    return regions
