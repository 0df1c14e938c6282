"""How a model is set up for its picture: standing or floating, seen from which side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64

#: What reaches farther below its origin than this share of its height floats, as planets do.
_SUNK = 0.2
#: Towards the eye: how far aside and how high, for things without height and for tall ones.
_FLAT, _UPRIGHT = (0.32, 1.05), (0.54, 0.24)
#: Height over breadth of what counts as tall.
_TALL = 1.45
_FLOATING = (0.54, 0.36)


@dataclass(frozen=True, slots=True)
class Stance:
    """A model's bounds, float64 (3,) each, in metres."""

    low: F64
    high: F64

    @classmethod
    def of(cls, positions: F32) -> Stance:
        """The stance of a model with vertices ``positions`` (n, 3)."""
        low, high = positions.min(axis=0), positions.max(axis=0)
        return cls(low.astype(np.float64), high.astype(np.float64))

    @property
    def floats(self) -> bool:
        """Whether it floats in space, far from ground and lamps."""
        return bool(self.low[1] < -_SUNK * (self.high[1] - self.low[1]))

    @property
    def breadth(self) -> float:
        """The longer horizontal edge of the bounds."""
        return max(float(self.high[0] - self.low[0]), float(self.high[2] - self.low[2]))

    @property
    def view(self) -> F64:
        """The way to the eye: flat things are seen from above, tall ones from about the side."""
        aside, rise = _FLOATING
        if not self.floats:
            height = float(self.high[1] - self.low[1]) / (self.breadth or 1.0)
            share = min(height / _TALL, 1.0)
            aside, rise = (a + (b - a) * share for a, b in zip(_FLAT, _UPRIGHT, strict=True))
        return np.array([aside, rise, 1.0])
