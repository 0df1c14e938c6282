"""What globes are made of: how their ground rises, and what lies on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.rasters import smoothstep

_ONE, _ZERO, _HALF = np.float32(1.0), np.float32(0.0), np.float32(0.5)

#: Height in units of the relief, from level above the shore, ridges and fine detail.
Shape = Callable[[F32, F32, F32], F32]


@dataclass(frozen=True, slots=True)
class Kind:
    """Proportions of one kind of globe.

    ``frequency`` and ``warp`` make its broad forms, ``roughness_of_relief`` scales fine octaves in
    the height, ``battered`` is how much of the option ``craters`` survives. Seas may
    be of water; ``has_ridges`` where shape or paint follow them.
    """

    shape: Shape
    frequency: float
    warp: float
    roughness_of_relief: float
    battered: float
    has_sea: bool
    has_water: bool
    has_ridges: bool


def _continents(level: F32, ridge: F32, detail: F32) -> F32:
    """Plains that rise from the shore into ranges; the sea is flat."""
    height = ridge * _HALF
    height += np.float32(0.25)
    height *= detail
    height += ridge * np.float32(0.72)
    height += np.float32(0.14)
    height *= smoothstep(level, 0.0, 0.45)
    return np.clip(height, _ZERO, None, out=height)


def _deserts(level: F32, ridge: F32, detail: F32) -> F32:
    """Highlands, cut by canyons along what elsewhere are crests."""
    height = np.float32(0.42) + level * np.float32(0.55) + detail * np.float32(0.4)
    height -= smoothstep(ridge, 0.52, 0.85) * np.float32(0.34)
    return height


def _ice_plates(level: F32, _: F32, detail: F32) -> F32:
    """A smooth shell with double ridges along its cracks."""
    near = np.abs(level + detail * np.float32(0.1))
    crack = smoothstep(near, 0.0, 0.02) - smoothstep(near, 0.02, 0.06)
    height = np.float32(0.35) + level * np.float32(0.25)
    height += crack * np.float32(0.14) + detail * _HALF
    return height


def _crust(level: F32, ridge: F32, detail: F32) -> F32:
    """Broken crust around seas of melt."""
    height = level * _HALF
    height += detail
    height *= np.float32(0.7)
    height += np.float32(0.34)
    height -= smoothstep(ridge, 0.50, 0.70) * np.float32(0.22)
    height *= smoothstep(level, -0.02, 0.22)
    return np.clip(height, _ZERO, None, out=height)


def _highlands(level: F32, _: F32, detail: F32) -> F32:
    """Rolling highlands and low, smooth plains."""
    rough = smoothstep(level, -0.25, 0.2)
    height = np.float32(0.36) + level * np.float32(0.3)
    height += detail * (np.float32(0.1) + rough * np.float32(0.34))
    return height


def _none(level: F32, *_: F32) -> F32:
    """No ground."""
    return np.zeros_like(level)


KINDS: dict[str, Kind] = {
    "terran": Kind(
        _continents, 1.35, 0.42, 1.0, 0.45, has_sea=True, has_water=True, has_ridges=True
    ),
    "arid": Kind(_deserts, 1.25, 0.5, 1.0, 0.8, has_sea=False, has_water=False, has_ridges=True),
    "ice": Kind(_ice_plates, 1.2, 0.6, 0.35, 0.8, has_sea=False, has_water=False, has_ridges=False),
    "lava": Kind(_crust, 1.5, 0.5, 1.0, 0.6, has_sea=True, has_water=False, has_ridges=True),
    "gas": Kind(_none, 1.2, 0.35, 0.0, 0.0, has_sea=False, has_water=False, has_ridges=False),
    "moon": Kind(_highlands, 1.1, 0.3, 1.0, 1.0, has_sea=False, has_water=False, has_ridges=False),
}
