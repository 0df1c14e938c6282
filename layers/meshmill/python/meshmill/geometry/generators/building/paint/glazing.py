"""What is seen in windows: dark rooms behind curtains and blinds, or lit ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.building.panels import DARK
from meshmill.geometry.noise import hash_share, stretched_noise
from meshmill.geometry.rasters import smoothstep

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
_GLASS = (56.0, 68.0, 78.0)
_FABRICS = ((196, 184, 160), (168, 150, 132), (150, 158, 160), (186, 168, 140))
_LIGHTS = ((255, 190, 108), (255, 208, 140), (255, 176, 88), (250, 222, 176))
_ROOM = (108.0, 88.0, 66.0)
#: Share of the windows without curtains, and without blinds.
_BARE, _OPEN = 0.25, 0.45
_DRAWS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Panes:
    """``colour`` and ``light`` float32 (n, h, w, 3) 0 … 255, ``rough`` float32 (n, h, w)."""

    colour: F32
    light: F32
    rough: F32


def panes(rows: int, columns: int, variants: Sequence[int], seed: int) -> Panes:
    """Windows of glass alone; ``variants`` count unlit ones first, then lit ones."""
    y = ((np.arange(rows, dtype=np.float32) + _HALF) * np.float32(1 / rows))[:, None]
    x = (np.arange(columns, dtype=np.float32) + _HALF) * np.float32(1 / columns)
    draws = np.stack([hash_share(seed + 61 * variant, np.arange(_DRAWS)) for variant in variants])
    draw = np.moveaxis(draws, 1, 0)[:, :, None, None]  # one number a pane, (8, n, 1, 1)
    cover = np.maximum(_curtains(x, y, draw), _blind(y, rows, draw))
    folds = np.stack([_folds(x, seed + variant) for variant in variants])[:, None, :]
    lit = np.array(variants) >= DARK
    behind = np.where(lit[:, None], np.array(_ROOM), np.array(_GLASS)).astype(np.float32)
    fabrics = np.array(_FABRICS, dtype=np.float32) * np.float32(0.62)
    fabric = fabrics[(draws[:, 0] * len(_FABRICS)).astype(np.int64)]
    depth = np.float32(0.92) + np.float32(0.16) * (_ONE - y)
    colour = np.empty((len(variants), rows, columns, 3), dtype=np.float32)
    for channel in range(3):
        glass = depth * behind[:, None, None, channel]
        woven = folds * fabric[:, None, None, channel]
        colour[..., channel] = glass + (woven - glass) * cover
    light = np.zeros_like(colour)
    if lit.any():
        strength = _room_light(x, y, draw[:, lit])
        strength *= _ONE - cover[lit] * _HALF
        strength *= _ONE - cover[lit] * (_ONE - folds[lit]) * np.float32(0.6)
        tints = np.array([_LIGHTS[v % len(_LIGHTS)] for v in variants if v >= DARK], np.float32)
        light[lit] = strength[..., None] * tints[:, None, None]
    return Panes(colour, light, cover * np.float32(0.05) + np.float32(0.09))


def _curtains(x: F32, y: F32, draw: F32) -> F32:
    """Drapes at both sides, or a closed pair: cover 0 … 1 (n, h, w)."""
    reach = np.float32(0.1) + np.float32(0.22) * draw[1]
    sway = np.float32(0.06) * y * draw[3]
    side = np.minimum(x, _ONE - x)
    cloth: F32 = _ONE - smoothstep(side - sway - reach, -0.012, 0.012)
    cloth *= draw[2] >= _BARE
    return cloth


def _blind(y: F32, rows: int, draw: F32) -> F32:
    """Slats from the head down, in some windows: cover (n, h, 1)."""
    reach = np.float32(0.18) + _HALF * draw[5]
    hanging = _ONE - smoothstep(y - reach, -0.01, 0.01)
    phase = y * np.float32(max(4.0, min(26.0, rows / 5.0)))
    slat = smoothstep(np.abs(phase - np.floor(phase) - _HALF), 0.1, 0.3)
    shown: F32 = hanging * (np.float32(0.72) + np.float32(0.28) * slat)
    shown *= draw[4] >= _OPEN
    return shown


def _folds(x: F32, seed: int) -> F32:
    noise = stretched_noise(np.zeros(2, dtype=np.float32), x, (1, 19), seed)[0]
    folds: F32 = np.clip(np.float32(0.86) + noise * np.float32(0.3), _HALF, _ONE)
    return folds


def _room_light(x: F32, y: F32, draw: F32) -> F32:
    """A lamp's glow on the back wall, a bright ceiling, furniture before it: (n, h, w)."""
    dx = x - (np.float32(0.3) + np.float32(0.4) * draw[6])
    dy = (y - np.float32(0.3)) * np.float32(1.2)
    near = _ONE / (_ONE + (dx * dx + dy * dy) * np.float32(7.0))
    glow = np.float32(0.34) + np.float32(0.62) * near
    ceiling = smoothstep(-y, -0.16, -0.1) * np.float32(0.14)
    table = smoothstep(y, 0.74, 0.77) * smoothstep(-np.abs(x - draw[7]), -0.34, -0.31)
    lit: F32 = np.clip(glow + ceiling, 0, _ONE) * (_ONE - table * np.float32(0.62))
    return lit
