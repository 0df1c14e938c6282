"""A measured quantity, and by how much options change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from math import log
from operator import mul
from typing import Any

#: Factors at a few values of a measure: at each choice, or at knots of a range, ascending.
Curve = Mapping[Any, float]


@dataclass(frozen=True, slots=True)
class Trend:
    """``usual`` at default options, times a factor for each option that matters.

    ``factors`` maps a measure of the options (see :mod:`~meshmill.geometry.estimates.measures`) to
    its curve. A choice that its curve leaves out has the factor 1; between the knots of a range
    the factor is interpolated geometrically.
    """

    usual: float
    factors: Mapping[str, Curve] = field(default_factory=dict)

    def at(self, measures: Mapping[str, Any]) -> float:
        """The quantity at some options."""
        found = (factor_at(curve, measures[name]) for name, curve in self.factors.items())
        return reduce(mul, found, self.usual)


def factor_at(curve: Curve, value: Any) -> float:
    """The factor of a curve at a value."""
    if isinstance(value, str | bool):
        return curve.get(value, 1.0)
    knots = list(curve)
    for low, high in pairwise(knots):
        if value <= high:
            ratio = curve[high] / curve[low]
            factor: float = curve[low] * pow(ratio, share_between(low, high, value))
            return factor
    return curve[knots[-1]]


def share_between(low: float, high: float, value: float) -> float:
    """How far ``value`` is from ``low`` to ``high``, 0 to 1; by ratios where ``low`` is positive.

    Ranges from millimetres to metres are even by ratios.
    """
    if low > 0:
        return log(value / low) / log(high / low)
    return (value - low) / (high - low)
