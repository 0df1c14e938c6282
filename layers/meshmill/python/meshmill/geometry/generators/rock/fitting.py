"""Coarse surfaces fitted to fine ones, so that levels of detail keep volume and outline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64, I64
from meshmill.geometry.box import BoxLattice
from meshmill.geometry.vectors import dot

_ROUNDS = 4
#: Weight of what stands out from the coarse surface: its corners make the outline, not their mean.
_OUTWARDS = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Interpolation:
    """How the points of a fine lattice lie between those of a coarse one.

    ``corners`` int64 (n, 4) are the coarse points around each fine one, ``weights`` float64 (n, 4)
    their shares.
    """

    corners: I64
    weights: F64
    count: int

    @classmethod
    def of(cls, coarse: BoxLattice, fine: BoxLattice) -> Interpolation:
        """Bilinear interpolation on the sides of the box."""
        corners = np.empty((len(fine.directions), 4), dtype=np.int64)
        weights = np.empty(corners.shape)
        for below, above in zip(coarse.faces, fine.faces, strict=True):
            (row, down), (column, across) = (
                _places(*lengths) for lengths in zip(below.shape, above.shape, strict=True)
            )
            for corner, (step, aside) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
                corners[above, corner] = below[np.ix_(row + step, column + aside)]
                weights[above, corner] = (
                    np.abs(1 - step - down)[:, None] * np.abs(1 - aside - across)[None, :]
                )
        return cls(corners, weights, len(coarse.directions))

    def fitted(self, coarse: F32, fine: F32) -> F32:
        """Coarse points (k, 3), moved until what lies between them is nearest to ``fine`` (n, 3).

        Least squares by simultaneous iterative reconstruction (P. Gilbert, 1972).
        """
        points = coarse.astype(np.float64)
        arms = fine - np.cumsum(points, axis=0)[-1] / len(points)
        for _ in range(_ROUNDS):
            missing = fine - self._between(points)
            pull = np.where(dot(missing, arms) > 0, _OUTWARDS, 1.0)
            held = self._gathered(pull)
            for axis in range(3):
                points[:, axis] += self._gathered(missing[:, axis] * pull) / held
        return points.astype(np.float32)

    def _between(self, points: F64) -> F64:
        """Points on the coarse surface, float64 (n, 3)."""
        total = self.weights[:, :1] * points[self.corners[:, 0]]
        for corner in (1, 2, 3):
            total += self.weights[:, corner, None] * points[self.corners[:, corner]]
        return total

    def _gathered(self, values: F64) -> F64:
        """Values of fine points (n,) summed up, by share, at coarse ones (k,)."""
        shares = (self.weights * values[:, None]).ravel()
        total: F64 = np.bincount(self.corners.ravel(), shares, self.count).astype(np.float64)
        return total


def _places(coarse: int, fine: int) -> tuple[I64, F64]:
    """The coarse line before each fine one, and the share of the way to the next."""
    at = np.arange(fine) * (coarse - 1)
    line = np.minimum(at // (fine - 1), coarse - 2)
    return line, (at - line * (fine - 1)) / (fine - 1)
