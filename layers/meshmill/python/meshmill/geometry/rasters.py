"""Fields on grids: resampling, smoothing, blending, by exact float32 operations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32
from meshmill.geometry.noise import runs


class Spread:
    """A small field, spread along its columns once, to be read in bands of rows.

    ``field`` is float32 (j, i); ``columns`` are ascending positions 0 … i-1. Reading a band costs
    one product and one sum a pixel.
    """

    def __init__(self, field: F32, columns: F32) -> None:
        cell = np.minimum(columns.astype(np.int32), np.int32(field.shape[1] - 2))
        within = columns - cell.astype(np.float32)
        near = field[:, cell]
        self._rows: F32 = near + within * (field[:, cell + 1] - near)
        self._steps: F32 = self._rows[1:] - self._rows[:-1]

    def band(self, rows: F32) -> F32:
        """Linear interpolation at ascending positions ``rows``, 0 … j-1: float32 (r, columns)."""
        first = np.minimum(rows.astype(np.int32), np.int32(len(self._steps) - 1))
        within = (rows - first.astype(np.float32))[:, None]
        out = np.empty((len(rows), self._rows.shape[1]), dtype=np.float32)
        for start, stop in runs(first):
            here = out[start:stop]
            np.multiply(within[start:stop], self._steps[first[start]], out=here)
            here += self._rows[first[start]]
        return out


def resample(field: F32, rows: F32, columns: F32) -> F32:
    """Catmull-Rom interpolation of ``field`` (j, i) at the grid ``rows`` x ``columns``.

    Edwin Catmull and Raphael Rom, "A Class of Local Interpolating Splines" (1974).
    """
    across = _catmull_rom(field.T, columns)
    resampled: F32 = np.ascontiguousarray(_catmull_rom(across.T, rows))
    return resampled


def _catmull_rom(field: NDArray[Any], at: F32) -> F32:
    """Interpolate along the first axis."""
    last = len(field) - 1
    cell = np.clip(at.astype(np.int32), 0, last - 1)
    t = (at - cell.astype(np.float32))[:, None]
    half, two, three = np.float32(0.5), np.float32(2.0), np.float32(3.0)
    weights = (
        half * t * ((two - t) * t - np.float32(1.0)),
        half * (t * t * (three * t - np.float32(5.0)) + two),
        half * t * ((np.float32(4.0) - three * t) * t + np.float32(1.0)),
        half * t * t * (t - np.float32(1.0)),
    )
    total = np.zeros((len(at), field.shape[1]), dtype=np.float32)
    for offset, weight in zip((-1, 0, 1, 2), weights, strict=True):
        total += weight * _extended(field, cell + offset)
    return total


def _extended(field: NDArray[Any], index: NDArray[np.int32]) -> NDArray[Any]:
    """Rows of ``field``; one row beyond either end continues it in a straight line."""
    last = len(field) - 1
    rows = field[np.clip(index, 0, last)]
    below, above = index < 0, index > last
    if below.any():
        rows[below] = np.float32(2.0) * field[0] - field[1]
    if above.any():
        rows[above] = np.float32(2.0) * field[last] - field[last - 1]
    return rows


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
