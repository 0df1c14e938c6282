"""What rain and ground do to a bay of a wall: patches, streaks under sills, dirt at the foot."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.building.layout import Layout, Opening
from meshmill.geometry.noise import hash_share, stretched_noise
from meshmill.geometry.rasters import Spread, smoothstep

_ONE = np.float32(1.0)
#: One splash for all bays, which have to meet at their borders.
_SPLASH_SALT = 5
_VARIANTS = 6
#: Streaks of fewer texels can't be seen.
_LEAST_TEXELS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Weathering:
    """Brightness of bays of ``rows`` x ``columns`` texels, a few variants of each kind."""

    layout: Layout
    rows: int
    columns: int
    seed: int
    _made: dict[tuple[str, bool, int], F32] = field(default_factory=dict)

    def shade(self, opening: str, *, ground: bool, place: int) -> F32:
        """Factors about 1, float32 (rows, columns), of the bay at a place.

        ``opening`` names its opening, and is empty where there is none.
        """
        variant = place % _VARIANTS
        key = opening, ground, variant
        if key not in self._made:
            factor = self._patches(variant)
            if opening not in ("", "door"):
                _streak(factor, self.layout.openings[opening], self.seed + variant)
            if ground:
                _splash(factor, self.layout)
            self._made[key] = factor
        return self._made[key]

    def _patches(self, variant: int) -> F32:
        """Brightness about 1, exactly that at the borders."""
        nodes = np.zeros((7, 7), dtype=np.float32)
        share = hash_share(self.seed + variant, np.arange(25)).reshape(5, 5)
        nodes[1:-1, 1:-1] = (share - np.float32(0.5)) * np.float32(0.16)
        rows, columns = (
            (np.arange(count, dtype=np.float32) + np.float32(0.5)) * np.float32(6.0 / count)
            for count in (self.rows, self.columns)
        )
        return _ONE + Spread(nodes, columns).band(rows)


def _streak(factor: F32, opening: Opening, seed: int) -> None:
    """Dirt that rain washes down from both ends of a sill, fading out above the floor."""
    rows, columns = factor.shape
    top = int((1.0 - opening.bottom) * rows)
    left, right = int((opening.left - 0.05) * columns), int((opening.right + 0.05) * columns)
    left, right = max(left, 0), min(right, columns)
    height, width = rows - top, right - left
    if min(height, width) < _LEAST_TEXELS:
        return
    across = np.arange(width, dtype=np.float32) * np.float32(1.0 / width)
    noise = stretched_noise(np.zeros(2, dtype=np.float32), across, (1, 13), seed)[0]
    side = np.abs(across - np.float32(0.5)) * np.float32(2.0)
    strength = np.clip(noise + smoothstep(side, 0.72, 0.94) * np.float32(0.9), 0, _ONE)
    strength *= smoothstep(-side, -1.0, -0.93)
    down = np.arange(height, dtype=np.float32) * np.float32(1.0 / height)
    fade = (_ONE - down) * (_ONE - down)
    factor[top:, left:right] *= _ONE - fade[:, None] * strength[None, :] * np.float32(0.3)


def _splash(factor: F32, layout: Layout) -> None:
    """Dirt splashed up from the ground."""
    rows, columns = factor.shape
    across = np.arange(columns, dtype=np.float32) * np.float32(1.0 / columns)
    noise = stretched_noise(np.zeros(2, dtype=np.float32), across, (1, 9), _SPLASH_SALT)[0]
    height = np.float32((layout.style.plinth + 0.55) / layout.bay[1])
    up = _ONE - (np.arange(rows, dtype=np.float32) + np.float32(0.5)) * np.float32(1.0 / rows)
    reach = height * (_ONE + noise * np.float32(0.5))
    dirt = np.clip(_ONE - up[:, None] / reach[None, :], 0, _ONE)
    factor *= _ONE - dirt * np.float32(0.42)
