"""Which lane a priority selects, and which moves are faster."""

from __future__ import annotations

import pytest

from meshmill.domain.lanes import Lane


@pytest.mark.parametrize(
    ("priorities", "lane"),
    [(range(1, 4), Lane.BULK), (range(4, 8), Lane.STANDARD), (range(8, 11), Lane.EXPRESS)],
)
def test_priorities_select_lanes_as_the_contract_says(priorities: range, lane: Lane) -> None:
    assert {Lane.for_priority(priority) for priority in priorities} == {lane}


def test_slower_lanes_are_those_that_a_move_would_overtake() -> None:
    assert Lane.EXPRESS.slower == (Lane.STANDARD, Lane.BULK)
    assert Lane.STANDARD.slower == (Lane.BULK,)
    assert Lane.BULK.slower == ()
