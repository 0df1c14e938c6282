"""How a wooden crate is put together: planks on each side, and what holds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from meshmill.geometry.generators.crate.bench import Bench, Head
from meshmill.geometry.generators.crate.framing import Framing
from meshmill.geometry.generators.crate.measures import Measures
from meshmill.geometry.generators.crate.pieces import (
    Opening,
    Piece,
    Plan,
    Role,
    Side,
    Skin,
    Vector,
    panels_of,
)
from meshmill.geometry.generators.crate.spec import CrateOptions

#: Charts of the insides of planks, for each kind of side.
_INSIDES = 2
#: Boards to which a side's planks are joined in distant views.
_GROUPS = (12, 8, 6, 5, 4, 3, 2, 1)
_SHADED, _END_SHADE = 0.6, 0.85
#: Share of an open crate's planks that are at its bottom.
_DEEP = 0.25
#: Height in depths below which an open crate shows its bottom.
_SHALLOW = 0.6


def wooden_plan(options: CrateOptions, rng: np.random.Generator) -> Plan:
    """All boards, plates and nails of a crate of planks."""
    bench = Bench(options, Measures.of(options), rng)
    measures = bench.measures
    radius = measures.part(0.0065, 0.02)
    nail = Head(
        radius, 0.3 * radius, bench.skin(Skin("hardware", "steel", 2 * radius, 2 * radius, 0))
    )
    framing = Framing.of(bench, nail)
    planking = _Planking(bench, framing.body, measures.part(0.026, 0.09), framing.width)
    panels = planking.panels()
    boards = {name: planking.saw(side) for name, side in {s.name: s for s in panels}.items()}
    for side in panels:
        bench.pieces += planking.lay(side, boards[side.name])
        if options.bracing == "none":
            planking.nail(side, boards[side.name], nail)
    if options.open and options.bracing == "none":
        bench.pieces += planking.posts()
    beams = framing.fit() if options.bracing != "none" else []
    laid = len(panels) * options.planks
    braces = [piece for piece in bench.pieces[laid:] if piece.role != "fitting"]
    below = [piece for piece in braces if piece.role == "base"]
    walls = laid - options.planks
    unseen = [*below, *bench.pieces[walls:laid]]
    seen = [*bench.pieces[:walls], *(piece for piece in braces if piece.role != "base")]
    coarse = (
        [p for side in panels for p in planking.join(side, boards[side.name], count)] + beams
        for count in _GROUPS
    )
    plan = bench.plan([*seen, *unseen], coarse)
    return replace(plan, unseen=len(unseen), overhang=framing.plate)


@dataclass(frozen=True, slots=True)
class _Boards:
    """A side's planks from below: widths and lower edges, metres, and charts.

    ``deep`` of them are drawn as those of a closed crate.
    """

    widths: tuple[float, ...]
    lows: tuple[float, ...]
    bevel: float
    fronts: tuple[int, ...]
    insides: tuple[int, ...]
    edge: int
    end: int
    deep: int

    def skins(self, k: int) -> tuple[int, int, int, int, int, int]:
        """The charts of one plank."""
        inside = self.insides[k % len(self.insides)]
        return self.end, self.end, self.edge, self.edge, self.fronts[k], inside


@dataclass(frozen=True, slots=True)
class _Planking:
    """Lays planks of a thickness on the sides of a body of these half extents."""

    bench: Bench
    body: Vector
    thick: float
    framed: float

    def panels(self) -> list[Side]:
        """What planks fill of each side."""
        inset = self.thick + self.bench.measures.clearance
        return panels_of(self.body, inset, lid=not self.bench.options.open)

    def saw(self, panel: Side) -> _Boards:
        """Widths of a side's planks, and charts for them."""
        bench, thick = self.bench, self.thick
        count = bench.options.planks
        slit = self.slit(panel)
        shares = bench.rng.random(count) * 0.3 + 0.85
        widths = shares * ((2 * panel.height - slit * (count - 1)) / float(np.cumsum(shares)[-1]))
        mean = 2 * panel.height / count - slit
        bevel = bench.measures.eased(float(widths.min()), thick)
        length = 2 * panel.width
        lows = np.cumsum(np.concatenate(((-panel.height,), widths[:-1] + slit)))

        opening = self._opening(panel)

        def face(height: float, occlusion: float, opening: Opening | None = None) -> int:
            return bench.skin(Skin("body", "face", length, height, bevel, occlusion, opening))

        # Far down in an open crate, nobody sees the edges of the insides.
        deep = int(count * _DEEP) if bench.options.open and not panel.below else count
        if panel.below and self._shallow:
            deep = 0
        return _Boards(
            widths=tuple(widths.tolist()),
            lows=tuple(lows.tolist()),
            bevel=bevel,
            fronts=tuple(
                face(width, 1.0, replace(opening, up=low + width / 2))
                for width, low in zip(widths.tolist(), lows.tolist(), strict=True)
            ),
            insides=tuple(face(mean, _SHADED) for _ in range(_INSIDES)),
            edge=face(thick, _SHADED),
            end=bench.skin(Skin("body", "end", thick, mean, bevel, _END_SHADE)),
            deep=deep,
        )

    @property
    def _shallow(self) -> bool:
        """Whether the bottom's planks are seen from within."""
        _, y, z = self.body
        return self.bench.options.open and y < _SHALLOW * z

    def _opening(self, panel: Side) -> Opening:
        """What the frame leaves free of a side."""
        frame = self.bench.measures.half[1] - self.body[1]
        hidden = self.framed - frame if self.framed else 0.0
        return Opening(panel.name, panel.width - hidden, panel.height - hidden, frame)

    def slit(self, panel: Side) -> float:
        """The gap between two planks."""
        return min(
            self.bench.measures.part(0.007, 0.03), 0.3 * panel.height / self.bench.options.planks
        )

    def lay(self, panel: Side, boards: _Boards) -> Iterator[Piece]:
        """The planks of a side, no two alike in thickness, lie and length."""
        ragged = 1.0 if self.bench.options.bracing == "none" else 0.3
        closed: Role = "base" if panel.below else "plank"
        for k, (width, low) in enumerate(zip(boards.widths, boards.lows, strict=True)):
            sunk, tilt, bow, short = self.bench.rng.random(4).tolist()
            role = closed if k < boards.deep else "free"
            thick = self.thick * (0.98 - 0.12 * sunk)
            lean = (tilt - 0.5) * 0.7 * self.slit(panel) / (2 * panel.width)
            yield Piece(
                role=role,
                centre=panel.at(0.0, low + width / 2, -thick / 2 - 0.06 * self.thick * sunk),
                axes=panel.turned(1.0, lean),
                size=(2 * panel.width - short * ragged * 0.4 * self.thick, width, thick),
                bevel=boards.bevel,
                skins=boards.skins(k),
                bow=(bow - 0.6) * 0.12 * self.thick,
                wobble=0.03 * self.thick,
            )

    def join(self, panel: Side, boards: _Boards, count: int) -> Iterator[Piece]:
        """A side as no more than ``count`` boards."""
        last = len(boards.widths)
        ends = sorted({last * k // count for k in range(count + 1)})
        for first, after in pairwise(ends):
            low = boards.lows[first]
            width = boards.lows[after - 1] + boards.widths[after - 1] - low
            yield Piece(
                role="plank",
                centre=panel.at(0.0, low + width / 2, -self.thick / 2),
                axes=panel.axes,
                size=(2 * panel.width, width, 0.98 * self.thick),
                bevel=boards.bevel,
                skins=boards.skins(first),
            )

    def nail(self, panel: Side, boards: _Boards, head: Head) -> None:
        """Two nails at either end of each plank."""
        inset = panel.width - max(0.8 * self.thick, 2.2 * head.radius)
        for width, low in zip(boards.widths, boards.lows, strict=True):
            for right in (-inset, inset):
                for way in (-0.27, 0.27):
                    shift = (float(self.bench.rng.random()) - 0.5) * head.radius
                    self.bench.stud(
                        panel, right + shift, low + width * (0.5 + way), -0.02 * self.thick, head
                    )

    def posts(self) -> Iterator[Piece]:
        """Square posts in the corners, to which the planks are nailed."""
        x, y, z = self.body
        width, gap = 1.7 * self.thick, self.bench.measures.clearance
        bevel = self.bench.measures.eased(width)
        length = 2 * (y - self.thick - 2 * gap)
        face = self.bench.skin(Skin("body", "face", length, width, bevel, _SHADED))
        edge = self.bench.skin(Skin("body", "face", length, width, bevel, _SHADED))
        end = self.bench.skin(Skin("body", "end", width, width, bevel, _END_SHADE))
        inset = self.thick + gap + width / 2
        for right in (inset - x, x - inset):
            for front in (inset - z, z - inset):
                yield Piece(
                    role="frame",
                    centre=(right, 0.0, front),
                    axes=((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
                    size=(length, width, width),
                    bevel=bevel,
                    skins=(end, end, edge, edge, face, face),
                )
