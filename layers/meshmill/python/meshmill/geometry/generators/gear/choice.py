"""Which steps of detail a budget of triangles pays for."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from meshmill.geometry.generators.gear.blank import Blank
from meshmill.geometry.generators.gear.detail import (
    BODY_STEPS,
    TEETH_STEPS,
    BodyDetail,
    TeethDetail,
)

#: The budget up to which more triangles make a gear better.
_FULL_BUDGET = 200_000
#: From this budget on a gear must have its teeth and windows, however coarse.
_WHOLE_BUDGET = 2_000
#: Each level of detail has at most this share of the one before.
_FEWER = 0.8
#: Gears with as many teeth, or whose teeth wind around by as many pitches, may be discs from afar.
_DISC_TEETH, _DISC_PITCHES = 27, 1.5
#: Windows as long as so many half thicknesses show light from 20 degrees above the web.
_SLANT = 4.5


@dataclass(frozen=True, slots=True)
class Detail:
    """Steps for the teeth and the body, ``ranks`` among all steps, and what they cost together."""

    teeth: TeethDetail
    body: BodyDetail
    ranks: tuple[int, int]
    triangles: int


def detail_within(blank: Blank, budget: int, full: int) -> Detail:
    """The finest steps that ``budget`` pays for, for a model of ``full`` triangles.

    Levels of detail below the model itself have clearly fewer triangles than the next finer one,
    and no finer a body than the model, so that windows keep their outlines.
    """
    if budget >= full:
        return _finest(blank, budget, budget, len(BODY_STEPS))
    finer = detail_within(blank, min(2 * budget, full), full)
    return _finest(blank, budget, int(_FEWER * finer.triangles), finer.ranks[1] + 1)


def _finest(blank: Blank, budget: int, most: int, bodies: int) -> Detail:
    """Steps for teeth and body about equally fine, of the first ``bodies`` of the latter.

    A gear that needs less than the largest budget gets less of the smaller ones as well, so that
    qualities stay apart.
    """
    teeth = [(rank, step.triangles(blank), step) for rank, step in enumerate(TEETH_STEPS)]
    body = [(rank, step.triangles(blank), step) for rank, step in enumerate(BODY_STEPS)]
    allowed = min(budget, most, int((teeth[-1][1] + body[-1][1]) * _share(budget)))
    coarse = budget < _WHOLE_BUDGET
    if not (coarse and _disc_will_do(blank)):
        teeth = [each for each in teeth if each[2].nodes is not None]
    body = [each for each in body[:bodies] if coarse or each[2].recessed]
    open_web = _seen_through(blank)
    found = [
        Detail(tooth, rest, (rank, other), cost + more)
        for rank, cost, tooth in teeth
        for other, more, rest in body
        if cost + more <= allowed
    ] or [Detail(teeth[0][2], body[0][2], (teeth[0][0], 0), teeth[0][1] + body[0][1])]
    return max(
        found,
        key=lambda each: (open_web and each.body.recessed, min(each.ranks), sum(each.ranks)),
    )


def _disc_will_do(blank: Blank) -> bool:
    wound = 2.0 * abs(blank.twist) * blank.teeth
    return blank.teeth >= _DISC_TEETH or wound >= _DISC_PITCHES


def _seen_through(blank: Blank) -> bool:
    """Whether windows are so wide, beside the web's thickness, that they show from the side."""
    if blank.web is None or blank.web.windows is None:
        return False
    windows = blank.web.windows
    return windows.outer - windows.inner > _SLANT * blank.web.floor


def _share(budget: int) -> float:
    """The budget as a share of the largest, to the power of 9/16: a factor of 3.65 for 10."""
    share = min(budget, _FULL_BUDGET) / _FULL_BUDGET
    return sqrt(share) * sqrt(sqrt(sqrt(sqrt(share))))
