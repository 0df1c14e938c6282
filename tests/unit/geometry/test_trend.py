"""How options change a measured quantity."""

from __future__ import annotations

import pytest

from meshmill.geometry.estimates.trend import Trend, factor_at


def test_without_factors_it_is_as_usual_everywhere() -> None:
    assert Trend(3.0).at({"shade": "glass"}) == 3.0


def test_factors_of_several_options_multiply() -> None:
    trend = Trend(10.0, {"shade": {"glass": 2.0}, "lit": {True: 1.5}})
    assert trend.at({"shade": "paper", "lit": False}) == 10.0
    assert trend.at({"shade": "glass", "lit": True}) == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("value", "factor"), [(0.0, 0.5), (0.5, 0.5**0.5), (1.0, 1.0), (2.0, 2.0**0.5), (4.0, 2.0)]
)
def test_a_range_is_interpolated_between_its_knots(value: float, factor: float) -> None:
    assert factor_at({0.0: 0.5, 1.0: 1.0, 4.0: 2.0}, value) == pytest.approx(factor)


def test_positive_ranges_are_interpolated_by_ratios() -> None:
    assert factor_at({1.0: 1.0, 100.0: 4.0}, 10.0) == pytest.approx(2.0)
