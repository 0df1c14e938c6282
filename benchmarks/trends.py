"""Finding by how much each option changes a quantity, from measured samples."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import exp, log
from typing import Any, get_args

import numpy as np
from pydantic.fields import FieldInfo

from meshmill.geometry.estimates.measures import KINDS, PROPORTIONS, kind_of, measures_of
from meshmill.geometry.estimates.trend import Trend, share_between
from meshmill.geometry.registry import GENERATORS

#: How much a factor costs that samples hardly tell of: it stays near 1.
_RIDGE = 0.3
#: Samples at default options count as so many.
_DEFAULT_WEIGHT = 6.0
#: Factors nearer to 1 are left out.
_NOTABLE = 0.1
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Observation:
    """A quantity at some options; ``group`` is whatever else it depends on.

    Where it is ``capped``, more would have been wanted.
    """

    measures: Mapping[str, Any]
    value: float
    group: Hashable = None
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """The trend in the first observation's group, and each group's factor beside that one."""

    trend: Trend
    groups: dict[Hashable, float]
    worst: float


@dataclass(frozen=True, slots=True)
class _Knot:
    """A value of a member with a factor of its own; ``lean`` is the share of it elsewhere."""

    member: str
    value: Any
    default: Any

    def lean(self, measures: Mapping[str, Any]) -> float:
        """1 at the knot, 0 at the default and beyond, between by :func:`share_between`."""
        value = measures[self.member]
        if isinstance(value, str | bool):
            return float(value == self.value)
        if self.value > self.default:
            return share_between(self.default, self.value, max(value, self.default))
        return 1.0 - share_between(self.value, self.default, min(value, self.default))


def fit(generator: str, observations: Sequence[Observation], ridge: float = _RIDGE) -> Fit:
    """Least squares of logarithms, with factors held near to 1 where samples don't tell."""
    usual = measures_of(generator, GENERATORS[generator].options())
    told = observations[0].measures
    usual = {name: value for name, value in usual.items() if name in told}
    knots = list(_knots(generator, usual))
    groups = list(dict.fromkeys(each.group for each in observations))
    weights = np.array(
        [_DEFAULT_WEIGHT if each.measures == usual else 1.0 for each in observations]
    )
    rows = np.array(
        [
            [float(each.group == group) for group in groups]
            + [knot.lean(each.measures) for knot in knots]
            for each in observations
        ]
    )
    held = np.eye(len(groups) + len(knots))[len(groups) :] * ridge
    matrix = np.vstack([rows * weights[:, None], held])
    capped = np.array([each.capped for each in observations])
    logarithms = np.log([each.value for each in observations])
    wanted = logarithms
    for _ in range(_ROUNDS if capped.any() else 1):
        found, *_ = np.linalg.lstsq(
            matrix, np.concatenate((wanted * weights, np.zeros(len(knots)))), rcond=None
        )
        # What is capped is told from below alone: to want more than that is no error.
        wanted = np.where(capped, np.maximum(logarithms, rows @ found), logarithms)
    offsets = found[: len(groups)]
    trend = Trend(_rounded(exp(offsets[0])), _curves(knots, found[len(groups) :]))
    by_group = {
        group: _rounded(exp(k - offsets[0])) for group, k in zip(groups, offsets, strict=True)
    }
    errors = [
        abs(log(each.value / (trend.at(each.measures) * by_group[each.group])))
        for each in observations
        if not each.capped
    ]
    return Fit(trend, by_group, exp(max(errors)))


def _knots(generator: str, usual: Mapping[str, Any]) -> Iterator[_Knot]:
    """The ends of every range, and every choice, beside the default."""
    values = {
        member: values_of(field)
        for member, field in GENERATORS[generator].options.model_fields.items()
        if member in usual
    }
    values |= {each.name: (each.low, each.high) for each in PROPORTIONS.get(generator, ())}
    if generator in KINDS:
        values["kind"] = tuple(map(kind_of, kinds(generator)))
    for member, ends in values.items():
        for value in ends:
            if value != usual[member]:
                yield _Knot(member, value, usual[member])


def kinds(generator: str) -> Iterator[tuple[Any, ...]]:
    """Every combination of the options that matter together."""
    fields = GENERATORS[generator].options.model_fields
    each = [
        range(low, high + 1) if fields[name].annotation is int else (low, high, *more)
        for name in KINDS[generator]
        for low, high, *more in [values_of(fields[name])]
    ]
    return product(*each)


def values_of(field: FieldInfo) -> tuple[Any, ...]:
    """All choices, or the least and the greatest value of a number."""
    if field.annotation is bool:
        return (False, True)
    return get_args(field.annotation) or (
        next(bound.ge for bound in field.metadata if hasattr(bound, "ge")),
        next(bound.le for bound in field.metadata if hasattr(bound, "le")),
    )


def _curves(knots: Sequence[_Knot], found: Sequence[float]) -> dict[str, dict[Any, float]]:
    curves: dict[str, dict[Any, float]] = {}
    for knot, logarithm in zip(knots, found, strict=True):
        curves.setdefault(knot.member, {knot.default: 1.0})[knot.value] = _rounded(exp(logarithm))
    return {
        member: _without_ones(curve)
        for member, curve in curves.items()
        if any(abs(factor - 1.0) > _NOTABLE for factor in curve.values())
    }


def _without_ones(curve: dict[Any, float]) -> dict[Any, float]:
    """Ranges in ascending order; of choices, those that matter."""
    if any(isinstance(value, str | bool) for value in curve):
        return {value: factor for value, factor in curve.items() if abs(factor - 1) > _NOTABLE}
    return dict(sorted(curve.items()))


def _rounded(value: float) -> float:
    """Three significant digits."""
    return float(f"{value:.3g}")
