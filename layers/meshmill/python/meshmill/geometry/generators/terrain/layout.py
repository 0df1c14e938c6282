"""How a tile lies in its texture: the land inside, the skirt in the margin around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32

_WIDEST_MARGIN = 1 / 16


@dataclass(frozen=True, slots=True)
class Layout:
    """``margin`` is the share of the texture on each side that belongs to the skirt."""

    margin: float

    @classmethod
    def of(cls, size_m: float, skirt_m: float) -> Layout:
        """Give the skirt the land's texel density, up to a margin of one sixteenth."""
        return cls(min(skirt_m / (size_m + 2 * skirt_m), _WIDEST_MARGIN))

    def uv(self, across: F32) -> F32:
        """Texture coordinates of positions 0 … 1 across the land."""
        return np.float32(self.margin) + across * np.float32(1 - 2 * self.margin)

    def across(self, texels: F32, size: int) -> F32:
        """Positions across the land of texel centres, beyond 0 … 1 in the margin."""
        uv = (texels + np.float32(0.5)) * np.float32(1 / size)
        return (uv - np.float32(self.margin)) * np.float32(1 / (1 - 2 * self.margin))
