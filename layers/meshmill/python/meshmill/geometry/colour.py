"""sRGB transfer functions as tables, built without ``pow``, which differs between machines.

IEC 61966-2-1. The exponent 2.4 is a square and a fifth root by Newton's method.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from meshmill.geometry.arrays import F32, F64, U8, AnyArray

_LINEAR_STEPS = 4096
_STRAIGHT_BELOW = 0.04045


@cache
def linear_from_srgb() -> F32:
    """Linear light, 0 … 1, of each 8-bit sRGB value: float32 (256,)."""
    return _decode(np.arange(256) * (1.0 / 255.0)).astype(np.float32)


@cache
def _srgb_from_linear() -> U8:
    thresholds = _decode((np.arange(255) + 0.5) * (1.0 / 255.0))
    levels = np.arange(_LINEAR_STEPS + 1) * (1.0 / _LINEAR_STEPS)
    return np.searchsorted(thresholds, levels).astype(np.uint8)


def encode_srgb(linear: F32) -> U8:
    """8-bit sRGB of linear light; values beyond 0 … 1 are cut."""
    index = np.clip(linear, np.float32(0.0), np.float32(1.0)) * np.float32(_LINEAR_STEPS)
    return _srgb_from_linear()[(index + np.float32(0.5)).astype(np.int32)]


def ramp(values: F32, stops: Sequence[tuple[float, tuple[int, int, int]]]) -> F32:
    """Colours float32 (..., 3), 0 … 255, along sRGB ``stops``: places that ascend, and colours.

    Linear between stops, constant beyond the ends. Each channel is contiguous in memory.
    """
    planes = np.empty((3, *values.shape), dtype=np.float32)
    colours = np.moveaxis(planes, 0, -1)
    colours[...] = np.array(stops[0][1], dtype=np.float32)
    for (low, start), (high, end) in pairwise(stops):
        share = (values - np.float32(low)) * np.float32(1.0 / (high - low))
        np.clip(share, np.float32(0.0), np.float32(1.0), out=share)
        for channel in range(3):
            colours[..., channel] += share * np.float32(end[channel] - start[channel])
    return colours


def _decode(encoded: AnyArray) -> F64:
    base = (encoded + 0.055) * (1.0 / 1.055)
    root = _fifth_root(base)
    straight = encoded * (1.0 / 12.92)
    linear: F64 = np.where(encoded <= _STRAIGHT_BELOW, straight, base * base * root * root)
    return linear


def _fifth_root(values: AnyArray) -> F64:
    root: F64 = np.ones_like(values)
    for _ in range(40):
        fourth = root * root * root * root
        root = (root * 4.0 + values / fourth) * 0.2
    return root
