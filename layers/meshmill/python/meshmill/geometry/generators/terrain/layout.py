"""How a tile lies in its texture: the land inside, the walls at its border in the margin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32


@dataclass(frozen=True, slots=True)
class Layout:
    """``margin`` is the share of the texture on each side that belongs to the walls."""

    margin: float

    @classmethod
    def of(cls, size_m: float, walls_m: float) -> Layout:
        """Give walls of that height the land's texel density."""
        return cls(walls_m / (size_m + 2 * walls_m))

    def uv(self, across: F32) -> F32:
        """Texture coordinates of positions 0 … 1 across the land."""
        return np.float32(self.margin) + across * np.float32(1 - 2 * self.margin)

    def across(self, texels: F32, size: int) -> F32:
        """Positions across the land of texel centres, beyond 0 … 1 in the margin."""
        uv = (texels + np.float32(0.5)) * np.float32(1 / size)
        return (uv - np.float32(self.margin)) * np.float32(1 / (1 - 2 * self.margin))
