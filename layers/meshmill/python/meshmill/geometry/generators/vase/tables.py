"""Colours at even places along stops, to be looked up."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.colour import ramp
from meshmill.geometry.generators.vase.glazes import Stops

_STEPS = 255


def tabulated(stops: Stops) -> F32:
    """Red, green and blue float32 (3, 256) from the first place to the last, 0 … 1."""
    places = (np.arange(_STEPS + 1) * (1.0 / _STEPS)).astype(np.float32)
    return np.ascontiguousarray(ramp(places, stops).T)


def looked_up(table: F32, places: F32) -> list[F32]:
    """Red, green and blue at places 0 … 1."""
    index = (places * np.float32(_STEPS)).astype(np.intp)
    return [np.take(channel, index) for channel in table]
