"""Measures of a mesh read back from a file; those of a scene are in :mod:`tests.acceptance`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def areas(positions: Array, triangles: Array) -> Array:
    """Areas of the faces."""
    a, b, c = (positions[triangles[:, k]].astype(float) for k in range(3))
    halves: Array = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    return halves
