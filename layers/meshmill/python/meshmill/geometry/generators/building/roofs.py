"""Roofs: slabs over a lattice, whose hips run through the corners of their cells.

Cells of pitched roofs are cut along the diagonal that a hip may follow, so that a triangle at a
hip is exactly a half of a cell, and repeats its half of the cell's chart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from meshmill.geometry.arrays import F64, I64, AnyArray
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.spec import BuildingOptions

#: Share of the coarsest level's triangles for the roof's lattice, and triangles in a cell of it.
_ROOF_SHARE, _CELL_TRIANGLES, _COARSEST = 0.16, 4, 8
_CELL_M = 2.6
THICKNESS, _BURIED = 0.2, 0.07
_VERGE = 0.28
_TOOTH_M = 6.0
GLAZED = 0.06

SOUTH, NORTH, EAST, WEST = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Roof:
    """A slab: ``top`` and ``base`` float64 (rows, columns, 3), rows from north to south.

    Per cell int64 (rows - 1, columns - 1): the way it ``faces``; whether a hip halves it
    (``hipped``), and the way that its other half faces. ``glazed`` cells are upright.
    ``cell`` is the nominal width and slope length of a cell in metres, ``crown`` that of the upper
    slopes of a mansard; ``upright`` is the height of glazed cells.
    """

    top: F64
    base: F64
    facing: I64
    other: I64
    glazed: AnyArray
    cell: tuple[float, float]
    upright: float = 0.0
    crown: tuple[float, float] | None = None

    @property
    def zones(self) -> AnyArray:
        """Suffixes of the charts of cells, str (rows - 1, columns - 1): parts of a mansard."""
        zone = np.full((len(self.facing), len(self.facing[0])), "", dtype="U7")
        if self.crown is not None:
            zone[0], zone[-1], zone[:, 0], zone[:, -1] = "_north", "_north", "_west", "_west"
            zone[1:-1, 1:-1] = "_crown"
            zone[:: len(zone) - 1, :: len(zone[0]) - 1] = "_corner"
        return zone

    @property
    def hipped(self) -> AnyArray:
        """Which cells a hip halves."""
        halved: AnyArray = self.other >= 0
        return halved


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The ways that cells face, as in :class:`Roof`."""

    facing: I64
    other: I64
    glazed: AnyArray

    @classmethod
    def plain(cls, facing: I64) -> Ways:
        """Cells without hips and glass."""
        return cls(facing, np.full_like(facing, -1), np.zeros_like(facing, dtype=np.bool_))


def roof_of(layout: Layout, budget: int) -> Roof:
    """The roof that stands on the walls; ``budget`` is of the most detailed level."""
    kind = layout.options.roof
    along = layout.ridge_along_x
    length, span = layout.size if along else layout.size[::-1]
    length, span = (edge + 2.0 * layout.top_outset for edge in (length, span))
    most = max(4, int(budget / _COARSEST * _ROOF_SHARE / _CELL_TRIANGLES))
    build = {
        "flat": _flat, "gable": _gable, "hip": _hip, "mansard": _mansard, "sawtooth": _sawtooth
    }[kind]  # fmt: skip
    roof = build(layout, length, span, most)
    return roof if along else _turned(roof)


def _counts(length: float, span: float, most: int, *, even: bool) -> tuple[int, int]:
    """Cells along length and span, about square, at most ``most``."""
    edge = max(_CELL_M, sqrt(length * span / most))
    across = max(1, int(span / edge + 0.5))
    if even:
        across = max(2, 2 * int(span / edge * 0.5 + 0.5))
    along = max(1, int(length / (span / across) + 0.5))
    while along * across > most and along > 1:
        along -= 1
    return along, across


def _symmetric(half: float, count: int) -> F64:
    first = np.arange(count + 1) * (2.0 / count) - 1.0
    places: F64 = (first - first[::-1]) * 0.5 * half
    return places


