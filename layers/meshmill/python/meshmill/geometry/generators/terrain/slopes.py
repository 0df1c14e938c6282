"""Samples along a side of the tile, and slopes that continue into a neighbour."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32


def axis(cells: int) -> F32:
    """Positions 0 … 1 of ``cells + 1`` samples, exact at both ends."""
    positions = np.arange(cells + 1, dtype=np.float32) * np.float32(1.0 / cells)
    positions[-1] = 1.0
    return positions


def wrapped_gradients(height: F32, spacing: float) -> tuple[F32, F32]:
    """Slopes along rows and columns; borders look into a neighbour that continues the tile."""
    return _wrapped(height, spacing), np.ascontiguousarray(_wrapped(height.T, spacing).T)


def _wrapped(height: F32, spacing: float) -> F32:
    slope = np.empty(height.shape, dtype=np.float32)
    scale = np.float32(0.5 / spacing)
    slope[1:-1] = (height[2:] - height[:-2]) * scale
    slope[0] = (height[1] - height[-2]) * scale
    slope[-1] = slope[0]
    return slope
