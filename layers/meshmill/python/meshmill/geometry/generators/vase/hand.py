"""What the potter's hand leaves: a vessel a little out of round, with a lip not quite level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F64, AnyArray
from meshmill.geometry.generators.vase.meridian import Meridian

_ROUNDNESS = ((2, 0.0052), (3, 0.0026))
_LIP = 0.0028
_BOUND_TURNS = 128
#: Nothing narrower than this share of the widest place can become the widest.
_NEARLY = 0.98


@dataclass(frozen=True, slots=True)
class Hand:
    """Departures from a surface of revolution, drawn from the seed.

    ``phases`` are turns: of each mode's angle at the foot, how far it turns up to the lip, and of
    the lip's slope; ``height`` is the vessel's, ``spread`` what widths are scaled by.
    """

    height: float
    phases: F64
    spread: float

    @classmethod
    def of(cls, rng: np.random.Generator, meridian: Meridian, width: float) -> Hand:
        """Draw a hand under which the vessel is ``width`` wide along x or z, whichever is more."""
        height = float(meridian.height.max())
        phases = rng.random(2 * len(_ROUNDNESS) + 1)
        # The lip is highest where every mesh has a column, so that heights are exact.
        phases[-1] = np.floor(phases[-1] * 2) * 0.5
        loose = cls(height, phases, 1.0)
        turn = np.arange(_BOUND_TURNS) * (1.0 / _BOUND_TURNS)
        wide = meridian.radius > _NEARLY * meridian.radius.max()
        points = loose.place(meridian.radius[wide, None], meridian.height[wide, None], turn)
        across = points[:, :, (0, 2)].reshape(-1, 2)
        widest = float((across.max(axis=0) - across.min(axis=0)).max())
        return cls(height, phases, width / widest)

    def place(self, radius: AnyArray, height: AnyArray, turn: AnyArray) -> F64:
        """Points float64 (..., 3) of a surface of revolution; the arguments are broadcast.

        A ``turn`` of 0 looks along z, of a quarter along x.
        """
        cosine, sine = cos_sin(turn)
        share = height * (1.0 / self.height)
        out = radius * self.spread * self.roundness(share, turn)
        level = height * (1.0 + self._tilt(share, turn))
        return np.stack(np.broadcast_arrays(out * sine, level, out * cosine), axis=-1)

    def roundness(self, share: AnyArray, turn: AnyArray) -> F64:
        """What the radius is multiplied by at a share of the height."""
        total: F64 = np.ones(np.broadcast_shapes(np.shape(share), np.shape(turn)))
        for number, (mode, size) in enumerate(_ROUNDNESS):
            phase = self.phases[2 * number] + (self.phases[2 * number + 1] - 0.5) * share
            # The cosine of the sum of both angles, from fewer cosines than there are points.
            (along, across), (level, steep) = cos_sin(turn * mode), cos_sin(phase)
            total += (along * level - across * steep) * size
        return total

    def _tilt(self, share: AnyArray, turn: AnyArray) -> F64:
        """How far the height is lowered, as a share of it: nothing at the foot, most at the lip."""
        wave = cos_sin(turn * 2 + self.phases[-1])[0] - 1.0
        lowered: F64 = wave * (0.5 * _LIP) * share * share
        return lowered
