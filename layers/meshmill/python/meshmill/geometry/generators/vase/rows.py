"""Where a mesh has rows along the meridian.

Rows of the inner wall lie opposite those of the outer one. Chords of both err alike, so that even
thin walls keep their thickness in coarse levels and never cut through each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.vase.layout import Strip
from meshmill.geometry.generators.vase.meridian import Meridian, lerp

#: Tighter bends than this, in radians over the meridian's length, get no more rows.
_TIGHTEST = 80.0
#: Cells of the outer wall from which on the roundings of the lip and of the heel are kept.
_ROUNDED = 15
#: Rows of the inner wall keep this share of the mean distance from the ends of strips.
_APART = 0.3
#: So much more rows than asked for are better than fewer.
_OVER = 0.08


def spread_rows(
    meridian: Meridian, strips: Sequence[Strip], rows: int, stride: int
) -> dict[Strip, F64]:
    """Places of rows on each strip, its ends included, in about ``rows`` cells altogether.

    Inside, below the belly, one in ``stride`` of the outer wall's rows is enough; with a stride
    of 2, one in 3 may be taken.
    """
    need = _need(meridian)
    wanted = rows * 3 // 5
    while True:
        for sparser in range(stride, 2 * stride):
            placed = _placed(meridian, strips, need, (wanted, sparser))
            over = _cells(placed) - rows
            if wanted <= 1 or over <= rows * _OVER:
                return placed
        wanted = max(1, wanted - max(1, over // 4))


def _cells(placed: dict[Strip, F64]) -> int:
    return sum(len(places) - 1 for places in placed.values())


def _placed(
    meridian: Meridian, strips: Sequence[Strip], need: F64, counts: tuple[int, int]
) -> dict[Strip, F64]:
    """Rows on the outer wall where it bends, so many cells, and opposite one in so many inside."""
    wanted, stride = counts
    marks = meridian.marks
    ends = {end for strip in strips for end in (strip.start, strip.stop)}
    rounding = (marks.edge,) if wanted >= _ROUNDED else ()
    fixed = sorted(
        {*rounding, marks.lip, marks.belly, marks.ground, *(end for end in ends if end > marks.lip)}
    )
    outer = _divided(meridian, need, fixed, wanted)
    upper, lower = outer[outer < marks.belly], outer[(outer >= marks.belly) & (outer <= marks.foot)]
    inner = meridian.at(np.concatenate((upper, lower[::stride])), meridian.opposite)
    floor = np.array([marks.floor])
    if wanted >= _ROUNDED:
        floor = _divided(meridian, need, [marks.floor, marks.heel], wanted // 6)
    every = np.unique(np.concatenate((floor, inner[inner > marks.heel], outer)))
    return {strip: _within(strip, every, marks.lip) for strip in strips}


def _divided(meridian: Meridian, need: F64, fixed: Sequence[float], cells: int) -> F64:
    """All of ``fixed``, with the other rows between them shared out by need."""
    needs = meridian.at(np.array(fixed), need)
    free = max(0, cells - len(fixed) + 1)
    # Rounding what has been shared out so far loses none to rounding piece by piece.
    given = np.floor((needs - needs[0]) * (free / float(needs[-1] - needs[0])) + 0.5)
    counts = (given[1:] - given[:-1] + 1).astype(np.int64).tolist()
    pieces = [np.array(fixed[:1])]
    for (first, last), (start, stop), count in zip(
        pairwise(fixed), pairwise(needs.tolist()), counts, strict=True
    ):
        wanted = start + np.arange(1, count) * ((stop - start) / count)
        inside = (meridian.arc > first) & (meridian.arc < last)
        arcs = np.concatenate(([first], meridian.arc[inside], [last]))
        known = np.concatenate(([start], need[inside], [stop]))
        pieces += [lerp(wanted, known, arcs), np.array([last])]
    return np.concatenate(pieces)


def _within(strip: Strip, every: F64, lip: float) -> F64:
    """The strip's ends and the rows between them, those of the inner wall not too near to ends."""
    inside = every[(every > strip.start) & (every < strip.stop)]
    apart = _APART * (strip.stop - strip.start) / (len(inside) + 1)
    crowded = (inside < lip) & (
        (inside < strip.start + apart) | ((inside > strip.stop - apart) & (strip.stop < lip))
    )
    return np.concatenate(([strip.start], inside[~crowded], [strip.stop]))


def _need(meridian: Meridian) -> F64:
    """Running need of rows: length, and the roots of bends, by which chords err least."""
    steps = meridian.arc[1:] - meridian.arc[:-1]
    turned = meridian.normals[1:] - meridian.normals[:-1]
    bend = np.sqrt(turned[:, 0] * turned[:, 0] + turned[:, 1] * turned[:, 1])
    share = steps * (1.0 / meridian.arc[-1])
    need = np.sqrt(np.minimum(bend, _TIGHTEST * share) * share) + share * 0.6
    return np.concatenate((np.zeros(1), np.cumsum(need)))