def _slab(x: F64, z: F64, heights: F64, lower: F64, ways: Ways, cell: tuple[float, float]) -> Roof:
    """A slab over the lattice of ``x`` and ``z`` between two grids of heights."""
    top = np.empty((len(z), len(x), 3))
    top[:, :, 0], top[:, :, 2], top[:, :, 1] = x, z[:, None], heights
    base = top.copy()
    base[:, :, 1] = lower
    return Roof(top, base, ways.facing, ways.other, ways.glazed, cell)


def _flat(layout: Layout, length: float, span: float, most: int) -> Roof:
    """Gravel inside the parapet."""
    along, across = _counts(length, span, most, even=False)
    x, z = _symmetric(length * 0.5 - 0.12, along), _symmetric(span * 0.5 - 0.12, across)
    heights = np.full((across + 1, along + 1), layout.wall_height + 0.1)
    facing = np.full((across, along), SOUTH)
    cell = (length / along, span / across)
    return _slab(x, z, heights, heights - 0.3, Ways.plain(facing), cell)


def _gable(layout: Layout, length: float, span: float, most: int) -> Roof:
    eaves = layout.style.eaves
    along, across = _counts(length + 2 * _VERGE, span + 2 * eaves, most, even=True)
    half = span * 0.5 + eaves
    x, z = _symmetric(length * 0.5 + _VERGE, along), _symmetric(half, across)
    # The slab's middle lies on the gables' slopes.
    rise = layout.rise / (span * 0.5)
    bands = np.minimum(np.arange(across + 1), across - np.arange(across + 1))
    heights = layout.wall_height - rise * eaves + bands * (rise * half / (across // 2))
    top = np.repeat((heights + THICKNESS - _BURIED)[:, None], along + 1, axis=1)
    rows = np.arange(across)[:, None] < across // 2
    facing = np.where(np.repeat(rows, along, axis=1), NORTH, SOUTH)
    slope = half / (across // 2) * sqrt(1.0 + rise * rise)
    cell = (float(x[1] - x[0]), slope)
    return _slab(x, z, top, top - THICKNESS, Ways.plain(facing), cell)


def _hip(layout: Layout, length: float, span: float, most: int) -> Roof:
    eaves = layout.style.eaves
    length, span = length + 2 * eaves, span + 2 * eaves
    along, across = _hip_counts(length, span, most)
    x, z = _symmetric(length * 0.5, along), _symmetric(span * 0.5, across)
    rise = layout.rise * span / (span - 2 * eaves)
    pitch = rise / (span * 0.5)
    edge = layout.wall_height - pitch * eaves + THICKNESS - _BURIED
    heights = edge + _bands(along, across) * (rise / (across // 2))
    slope = span / across * sqrt(1.0 + pitch * pitch)
    facing, other = _hip_facings(along, across)
    cell = (length / along, slope)
    return _slab(
        x,
        z,
        heights,
        heights - THICKNESS,
        Ways(facing, other, np.zeros_like(facing, dtype=np.bool_)),
        cell,
    )


def _hip_counts(length: float, span: float, most: int) -> tuple[int, int]:
    along, across = _counts(length, span, most, even=True)
    return max(along, across), across


def _bands(along: int, across: int) -> F64:
    """Number of cells from the nearest border at each lattice point, (rows, columns)."""
    i, j = np.arange(along + 1), np.arange(across + 1)
    columns, rows = np.minimum(i, along - i), np.minimum(j, across - j)
    return np.minimum(columns[None, :], rows[:, None]).astype(np.float64)


def _hip_facings(along: int, across: int) -> tuple[I64, I64]:
    i, j = np.arange(along), np.arange(across)
    column = np.minimum(i, along - 1 - i)[None, :]
    row = np.minimum(j, across - 1 - j)[:, None]
    upright = np.where(j < across // 2, NORTH, SOUTH)[:, None]
    level = np.where(2 * i < along, WEST, EAST)[None, :]
    facing = np.where(column < row, level, upright)
    other = np.where(column == row, level, -1)
    other, facing = np.broadcast_arrays(other, facing)
    return facing.astype(np.int64), other.astype(np.int64)


def steep_height(options: BuildingOptions) -> float:
    """Height of a mansard's lower slopes."""
    return min(0.95 * options.storey_height_m, 3.0)


def _mansard(layout: Layout, length: float, span: float, most: int) -> Roof:
    """A steep lower slope around a shallow hipped roof."""
    eaves = 0.22
    inset = min(0.9, 0.16 * span) + eaves
    steep = steep_height(layout.options)
    inner = span + 2 * eaves - 2 * inset
    along, across = _hip_counts(length + 2 * eaves - 2 * inset, inner, max(4, most - 8))
    x, z = (
        np.concatenate(([-half], _symmetric(half - inset, count), [half]))
        for half, count in ((length * 0.5 + eaves, along), (span * 0.5 + eaves, across))
    )
    rise = min(0.14 * inner, 2.2)
    bands = _bands(along + 2, across + 2)
    edge = layout.wall_height + THICKNESS - _BURIED
    above = np.maximum(bands - 1.0, 0.0) * (rise / (across // 2))
    heights = edge + np.minimum(bands, 1.0) * steep + above
    facing, other = _hip_facings(along + 2, across + 2)
    cell = (inner / across, sqrt(steep * steep + inset * inset))
    lower = np.full_like(heights, layout.wall_height - _BURIED)
    slab = _slab(
        x, z, heights, lower, Ways(facing, other, np.zeros_like(facing, dtype=np.bool_)), cell
    )
    step = rise / (across // 2)
    width = inner / across
    return replace(slab, crown=(width, sqrt(step * step + width * width)))


def _sawtooth(layout: Layout, length: float, span: float, most: int) -> Roof:
    """Teeth across the length: slopes to the west, glass to the east."""
    teeth = max(1, int(length / _TOOTH_M + 0.5))
    while teeth > 1 and teeth * 2 > most:
        teeth -= 1
    verge = 0.15
    tooth = (length + 2 * verge) / teeth
    rise = min(0.42 * tooth, 3.2)
    across = max(1, min(int(span / _CELL_M / 1.6 + 0.5), most // (2 * teeth)))
    starts = np.arange(teeth) * tooth - (length * 0.5 + verge)
    x = np.append(np.stack((starts, starts + tooth - GLAZED), axis=1).ravel(), length * 0.5 + verge)
    profile = np.append(np.tile((0.0, rise), teeth), 0.0)
    z = _symmetric(span * 0.5 + verge, across)
    edge = layout.wall_height + THICKNESS - _BURIED
    heights = np.repeat((edge + profile)[None, :], across + 1, axis=0)
    glazed = np.zeros((across, 2 * teeth), dtype=np.bool_)
    glazed[:, 1::2] = True
    facing = np.where(glazed, EAST, WEST)
    cell = ((span + 2 * verge) / across, sqrt(rise * rise + tooth * tooth))
    lower = np.full_like(heights, layout.wall_height - _BURIED)
    ways = Ways(facing, np.full_like(facing, -1), glazed)
    return replace(_slab(x, z, heights, lower, ways, cell), upright=rise)


def _turned(roof: Roof) -> Roof:
    """The roof turned by a quarter: its west looks south."""

    def grid(points: F64) -> F64:
        turned = np.swapaxes(points, 0, 1)[:, ::-1]
        return np.stack((-turned[..., 2], turned[..., 1], turned[..., 0]), axis=-1) + 0.0

    table = np.array((WEST, EAST, SOUTH, NORTH, -1))

    def cells(values: AnyArray) -> AnyArray:
        turned: AnyArray = np.swapaxes(values, 0, 1)[:, ::-1]
        return turned

    return Roof(
        grid(roof.top), grid(roof.base), table[cells(roof.facing)], table[cells(roof.other)],
        cells(roof.glazed), roof.cell, roof.upright, roof.crown,
    )  # fmt: skip
