"""Patterns of walls and roofs: fields that continue themselves from one cell to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U8, AnyArray
from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.building.styles import Colour
from meshmill.geometry.maps import MapSet, pack_normals, tilts
from meshmill.geometry.noise import fractal_noise, hash_share, stretched_noise
from meshmill.geometry.rasters import smoothstep

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
_LEAST_COURSE = 3.4
DARKEST, BRIGHTEST = np.float32(31.0), np.float32(239.0)


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """``colour`` float32 (h, w, 3) 0 … 255; ``normal`` and ``orm`` uint8 (h, w, 3)."""

    colour: F32
    normal: U8
    orm: U8


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """A pattern before it is packed: ``tint`` about 1, ``joint`` 0 … 1, relief in metres.

    ``rough`` is the roughness, a field or one value.
    """

    tint: F32
    joint: F32
    relief: F32
    rough: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Texels of a cell: rows, columns, and texels a metre."""

    rows: int
    columns: int
    density: float
    seed: int

    @property
    def down(self) -> F32:
        """Places 0 … 1 of rows."""
        return (np.arange(self.rows, dtype=np.float32) + _HALF) * np.float32(1.0 / self.rows)

    @property
    def across(self) -> F32:
        """Places 0 … 1 of columns."""
        return (np.arange(self.columns, dtype=np.float32) + _HALF) * np.float32(1.0 / self.columns)

    def count(self, size: float, vertical: bool, *, even: bool = False) -> int:  # noqa: FBT001
        """How many features of ``size`` metres fit, never finer than a few texels."""
        texels = self.rows if vertical else self.columns
        step = 2 if even else 1
        return max(
            step, step * int(texels / (step * max(size * self.density, _LEAST_COURSE)) + 0.5)
        )

    def noise(self, texels: float, salt: int, octaves: int = 2) -> F32:
        """Isotropic noise with features of about ``texels``, periodic over the cell."""
        cells = (max(1, int(self.rows / texels)), max(1, int(self.columns / texels)))
        return fractal_noise(self.down, self.across, cells, octaves, self.seed + salt)


def packed(fields: Fields, base: Colour, joint: Colour, density: float, warm: F32) -> Pattern:
    """Colours, normals and surface values of a pattern; ``warm`` shifts hue, about 0."""
    shape = (*fields.tint.shape, 3)
    colour = np.empty(shape, dtype=np.float32)
    shift = (0.5, 0.05, -0.35)
    for channel in range(3):
        own = fields.tint * np.float32(base[channel])
        own += warm * np.float32(shift[channel] * 60.0)
        own += (np.float32(joint[channel]) - own) * fields.joint
        colour[:, :, channel] = own
    np.clip(colour, DARKEST, BRIGHTEST, out=colour)
    normal, orm = np.empty(shape, dtype=np.uint8), np.empty(shape, dtype=np.uint8)
    pack_normals(*tilts(fields.relief * np.float32(density)), normal)
    orm[:, :, 0] = np.clip(_ONE - fields.joint * np.float32(0.35), 0, 1) * np.float32(255)
    rough = np.float32(fields.rough) + (fields.tint - _ONE) * np.float32(0.25)
    orm[:, :, 1] = np.clip(rough, np.float32(0.1), _ONE) * np.float32(255)
    orm[:, :, 2] = 0
    return Pattern(colour, normal, orm)


def masonry(grid: Grid, stone: tuple[float, float], joint_m: float, uneven: float) -> Fields:
    """Courses of bricks or blocks of ``stone`` width and height in metres, joints staggered."""
    courses = grid.count(stone[1], vertical=True, even=True)
    blocks = grid.count(stone[0], vertical=False)
    y = grid.down * np.float32(courses)
    row = np.minimum(y.astype(np.int32), courses - 1)
    x = grid.across[None, :] * np.float32(blocks) + np.where(row % 2 == 1, _HALF, 0)[
        :, None
    ].astype(np.float32)
    column = x.astype(np.int32)
    within_x, within_y = x - column, (y - row)[:, None]
    apart = np.minimum(within_x, _ONE - within_x) * np.float32(grid.columns / blocks)
    apart = np.minimum(
        apart, np.minimum(within_y, _ONE - within_y) * np.float32(grid.rows / courses)
    )
    half = np.float32(max(0.35, 0.5 * joint_m * grid.density))
    joint = np.clip(half + _HALF - apart, 0, _ONE)
    table = hash_share(grid.seed, np.arange(courses)[:, None], np.arange(blocks)[None, :])
    shade = table[row[:, None], column % blocks]
    grain = grid.noise(7.0, 3)
    tint = np.float32(1.0 - 0.5 * uneven) + shade * np.float32(uneven) + grain * np.float32(0.07)
    relief = (_ONE - joint) * np.float32(0.008) + shade * np.float32(0.004 * uneven)
    relief += grain * np.float32(0.002)
    return Fields(tint, joint, relief, 0.86)


def render(grid: Grid) -> Fields:
    """Trowelled plaster."""
    grain = grid.noise(9.0, 5, 2)
    broad = grid.noise(max(grid.rows / 3.0, 8.0), 6, 2)
    tint = _ONE + grain * np.float32(0.05) + broad * np.float32(0.035)
    return Fields(tint, np.zeros_like(tint), grain * np.float32(0.0045), 0.9)


