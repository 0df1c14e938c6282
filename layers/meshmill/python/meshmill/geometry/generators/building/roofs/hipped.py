"""Hipped roofs, and mansards with a hipped roof inside steep slopes."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.roofs.lattice import (
    BURIED,
    EAST,
    NORTH,
    SOUTH,
    THICKNESS,
    WEST,
    Roof,
    Ways,
    counts,
    slab,
    symmetric,
)
from meshmill.geometry.generators.building.spec import BuildingOptions


def hip(layout: Layout, length: float, span: float, most: int) -> Roof:
    """Four slopes."""
    eaves = layout.style.eaves
    length, span = length + 2 * eaves, span + 2 * eaves
    along, across = _hip_counts(length, span, most)
    x, z = symmetric(length * 0.5, along), symmetric(span * 0.5, across)
    rise = layout.rise * span / (span - 2 * eaves)
    pitch = rise / (span * 0.5)
    edge = layout.wall_height - pitch * eaves + THICKNESS - BURIED
    heights = edge + _bands(along, across) * (rise / (across // 2))
    slope = span / across * sqrt(1.0 + pitch * pitch)
    facing, other = _hip_facings(along, across)
    cell = (length / along, slope)
    return slab(
        x,
        z,
        heights,
        heights - THICKNESS,
        Ways.hipped(facing, other),
        cell,
    )


def _hip_counts(length: float, span: float, most: int) -> tuple[int, int]:
    along, across = counts(length, span, most, even=True)
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


def mansard(layout: Layout, length: float, span: float, most: int) -> Roof:
    """A steep lower slope around a shallow hipped roof."""
    eaves = 0.22
    inset = min(0.9, 0.16 * span) + eaves
    steep = steep_height(layout.options)
    inner = span + 2 * eaves - 2 * inset
    along, across = _hip_counts(length + 2 * eaves - 2 * inset, inner, max(4, most - 8))
    x, z = (
        np.concatenate(([-half], symmetric(half - inset, count), [half]))
        for half, count in ((length * 0.5 + eaves, along), (span * 0.5 + eaves, across))
    )
    rise = min(0.14 * inner, 2.2)
    bands = _bands(along + 2, across + 2)
    edge = layout.wall_height + THICKNESS - BURIED
    above = np.maximum(bands - 1.0, 0.0) * (rise / (across // 2))
    heights = edge + np.minimum(bands, 1.0) * steep + above
    facing, other = _hip_facings(along + 2, across + 2)
    cell = (inner / across, sqrt(steep * steep + inset * inset))
    lower = np.full_like(heights, layout.wall_height - BURIED)
    lower_slopes = slab(x, z, heights, lower, Ways.hipped(facing, other), cell)
    step = rise / (across // 2)
    width = inner / across
    return replace(lower_slopes, crown=(width, sqrt(step * step + width * width)))
