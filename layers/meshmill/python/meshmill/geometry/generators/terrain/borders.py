"""Borders at which any two tiles of the same options meet, whatever their seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.terrain.landforms import Landform
from meshmill.geometry.generators.terrain.slopes import axis
from meshmill.geometry.rasters import smoothstep

#: Where the tile's own land begins, and where it is alone, from the border in tile edges.
_MEETING, _WIDTH = 1 / 48, 0.22


@dataclass(frozen=True, slots=True, eq=False)
class Border:
    """Land that all tiles share at their borders, on one lattice.

    ``common`` is its height, ``own`` the weight of the tile's own land, float32 (n, n); ``clear``
    says where that is alone.
    """

    common: F32
    own: F32
    clear: NDArray[Any]

    @classmethod
    def of(cls, form: Landform, cells: int) -> Border:
        """The border of ``form`` on a lattice of ``cells``."""
        common = form.meeting_land(lattice_points(cells)).reshape(cells + 1, cells + 1)
        inwards = to_border(cells)
        return cls(
            common=np.clip(common, np.float32(0.0), np.float32(1.0)),
            own=smoothstep(inwards, _MEETING, _WIDTH),
            clear=inwards >= np.float32(_WIDTH),
        )

    def spanned(self, height: F32) -> F32:
        """Scale heights so that those clear of the border span 0 … 1, and cut the rest to it."""
        clear = height[self.clear]
        low, high = clear.min(), clear.max()
        spread = max(high - low, np.float32(1e-6))
        spanned: F32 = np.clip((height - low) / spread, np.float32(0.0), np.float32(1.0))
        return spanned

    def joined(self, height: F32) -> F32:
        """Blend heights into the common land."""
        return self.common + self.own * (height - self.common)

    def fitted(self, height: F32) -> F32:
        """Scale heights to 0 … 1 and blend them into the common land."""
        return self.joined(self.spanned(height))


def inner(cells: int) -> F32:
    """0 on the border, 1 where nothing needs to fit a neighbour, float32 (n, n)."""
    return smoothstep(to_border(cells), 0.0, _WIDTH * 0.5)


def to_border(cells: int) -> F32:
    """Distance of each sample from the nearest border in tile edges, float32 (n, n)."""
    ticks = axis(cells)
    near = np.minimum(ticks, np.float32(1.0) - ticks)
    nearest: F32 = np.minimum(near[:, None], near[None, :])
    return nearest


def lattice_points(cells: int) -> F32:
    """Across and down, 0 … 1, of the points of a lattice, row by row: float32 (n, 2)."""
    ticks = axis(cells)
    return np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
