"""How the sides of the cube are stretched where it is blown up to a sphere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.box import Face, even_lines
from meshmill.geometry.vectors import dot, normalised

_NORTH = 1


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
        points = _directions(cells)
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


def northings(face: Face, cells: int) -> F32:
    """Sines of the latitude on a side's lattice, float32 (cells + 1, cells + 1)."""
    outward, right, up = face.axes[:, _NORTH].tolist()
    points = _directions(cells)
    north = points[..., 0] * right + points[..., 1] * up + points[..., 2] * outward
    sines: F32 = north.astype(np.float32)
    return sines


def _directions(cells: int) -> F64:
    """Unit vectors (cells + 1, cells + 1, 3) of a side's lattice, along its right, up and out."""
    lines = even_lines(cells).astype(np.float64)
    across, up = np.broadcast_arrays(lines[None, :], -lines[:, None])
    return normalised(np.stack((across, up, np.ones_like(across)), axis=-1))


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
