"""The shape of a globe: heights on the six sides of a cube blown up to a sphere.

A cube has no poles to pinch. Broad forms are noise in space, evaluated on a coarse lattice once and
interpolated; finer octaves are noise on the cube's sides, which agree along their edges.
Ken Perlin and Inigo Quilez for domain warping; F. Kenton Musgrave, "Procedural Fractal Terrains"
(1994), for ridges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.box import FACES, BoxLattice, spread_box_noise
from meshmill.geometry.generators.planet.broad import CurvedRows, spread_curved
from meshmill.geometry.generators.planet.craters import Battering, Crater, draw_craters
from meshmill.geometry.generators.planet.kinds import KINDS, Kind
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.noise import NoiseSpread, point_fractal, point_noise
from meshmill.geometry.rasters import smoothstep

#: Cells along each side of the cube on which broad forms are evaluated.
_BROAD_CELLS = 48
#: Features along a side of the first octave that is made on the sides.
_FIRST_CELLS = 24
#: Cells or texels that a feature must span to be drawn.
_SAMPLES_PER_FEATURE = 2.5
_ONE, _HALF = np.float32(1.0), np.float32(0.5)
_SIDES = len(FACES)
_NOWHERE = np.zeros((1, 1), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Fields of some rows of one side of the cube, float32 (rows, columns) each.

    ``height`` is above the datum in units of the relief; ``level`` is signed and counts from the
    shore, ``patch`` and ``ridge`` are broad variations about -1 … 1 and 0 … 1, ``detail`` the fine
    octaves about -1 … 1, ``fresh`` the brightness of young craters and their rays. Where a kind
    has no ridges or nothing is fresh, these are (1, 1).
    """

    height: F32
    level: F32
    patch: F32
    ridge: F32
    detail: F32
    fresh: F32


@dataclass(frozen=True, slots=True, eq=False)
class Globe:
    """An individual; ``broad`` are land above the shore, patch and, where there are any, ridges.

    They are float32 (k, 6, cells + 1, cells + 1).
    """

    options: PlanetOptions
    kind: Kind
    seed: int
    broad: F32
    craters: tuple[Crater, ...]

    def sides(self, columns: F32) -> Iterator[Side]:
        """The sides one by one, to be evaluated at ``columns``, positions 0 … 1 across each."""
        count, _, down, across = self.broad.shape
        fields = self.broad.swapaxes(0, 1).reshape(_SIDES * count, down, across)
        spread = spread_curved(fields, columns * np.float32(_BROAD_CELLS))
        for face in range(_SIDES):
            yield Side(
                globe=self,
                face=face,
                width=len(columns),
                broad=tuple(spread[face * count : (face + 1) * count]),
                octaves=tuple(self._octaves(face, columns)),
                battering=Battering.of(self.craters, FACES[face], columns),
            )

    def _octaves(self, face: int, columns: F32) -> Iterator[tuple[int, NoiseSpread]]:
        """Octaves as fine as the positions can show, with their features down the side."""
        spacing = float(columns[len(columns) // 2] - columns[len(columns) // 2 - 1])
        cells, weight = _FIRST_CELLS, 0.5
        while cells * _SAMPLES_PER_FEATURE * spacing <= 1.0:
            counts = (cells,) * 3
            seed = self.seed + cells
            yield cells, spread_box_noise(FACES[face], counts, columns, seed, weight)
            cells, weight = 2 * cells, 0.55 * weight


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of the cube at ``width`` columns, to be evaluated in bands of rows."""

    globe: Globe
    face: int
    width: int
    broad: tuple[CurvedRows, ...]
    octaves: tuple[tuple[int, NoiseSpread], ...]
    battering: Battering

    def ground(self, rows: F32) -> Ground:
        """Evaluate ``rows``, ascending positions 0 … 1 down the side."""
        kind = self.globe.kind
        level, patch, *ridges = (
            field.band(rows * np.float32(_BROAD_CELLS)) for field in self.broad
        )
        ridge = ridges[0] if ridges else _NOWHERE
        detail = np.zeros_like(level)
        for cells, octave in self.octaves:
            detail += octave.band(rows * np.float32(cells))
        level += detail * np.float32(0.16)
        height = kind.shape(level, ridge, detail * np.float32(kind.roughness_of_relief))
        fresh = np.zeros_like(height) if self.battering.has_rays else _NOWHERE
        if self.battering.stamp(rows, height, fresh) and kind.has_sea:
            height *= smoothstep(level, 0.0, 0.05)
        np.clip(height, np.float32(-0.6), _ONE, out=height)
        return Ground(height, level, patch, ridge, detail, fresh)


def make_globe(options: PlanetOptions, seed: int) -> Globe:
    """Draw the broad forms and the craters that ``options`` and ``seed`` describe."""
    kind = KINDS[options.kind]
    lattice = BoxLattice.of((_BROAD_CELLS,) * 3)
    points = lattice.directions
    warped = points * np.float32(kind.frequency)
    bend = np.stack([point_noise(warped, seed + axis) for axis in range(3)], axis=1)
    warped = warped + bend * np.float32(kind.warp)
    land = point_fractal(warped, 4, seed + 10)
    share = options.ocean if kind.has_sea else 0.0
    shore = (
        _quantile(land, share) if share > 0 else float(land.min()) * (1.0 if kind.has_sea else 0)
    )
    land -= np.float32(shore)
    broad = [land, point_fractal(points * np.float32(2.9) + bend * np.float32(0.6), 3, seed + 30)]
    if kind.has_ridges:
        broad.append(_ridges(points * np.float32(2.3) + bend * np.float32(0.3), seed + 20))
    craters = draw_craters(options.craters * kind.battered, seed) if kind.battered else ()
    faces = np.stack(lattice.faces)
    return Globe(options, kind, seed, np.stack(broad)[:, faces], craters)


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
