"""Broad fields on coarse lattices, curved through their points at every texel."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.noise import weighted_rows


class CurvedRows:
    """A field (j, columns) between whose rows Catmull-Rom splines pass, to be read in bands.

    Edwin Catmull and Raphael Rom, "A Class of Local Interpolating Splines" (1974). One row beyond
    either end continues the field in a straight line.
    """

    def __init__(self, field: F32) -> None:
        two, half = np.float32(2.0), np.float32(0.5)
        before = two * field[:1] - field[1:2]
        after = two * field[-1:] - field[-2:-1]
        known = np.concatenate((before, field, after))
        p0, p1, p2, p3 = (known[k : len(known) - 3 + k] for k in range(4))
        rise: F32 = p2 - p1
        slope: F32 = (p2 - p0) * half
        cubic: F32 = (p3 - p0) * half - rise * np.float32(1.5)
        square: F32 = rise - slope - cubic
        self._terms: tuple[F32, ...] = (p1, slope, square, cubic)

    def band(self, rows: F32) -> F32:
        """Values at ascending positions ``rows``, 0 … j-1: float32 (r, columns)."""
        first = np.minimum(rows.astype(np.intp), len(self._terms[0]) - 1)
        t = rows - first.astype(np.float32)
        return weighted_rows(first, self._terms, (t, t * t, t * t * t))


def spread_curved(fields: F32, columns: F32) -> list[CurvedRows]:
    """Each of ``fields`` (k, j, i) at ascending ``columns``, 0 … i-1, to be read in bands."""
    count, down, across = fields.shape
    upright = np.ascontiguousarray(fields.transpose(2, 0, 1)).reshape(across, count * down)
    spread = CurvedRows(upright).band(columns).reshape(len(columns), count, down)
    return [CurvedRows(np.ascontiguousarray(spread[:, k].T)) for k in range(count)]
