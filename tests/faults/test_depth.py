"""What a normal run leaves out of a search."""

from __future__ import annotations

import pytest

from tests.faults import depth
from tests.faults.depth import planned_faults, thinned
from tests.faults.injection import Mode

POINTS = range(100, 124)


@pytest.mark.parametrize("each", [1, 3])
def test_each_call_meets_some_faults_and_each_fault_meets_some_call(
    each: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depth, "IS_NIGHTLY", False)
    planned = list(planned_faults(POINTS, each))
    assert len(planned) == len(set(planned)) == each * len(POINTS)
    assert {number for number, _ in planned} == set(POINTS)
    assert {mode for _, mode in planned} == set(Mode)
    first, second = ({mode for at, mode in planned if at == number} for number in POINTS[:2])
    assert first.isdisjoint(second)


def test_at_night_every_call_meets_every_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "IS_NIGHTLY", True)
    assert len(set(planned_faults(POINTS, 1))) == len(POINTS) * len(Mode)
    assert thinned(POINTS, 5, 2) == POINTS


@pytest.mark.parametrize("start", range(7))
def test_what_is_thinned_keeps_at_least_one(start: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "IS_NIGHTLY", False)
    assert list(thinned(POINTS, 10, start)) == list(POINTS)[start::10]
    assert len(thinned([1, 2], 5, start)) == 1
