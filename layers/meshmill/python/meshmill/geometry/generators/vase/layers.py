"""What a band of texels is made of while it is painted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.vase.glazes import Colour
from meshmill.geometry.rasters import blend_into

_HALF = np.float32(0.5)


@dataclass(slots=True, eq=False)
class Layers:
    """Fields float32 (rows, columns): red, green and blue 0 … 255, roughness 0 … 1.

    ``bump`` is in texels; ``metal`` is a mask of 0 and 1, or None where there can be none.
    """

    colours: list[F32]
    roughness: F32
    bump: F32
    metal: F32 | None = None

    def tint(self, colour: Colour, amount: F32) -> None:
        """Move the colours towards one by ``amount``, 0 … 1."""
        for channel, target in zip(self.colours, colour, strict=True):
            blend_into(channel, np.float32(target), amount)

    def dull(self, where: F32) -> None:
        """Make what is covered by half and more no metal."""
        if self.metal is not None:
            self.metal *= (where < _HALF).astype(np.float32)
