"""How a plastic crate is moulded: tapered walls with ribs, a stacking rim, hand holes, a lid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from meshmill.geometry.generators.crate.bench import Bench, Cut
from meshmill.geometry.generators.crate.measures import Measures
from meshmill.geometry.generators.crate.pieces import (
    Axes,
    Piece,
    Plan,
    Role,
    Side,
    Skin,
    Vector,
    sides_of,
)
from meshmill.geometry.generators.crate.spec import CrateOptions

_SHADED = 0.65
#: Height of a lid's border in thicknesses of the walls.
_LID = 1.6
_WALLS, _TOP, _BOTTOM = 4, 4, 5


def plastic_plan(options: CrateOptions, rng: np.random.Generator) -> Plan:
    """All walls and ribs of a container, which taper towards its base."""
    bench = Bench(options, Measures.of(options), rng)
    mould = _Mould.of(bench)
    walls = [mould.floor(), *(piece for side in mould.walls() for piece in mould.wall(side))]
    rim, lid = mould.rim(), [] if options.open else mould.lid()
    ribs = [piece for side in mould.walls() for piece in mould.ribs(side)]
    belts = [piece for side in mould.walls() for piece in mould.belts(side)]
    columns = list(mould.corners(0.42))
    # Without the ribs, the columns make the outline.
    bold = list(mould.corners(0.8))
    bench.pieces += [*walls, *rim, *lid, *ribs, *belts, *columns]
    lip, cover = rim[:_WALLS], lid[: _WALLS + 1]
    frame = [*walls, *rim, *cover, *belts, *columns]
    coarse = (
        [*frame, *ribs],
        [*frame, *ribs[: 2 * options.planks]],
        [*walls, *rim, *cover, *belts, *bold],
        [*walls, *lip, *cover, *bold],
        [*walls, *lip, *cover],
    )
    lean = [*walls, *lip, *lid, *ribs, *belts, *columns]
    return replace(bench.plan(lean, coarse), draft=mould.draft)


@dataclass(frozen=True, slots=True)
class _Mould:
    """A body of these half extents below a rim that stands out by ``rise``.

    ``draft`` is the share by which it narrows: 3 degrees at most.
    """

    bench: Bench
    thick: float
    rise: float
    rim_height: float
    draft: float
    body: Vector

    @classmethod
    def of(cls, bench: Bench) -> _Mould:
        """In proportion to the crate."""
        measures = bench.measures
        rise = measures.part(0.03, 0.05)
        height = measures.part(0.075, 0.14)
        x, y, z = measures.half
        draft = min(0.035, 0.1 * y / max(x, z))
        return cls(bench, measures.part(0.02, 0.04), rise, height, draft, measures.inside(rise))

    def walls(self) -> list[Side]:
        """The four upright sides."""
        inset = self.thick + self.bench.measures.clearance
        return [
            replace(side, width=side.width - (inset if side.name == "flank" else 0.0))
            for side in sides_of(self.body)
            if side.name != "lid"
        ]

    def _levels(self) -> tuple[float, float]:
        """Where walls end below and above, from the middle of the crate."""
        half = self.bench.measures.half[1]
        return self.thick + self.bench.measures.clearance - half, half - 0.5 * self.rim_height

    def _hole(self, side: Side) -> tuple[float, float, float]:
        """Half the width of the hand hole, and its lower and upper edge."""
        _, top = self._levels()
        low, _ = self._levels()
        height = top - low
        upper = top - 0.5 * self.rim_height - 0.12 * height
        return min(0.16 * self.bench.measures.mean, 0.4 * side.width), upper - 0.14 * height, upper

    def _cut(self, role: Role, size: Vector, bevel: float, inside: float | None = None) -> Cut:
        """A box of one colour; ``inside`` is the light behind it."""
        length, width, thick = size
        return self.bench.cut(role, Skin("body", "rib", length, width, bevel), thick, inside)

    def _panel(self, side: Side, centre: tuple[float, float], size: tuple[float, float]) -> Piece:
        bevel = min(self.bench.measures.bevel * 0.6, 0.2 * self.thick)
        cut = self._cut("sheet", (*size, self.thick), bevel, _SHADED)
        return cut.piece(
            side.at(*centre, -self.thick / 2), side.axes, wobble=0.02 * self.bench.measures.bevel
        )

    def wall(self, side: Side) -> Iterator[Piece]:
        """A wall; on the flanks around a hand hole."""
        low, top = self._levels()
        if side.name == "front":
            yield self._panel(side, (0.0, (low + top) / 2), (2 * side.width, top - low))
            return
        half, sill, lintel = self._hole(side)
        gap = self.bench.measures.clearance
        yield self._panel(side, (0.0, (low + sill) / 2), (2 * side.width, sill - low - gap))
        yield self._panel(side, (0.0, (lintel + top) / 2), (2 * side.width, top - lintel - gap))
        width = side.width - half
        for way in (-1, 1):
            centre = (way * (half + width / 2), (sill + lintel) / 2)
            yield self._panel(side, centre, (width, lintel - sill - gap))

    def floor(self) -> Piece:
        """The base."""
        x, _, z = self.body
        side = list(sides_of((x, self.bench.measures.half[1], z)))[_BOTTOM]
        cut = self._cut(
            "sheet",
            (2 * x, 2 * z, self.thick),
            min(self.bench.measures.bevel, 0.3 * self.thick),
            _SHADED,
        )
        return cut.piece(side.at(0.0, 0.0, -self.thick / 2), side.axes)

    def _ledge(
        self, half: Vector, up: float, size: tuple[float, float], role: Role = "frame"
    ) -> Iterator[Piece]:
        """Bars around the body: ``size`` is height and depth, from the bounds ``half`` inwards."""
        height, depth = size
        bevel = min(0.28 * min(size), 2.5 * self.bench.measures.bevel)
        for side in sides_of(half):
            if side.name == "lid":
                continue
            length = 2 * side.width - (
                2 * (depth + self.bench.measures.clearance) if side.name == "flank" else 0.0
            )
            cut = self._cut(role, (length, height, depth), bevel)
            yield cut.piece(side.at(0.0, up, -depth / 2), side.axes)

    def rim(self) -> list[Piece]:
        """The stacking rim, and a narrower one below it."""
        x, y, z = self.bench.measures.half
        depth = self.rise + self.thick * 1.3
        lid = 0.0 if self.bench.options.open else _LID * self.thick
        upper = list(
            self._ledge((x, y, z), y - lid - self.rim_height / 2, (self.rim_height, depth))
        )
        inset = 0.8 * self.rise
        slim = 0.22 * self.rim_height
        lower = y - lid - 1.75 * self.rim_height
        return upper + list(
            self._ledge((x - inset, y, z - inset), lower, (slim, depth - inset), "rib")
        )

    def lid(self) -> list[Piece]:
        """A lid with a raised border around a field of ribs."""
        x, y, z = self.bench.measures.half
        side = list(sides_of((x, y, z)))[_TOP]
        inset, border = 0.35 * self.rise, self.rise + 1.3 * self.thick
        thick = _LID * self.thick - self.bench.measures.clearance
        field = (2 * (x - inset) - border, 2 * (z - inset) - border)
        plate = self._cut("sheet", (*field, 0.4 * thick), 0.1 * thick, _SHADED)
        pieces = [plate.piece(side.at(0.0, 0.0, -0.78 * thick), side.axes)]
        pieces += self._ledge((x - inset, y, z - inset), y - thick / 2, (thick, border))
        count = self.bench.options.planks
        pitch = (field[0] - border) / (count + 0.2)
        size = (field[1] - 1.7 * border, 0.4 * pitch, 0.6 * thick)
        cut = self._cut("rib", size, min(0.14 * thick, 0.09 * pitch))
        for k in range(count):
            right = (k - 0.5 * (count - 1)) * pitch
            pieces.append(cut.piece(side.at(right, 0.0, -0.55 * thick), side.turned(0.0, 1.0)))
        return pieces

    def ribs(self, side: Side) -> Iterator[Piece]:
        """Upright ribs from the base to the rim; shorter below a hand hole."""
        count = self.bench.options.planks
        low, top = self._levels()
        low, top = (
            low + 3 * self.bench.measures.clearance + 0.6 * self.rise,
            top - 1.2 * self.rim_height,
        )
        pitch = 2 * side.width / (count + 0.6)
        depth, sunk = 0.8 * self.rise, 0.5 * self.thick
        width = min(0.16 * pitch, 1.6 * depth)
        half, sill, _ = self._hole(side)
        for k in range(count):
            right = (k - 0.5 * (count - 1)) * pitch
            hindered = side.name == "flank" and abs(right) < half + 1.5 * width
            high = sill - 0.5 * width if hindered else top
            cut = self._cut("rib", (high - low, width, depth + sunk), 0.2 * width)
            centre = side.at(right, (low + high) / 2, (depth - sunk) / 2)
            yield cut.piece(centre, side.turned(0.0, 1.0))

    def belts(self, side: Side) -> Iterator[Piece]:
        """A frame around a hand hole, and a bar across the foot of the wall."""
        depth, wide = 0.9 * self.rise, 0.55 * self.rise
        low, _ = self._levels()
        foot = (1.6 if side.name == "front" else 1.5) * self.rise
        cut = self._cut("rib", (2 * side.width + self.rise, foot, 1.7 * depth), 0.25 * depth)
        yield cut.piece(
            side.at(0.0, low + 0.5 * foot + 2.5 * self.bench.measures.clearance, 0.0), side.axes
        )
        if side.name == "front":
            return
        half, sill, lintel = self._hole(side)
        length = 2 * half + 2.2 * wide
        bar = self._cut("rib", (length, wide, self.thick + 1.06 * depth), 0.2 * wide)
        out = (depth - self.thick) / 2
        for up in (sill, lintel):
            yield bar.piece(side.at(0.0, up, out), side.axes)
        post = self._cut("rib", (lintel - sill, wide, self.thick + 0.94 * depth), 0.2 * wide)
        for way in (-1, 1):
            right = way * (half + 0.3 * wide)
            yield post.piece(side.at(right, (sill + lintel) / 2, out), side.turned(0.0, 1.0))

    def corners(self, proud: float) -> Iterator[Piece]:
        """Rounded columns, so much of the rim's rise proud of the body."""
        low, top = self._levels()
        gap = self.bench.measures.clearance
        x, _, z = self.body
        wide = 2.6 * self.rise
        cut = self._cut("free", (top - low - 4 * gap, wide, wide), 0.26 * wide)
        for right in (-1, 1):
            for front in (-1, 1):
                shift = 0.5 * wide - proud * self.rise
                centre = (right * (x - shift), (low + top) / 2, front * (z - shift))
                yield cut.piece(centre, _UPRIGHT)


_UPRIGHT: Axes = ((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
