"""What is seen in windows: dark rooms behind curtains and blinds, or lit ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.building.panels import DARK
from meshmill.geometry.noise import hash_share, stretched_noise
from meshmill.geometry.rasters import smoothstep

_ONE = np.float32(1.0)
_GLASS = (56.0, 68.0, 78.0)
_FABRICS = ((196, 184, 160), (168, 150, 132), (150, 158, 160), (186, 168, 140))
_LIGHTS = ((255, 190, 108), (255, 208, 140), (255, 176, 88), (250, 222, 176))
_ROOM = (108.0, 88.0, 66.0)


@dataclass(frozen=True, slots=True, eq=False)
class Pane:
    """``colour`` and ``light`` float32 (h, w, 3) 0 … 255, ``rough`` float32 (h, w)."""

    colour: F32
    light: F32
    rough: F32


def pane(rows: int, columns: int, variant: int, seed: int) -> Pane:
    """A window of glass alone; ``variant`` counts unlit ones first, then lit ones."""
    y = ((np.arange(rows, dtype=np.float32) + np.float32(0.5)) * np.float32(1 / rows))[:, None]
    x = ((np.arange(columns, dtype=np.float32) + np.float32(0.5)) * np.float32(1 / columns))[
        None, :
    ]
    draw = hash_share(seed + 61 * variant, np.arange(8)).tolist()
    cloth, slats = _curtains(x, y, draw), _blind(x, y, rows, draw)
    cover = np.maximum(cloth, slats)
    fabric = _FABRICS[int(draw[0] * len(_FABRICS))]
    lit = variant >= DARK
    behind = _ROOM if lit else _GLASS
    folds = _folds(columns, seed + variant)[None, :]
    depth = np.float32(0.92) + np.float32(0.16) * (_ONE - y)
    colour = np.empty((rows, columns, 3), dtype=np.float32)
    for channel in range(3):
        glass = depth * np.float32(behind[channel])
        woven = folds * np.float32(fabric[channel] * 0.62)
        colour[:, :, channel] = glass + (woven - glass) * cover
    shine = (cover * np.float32(0.05) + np.float32(0.09)).astype(np.float32)
    light = np.zeros_like(colour)
    if lit:
        strength = (
            _room_light(x, y, draw)
            * (_ONE - cover * np.float32(0.5))
            * (_ONE - cover * (_ONE - folds) * np.float32(0.6))
        )
        tint = _LIGHTS[(variant - DARK) % len(_LIGHTS)]
        for channel in range(3):
            light[:, :, channel] = strength * np.float32(tint[channel])
    return Pane(colour, light, shine)


def _curtains(x: F32, y: F32, draw: list[float]) -> F32:
    """Drapes at both sides, or a closed pair."""
    reach = np.float32(0.1 + 0.22 * draw[1])
    if draw[2] < 0.25:  # noqa: PLR2004 - a quarter of the windows
        reach = np.float32(0.0)
    sway = np.float32(0.06) * y * np.float32(draw[3])
    side = np.minimum(x, _ONE - x)
    cloth = _ONE - smoothstep(side - sway, float(reach) - 0.012, float(reach) + 0.012)
    drawn: F32 = cloth * np.float32(1.0 if reach > 0 else 0.0)
    return drawn


def _blind(x: F32, y: F32, rows: int, draw: list[float]) -> F32:
    """Slats from the head down, in some windows."""
    if draw[4] < 0.45:  # noqa: PLR2004 - about half of the windows
        return np.zeros(np.broadcast_shapes(x.shape, y.shape), dtype=np.float32)
    reach = 0.18 + 0.5 * draw[5]
    hanging = _ONE - smoothstep(y, reach - 0.01, reach + 0.01)
    count = max(4.0, min(26.0, rows / 5.0))
    phase = y * np.float32(count)
    slat = smoothstep(np.abs(phase - np.floor(phase) - np.float32(0.5)), 0.1, 0.3)
    shown: F32 = hanging * (np.float32(0.72) + np.float32(0.28) * slat)
    return np.broadcast_to(shown, np.broadcast_shapes(x.shape, y.shape)).astype(np.float32)


def _folds(columns: int, seed: int) -> F32:
    across = (np.arange(columns, dtype=np.float32) + np.float32(0.5)) * np.float32(1 / columns)
    noise = stretched_noise(np.zeros(2, dtype=np.float32), across, (1, 19), seed)[0]
    folds: F32 = np.clip(np.float32(0.86) + noise * np.float32(0.3), np.float32(0.5), _ONE)
    return folds


def _room_light(x: F32, y: F32, draw: list[float]) -> F32:
    """A lamp's glow on the back wall, a bright ceiling, furniture before it."""
    dx, dy = x - np.float32(0.3 + 0.4 * draw[6]), (y - np.float32(0.3)) * np.float32(1.2)
    near = _ONE / (_ONE + (dx * dx + dy * dy) * np.float32(7.0))
    glow = np.float32(0.34) + np.float32(0.62) * near
    ceiling = smoothstep(-y, -0.16, -0.1) * np.float32(0.14)
    table = smoothstep(y, 0.74, 0.77) * smoothstep(-np.abs(x - np.float32(draw[7])), -0.34, -0.31)
    lit: F32 = np.clip(glow + ceiling, 0, _ONE) * (_ONE - table * np.float32(0.62))
    return lit
