"""Sines and cosines that have the same bits on every machine.

The C library's and numpy's own differ between CPU architectures and even SIMD levels. Angles are in
turns, so that the reduction to an eighth of the circle is exact; there the Taylor series of degree
14 and 15 are within 1e-15 of the functions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meshmill.geometry.arrays import F64

#: The circle constant, correctly rounded; radians in a turn.
TAU = 6.283185307179586
PI = 3.141592653589793

_QUARTERS = 4.0
#: Signs in each quarter of the circle, from -1/8 of a turn on.
_COSINE_SIGNS = np.array([1.0, -1.0, -1.0, 1.0])
_SINE_SIGNS = np.array([1.0, 1.0, -1.0, -1.0])

_SINE = (1 / 20, 1 / 42, 1 / 72, 1 / 110, 1 / 156, 1 / 210)
_COSINE = (1 / 12, 1 / 30, 1 / 56, 1 / 90, 1 / 132, 1 / 182)


def cos_sin(turns: ArrayLike) -> tuple[F64, F64]:
    """Cosines and sines, float64, of angles in turns (1 is the whole circle)."""
    angles: NDArray[Any] = np.asarray(turns, dtype=np.float64)
    quarter = np.floor(angles * _QUARTERS + 0.5)
    radians = (angles - quarter / _QUARTERS) * TAU
    square = radians * radians
    sine = radians * (1.0 - square * (1 / 6) * _series(square, _SINE))
    cosine = 1.0 - square * 0.5 * _series(square, _COSINE)
    turned = quarter.astype(np.int64) % 4
    swapped = turned % 2 == 1
    along = np.where(swapped, sine, cosine)
    across = np.where(swapped, cosine, sine)
    return along * _COSINE_SIGNS[turned], across * _SINE_SIGNS[turned]


def cosine(turns: float) -> float:
    """Cosine of one angle in turns."""
    return float(cos_sin(turns)[0])


def sine(turns: float) -> float:
    """Sine of one angle in turns."""
    return float(cos_sin(turns)[1])


def _series(square: NDArray[Any], ratios: tuple[float, ...]) -> NDArray[Any]:
    """An alternating series by Horner's scheme, from the ratios of its coefficients."""
    total = np.ones_like(square)
    for ratio in reversed(ratios):
        total = 1.0 - square * ratio * total
    return total
