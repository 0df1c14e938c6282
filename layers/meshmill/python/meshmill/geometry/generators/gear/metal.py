"""Colours of bare steel, and what sets one gear apart from another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.generators.gear.coat import Shade

#: sRGB; none may be darker than 180, as metals reflect no less.
DARK: Shade = (188, 185, 181)
LIGHT: Shade = (224, 222, 218)
OILED: Shade = (192, 186, 172)
#: Temper colours beside hardened teeth, from the cool side to the hot one.
STRAW: Shade = (218, 192, 146)
VIOLET: Shade = (200, 178, 186)
BLUE: Shade = (166, 188, 212)
METAL = np.float32(1.0)
_SALT = 0x3E1
#: Gears of less are through-hardened and show no colours.
_UNTEMPERED = 0.35


@dataclass(frozen=True, slots=True)
class Wear:
    """Temper colours, oil on the faces and polish on the flanks, 0 … 1 each."""

    temper: float
    oil: float
    polish: float

    @classmethod
    def drawn(cls, seed: int) -> Wear:
        """Draw it from the seed."""
        temper, oil, polish = np.random.default_rng([seed, _SALT]).random(3).tolist()
        return cls(max(0.0, temper - _UNTEMPERED) * 0.9, 0.3 + 0.7 * oil, 0.5 + 0.5 * polish)
