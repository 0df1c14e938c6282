"""How a metal crate is put together: ribbed sheets, tubes along the edges, castings, handles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, product
from math import sqrt

import numpy as np

from meshmill.geometry.generators.crate.bench import Bench, Cut, Head
from meshmill.geometry.generators.crate.fixtures import bar_handle, latch
from meshmill.geometry.generators.crate.measures import Measures
from meshmill.geometry.generators.crate.pieces import (
    EDGE_AXES,
    Opening,
    Piece,
    Plan,
    Role,
    Side,
    Skin,
    Vector,
    panels_of,
    sides_of,
)
from meshmill.geometry.generators.crate.spec import CrateOptions

_SHADED = 0.6
_UP, _TOP = 1, 4
#: How far tubes lie within the castings at their ends, in widths.
_WITHIN = 0.03


def metal_plan(options: CrateOptions, rng: np.random.Generator) -> Plan:
    """All sheets, ribs, tubes and fittings of a welded crate."""
    bench = Bench(options, Measures.of(options), rng)
    shell = _Shell.of(bench)
    panels = shell.panels()
    body = [shell.sheet(side) for side in panels]
    castings: list[Piece] = []
    if options.bracing != "none":
        body += shell.beams()
        castings += shell.castings()
    ribs = [list(shell.ribs(side)) for side in panels]
    straps = list(shell.straps()) if options.bracing == "cross" else []
    bench.pieces += [*body, *castings, *straps, *chain(*ribs)]
    lean = [*body, *castings, *straps, *chain(*ribs[:-1])]
    shell.fit_out()
    fewer = [[*body, *chain(*ribs[:count])] for count in (len(panels), 2, 1)]
    plan = bench.plan(lean, (*fewer, body + castings, body))
    return replace(plan, overhang=_WITHIN * shell.tube)


@dataclass(frozen=True, slots=True)
class _Shell:
    """A body of these half extents in a frame of square tubes, ``tube`` wide."""

    bench: Bench
    rivet: Head
    tube: float
    thick: float
    rib: float
    body: Vector

    @classmethod
    def of(cls, bench: Bench) -> _Shell:
        """In proportion to the crate."""
        measures = bench.measures
        radius = measures.part(0.0065, 0.02)
        skin = bench.skin(Skin("hardware", "steel", 2 * radius, 2 * radius, 0))
        rib = measures.part(0.016, 0.03)
        framed = bench.options.bracing != "none"
        tube = measures.part(0.07, 0.12) if framed else 0.0
        body = measures.inside(0.5 * tube if framed else rib)
        head = Head(radius, 0.35 * radius, skin)
        return cls(bench, head, tube, measures.part(0.012, 0.03), rib, body)

    def panels(self) -> list[Side]:
        """The sides that are closed."""
        inset = self.thick + self.bench.measures.clearance
        return panels_of(self.body, inset, lid=not self.bench.options.open)

    def _cut(self, role: Role, size: Vector, bevel: float) -> Cut:
        """A box that is painted alike all around."""
        length, width, thick = size
        return self.bench.cut(role, Skin("body", "rib", length, width, bevel), thick)

    def sheet(self, panel: Side) -> Piece:
        """One side's sheet; its inside has a chart of its own."""
        hidden = 0.5 * self.tube
        pitch, band = self._pitch(panel)
        opening = Opening(
            panel.name, panel.width - hidden, panel.height - hidden, hidden,
            pitch=pitch, band=band, odd=self.bench.options.planks % 2 == 1,
        )  # fmt: skip
        bevel = self.bench.measures.eased(self.thick)
        skin = Skin("body", "sheet", 2 * panel.width, 2 * panel.height, bevel, opening=opening)
        cut = self.bench.cut("sheet", skin, self.thick, _SHADED)
        dents = 0.35 * self.rib * self.bench.options.wear
        return cut.piece(panel.at(0.0, 0.0, -self.thick / 2), panel.axes, wobble=dents)

    def _pitch(self, panel: Side) -> tuple[float, float]:
        """Distance of a panel's ribs from one another, and their width."""
        pitch = 2 * (panel.width - 0.5 * self.tube) / (self.bench.options.planks + 0.35)
        return pitch, 0.46 * pitch

    def ribs(self, panel: Side) -> Iterator[Piece]:
        """Ribs pressed into a side, upright."""
        count = self.bench.options.planks
        pitch, band = self._pitch(panel)
        length = 2 * (panel.height - 0.5 * self.tube) - 1.1 * min(self.tube or 3 * self.rib, band)
        rise = min(self.rib, 0.3 * band)
        sunk = max(rise, 1.25 * self.thick)  # not in the plane of the sheet's back
        cut = self._cut("rib", (length, band, rise + sunk), 0.62 * rise)
        for k in range(count):
            right = (k - 0.5 * (count - 1)) * pitch
            yield cut.piece(panel.at(right, 0.0, (rise - sunk) / 2), panel.turned(0.0, 1.0))

    def beams(self) -> Iterator[Piece]:
        """A tube along each edge, a little within the castings."""
        half = self.bench.measures.inside(_WITHIN * self.tube)
        for axis in range(3):
            length = 2 * (half[axis] - (0.08 if axis == _UP else 0.98) * self.tube)
            bevel = min(0.16 * self.tube, 2.5 * self.bench.measures.bevel)
            cut = self._cut("free", (length, self.tube, self.tube), bevel)
            others = [k for k in range(3) if k != axis]
            for ways in product((-1, 1), repeat=2):
                centre = [0.0, 0.0, 0.0]
                for other, way in zip(others, ways, strict=True):
                    centre[other] = way * (half[other] - self.tube / 2)
                yield cut.piece((centre[0], centre[1], centre[2]), EDGE_AXES[axis])

    def _casting(self, axis: int) -> float:
        """Length of the castings along an axis."""
        return min((1.45, 1.75, 1.45)[axis] * self.tube, 0.4 * self.bench.measures.least)

    def castings(self) -> Iterator[Piece]:
        """A block at each corner."""
        x, y, z = (self._casting(axis) for axis in range(3))
        bevel = min(0.1 * self.tube, 2 * self.bench.measures.bevel)
        cut = self.bench.cut("fitting", Skin("hardware", "steel", x, y, bevel), z)
        half = self.bench.measures.half
        for ways in product((-1, 1), repeat=3):
            centre = [
                way * (edge - length / 2)
                for way, edge, length in zip(ways, half, (x, y, z), strict=True)
            ]
            yield cut.piece((centre[0], centre[1], centre[2]), EDGE_AXES[0])

    def straps(self) -> Iterator[Piece]:
        """Flat diagonals across the ribs of the walls."""
        for panel in self.panels():
            if panel.name == "lid":
                continue
            right, up = panel.width - 0.4 * self.tube, panel.height - 0.4 * self.tube
            diagonal = sqrt(right * right + up * up)
            width = min(0.6 * self.tube, 0.4 * right, 0.4 * up)
            for way, rise in ((1, 1.25), (-1, 1.1)):
                cut = self._cut(
                    "frame", (2 * diagonal, width, 0.3 * self.rib * rise), 0.06 * self.rib
                )
                axes = panel.turned(right / diagonal, way * up / diagonal)
                yield cut.piece(panel.at(0.0, 0.0, self.rib * rise - cut.size[2] / 2), axes)

    def fit_out(self) -> None:
        """Handles on the flanks, latches on the front, rivets along the edges."""
        sides = list(sides_of(self.body))
        size = self.bench.measures.part(0.26, 0.3)
        reach = 0.5 * self.tube or 0.98 * self.rib
        bar_handle(self.bench, [side for side in sides if side.name == "flank"], size, reach)
        if not self.bench.options.open:
            latch(self.bench, sides[0], 0.42 * size, reach, self.tube)
        self._rivet(sides)

    def _rivet(self, sides: list[Side]) -> None:
        """Rivets along the edges of the walls and the lid."""
        inset = 0.25 * self.tube if self.tube else 2.4 * self.rivet.radius
        out = 0.47 * self.tube - 0.02 * self.rivet.radius
        for number, side in enumerate(sides[: _TOP + 1]):
            if number == _TOP and self.bench.options.open:
                continue
            for along_width in (True, False):
                reach = side.width if along_width else side.height
                place = (side.height if along_width else side.width) - inset
                clear = reach - (
                    1.5 * self.tube or (2.4 if along_width else 9.0) * self.rivet.radius
                )
                count = max(2, round(clear / (9 * self.rivet.radius)))
                for k, way in product(range(count), (-1, 1)):
                    along = clear * (2 * k / (count - 1) - 1)
                    right, up = (along, way * place) if along_width else (way * place, along)
                    self.bench.stud(side, right, up, out, self.rivet)