def concrete(grid: Grid) -> Fields:
    """Panels with joints around them, and the marks of formwork ties."""
    grain, broad = grid.noise(8.0, 7, 2), grid.noise(max(grid.rows / 4.0, 8.0), 8, 2)
    y, x = grid.down[:, None], grid.across[None, :]
    to_joint = np.minimum(
        np.minimum(x, _ONE - x) * np.float32(grid.columns),
        np.minimum(y, _ONE - y) * np.float32(grid.rows),
    )
    joint = np.clip(np.float32(max(0.6, 0.009 * grid.density)) + _HALF - to_joint, 0, _ONE)
    tint = _ONE + grain * np.float32(0.06) + broad * np.float32(0.035)
    relief = (_ONE - joint) * np.float32(0.012) + grain * np.float32(0.0015)
    return Fields(tint, joint, relief, 0.8)


def corrugated(grid: Grid) -> Fields:
    """Painted sheets with upright ribs, and rust where water runs."""
    ribs = grid.count(0.165, vertical=False)
    x = grid.across * np.float32(ribs)
    within = x - np.floor(x)
    wave = np.clip((np.abs(within - _HALF) - np.float32(0.25)) * np.float32(5.0), -_HALF, _HALF)
    streak = stretched_noise(grid.down, grid.across, (2, max(4, grid.columns // 7)), grid.seed + 9)
    broad = grid.noise(max(grid.rows / 3.0, 8.0), 10, 3)
    tint = _ONE + streak * np.float32(0.07) + broad * np.float32(0.06)
    tint -= (wave + _HALF)[None, :] * np.float32(0.05)
    relief = np.repeat((wave * np.float32(-0.03))[None, :], grid.rows, axis=0)
    joint = smoothstep(streak + broad * np.float32(0.9), 0.62, 1.0) * np.float32(0.5)
    return Fields(tint, joint, relief, 0.52)


def shingles(grid: Grid, tile: tuple[float, float], uneven: float) -> Fields:
    """Courses of tiles, each thicker at its lower edge, joints staggered."""
    courses = grid.count(tile[1], vertical=True, even=True)
    across = grid.count(tile[0], vertical=False)
    y = grid.down * np.float32(courses)
    row = np.minimum(y.astype(np.int32), courses - 1)
    x = grid.across[None, :] * np.float32(across) + np.where(row % 2 == 1, _HALF, 0)[
        :, None
    ].astype(np.float32)
    column = x.astype(np.int32)
    within_x, within_y = x - column, (y - row)[:, None]
    gap = np.minimum(within_x, _ONE - within_x) * np.float32(grid.columns / across)
    joint = np.clip(np.float32(0.9) - gap, 0, _ONE)
    edge = smoothstep(np.broadcast_to(within_y, joint.shape), 0.86, 1.0)
    table = hash_share(grid.seed, np.arange(courses)[:, None], np.arange(across)[None, :])
    shade = table[row[:, None], column % across]
    grain = grid.noise(6.0, 11)
    broad = grid.noise(max(grid.rows / 3.0, 8.0), 12)
    tint = np.float32(1.0 - 0.5 * uneven) + shade * np.float32(uneven)
    tint += grain * np.float32(0.07) + broad * np.float32(0.06)
    bow = (within_x - _HALF) * (within_x - _HALF)
    relief = within_y * np.float32(0.03) - bow * np.float32(0.03) - joint * np.float32(0.012)
    relief -= edge * np.float32(0.012)
    return Fields(tint, np.maximum(joint * np.float32(0.8), edge * np.float32(0.55)), relief, 0.82)


def sheet_metal(grid: Grid) -> Fields:
    """Painted sheets between seams."""
    seams = max(1, grid.count(0.62, vertical=False))
    x = grid.across * np.float32(seams)
    within = np.abs(x - np.floor(x) - _HALF)
    raised = np.clip(_ONE - within * np.float32(grid.columns / seams / 1.6), 0, _ONE)
    broad = grid.noise(max(grid.rows / 3.0, 8.0), 13, 3)
    streak = stretched_noise(grid.down, grid.across, (2, max(4, grid.columns // 9)), grid.seed + 14)
    tint = _ONE + broad * np.float32(0.05) + streak * np.float32(0.05)
    tint += raised[None, :] * np.float32(0.06)
    relief = np.repeat((raised * np.float32(0.012))[None, :], grid.rows, axis=0)
    relief += broad * np.float32(0.002)
    return Fields(tint, np.zeros_like(tint), relief, 0.46)


def gravel(grid: Grid) -> Fields:
    """Loose stones."""
    stones, broad = grid.noise(2.6, 15, 2), grid.noise(max(grid.rows / 4.0, 8.0), 16, 2)
    tint = _ONE + stones * np.float32(0.22) + broad * np.float32(0.1)
    joint = smoothstep(-stones, 0.25, 0.8) * np.float32(0.5)
    return Fields(tint, joint, stones * np.float32(0.012), 0.94)


def warmth(grid: Grid, amount: float) -> F32:
    """Slow shifts of hue over a cell."""
    shift: F32 = grid.noise(max(grid.rows / 2.5, 8.0), 17, 2) * np.float32(amount)
    return shift


def to_texels(colour: AnyArray) -> AnyArray:
    """Colours within the range of dielectrics."""
    return np.clip(colour, DARKEST, BRIGHTEST)


def blit(maps: MapSet, chart: Chart, pattern: Pattern) -> None:
    """Paint a chart with a pattern of its size."""
    maps.base_colour[chart.area] = to_texels(pattern.colour)
    maps.normal[chart.area], maps.orm[chart.area] = pattern.normal, pattern.orm
