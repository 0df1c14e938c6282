"""What holds the planks of a crate: boards along edges, diagonals, and plates at corners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import sqrt

from meshmill.geometry.generators.crate.bench import Bench, Cut, Head, reversed_axes
from meshmill.geometry.generators.crate.pieces import EDGE_AXES, Piece, Side, Skin, Vector, sides_of

_END_SHADE = 0.85
_TOP, _BOTTOM = 4, 5
#: Plate thicknesses by which plates stop short of their side's edges, where others lie over them.
_COVERED = {"front": (1, 0), "flank": (0, 1.5), "lid": (0, 1)}


@dataclass(frozen=True, slots=True)
class Framing:
    """Boards ``width`` x ``thick`` and plates, over planks within the half extents ``body``."""

    bench: Bench
    nail: Head
    width: float
    thick: float
    plate: float
    body: Vector

    @classmethod
    def of(cls, bench: Bench, nail: Head) -> Framing:
        """In proportion to the crate; without thickness where there is no bracing."""
        measures = bench.measures
        if bench.options.bracing == "none":
            return cls(bench, nail, 0.0, 0.0, 0.0, measures.inside(nail.height))
        thick, plate = measures.part(0.024, 0.08), max(measures.part(0.0035, 0.012), nail.height)
        body = measures.inside(thick + plate)
        return cls(bench, nail, measures.part(0.1, 0.2), thick, plate, body)

    def fit(self) -> list[Piece]:
        """Add everything to the bench; what is returned stands for it in distant views."""
        measures = self.bench.measures
        cuts: dict[tuple[str, bool], Cut] = {}
        for number, side in enumerate(sides_of(measures.inside(self.plate))):
            if number == _TOP and self.bench.options.open:
                continue
            panel = self._panel(side)
            for upright in (True, False):
                if (side.name, upright) not in cuts:
                    cuts[side.name, upright] = self._cut(panel, upright=upright)
                if not (upright and number == _BOTTOM):
                    self._pair(panel, cuts[side.name, upright], upright=upright)
            if self.bench.options.bracing == "cross" and side.name != "lid":
                self._cross(panel)
        self._plates()
        return list(self._beams(cuts))

    def _panel(self, side: Side) -> Side:
        """What the boards of a side frame: the front's cover the ends of the others."""
        inset = self.thick + self.bench.measures.clearance
        if side.name == "front":
            return side
        height = side.height - (inset if side.name == "lid" else 0.0)
        return replace(side, width=side.width - inset, height=height)

    def _cut(self, panel: Side, *, upright: bool) -> Cut:
        """Boards up the sides of a panel, or those between them."""
        gap = self.bench.measures.clearance
        length = 2 * panel.height if upright else 2 * (panel.width - self.width - gap)
        return self._board(length, self.width, 0.97 * self.thick)

    def _board(self, length: float, width: float, thick: float) -> Cut:
        bevel = self.bench.measures.eased(width, thick)
        face = self.bench.skin(Skin("body", "face", length, width, bevel))
        edge = self.bench.skin(Skin("body", "face", length, thick, bevel, _END_SHADE))
        end = self.bench.skin(Skin("body", "end", thick, width, bevel, _END_SHADE))
        return Cut("frame", (length, width, thick), bevel, (end, end, edge, edge, face, face))

    def _pair(self, panel: Side, cut: Cut, *, upright: bool) -> None:
        """A board on either side of a panel, with nails."""
        length, _, thick = cut.size
        along = panel.turned(0.0, 1.0) if upright else panel.axes
        place = (panel.width if upright else panel.height) - self.width / 2
        for way, axes in ((-1, along), (1, reversed_axes(along))):
            sunk = 0.03 * self.thick * float(self.bench.rng.random())
            out = -thick / 2 - sunk
            right, up = (way * place, 0.0) if upright else (0.0, way * place)
            piece = cut.piece(panel.at(right, up, out), axes, wobble=0.03 * self.thick)
            self.bench.pieces.append(replace(piece, role="base") if panel.below else piece)
            self._nail_board(panel, (right, up), length, -sunk, upright=upright)

    def _nail_board(
        self, panel: Side, centre: tuple[float, float], length: float, out: float, *, upright: bool
    ) -> None:
        """Nails in pairs along a board, clear of the corner plates."""
        ends = length / 2 - (1.55 if upright else 0.4) * self.width
        pairs = max(2, round(length / (4.5 * self.width)))
        for k in range(pairs):
            along = ends * (2 * k / (pairs - 1) - 1)
            for way in (-0.24, 0.24):
                jitter = (float(self.bench.rng.random()) - 0.5) * 1.6 * self.nail.radius
                shift = (
                    (way * self.width, along + jitter)
                    if upright
                    else (along + jitter, way * self.width)
                )
                self.bench.stud(panel, centre[0] + shift[0], centre[1] + shift[1], out, self.nail)

    def _cross(self, panel: Side) -> None:
        """Two diagonals within the frame of a side, the second let into the first."""
        right, up = panel.width - self.width, panel.height - self.width
        diagonal = sqrt(right * right + up * up)
        width = min(0.9 * self.width, 0.5 * right, 0.5 * up)
        cut = self._board(2 * diagonal + 0.2 * width, width, 0.8 * self.thick)
        for way, share, lift in ((1, 0.9, 0.06), (-1, 0.78, 0.03)):
            slant = right * (1.0 + 0.05 * (float(self.bench.rng.random()) - 0.5))
            reach = sqrt(slant * slant + up * up)
            axes = panel.turned(slant / reach, way * up / reach)
            thick = (share - lift) * self.thick
            out = (share - 1.0) * self.thick
            piece = cut.piece(panel.at(0.0, 0.0, out - thick / 2), axes, wobble=0.02 * self.thick)
            self.bench.pieces.append(replace(piece, size=(*cut.size[:2], thick)))
            for along in (-0.82, -0.4, 0.4, 0.82):
                for side in (-0.25, 0.25):
                    x = right * along - way * up / diagonal * side * width
                    y = way * up * along + right / diagonal * side * width
                    self.bench.stud(panel, x, y, out, self.nail)

    def _plates(self) -> None:
        """Bolted sheet steel around the corners; each plate covers the edge of the next."""
        gap = self.bench.measures.clearance
        edge, bevel = 0.98 * self.width, 0.3 * self.plate
        skin, rim, end = (
            self.bench.skin(Skin("hardware", "steel", width, height, bevel))
            for width, height in ((edge, edge), (edge, self.plate), (self.plate, edge))
        )
        size = (edge, edge, self.plate - min(gap, 0.3 * self.plate))
        cut = Cut("fitting", size, bevel, (end, end, rim, rim, skin, skin))
        for number, side in enumerate(sides_of(self.bench.measures.half)):
            if number == _BOTTOM or (number == _TOP and self.bench.options.open):
                continue
            across, along = _COVERED[side.name]
            right = side.width - across * self.plate - edge / 2
            up = side.height - along * self.plate - edge / 2
            for way, upward in product((-1, 1), repeat=2):
                self._plate(side, cut, way * right, upward * up)

    def _plate(self, side: Side, cut: Cut, right: float, up: float) -> None:
        """A plate with three bolts, none of them at the corner of the crate."""
        sunk = 1.2 * self.nail.height
        self.bench.pieces.append(cut.piece(side.at(right, up, -cut.size[2] / 2 - sunk), side.axes))
        arm = 0.27 * cut.size[0]
        for x, y in ((-1, 1), (1, -1), (-1, -1)):
            way, upward = (1 if right > 0 else -1), (1 if up > 0 else -1)
            self.bench.stud(side, right + x * way * arm, up + y * upward * arm, -sunk, self.nail)

    def _beams(self, cuts: dict[tuple[str, bool], Cut]) -> Iterator[Piece]:
        """One beam along each edge."""
        b = self.width
        x, y, z = self.bench.measures.inside(self.plate)
        for axis, name, upright in ((1, "front", True), (0, "front", False), (2, "flank", False)):
            cut = cuts[name, upright]
            others = [k for k in range(3) if k != axis]
            length = 2 * (y if axis == 1 else (x, y, z)[axis] - b)
            for first, second in product((-1, 1), repeat=2):
                centre = [0.0, 0.0, 0.0]
                centre[others[0]] = first * ((x, y, z)[others[0]] - b / 2)
                centre[others[1]] = second * ((x, y, z)[others[1]] - b / 2)
                face = cut.skins[4]
                yield Piece(
                    "frame",
                    (centre[0], centre[1], centre[2]),
                    EDGE_AXES[axis],
                    (length, b, b),
                    cut.bevel,
                    (*cut.skins[:2], face, face, face, face),
                )
