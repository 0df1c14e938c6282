"""How the faces of a stone lie flat in their charts: rows and columns as far apart as in space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.charts import Chart
from meshmill.geometry.vectors import dot


@dataclass(frozen=True, slots=True, eq=False)
class Ruler:
    """Where lattice lines lie along one side of a chart.

    ``marks`` are float32 (cells + 1,), from 0 to 1; ``length`` is the side's mean length in metres.
    """

    marks: F32
    length: float

    @classmethod
    def of(cls, steps: F64) -> Ruler:
        """Measure vectors (rows, cells, 3) from line to line, averaged over the rows."""
        lengths = np.sqrt(dot(steps, steps))
        mean = np.cumsum(lengths, axis=0)[-1] / len(steps)
        reached = np.concatenate(([0.0], np.cumsum(mean)))
        return cls((reached / reached[-1]).astype(np.float32), float(reached[-1]))

    def place(self, share: F32) -> F32:
        """Places 0 … 1 in the chart of ascending shares 0 … 1 of the lattice."""
        return _read(self.marks, share * np.float32(len(self.marks) - 1))

    def share(self, place: F32) -> F32:
        """Shares of the lattice at ascending places in the chart: the inverse of :meth:`place`."""
        last = len(self.marks) - 2
        cell = np.clip(np.searchsorted(self.marks, place, side="right") - 1, 0, last)
        low, high = self.marks[cell], self.marks[cell + 1]
        within = (place - low) / (high - low)
        shares: F32 = (cell.astype(np.float32) + within) * np.float32(1.0 / (last + 1))
        return shares


@dataclass(frozen=True, slots=True, eq=False)
class Unfolding:
    """A face's rulers along its rows and its columns."""

    across: Ruler
    down: Ruler

    @classmethod
    def of(cls, grid: F64) -> Unfolding:
        """Measure a face whose points are ``grid``, float64 (rows, columns, 3)."""
        across = Ruler.of(grid[:, 1:] - grid[:, :-1])
        down = Ruler.of((grid[1:] - grid[:-1]).swapaxes(0, 1))
        return cls(across, down)

    def uvs(self, shape: tuple[int, ...], chart: Chart, size: int) -> F32:
        """UVs (points, 2) of a lattice of rows and columns on this face."""
        down, across = (
            ruler.place(np.arange(count, dtype=np.float32) * np.float32(1.0 / (count - 1)))
            for ruler, count in zip((self.down, self.across), shape, strict=True)
        )
        return chart.uvs(across[None, :], down[:, None], size).reshape(-1, 2)


def _read(table: F32, at: F32) -> F32:
    """Linear interpolation of a table at places in units of its steps."""
    cell = np.minimum(at.astype(np.int32), np.int32(len(table) - 2))
    within = at - cell.astype(np.float32)
    values: F32 = table[cell] + within * (table[cell + 1] - table[cell])
    return values
