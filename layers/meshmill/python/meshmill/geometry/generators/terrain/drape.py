"""How a tile's lattice lies over the land: closer together where the land is steep.

Lines of an even lattice, as a map shows them, are far apart on a slope, and texels are stretched
there. Here knots slide over the land until its surface is as even between them as it can be. Each
moves to the mean of its neighbours, weighted by how much longer the ground is than the map on the
way there (equidistribution by a monitor function: W. Huang and R. D. Russell, "Adaptive Moving Mesh
Methods", 2011); with positive weights and a convex border no cell turns over (W. T. Tutte, "How to
Draw a Graph", 1963). Along borders ground is divided evenly, in the same way by all tiles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.terrain.slopes import axis, wrapped_gradients
from meshmill.geometry.rasters import box_blur, gathered, reached, resample

_SURVEYED = 64
_KNOTS = (8, 16, 32)
_ROUNDS = 6
_BLUR = 1


@dataclass(frozen=True, slots=True, eq=False)
class Drape:
    """Places in the tile, 0 … 1 down and across, of the knots of an even lattice.

    ``rows`` and ``columns`` are float32 (n, n).
    """

    rows: F32
    columns: F32

    @classmethod
    def of(cls, height: F32, steepness: float) -> Drape:
        """Lay knots over ``height`` (n, n); its unit is ``steepness`` of the tile's edge."""
        step = (len(height) - 1) // _SURVEYED
        land = height[::step, ::step] * np.float32(steepness)
        down, across = _even_line(land[:, 0]), _even_line(land[0])
        lengths = np.stack([box_blur(_length(s), _BLUR) for s in _slopes(land)], axis=-1)
        coarse = (_read(down, _KNOTS[0])[:, None], _read(across, _KNOTS[0])[None, :])
        places = np.stack(np.broadcast_arrays(*coarse), axis=-1)
        for knots in _KNOTS:
            places = _refined(places, knots)
            _pin(places, _read(down, knots), _read(across, knots))
            for _ in range(_ROUNDS):
                _slide(places, lengths)
        return cls(places[:, :, 0].copy(), places[:, :, 1].copy())

    def over(self, cells: int) -> tuple[F32, F32]:
        """Rows and columns, 0 … 1 each, of the points of a lattice of ``cells``: (n, n)."""
        at = axis(cells) * np.float32(len(self.rows) - 1)
        rows, columns = (resample(places, at, at) for places in (self.rows, self.columns))
        rows[0], rows[-1] = columns[:, 0], columns[:, -1] = 0.0, 1.0
        return rows, columns


def _slopes(land: F32) -> tuple[F32, F32]:
    return wrapped_gradients(land, 1.0 / (len(land) - 1))


def _length(slope: F32) -> F32:
    """How much longer the ground is than the map."""
    length: F32 = np.sqrt(slope * slope + np.float32(1.0))
    return length


def _even_line(line: F32) -> F32:
    """Places 0 … 1, float32 (n,), that divide the ground below a border evenly."""
    cells = len(line) - 1
    steps = _length((line[1:] - line[:-1]) * np.float32(cells))
    walked = np.concatenate(([0.0], np.cumsum(steps.astype(np.float64))))
    even = np.arange(cells + 1) * (walked[-1] / cells)
    places = (reached(walked, even) / cells).astype(np.float32)
    places[0], places[-1] = 0.0, 1.0
    return places


def _read(line: F32, knots: int) -> F32:
    """Every so many places of a line."""
    return line[:: (len(line) - 1) // knots]


def _refined(places: F32, knots: int) -> F32:
    """The same places on a lattice of ``knots`` cells."""
    at = axis(knots) * np.float32(len(places) - 1)
    return np.stack([resample(places[:, :, k], at, at) for k in range(2)], axis=-1)


def _pin(places: F32, down: F32, across: F32) -> None:
    """Put the knots of the border where all tiles have them."""
    places[:, 0, 0] = places[:, -1, 0] = down
    places[0, :, 1] = places[-1, :, 1] = across
    places[0, :, 0] = places[:, 0, 1] = 0.0
    places[-1, :, 0] = places[:, -1, 1] = 1.0


def _slide(places: F32, lengths: F32) -> None:
    """Move inner knots to the weighted means of their neighbours."""
    cells = np.float32(len(lengths) - 1)
    downwards = _weights(places[:-1, 1:-1], places[1:, 1:-1], lengths[:, :, :1], cells)
    sideways = _weights(places[1:-1, :-1], places[1:-1, 1:], lengths[:, :, 1:], cells)
    total = downwards[:-1] + downwards[1:] + sideways[:, :-1] + sideways[:, 1:]
    moved = downwards[:-1] * places[:-2, 1:-1]
    moved += downwards[1:] * places[2:, 1:-1]
    moved += sideways[:, :-1] * places[1:-1, :-2]
    moved += sideways[:, 1:] * places[1:-1, 2:]
    places[1:-1, 1:-1] = moved / total


def _weights(here: F32, there: F32, lengths: F32, cells: np.float32) -> F32:
    middle = (here + there) * (np.float32(0.5) * cells)
    return gathered(lengths, middle[:, :, 0], middle[:, :, 1])
