"""Reading batches: one's own, page by page, and anybody's only with a trace."""

from __future__ import annotations

import pytest

from meshmill.domain.errors import DependencyUnavailable, Forbidden, InvalidRequest, NotFound
from meshmill.usecases.list_assets import ListAssets, Listing
from tests.fakes.assets import InMemoryAssets
from tests.unit.usecases.batches.callers import Desk, reads
from tests.unit.usecases.world import ADA, ADMIN_READS, GRACE


@pytest.fixture
def desk() -> Desk:
    return Desk()


def fill(desk: Desk, count: int, user: str = ADA) -> list[str]:
    """Ids, newest first."""
    ids = []
    for _ in range(count):
        ids.append(desk.issue(user=user).state.batch.batch_id)
        desk.clock.advance(1)
    return ids[::-1]


def test_a_user_reads_the_own_batch(desk: Desk) -> None:
    issued = desk.issue()
    assert desk.read(reads(ADA), issued.state.batch.batch_id) == issued.state


def test_somebody_elses_batch_is_absent_in_the_same_words(desk: Desk) -> None:
    theirs = desk.issue(user=GRACE).state.batch.batch_id
    messages = set()
    for batch_id in (theirs, "550e8400-e29b-41d4-a716-446655440000"):
        with pytest.raises(NotFound) as caught:
            desk.read(reads(ADA), batch_id)
        messages.add((caught.value.message, str(caught.value.details)))
    assert len(messages) == 1


def test_an_admin_reads_anybodys_and_leaves_a_trace(desk: Desk) -> None:
    theirs = desk.issue(user=GRACE).state.batch.batch_id
    assert desk.read(ADMIN_READS, theirs).batch.user_id == GRACE
    entry = desk.trail.of(GRACE, None, 10)[-1]
    assert (entry.action, entry.target) == ("batch.read_by_admin", f"batch:{theirs}")


def test_a_reading_that_can_not_be_written_down_is_not_shown(desk: Desk) -> None:
    theirs = desk.issue(user=GRACE).state.batch.batch_id
    desk.flaky_trail.fail_before("record", times=2)
    with pytest.raises(DependencyUnavailable):
        desk.read(ADMIN_READS, theirs)
    with pytest.raises(DependencyUnavailable):
        desk.list_batches(ADMIN_READS, GRACE, limit=5)


def test_batches_are_paged_without_gap_or_repeat_while_others_are_added(desk: Desk) -> None:
    ids, found, cursor = fill(desk, 25), list[str](), None
    fill(desk, 3, GRACE)
    while True:
        page = desk.list_batches(reads(ADA), ADA, limit=7, cursor=cursor)
        found += [state.batch.batch_id for state in page.records]
        cursor = page.next_cursor
        fill(desk, 1)
        if cursor is None:
            break
    assert found == ids


def test_a_cursor_of_assets_opens_no_page_of_batches_nor_the_other_way_round(desk: Desk) -> None:
    fill(desk, 2)
    cursor = desk.list_batches(reads(ADA), ADA, limit=1).next_cursor
    assert cursor is not None
    assets = ListAssets(InMemoryAssets(), desk.secret, desk.read.cross_user_reading)
    with pytest.raises(InvalidRequest):
        assets(reads(ADA), ADA, Listing(limit=20, cursor=cursor))
    with pytest.raises(InvalidRequest):
        desk.list_batches(reads(GRACE), GRACE, limit=1, cursor=cursor)


def test_only_admins_list_anybodys_and_each_page_is_written_down(desk: Desk) -> None:
    ids = fill(desk, 3, GRACE)
    with pytest.raises(Forbidden):
        desk.list_batches(reads(ADA), GRACE, limit=5)
    page = desk.list_batches(ADMIN_READS, GRACE, limit=5)
    assert [state.batch.batch_id for state in page.records] == ids
    told = [entry.action for entry in desk.trail.of(GRACE, None, 10)]
    assert told.count("batches.listed_by_admin") == 1
