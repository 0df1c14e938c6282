"""Rings and friezes around the wall: where they lie, and their drawing.

Drawings are signed distances from the edge of a stroke, inside positive, in heights of their
frieze. ``across`` is 0 … 1 over one repeat, ``down`` 0 … 1 over the frieze.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np

from meshmill.geometry.angles import TAU, cos_sin
from meshmill.geometry.arrays import F32, F64, AnyArray
from meshmill.geometry.generators.vase.meridian import Meridian

_HALF_STROKE = 0.055
_OVERSAMPLED = 2
_PETALS = 8
#: Where a lotus petal's vein ends.
_VEIN = 0.42
_DIAGONAL = 0.7071067811865476
_KEY = (
    (0.0, 0.90, 1.0, 0.90),
    (0.06, 0.10, 0.06, 0.90),
    (0.06, 0.10, 0.80, 0.10),
    (0.80, 0.10, 0.80, 0.66),
    (0.36, 0.66, 0.80, 0.66),
    (0.36, 0.38, 0.36, 0.66),
    (0.36, 0.38, 0.56, 0.38),
)

Drawing = Callable[[AnyArray, AnyArray, float], AnyArray]


@dataclass(frozen=True, slots=True)
class Frieze:
    """A band of one motif between two places on the meridian, ``count`` times around.

    ``aspect`` is a repeat's width over its height.
    """

    start: float
    stop: float
    drawing: Drawing
    count: int
    aspect: float

    def distances(self, arc: F64, columns: int) -> F32:
        """Metres from the edge of a stroke, float32 (rows, columns), on rows at ``arc``.

        Columns go once around, with one more at either end.
        """
        height = self.stop - self.start
        repeat = max(8, _OVERSAMPLED * columns // self.count)
        across = (np.arange(repeat) + 0.5) * (1.0 / repeat)
        down = (arc - self.start) * (1.0 / height)
        drawn = self.drawing(across[None, :], down[:, None], self.aspect) * height
        at = (np.arange(-1, columns + 1) + 0.5) * (self.count / columns)
        index = np.minimum(((at - np.floor(at)) * repeat).astype(np.int64), repeat - 1)
        spread: F32 = np.take(drawn.astype(np.float32), index, axis=1)
        return spread


@dataclass(frozen=True, slots=True)
class Ornament:
    """Friezes, and rings as (place, half width) in metres of arc."""

    friezes: tuple[Frieze, ...]
    rings: tuple[tuple[float, float], ...]

    def ring_distances(self, arc: F32) -> F32:
        """Metres from the edge of the nearest ring, inside positive, float32 as ``arc``."""
        nearest = np.full_like(arc, -inf)
        for place, half in self.rings:
            np.maximum(nearest, np.float32(half) - np.abs(arc - np.float32(place)), out=nearest)
        return nearest


def compose(meridian: Meridian, glaze: str) -> Ornament:
    """Place a glaze's friezes on the outer wall, with rings at their borders."""
    marks = meridian.marks
    whole = marks.foot - marks.lip
    shouldered = marks.belly - marks.lip > 0.2 * whole
    middle = marks.belly - 0.05 * whole if shouldered else marks.lip + 0.20 * whole
    half = 0.075 * whole
    tips = marks.foot - (0.31 if shouldered else 0.58) * whole
    middle = min(middle, tips - half - 0.06 * whole)
    places = [(middle - half, middle + half)]
    if marks.belly - marks.lip > 0.34 * whole:
        places.append((marks.lip + 0.085 * whole, marks.lip + 0.135 * whole))
    places.append((tips, marks.foot - (0.115 if shouldered else 0.20) * whole))
    drawings = _STYLES[glaze]
    chosen = drawings if len(places) == len(drawings) else (drawings[0], drawings[-1])
    friezes = tuple(
        _frieze(meridian, place, drawing, aspect)
        for place, (drawing, aspect) in zip(places, chosen, strict=True)
    )
    fine = 0.0035 * whole
    rings = [(marks.lip + 0.022 * whole, 2.2 * fine)]
    for frieze in friezes:
        for edge, away in ((frieze.start, -1.0), (frieze.stop, 1.0)):
            rings += [(edge + away * 2.8 * fine, fine), (edge + away * 6.0 * fine, 0.55 * fine)]
    return Ornament(friezes, tuple(rings))


def _frieze(
    meridian: Meridian, place: tuple[float, float], drawing: Drawing, aspect: float
) -> Frieze:
    start, stop = place
    around = TAU * float(meridian.at(np.array((start + stop) * 0.5), meridian.radius))
    count = max(4, round(around / ((stop - start) * aspect)))
    return Frieze(start, stop, drawing, count, around / (count * (stop - start)))


def _meander(across: AnyArray, down: AnyArray, aspect: float) -> AnyArray:
    """A running key above a base line."""
    nearest: AnyArray = np.full(np.broadcast_shapes(across.shape, down.shape), inf)
    for left, top, right, bottom in _KEY:
        aside = (np.abs(across - (left + right) * 0.5) - (right - left) * 0.5) * aspect
        above = np.abs(down - (top + bottom) * 0.5) - (bottom - top) * 0.5
        nearest = np.minimum(nearest, np.maximum(aside, above))
    within: AnyArray = _HALF_STROKE - nearest
    return within


