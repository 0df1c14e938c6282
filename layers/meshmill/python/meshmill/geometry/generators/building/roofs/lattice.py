"""Roofs: slabs over a lattice, whose hips run through the corners of their cells.

Cells of pitched roofs are cut along the diagonal that a hip may follow, so that a triangle at a
hip is exactly a half of a cell, and repeats its half of the cell's chart.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from meshmill.geometry.arrays import F64, I64, AnyArray

CELL_M = 2.6
THICKNESS, BURIED = 0.2, 0.07
#: Depth of a sawtooth's glazing.
GLAZED = 0.06

SOUTH, NORTH, EAST, WEST = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Roof:
    """A slab: ``top`` and ``base`` float64 (rows, columns, 3), rows from north to south.

    Per cell int64 (rows - 1, columns - 1): the way it ``faces``; whether a hip halves it
    (``hipped``), and the way that its other half faces. ``glazed`` cells are upright.
    ``cell`` is the nominal width and slope length of a cell in metres, ``crown`` that of the upper
    slopes of a mansard; ``upright`` is the height of glazed cells.
    """

    top: F64
    base: F64
    facing: I64
    other: I64
    glazed: AnyArray
    cell: tuple[float, float]
    upright: float = 0.0
    crown: tuple[float, float] | None = None

    @property
    def zones(self) -> AnyArray:
        """Suffixes of the charts of cells, str (rows - 1, columns - 1): parts of a mansard."""
        zone = np.full((len(self.facing), len(self.facing[0])), "", dtype="U7")
        if self.crown is not None:
            zone[0], zone[-1], zone[:, 0], zone[:, -1] = "_north", "_north", "_west", "_west"
            zone[1:-1, 1:-1] = "_crown"
            zone[:: len(zone) - 1, :: len(zone[0]) - 1] = "_corner"
        return zone

    @property
    def hipped(self) -> AnyArray:
        """Which cells a hip halves."""
        halved: AnyArray = self.other >= 0
        return halved


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The ways that cells face, as in :class:`Roof`."""

    facing: I64
    other: I64
    glazed: AnyArray

    @classmethod
    def plain(cls, facing: I64) -> Ways:
        """Cells without hips and glass."""
        return cls.hipped(facing, np.full_like(facing, -1))

    @classmethod
    def hipped(cls, facing: I64, other: I64) -> Ways:
        """Cells without glass."""
        return cls(facing, other, np.zeros_like(facing, dtype=np.bool_))


def counts(length: float, span: float, most: int, *, even: bool) -> tuple[int, int]:
    """Cells along length and span, about square, at most ``most``."""
    edge = max(CELL_M, sqrt(length * span / most))
    across = max(1, int(span / edge + 0.5))
    if even:
        across = max(2, 2 * int(span / edge * 0.5 + 0.5))
    along = max(1, int(length / (span / across) + 0.5))
    while along * across > most and along > 1:
        along -= 1
    return along, across


def symmetric(half: float, count: int) -> F64:
    """Ends of ``count`` equal cells from ``-half`` to ``half``, exactly symmetric."""
    first = np.arange(count + 1) * (2.0 / count) - 1.0
    places: F64 = (first - first[::-1]) * 0.5 * half
    return places


def slab(x: F64, z: F64, heights: F64, lower: F64, ways: Ways, cell: tuple[float, float]) -> Roof:
    """A slab over the lattice of ``x`` and ``z`` between two grids of heights."""
    top = np.empty((len(z), len(x), 3))
    top[:, :, 0], top[:, :, 2], top[:, :, 1] = x, z[:, None], heights
    base = top.copy()
    base[:, :, 1] = lower
    return Roof(top, base, ways.facing, ways.other, ways.glazed, cell)
