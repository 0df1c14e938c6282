"""Which roof stands on the walls."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F64, AnyArray
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.roofs.hipped import hip, mansard
from meshmill.geometry.generators.building.roofs.lattice import EAST, NORTH, SOUTH, WEST, Roof
from meshmill.geometry.generators.building.roofs.simple import flat, gable, sawtooth

#: Share of the coarsest level's triangles for the roof's lattice, and triangles in a cell of it.
_ROOF_SHARE, _CELL_TRIANGLES, _COARSEST = 0.16, 4, 8
_BUILDERS = {"flat": flat, "gable": gable, "hip": hip, "mansard": mansard, "sawtooth": sawtooth}


def roof_of(layout: Layout, budget: int) -> Roof:
    """The roof that stands on the walls; ``budget`` is of the most detailed level."""
    along = layout.ridge_along_x
    length, span = layout.size if along else layout.size[::-1]
    length, span = (edge + 2.0 * layout.top_outset for edge in (length, span))
    most = max(4, int(budget / _COARSEST * _ROOF_SHARE / _CELL_TRIANGLES))
    roof = _BUILDERS[layout.options.roof](layout, length, span, most)
    return roof if along else _turned(roof)


def _turned(roof: Roof) -> Roof:
    """The roof turned by a quarter: its west looks south."""

    def grid(points: F64) -> F64:
        turned = np.swapaxes(points, 0, 1)[:, ::-1]
        return np.stack((-turned[..., 2], turned[..., 1], turned[..., 0]), axis=-1) + 0.0

    table = np.array((WEST, EAST, SOUTH, NORTH, -1))

    def cells(values: AnyArray) -> AnyArray:
        turned: AnyArray = np.swapaxes(values, 0, 1)[:, ::-1]
        return turned

    return Roof(
        grid(roof.top), grid(roof.base), table[cells(roof.facing)], table[cells(roof.other)],
        cells(roof.glazed), roof.cell, roof.upright, roof.crown,
    )  # fmt: skip
