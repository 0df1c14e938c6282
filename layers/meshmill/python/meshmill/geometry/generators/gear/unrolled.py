"""The wall of one pitch of teeth, unrolled into the plane.

Across, it is as long as the outline's arc; a helix leans, which shortens the outline as seen square
to the teeth, and moves it along them. Both are summed along a fine outline, so that all levels of
detail lie alike in the texture.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from meshmill.geometry.angles import TAU
from meshmill.geometry.arrays import F64, I64, AnyArray
from meshmill.geometry.generators.gear.blank import Blank
from meshmill.geometry.generators.gear.outlines import square
from meshmill.geometry.generators.gear.profile import CREST, SPACE, Nodes, Profile, make_profile

_FINE = Nodes(24, 32, 6, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Unrolled:
    """Where places along half a tooth lie: ``across`` and ``along`` mm from the middle of the tip.

    ``lengthening`` is millimetres along the teeth for one along the axis.
    """

    places: F64
    across: F64
    along: F64
    half_width: float
    lengthening: float

    @classmethod
    def of(cls, blank: Blank) -> Unrolled:
        """Unroll the wall of a gear."""
        profile = make_profile(blank.tooth(), _FINE)
        tip = _FINE.half + 1
        points = profile.points[: tip + 1] * blank.module
        rate = blank.twist * TAU / blank.half_width
        steps, middles = points[1:] - points[:-1], (points[1:] + points[:-1]) * 0.5
        lengths = np.sqrt(square(steps))
        # Share of each step that goes along the tooth's trace, which turns with the height.
        around = middles[:, 0] * steps[:, 1] - middles[:, 1] * steps[:, 0]
        leaning = around * rate / np.sqrt(1.0 + square(middles) * (rate * rate))
        square_to_it = np.sqrt(np.maximum(lengths * lengths - leaning * leaning, 0.0))
        return cls(
            profile.places[: tip + 1],
            _from_tip(square_to_it),
            _from_tip(leaning),
            blank.half_width,
            sqrt(1.0 + blank.pitch * blank.pitch * rate * rate),
        )

    @property
    def width(self) -> float:
        """Across one pitch, in millimetres."""
        return 2.0 * float(self.across[0])

    @property
    def height(self) -> float:
        """Along the teeth, in millimetres."""
        return 2.0 * (self.half_width * self.lengthening + abs(float(self.along[0])))

    def at(self, profile: Profile, vertex: I64) -> tuple[F64, F64]:
        """Millimetres from the chart's left, and up along the tooth, of vertices of a pitch."""
        places = np.concatenate((profile.places, [SPACE]))[vertex]
        sides = np.concatenate((profile.sides, [1.0]))[vertex]
        right = self.across[0] + sides * self.interpolated(self.across, places)
        return right, sides * self.interpolated(self.along, places)

    def down(self, heights: AnyArray, up: AnyArray | float) -> AnyArray:
        """Millimetres from the chart's top of heights above the middle, moved ``up`` the tooth."""
        below: AnyArray = self.height * 0.5 - heights * self.lengthening - up
        return below

    def place_at(self, away: F64) -> F64:
        """Places along half a tooth at millimetres across from the middle of the tip."""
        across, places = self.across[::-1], self.places[::-1]
        cell = np.clip(np.searchsorted(across, away) - 1, 0, len(across) - 2)
        share = (away - across[cell]) / (across[cell + 1] - across[cell])
        return places[cell] + (places[cell + 1] - places[cell]) * np.clip(share, 0.0, 1.0)

    def interpolated(self, values: F64, places: F64) -> F64:
        """``values`` at places along half a tooth, SPACE … CREST."""
        cell = np.clip(np.searchsorted(self.places, places) - 1, 0, len(self.places) - 2)
        low, high = self.places[cell], self.places[cell + 1]
        share = (np.clip(places, SPACE, CREST) - low) / (high - low)
        return values[cell] + (values[cell + 1] - values[cell]) * share


def _from_tip(steps: F64) -> F64:
    """Sums of the steps from each place to the last one."""
    sums: F64 = np.concatenate((np.cumsum(steps[::-1])[::-1], [0.0]))
    return sums