def _waves(across: AnyArray, down: AnyArray, aspect: float) -> AnyArray:
    """A scroll of two lines, with a berry in each trough."""
    line = down - 0.5 - 0.30 * cos_sin(across)[1]
    slope = 1.0 / np.sqrt(1.0 + 1.6 / (aspect * aspect))
    broad = 1.3 * _HALF_STROKE - np.abs(line) * slope
    fine = 0.5 * _HALF_STROKE - np.abs(line - 0.17) * slope
    berries = np.maximum(
        _disk(across, down, aspect, (0.25, 0.26, 0.085)),
        _disk(across, down, aspect, (0.75, 0.78, 0.085)),
    )
    drawn: AnyArray = np.maximum(np.maximum(broad, fine), berries)
    return drawn


def _vine(across: AnyArray, down: AnyArray, aspect: float) -> AnyArray:
    """A winding stem with a blossom in each bend and leaves where it crosses the middle."""
    line = down - 0.5 - 0.27 * cos_sin(across)[1]
    slope = 1.0 / np.sqrt(1.0 + 1.3 / (aspect * aspect))
    total: AnyArray = 0.034 - np.abs(line) * slope
    for centre, level in ((0.25, 0.33), (0.75, 0.67)):
        total = np.maximum(total, _blossom(across, down, aspect, (centre, level)))
    for centre, lean in ((0.0, 1.0), (0.5, -1.0), (1.0, 1.0)):
        for side in (-1.0, 1.0):
            aside = (across - centre) * aspect + side * 0.14
            rise = (down - 0.5) + side * lean * 0.20
            total = np.maximum(total, _leaf(aside, rise, lean))
    return total


def _blossom(across: AnyArray, down: AnyArray, aspect: float, at: tuple[float, float]) -> AnyArray:
    """Eight petals in outline around an eye."""
    cosine, sine = cos_sin(np.arange(_PETALS) * (1.0 / _PETALS))
    total = _disk(across, down, aspect, (*at, 0.055))
    for x, y in zip(cosine.tolist(), sine.tolist(), strict=True):
        petal = (at[0] + 0.150 * x / aspect, at[1] + 0.150 * y, 0.066)
        filled = _disk(across, down, aspect, petal)
        total = np.maximum(total, 0.020 - np.abs(filled))
    return total


def _leaf(aside: AnyArray, rise: AnyArray, lean: float) -> AnyArray:
    """A lens that points along a diagonal: where two circles overlap."""
    along = (aside - lean * rise) * _DIAGONAL
    apart = (aside + lean * rise) * _DIAGONAL
    reach = [np.sqrt(along * along + (apart + side) * (apart + side)) for side in (-0.16, 0.16)]
    within: AnyArray = 0.225 - np.maximum(reach[0], reach[1])
    return within


def _disk(
    across: AnyArray, down: AnyArray, aspect: float, at: tuple[float, float, float]
) -> AnyArray:
    """A disk at (across, down) with a radius."""
    centre, level, radius = at
    aside, rise = (across - centre) * aspect, down - level
    within: AnyArray = radius - np.sqrt(aside * aside + rise * rise)
    return within


def _petals(across: AnyArray, down: AnyArray, aspect: float) -> AnyArray:
    """Lotus petals that stand on the frieze's foot: an outline, an inner petal and a vein."""
    aside = np.abs(across - 0.5) * aspect
    half = _petal(down, 0.0) * (0.47 * aspect)
    outline = 0.036 - np.abs(aside - half)
    inner = 0.020 - np.abs(aside - _petal(down, 0.20) * (0.33 * aspect))
    vein = np.where(down > _VEIN, 0.016 - aside, -1.0)
    return np.maximum(np.maximum(outline, inner), vein)


def _petal(down: AnyArray, tip: float) -> F64:
    """Half width of a petal, 0 at its tip, 1 at its foot: an ogee."""
    share = np.clip((down - tip) / (1.0 - tip), 0.0, 1.0)
    rest = 1.0 - share
    half: F64 = 1.0 - rest * rest * rest
    return np.where(share > 0, half, -1.0)


def _rays(across: AnyArray, down: AnyArray, aspect: float) -> AnyArray:
    """Solid rays that stand on the frieze's foot."""
    slope = 1.0 / np.sqrt(1.0 + 0.25 * aspect * aspect)
    within: AnyArray = (0.42 * aspect * down - np.abs(across - 0.5) * aspect) * slope
    return within


_STYLES: dict[str, tuple[tuple[Drawing, float], ...]] = {
    "celadon": ((_vine, 1.75), (_meander, 1.15), (_petals, 0.52)),
    "cobalt": ((_vine, 1.75), (_meander, 1.15), (_petals, 0.60)),
    "terracotta": ((_meander, 1.15), (_waves, 1.8), (_rays, 0.40)),
    "raku": ((_waves, 1.6), (_meander, 1.2), (_rays, 0.55)),
    "white": ((_vine, 1.75), (_waves, 1.8), (_petals, 0.42)),
}
