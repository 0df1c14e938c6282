"""Vectors as rows, with sums written out.

numpy's matrix products and einsum go to BLAS or SIMD reductions, whose rounding differs between
machines; elementwise + - * / and square roots are exact everywhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F64

Floats = NDArray[Any]

_TINY = 1e-30


def dot(left: Floats, right: Floats) -> Floats:
    """Products of rows: (..., 3) and (..., 3) to (...)."""
    total: Floats = (
        left[..., 0] * right[..., 0] + left[..., 1] * right[..., 1] + left[..., 2] * right[..., 2]
    )
    return total


def cross(left: Floats, right: Floats) -> Floats:
    """Vector products of rows: (..., 3) and (..., 3) to (..., 3)."""
    product: Floats = np.stack(
        (
            left[..., 1] * right[..., 2] - left[..., 2] * right[..., 1],
            left[..., 2] * right[..., 0] - left[..., 0] * right[..., 2],
            left[..., 0] * right[..., 1] - left[..., 1] * right[..., 0],
        ),
        axis=-1,
    )
    return product


def normalised(vectors: Floats) -> Floats:
    """Rows of unit length; a row too short to have a direction becomes nearly zero."""
    lengths = np.sqrt(dot(vectors, vectors))
    unit: Floats = vectors / np.maximum(lengths, _TINY)[..., None]
    return unit


def arccos(cosines: Floats) -> F64:
    """Angles in radians, within 7e-5, from + - * and a square root alone.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 4.4.45.
    """
    bounded = np.clip(cosines, -1.0, 1.0)
    size = np.abs(bounded)
    poly = ((-0.0187293 * size + 0.0742610) * size - 0.2121144) * size + 1.5707288
    acute = poly * np.sqrt(1.0 - size)
    angles: F64 = np.where(bounded < 0, 3.141592653589793 - acute, acute)
    return angles


def vertex_normals(positions: Floats, triangles: NDArray[Any]) -> F64:
    """Area-weighted normals (n, 3) of a welded mesh, float64."""
    first, second, third = (
        positions[triangles[:, corner]].astype(np.float64) for corner in range(3)
    )
    faces = cross(second - first, third - first)
    count = len(positions)
    total = np.zeros((count, 3))
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(triangles[:, corner], faces[:, axis], count)
    unit: F64 = normalised(total)
    return unit
