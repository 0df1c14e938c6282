"""The shape of a globe: heights on the six sides of a cube blown up to a sphere.

A cube has no poles to pinch. Broad forms are noise in space, evaluated on a coarse lattice once and
interpolated; finer octaves are noise on the cube's sides, which agree along their edges.
Ken Perlin and Inigo Quilez for domain warping; F. Kenton Musgrave, "Procedural Fractal Terrains"
(1994), for ridges.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.box import FACES, BoxLattice, box_noise
from meshmill.geometry.generators.planet.craters import Crater, draw_craters, stamp
from meshmill.geometry.generators.planet.kinds import KINDS, Kind
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.noise import point_fractal, point_noise
from meshmill.geometry.rasters import resample, smoothstep
from meshmill.geometry.vectors import dot

#: Cells along each side of the cube on which broad forms are evaluated.
_BROAD_CELLS = 48
#: Features along a side of the first octave that is made on the sides.
_FIRST_CELLS = 24
#: Cells or texels that a feature must span to be drawn.
_SAMPLES_PER_FEATURE = 2.5
_ONE, _HALF = np.float32(1.0), np.float32(0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Fields of one side of the cube, float32 (rows, columns) each.

    ``height`` is above the datum in units of the relief; ``level`` is signed and counts from the
    shore, ``patch`` and ``ridge`` are broad variations about -1 … 1 and 0 … 1, ``detail`` the fine
    octaves about -1 … 1, ``fresh`` the brightness of young craters and their rays.
    """

    height: F32
    level: F32
    patch: F32
    ridge: F32
    detail: F32
    fresh: F32

    def part(self, area: tuple[slice, slice]) -> Ground:
        """The same fields on some rows and columns."""
        return Ground(*(getattr(self, field.name)[area] for field in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Globe:
    """An individual; ``land``, ``ridge`` and ``patch`` are float32 (6, cells + 1, cells + 1)."""

    options: PlanetOptions
    kind: Kind
    seed: int
    land: F32
    ridge: F32
    patch: F32
    shore: float
    craters: tuple[Crater, ...]

    def ground(self, face: int, rows: F32, columns: F32) -> Ground:
        """Evaluate side ``face`` at positions 0 … 1 from its upper left corner."""
        land, ridge, patch = (
            resample(
                field[face], rows * np.float32(_BROAD_CELLS), columns * np.float32(_BROAD_CELLS)
            )
            for field in (self.land, self.ridge, self.patch)
        )
        detail = self._detail(face, rows, columns)
        rough = self.kind.roughness_of_relief
        level = land + detail * np.float32(0.16) - np.float32(self.shore)
        height = self.kind.shape(level, ridge, detail * np.float32(rough))
        fresh = np.zeros_like(height)
        if self.craters:
            stamp(self.craters, FACES[face], rows, columns, height, fresh)
            if self.kind.has_sea:
                dry = smoothstep(level, 0.0, 0.05)
                height *= dry
                fresh *= dry
        np.clip(height, np.float32(-0.6), _ONE, out=height)
        return Ground(height, level, patch, ridge, detail, fresh)

    def _detail(self, face: int, rows: F32, columns: F32) -> F32:
        """Octaves as fine as the positions can show."""
        total = np.zeros((len(rows), len(columns)), dtype=np.float32)
        spacing = float(columns[len(columns) // 2] - columns[len(columns) // 2 - 1])
        cells, weight = _FIRST_CELLS, 0.5
        while cells * _SAMPLES_PER_FEATURE * spacing <= 1.0:
            layer = box_noise(FACES[face], (cells,) * 3, rows, columns, self.seed + cells)
            layer *= np.float32(weight)
            total += layer
            cells, weight = 2 * cells, 0.55 * weight
        return total


def make_globe(options: PlanetOptions, seed: int) -> Globe:
    """Draw the broad forms and the craters that ``options`` and ``seed`` describe."""
    kind = KINDS[options.kind]
    lattice = BoxLattice.of((_BROAD_CELLS,) * 3)
    points = lattice.directions
    warped = points * np.float32(kind.frequency)
    bend = np.stack([point_noise(warped, seed + axis) for axis in range(3)], axis=1)
    warped = warped + bend * np.float32(kind.warp)
    land = point_fractal(warped, 4, seed + 10)
    ridge = _ridges(points * np.float32(2.3) + bend * np.float32(0.3), seed + 20)
    patch = point_fractal(points * np.float32(2.9) + bend * np.float32(0.6), 3, seed + 30)
    share = options.ocean if kind.has_sea else 0.0
    shore = (
        _quantile(land, share) if share > 0 else float(land.min()) * (1.0 if kind.has_sea else 0)
    )
    craters = draw_craters(options.craters * kind.battered, seed) if kind.battered else ()
    faces = np.stack(lattice.faces)
    return Globe(options, kind, seed, land[faces], ridge[faces], patch[faces], shore, craters)


def _ridges(points: F32, seed: int) -> F32:
    """Ridged noise, 0 … 1, each octave weighted by the one before."""
    total = np.zeros(len(points), dtype=np.float32)
    weight = np.full(len(points), 0.6, dtype=np.float32)
    for octave in range(3):
        crest = _ONE - np.abs(point_noise(points * np.float32(1 << octave), seed + octave))
        crest = np.clip(crest, np.float32(0.0), _ONE)
        crest *= crest
        total += crest * weight
        weight = np.clip(crest * _HALF, np.float32(0.0), np.float32(0.3))
    return np.minimum(total, _ONE)


def _quantile(values: F32, share: float) -> float:
    """The value below which ``share`` of the lattice lies; all of it for 1."""
    ordered = np.sort(values)
    if share >= 1:
        return float(ordered[-1]) + 1.0
    return float(ordered[int(share * len(ordered))])


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """How a side's positions map to the unit sphere: coefficients float32 (cells + 1, cells + 1).

    A gradient per unit of position (along columns, along rows) becomes one along the surface:
    ``across * along_columns`` to the right, and ``down * (along_rows - skew * right)`` downwards.
    All six sides are alike.
    """

    across: F32
    skew: F32
    down: F32

    @classmethod
    def of(cls, cells: int) -> Metric:
        """Measure a side by central differences on a lattice of ``cells``."""
        lattice = BoxLattice.of((cells,) * 3)
        points = lattice.directions[lattice.faces[0]].astype(np.float64)
        along_columns, along_rows = (_derivative(points, axis) * cells for axis in (1, 0))
        width = np.sqrt(dot(along_columns, along_columns))
        right = along_columns / width[:, :, None]
        skew = dot(along_rows, right)
        upright = along_rows - right * skew[:, :, None]
        height = np.sqrt(dot(upright, upright))
        return cls(
            (1.0 / width).astype(np.float32),
            skew.astype(np.float32),
            (1.0 / height).astype(np.float32),
        )


def _derivative(points: F64, axis: int) -> F64:
    """Differences of neighbours a cell apart, one-sided at the borders."""
    count = points.shape[axis]
    after = np.minimum(np.arange(count) + 1, count - 1)
    before = np.maximum(np.arange(count) - 1, 0)
    shape = [1, 1, 1]
    shape[axis] = count
    steps: F64 = np.take(points, after, axis) - np.take(points, before, axis)
    steps /= (after - before).reshape(shape)
    return steps
