"""Translucent shells around a globe: clouds and air."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F32
from meshmill.geometry.box import FACES, BoxLattice, spread_box_noise
from meshmill.geometry.charts import Atlas, dilate
from meshmill.geometry.generators.planet.broad import spread_curved
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.generators.planet.streams import turned
from meshmill.geometry.maps import MapSet, bands
from meshmill.geometry.noise import NoiseSpread, point_noise
from meshmill.geometry.rasters import smoothstep
from meshmill.geometry.scene import Material
from meshmill.geometry.vectors import dot

_BROAD_CELLS = 40
_CYCLONES = 7
_TEXELS_PER_FEATURE = 3
_HALF = 0.5
_AIR = {
    "terran": (112, 164, 232), "arid": (226, 176, 136), "ice": (170, 206, 236),
    "lava": (226, 128, 84), "gas": (214, 206, 190), "moon": (176, 180, 186),
}  # fmt: skip
_AIR_COVER = 20
_DUST = {"terran": (238, 240, 240), "arid": (222, 184, 146), "ice": (232, 236, 240)}


def cloud_material(options: PlanetOptions, seed: int, atlas: Atlas) -> Material:
    """White water clouds, or dust, in fronts and cyclones; their cover is the map's alpha."""
    maps = MapSet.filled(atlas.size, _DUST[options.kind], (255, 230, 0))
    cover = np.zeros((atlas.size, atlas.size), dtype=np.uint8)
    size = atlas.charts[0].width
    at = (np.arange(size, dtype=np.float32) + np.float32(0.5)) * np.float32(1.0 / size)
    fronts = spread_curved(_fronts(seed), at * np.float32(_BROAD_CELLS))
    start = 0.40 - 0.95 * options.clouds
    densest = np.float32(235.0 if options.kind == "terran" else 150.0)
    for face, chart in enumerate(atlas.charts):
        octaves = _octaves(face, at, seed)
        inside = cover[chart.area]
        for first, last in bands(size):
            rows = at[first:last]
            broad = fronts[face].band(rows * np.float32(_BROAD_CELLS))
            for cells, octave in octaves:
                broad += octave.band(rows * np.float32(cells))
            thick = smoothstep(broad, start, start + 0.6)
            thick *= densest
            inside[first:last] = thick
        dilate(cover, chart, atlas.gutter)
    return maps.material("Planet", "Clouds", coverage=cover, alpha="BLEND")


def _octaves(face: int, at: F32, seed: int) -> list[tuple[int, NoiseSpread]]:
    """Fine noise at texels ``at``, with its features along a side."""
    octaves, cells, weight = [], 16, 0.20
    while cells * _TEXELS_PER_FEATURE <= len(at):
        noise = spread_box_noise(FACES[face], (cells,) * 3, at, seed + 300 + cells, weight)
        octaves.append((cells, noise))
        cells, weight = 2 * cells, weight * 0.62
    return octaves


def air_material(options: PlanetOptions, size: int) -> Material:
    """Haze of one colour."""
    maps = MapSet.filled(size, _AIR[options.kind], (255, 255, 0))
    cover = np.full((size, size), _AIR_COVER, dtype=np.uint8)
    return maps.material("Planet", "Atmosphere", coverage=cover, alpha="BLEND")


def _fronts(seed: int) -> F32:
    """Broad cloud cover, about -1 … 1, float32 (6, cells + 1, cells + 1)."""
    lattice = BoxLattice.of((_BROAD_CELLS,) * 3)
    points = _whirled(lattice.directions, np.random.default_rng([seed, 11]))
    flat = points * np.array([[1.5, 2.7, 1.5]], dtype=np.float32)
    bend = np.stack([point_noise(flat * np.float32(1.3), seed + 200 + k) for k in range(3)], axis=1)
    flat = flat + bend * np.float32(0.75)
    cover = point_noise(flat, seed + 210) * np.float32(0.62)
    cover += point_noise(flat * np.float32(2.1), seed + 211) * np.float32(0.42)
    cover += point_noise(flat * np.float32(4.3), seed + 212) * np.float32(0.30)
    return cover[np.stack(lattice.faces)]


def _whirled(points: F32, rng: np.random.Generator) -> F32:
    """Wind the air up around cyclones, against each other on the two hemispheres."""
    points = points.copy()
    for around, north, size, side in rng.random((_CYCLONES, 4)):
        along, across = cos_sin(float(around))
        height = (0.25 + 0.5 * float(north)) * (1.0 if float(side) > _HALF else -1.0)
        level = float(np.sqrt(1.0 - height * height))
        eye = np.array([float(along) * level, height, float(across) * level], dtype=np.float32)
        radius = 0.28 + 0.3 * float(size)
        closeness = np.float32(1.0) - (np.float32(1.0) - dot(points, eye)) * np.float32(
            2.0 / (radius * radius)
        )
        near = np.flatnonzero(closeness > 0)
        turns = closeness[near] * closeness[near] * np.float32(0.9 if height > 0 else -0.9)
        points[near] = turned(points[near], eye, turns)
    return points
