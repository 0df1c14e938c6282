"""Where the lattice lines of a stone run: over its surface as evenly as they can.

Lines at even angles crowd at the tip of a spire and spread over its flanks, and texels with them.
Here the knots of a coarse lattice slide over the stone, drawn by springs along and across its cells
until the cells are as square and as large as one another as the stone allows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64, I64
from meshmill.geometry.box import BoxLattice, Counts, counts_for
from meshmill.geometry.generators.rock.stone import Stone, broad_form
from meshmill.geometry.rasters import resample
from meshmill.geometry.vectors import dot, normalised

_TRIANGLES = 400
_ROUNDS = 12
_STIFFNESS = 0.8
_SHARPNESS = 0.15
_DIAGONAL = 1.4142135623730951

Cut = tuple[slice, slice] | slice


@dataclass(frozen=True, slots=True, eq=False)
class Spacing:
    """Directions of the knots of each side of the box, float32 (rows, columns, 3)."""

    sides: tuple[F32, ...]

    @classmethod
    def of(cls, stone: Stone) -> Spacing:
        """Let a coarse lattice come to rest on ``stone``."""
        lattice = BoxLattice.of(counts_for(_TRIANGLES, stone.proportions))
        springs = _Springs.of(lattice)
        directions = lattice.directions
        for _ in range(_ROUNDS):
            form, scale = broad_form(stone, directions, _SHARPNESS)
            moved = form + springs.pull(form.astype(np.float64))
            directions = normalised(moved / scale).astype(np.float32)
        return cls(tuple(directions[index] for index in lattice.faces))

    def lattice(self, counts: Counts) -> BoxLattice:
        """A lattice of ``counts`` cells whose lines run between the knots'."""
        even = BoxLattice.of(counts)
        directions = even.directions.copy()
        for knots, index in zip(self.sides, even.faces, strict=True):
            directions[index] = _resampled(knots, index.shape)
        return BoxLattice(counts, normalised(directions).astype(np.float32), even.faces)


@dataclass(frozen=True, slots=True, eq=False)
class _Springs:
    """Springs between points ``ends`` int64 (m, 2), of relative lengths ``rest`` (m,)."""

    ends: I64
    rest: F64
    held_by: F64

    @classmethod
    def of(cls, lattice: BoxLattice) -> _Springs:
        """Four around each cell, and two across it."""
        sides = _pairs(lattice, (np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:]))
        across = _pairs(lattice, (np.s_[:-1, :-1], np.s_[1:, 1:]), (np.s_[:-1, 1:], np.s_[1:, :-1]))
        ends = np.concatenate((sides, across))
        rest = np.repeat((1.0, _DIAGONAL), (len(sides), len(across)))
        held_by = np.bincount(ends.ravel(), minlength=len(lattice.directions))
        return cls(ends, rest, held_by.astype(np.float64))

    def pull(self, points: F64) -> F64:
        """How far springs move each point (n, 3), if all have the same share of their rest."""
        first, second = self.ends[:, 0], self.ends[:, 1]
        reach = points[second] - points[first]
        length = np.sqrt(dot(reach, reach))
        unit = np.cumsum(length / self.rest)[-1] / len(length)
        force = reach * (_STIFFNESS * (1.0 - unit * self.rest / length))[:, None]
        count = len(points)
        pulls = [
            np.bincount(first, along, count) - np.bincount(second, along, count)
            for along in force.T
        ]
        return np.stack(pulls, axis=1) / self.held_by[:, None]


def _pairs(lattice: BoxLattice, *cuts: tuple[Cut, Cut]) -> I64:
    """Distinct pairs of points (m, 2) that lie so on any face."""
    every = [
        np.stack((index[here].ravel(), index[there].ravel()), axis=1)
        for index in lattice.faces
        for here, there in cuts
    ]
    pairs = np.sort(np.concatenate(every), axis=1)
    count = len(lattice.directions)
    keys = np.unique(pairs[:, 0] * count + pairs[:, 1])
    return np.stack(np.divmod(keys, count), axis=1)


def _resampled(knots: F32, shape: tuple[int, ...]) -> F32:
    """Vectors (j, i, 3) on a lattice of ``shape`` with the same corners."""
    rows, columns = (
        np.arange(fine, dtype=np.float32) * np.float32((coarse - 1) / (fine - 1))
        for fine, coarse in zip(shape, knots.shape[:2], strict=True)
    )
    return np.stack([resample(knots[:, :, axis], rows, columns) for axis in range(3)], axis=-1)
