"""Fields on grids: resampling, smoothing, blending, by exact float32 operations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32
from meshmill.geometry.noise import weighted_rows


class Spread:
    """A small field, spread along its columns once, to be read in bands of rows.

    ``field`` is float32 (j, i); ``columns`` are ascending positions 0 … i-1. Reading a band costs
    one product and one sum a pixel.
    """

    def __init__(self, field: F32, columns: F32) -> None:
        cell = np.minimum(columns.astype(np.intp), field.shape[1] - 2)
        within = columns - cell.astype(np.float32)
        self._rows: F32 = np.take(field[:, 1:] - field[:, :-1], cell, axis=1)
        self._rows *= within
        self._rows += np.take(field, cell, axis=1)
        self._steps: F32 = self._rows[1:] - self._rows[:-1]

    def band(self, rows: F32) -> F32:
        """Linear interpolation at ascending positions ``rows``, 0 … j-1: float32 (r, columns)."""
        first = np.minimum(rows.astype(np.intp), len(self._steps) - 1)
        within = rows - first.astype(np.float32)
        return weighted_rows(first, (self._rows, self._steps), (within,))


def resample(field: F32, rows: F32, columns: F32) -> F32:
    """Catmull-Rom interpolation of ``field`` (j, i) at the grid ``rows`` x ``columns``.

    Edwin Catmull and Raphael Rom, "A Class of Local Interpolating Splines" (1974).
    """
    across = _catmull_rom(field.T, columns)
    resampled: F32 = np.ascontiguousarray(_catmull_rom(across.T, rows))
    return resampled


def _catmull_rom(field: NDArray[Any], at: F32) -> F32:
    """Interpolate along the first axis; beyond its ends the field goes on in a straight line."""
    cell = np.clip(at.astype(np.int32), 0, len(field) - 2)
    t = (at - cell.astype(np.float32))[:, None]
    half, one, two, three = (np.float32(value) for value in (0.5, 1.0, 2.0, 3.0))
    weights = (
        half * t * ((two - t) * t - one),
        half * (t * t * (three * t - np.float32(5.0)) + two),
        half * t * ((np.float32(4.0) - three * t) * t + one),
        half * t * t * (t - one),
    )
    before, after = two * field[:1] - field[1:2], two * field[-1:] - field[-2:-1]
    extended = np.concatenate((before, field, after))
    total: F32 = weights[0] * extended[cell]
    for offset, weight in enumerate(weights[1:], start=1):
        total += weight * extended[cell + offset]
    return total


def doubled(field: F32) -> F32:
    """A field (r, c) with means between its samples, float32 (2r - 1, 2c - 1)."""
    rows, columns = field.shape
    half = np.float32(0.5)
    across = np.empty((rows, 2 * columns - 1), dtype=np.float32)
    across[:, ::2] = field
    across[:, 1::2] = (field[:, :-1] + field[:, 1:]) * half
    whole = np.empty((2 * rows - 1, 2 * columns - 1), dtype=np.float32)
    whole[::2] = across
    between = whole[1::2]
    np.add(across[:-1], across[1:], out=between)
    between *= half
    return whole


def gathered(fields: F32, rows: F32, columns: F32) -> F32:
    """Linear interpolation of fields (j, i, c) at scattered places, float32 (..., c).

    ``rows`` and ``columns`` are positions 0 … j-1 and 0 … i-1, of one shape.
    """
    down, across, count = fields.shape
    row = np.minimum(rows.astype(np.int32), np.int32(down - 2))
    column = np.minimum(columns.astype(np.int32), np.int32(across - 2))
    below = (rows - row.astype(np.float32))[..., None]
    right = (columns - column.astype(np.float32))[..., None]
    first = row * np.int32(across) + column
    flat = fields.reshape(-1, count)

    def between(at: NDArray[np.int32]) -> F32:
        near = flat[at]
        blend: F32 = near + right * (flat[at + 1] - near)
        return blend

    upper = between(first)
    lower: F32 = upper + below * (between(first + np.int32(across)) - upper)
    return lower


def reached(table: F32, values: F32) -> F32:
    """Positions 0 … n-1 at which a rising table (n,) takes ``values``: its inverse, linear."""
    cell = np.clip(np.searchsorted(table, values, side="right") - 1, 0, len(table) - 2)
    low, high = table[cell], table[cell + 1]
    positions: F32 = cell.astype(np.float32) + (values - low) / (high - low)
    return positions


def smoothstep(values: F32, low: float, high: float) -> F32:
    """Hermite's 3t² - 2t³ between ``low`` and ``high``, 0 below and 1 above."""
    t = values * np.float32(1.0 / (high - low))
    t -= np.float32(low / (high - low))
    np.clip(t, np.float32(0.0), np.float32(1.0), out=t)
    curve = t * np.float32(-2.0)
    curve += np.float32(3.0)
    curve *= t
    curve *= t
    return curve


def blend_into(total: F32, target: F32 | np.float32, amount: F32) -> None:
    """Move ``total`` towards ``target`` by ``amount``, 0 … 1, in place."""
    difference = target - total
    difference *= amount
    total += difference


def box_blur(field: F32, radius: int) -> F32:
    """Mean over (2 radius + 1)² cells, borders repeated, by running sums."""
    return _blur_rows(_blur_rows(field, radius).T, radius).T


def _blur_rows(field: NDArray[Any], radius: int) -> F32:
    padded = np.pad(field, ((radius + 1, radius), (0, 0)), mode="edge").astype(np.float64)
    padded[0] = 0.0
    sums = np.cumsum(padded, axis=0)
    width = 2 * radius + 1
    mean: F32 = ((sums[width:] - sums[:-width]) * (1.0 / width)).astype(np.float32)
    return mean
