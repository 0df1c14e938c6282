"""Random numbers that belong to a branch, a card or a sprite, whatever else is drawn."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.noise import hash_share


def uniform(seed: int, index: I64, channel: int) -> F64:
    """Numbers from 0 up to 1, float64 (n,); another ``channel`` gives others."""
    return hash_share(seed, index, np.array([channel])).astype(np.float64)


def sways(seed: int, index: I64, channel: int) -> F64:
    """Vectors float64 (n, 3), each component between -½ and ½; they take three channels."""
    return np.stack([uniform(seed, index, channel + axis) for axis in range(3)], axis=1) - 0.5
