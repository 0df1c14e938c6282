"""Bark: one repeating texture per tree, from fields of height that colour and normals share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.colour import ramp
from meshmill.geometry.generators.tree.spec import TreeOptions
from meshmill.geometry.maps import MapSet, bands, pack_normals
from meshmill.geometry.noise import fractal_noise, stretched_noise
from meshmill.geometry.rasters import smoothstep
from meshmill.geometry.scene import Material

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
_DARKEST, _BRIGHTEST = np.float32(32.0), np.float32(238.0)
_Stops = tuple[tuple[float, tuple[int, int, int]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """A band of bark: ``height`` 0 … 1 and ``stain`` -1 … 1, float32 (rows, columns)."""

    height: F32
    stain: F32


@dataclass(frozen=True, slots=True)
class _Bark:
    """One kind: its relief, colours along it, how the stain tints, and how deep it is."""

    relief: Callable[[F32, F32, int], _Field]
    colours: _Stops
    tint: tuple[float, float, float]
    depth: float
    roughness: tuple[float, float]


def bark_material(options: TreeOptions, size: int, periods: int, seed: int) -> Material:
    """Paint a pattern that repeats ``periods`` times across ``size`` texels, and once down."""
    bark = _BARKS[options.habit]
    width = size // periods
    maps = MapSet.blank(size)
    columns = (np.arange(-1, width + 1, dtype=np.float32) + _HALF) * np.float32(1.0 / width)
    centres = (np.arange(-1, size + 1, dtype=np.float32) + _HALF) * np.float32(1.0 / size)
    for start, stop in bands(size, width):
        field = bark.relief(centres[start : stop + 2], columns, seed)
        _paint(bark, field, width, maps.rows(start, stop))
    for image in (maps.base_colour, maps.normal, maps.orm):
        for period in range(1, periods):
            image[:, period * width : (period + 1) * width] = image[:, :width]
    return maps.material("Tree", "Bark")


def _paint(bark: _Bark, field: _Field, width: int, band: MapSet) -> None:
    """Colours, normals and roughness of a band; the field is a texel larger on each side."""
    inner = field.height[1:-1, 1:-1]
    stain = field.stain[1:-1, 1:-1]
    colours = ramp(inner, bark.colours)
    for channel in range(3):
        colours[..., channel] += stain * np.float32(bark.tint[channel])
    np.clip(colours, _DARKEST, _BRIGHTEST, out=colours)
    band.base_colour[:, :width] = colours
    rise = np.float32(0.5 * bark.depth * width)
    tilt_x = (field.height[1:-1, :-2] - field.height[1:-1, 2:]) * rise
    tilt_y = (field.height[2:, 1:-1] - field.height[:-2, 1:-1]) * rise
    pack_normals(tilt_x, tilt_y, band.normal[:, :width])
    open_sky = np.minimum(inner * np.float32(1.5) + np.float32(0.42), _ONE)
    band.orm[:, :width, 0] = open_sky * np.float32(255.0)
    low, high = bark.roughness
    rough = np.float32(high) + inner * np.float32(low - high) + stain * np.float32(0.04)
    band.orm[:, :width, 1] = np.clip(rough, np.float32(0.2), _ONE) * np.float32(255.0)
    band.orm[:, :width, 2] = 0


def _ridge(rows: F32, columns: F32, cells: tuple[int, int], seed: int, gain: float) -> F32:
    """Plates between furrows: 0 where noise changes its sign, 1 away from there."""
    plates = np.abs(stretched_noise(rows, columns, cells, seed))
    plates *= np.float32(gain)
    return np.minimum(plates, _ONE)


def _furrowed(rows: F32, columns: F32, seed: int) -> _Field:
    """Long ridges that fork, broken across, with fine cracks."""
    height = _ridge(rows, columns, (5, 11), seed, 3.4)
    height *= np.float32(0.62) + np.float32(0.38) * _ridge(rows, columns, (12, 22), seed + 1, 3.0)
    grain = fractal_noise(rows, columns, (26, 60), 2, seed + 2)
    height = height * np.float32(0.8) + np.float32(0.12) + grain * np.float32(0.13)
    stain = fractal_noise(rows, columns, (3, 3), 3, seed + 4)
    return _Field(np.clip(height, 0, 1), stain)


def _papery(rows: F32, columns: F32, seed: int) -> _Field:
    """White skin, dark lenticels across, and black scars where it is broken."""
    fine = stretched_noise(rows, columns, (46, 7), seed)
    dashes = smoothstep(fine, 0.42, 0.62)
    small = smoothstep(stretched_noise(rows, columns, (84, 16), seed + 1), 0.5, 0.66)
    scars = stretched_noise(rows, columns, (5, 4), seed + 2)
    scars += np.float32(0.35) * stretched_noise(rows, columns, (34, 9), seed + 3)
    broken = smoothstep(scars, 0.62, 0.86)
    skin = np.float32(0.86) + np.float32(0.1) * stretched_noise(rows, columns, (60, 12), seed + 5)
    marks = np.maximum(np.maximum(dashes, small * np.float32(0.7)), broken)
    height = skin * (_ONE - np.float32(0.88) * marks)
    stain = fractal_noise(rows, columns, (4, 3), 3, seed + 6)
    return _Field(np.clip(height, 0, 1), stain)


def _scaly(rows: F32, columns: F32, seed: int) -> _Field:
    """Small plates, each with lifted flakes."""
    height = _ridge(rows, columns, (8, 9), seed, 5.5)
    height *= np.float32(0.5) + np.float32(0.5) * _ridge(rows, columns, (17, 13), seed + 1, 4.5)
    flakes = fractal_noise(rows, columns, (30, 14), 2, seed + 6)
    height *= np.float32(0.82) + np.float32(0.26) * flakes
    grain = fractal_noise(rows, columns, (70, 50), 2, seed + 2)
    height = height * np.float32(0.8) + np.float32(0.1) + grain * np.float32(0.11)
    stain = fractal_noise(rows, columns, (4, 4), 3, seed + 4)
    return _Field(np.clip(height, 0, 1), stain)


def _ringed(rows: F32, columns: F32, seed: int) -> _Field:
    """Scars of fallen fronds around the trunk, and fibres along it."""
    wave = rows[:, None] * np.float32(11.0)
    wave = wave + np.float32(0.34) * fractal_noise(rows, columns, (6, 4), 2, seed)
    within = wave - np.floor(wave)
    rings = np.minimum(within * np.float32(7.0), _ONE)
    rings *= np.float32(1.0) - np.float32(0.5) * within
    fibres = stretched_noise(rows, columns, (10, 70), seed + 2)
    fibres += np.float32(0.6) * stretched_noise(rows, columns, (30, 110), seed + 3)
    cracks = _ridge(rows, columns, (6, 16), seed + 4, 5.0)
    height = rings * (np.float32(0.72) + np.float32(0.28) * cracks) + fibres * np.float32(0.09)
    stain = fractal_noise(rows, columns, (4, 4), 3, seed + 5)
    return _Field(np.clip(height, 0, 1), stain)


def _smooth(rows: F32, columns: F32, seed: int) -> _Field:
    """Thin bark with shallow furrows and pale pores."""
    height = np.float32(0.45) + np.float32(0.4) * _ridge(rows, columns, (4, 8), seed, 3.6)
    pores = smoothstep(stretched_noise(rows, columns, (56, 30), seed + 1), 0.5, 0.7)
    height += np.float32(0.2) * pores
    height += np.float32(0.12) * fractal_noise(rows, columns, (24, 40), 2, seed + 2)
    stain = fractal_noise(rows, columns, (3, 3), 3, seed + 4)
    return _Field(np.clip(height, 0, 1), stain)


_BARKS = {
    "broadleaf": _Bark(
        _furrowed,
        ((0.0, (44, 36, 32)), (0.3, (78, 64, 52)), (0.62, (116, 98, 80)), (1.0, (150, 134, 114))),
        (16.0, 18.0, 12.0), 0.028, (0.78, 0.96),
    ),
    "birch": _Bark(
        _papery,
        ((0.0, (40, 36, 36)), (0.35, (92, 82, 76)), (0.7, (196, 188, 176)), (1.0, (230, 226, 216))),
        (10.0, 14.0, 20.0), 0.007, (0.52, 0.86),
    ),
    "conifer": _Bark(
        _scaly,
        ((0.0, (48, 36, 32)), (0.35, (86, 64, 52)), (0.7, (124, 96, 78)), (1.0, (150, 126, 108))),
        (14.0, 10.0, 8.0), 0.024, (0.76, 0.95),
    ),
    "palm": _Bark(
        _ringed,
        ((0.0, (64, 54, 44)), (0.3, (104, 92, 76)), (0.7, (142, 128, 108)), (1.0, (168, 156, 136))),
        (16.0, 15.0, 14.0), 0.02, (0.74, 0.94),
    ),
    "shrub": _Bark(
        _smooth,
        ((0.0, (60, 48, 40)), (0.45, (98, 82, 66)), (0.8, (128, 112, 94)), (1.0, (156, 144, 126))),
        (14.0, 14.0, 10.0), 0.014, (0.68, 0.9),
    ),
}  # fmt: skip
