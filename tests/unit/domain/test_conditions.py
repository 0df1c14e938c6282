"""Conditions on a stored record: true only of what is there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain.conditions import (
    AtLeast,
    AtMost,
    Condition,
    Is,
    OneOf,
    all_of,
    any_of,
)
from tests.unit.domain.strategies import replayed

YES, NO = Is("a", 1), Is("a", 2)
RECORD = {"a": 1}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Is("a", 1), True),
        (Is("a", 2), False),
        (OneOf("a", (1, 2)), True),
        (OneOf("a", (2, 3)), False),
        (OneOf("a", ()), False),
        (AtMost("a", 1), True),
        (AtMost("a", 0), False),
        (AtLeast("a", 1), True),
        (AtLeast("a", 2), False),
        (all_of(), True),
        (any_of(), False),
        (all_of(YES, NO), False),
        (all_of(YES, YES), True),
        (any_of(YES, NO), True),
        (any_of(NO, NO), False),
        (any_of(NO, all_of(YES, any_of(NO, YES))), True),
    ],
    ids=repr,
)
def test_a_condition_holds_as_its_name_says(condition: Condition, holds: bool) -> None:
    assert condition.holds(RECORD) is holds


@pytest.mark.parametrize(
    "condition",
    [Is("b", None), Is("b", 1), OneOf("b", (1, 2)), AtMost("b", 10**18), AtLeast("b", -(10**18))],
    ids=repr,
)
def test_nothing_holds_of_an_attribute_that_is_absent(condition: Condition) -> None:
    assert condition.holds(RECORD) is False


@replayed
@given(st.integers(), st.integers())
def test_at_most_and_at_least_meet_exactly_at_equality(value: int, bound: int) -> None:
    record: dict[str, Any] = {"a": value}
    both = AtMost("a", bound).holds(record) and AtLeast("a", bound).holds(record)
    assert both is (value == bound)
