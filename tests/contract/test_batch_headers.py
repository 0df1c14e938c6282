from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest

from meshmill.domain import batch_transitions as changes
from meshmill.domain.audit import Action
from meshmill.domain.batch import Batch, BatchError, Counts, Phase
from meshmill.domain.transitions import Transition
from tests.contract import batch_samples as samples
from tests.contract.batch_samples import FILES, LEASE_MS, PLAN, Stores, entry, planned
from tests.contract.samples import NOW, new_user
from tests.support.backend import Backend

LATER = NOW + 5
CHANGES: dict[str, Callable[[Batch], Transition]] = {
    "take": lambda it: changes.take(
        it, "owner-1", version_id="v1", now=LATER, lease_ms=LEASE_MS, margin_ms=1
    ),
    "hand_back": lambda it: changes.hand_back(it, now=LATER, due_at=LATER + 1),
    "dispatched": lambda it: changes.dispatched(it, now=LATER),
    "watch": lambda it: changes.watch(it, now=LATER, wait_ms=2),
    "make_due": lambda it: changes.make_due(it, now=LATER),
    "report": lambda it: changes.report(it, FILES, now=LATER),
    "redrive": lambda it: changes.redrive(it, now=LATER, wait_ms=3),
    "redriven": lambda it: changes.redriven(it, now=LATER),
    "fail": lambda it: changes.fail(it, BatchError("EMPTY", "No line"), now=LATER),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@pytest.fixture
def stores(platform: Backend | None) -> Iterator[Stores]:
    """Tables of their own: moto copies whole ones for each transaction."""
    with samples.stores_on(platform) as found:
        yield found


@pytest.mark.parametrize("batch", [samples.new_batch(), samples.full_batch()])
def test_a_header_reads_back_as_it_was_put_and_its_entry_is_written_down(
    stores: Stores, batch: Batch
) -> None:
    assert stores.batches.create(batch, entry(batch)) is None

    assert stores.batches.get(batch.batch_id) == batch
    assert stores.trail.of(batch.user_id, None, 10) == [entry(batch)]


def test_a_batch_that_stands_is_returned_and_not_replaced(stores: Stores) -> None:
    first = stores.created()
    second = dataclasses.replace(first, filename="other.csv", created_at=LATER)

    assert stores.batches.create(second, entry(second, at=LATER)) == first

    assert stores.batches.get(first.batch_id) == first
    assert stores.trail.of(first.user_id, None, 10) == [entry(first)]


def test_of_a_batch_that_there_is_not_nothing_is_read(stores: Stores) -> None:
    absent = samples.new_batch()

    assert stores.batches.get(absent.batch_id) is None
    assert stores.batches.state(absent.batch_id) is None
    assert stores.batches.states([absent.batch_id]) == {}
    assert stores.batches.plan(absent.batch_id) is None
    assert stores.batches.chunks(absent.batch_id) == []
    assert stores.batches.failures(absent.batch_id, None, 10) == []


@every_change
def test_a_header_is_changed_as_the_transition_says(
    stores: Stores, change: Callable[[Batch], Transition]
) -> None:
    batch = stores.created(phase=Phase.INGESTING, due_at=NOW, wait_ms=1)
    transition = change(batch)

    after = stores.batches.change(batch, transition)

    assert after == transition.applied_to(batch)
    assert stores.batches.get(batch.batch_id) == after


@every_change
def test_a_change_that_was_made_before_is_recognised(
    stores: Stores, change: Callable[[Batch], Transition]
) -> None:
    batch = stores.created(phase=Phase.INGESTING, due_at=NOW, wait_ms=1)
    transition = change(batch)
    after = stores.batches.change(batch, transition)

    assert stores.batches.change(batch, transition) == after

    assert stores.batches.get(batch.batch_id) == after


@every_change
def test_whoever_has_read_an_older_header_changes_nothing(
    stores: Stores, change: Callable[[Batch], Transition]
) -> None:
    batch = stores.created(phase=Phase.INGESTING, due_at=NOW, wait_ms=1)
    standing = stores.changed(batch, changes.watch(batch, now=NOW, wait_ms=99))

    assert stores.batches.change(batch, change(batch)) is None

    assert stores.batches.get(batch.batch_id) == standing


@every_change
def test_a_change_makes_no_batch(stores: Stores, change: Callable[[Batch], Transition]) -> None:
    batch = samples.new_batch()

    assert stores.batches.change(batch, change(batch)) is None

    assert stores.batches.get(batch.batch_id) is None


def test_a_live_lease_is_respected_and_a_lapsed_one_is_not(stores: Stores) -> None:
    batch = stores.created()
    held = stores.changed(batch, CHANGES["take"](batch))

    def take_at(now: int) -> Batch | None:
        return stores.batches.change(
            held,
            changes.take(held, "owner-2", version_id="v2", now=now, lease_ms=9, margin_ms=1),
        )

    assert take_at(LATER + LEASE_MS - 1) is None
    taken = take_at(LATER + LEASE_MS)
    assert taken is not None
    assert (taken.owner, taken.version_id, taken.attempts) == ("owner-2", "v1", 2)


def test_a_plan_comes_with_the_header_and_counts_of_nothing(stores: Stores) -> None:
    batch = stores.created(phase=Phase.VALIDATING)
    transition = planned(batch)

    after = stores.batches.record_plan(batch, transition, PLAN)

    assert after == transition.applied_to(batch)
    assert stores.batches.plan(batch.batch_id) == PLAN
    state = stores.batches.state(batch.batch_id)
    assert state is not None
    assert (state.batch, state.counts) == (after, Counts())


def test_a_plan_recorded_again_is_recognised_and_counts_stay(stores: Stores) -> None:
    batch = stores.created(phase=Phase.VALIDATING)
    after = stores.batches.record_plan(batch, planned(batch), PLAN)
    assert after is not None
    chunk = stores.opened(after)
    stores.batches.count(chunk, samples.advanced(chunk), samples.counted(accepted=3))

    assert stores.batches.record_plan(batch, planned(batch), PLAN) == after

    state = stores.batches.state(batch.batch_id)
    assert state is not None
    assert state.counts.accepted == 3


def test_the_plan_of_who_was_overtaken_is_not_recorded(stores: Stores) -> None:
    batch = stores.created(phase=Phase.VALIDATING)
    stores.changed(batch, CHANGES["take"](batch))

    assert stores.batches.record_plan(batch, planned(batch), PLAN) is None

    assert stores.batches.plan(batch.batch_id) is None


def test_many_states_are_those_that_are_read_one_by_one(stores: Stores) -> None:
    waiting = [stores.created() for _ in range(3)]
    planned_ones = [stores.ingesting() for _ in range(9)]
    for each in planned_ones:
        chunk = stores.opened(each)
        stores.batches.count(chunk, samples.advanced(chunk), samples.counted(1, 1, 1))
    ids = [batch.batch_id for batch in waiting + planned_ones]

    states = stores.batches.states([*ids, "absent", ids[0]])

    assert states == {batch_id: stores.batches.state(batch_id) for batch_id in ids}
    assert states[ids[-1]].counts.counted == 3


def test_a_user_s_batches_are_listed_newest_first(stores: Stores) -> None:
    user = new_user()
    first, second, third = (
        stores.ingesting(user_id=user, created_at=NOW + more).position for more in (0, 1, 2)
    )
    stores.created()

    assert stores.batches.listed(user, None, 10) == [third, second, first]
    assert stores.batches.listed(user, None, 2) == [third, second]
    assert stores.batches.listed(user, second, 10) == [first]


def test_what_is_due_is_listed_by_shard_the_longest_overdue_first(stores: Stores) -> None:
    now = NOW - 86_400_000
    due = [stores.created(due_at=now - age) for age in (3, 9, 6)]
    stores.created(due_at=now + 1)
    stores.created()
    shard = due[0].due_shard
    expected = sorted((it.due_at, it.batch_id) for it in due if it.due_shard == shard)

    found = stores.batches.overdue(shard, now, 10)

    assert found == [batch_id for _, batch_id in expected]
    assert stores.batches.overdue(shard, now, 1) == found[:1]


def test_what_is_over_is_not_due(stores: Stores) -> None:
    now = NOW - 2 * 86_400_000
    batch = stores.created(phase=Phase.INGESTING, due_at=now, wait_ms=1)
    assert stores.batches.overdue(batch.due_shard, now, 10) == [batch.batch_id]

    stores.changed(batch, CHANGES["report"](batch))

    assert stores.batches.overdue(batch.due_shard, now, 10) == []


def test_a_header_that_stands_as_it_was_read_goes_and_its_entry_comes(stores: Stores) -> None:
    batch = stores.created()
    deleted = entry(batch, Action.BATCH_DELETED, LATER)

    assert stores.batches.delete(batch, deleted) is None

    assert stores.batches.get(batch.batch_id) is None
    assert stores.batches.listed(batch.user_id, None, 10) == []
    assert stores.trail.of(batch.user_id, None, 10) == [entry(batch), deleted]


def test_a_header_that_has_changed_since_stays_and_is_returned(stores: Stores) -> None:
    batch = stores.created()
    standing = stores.changed(batch, CHANGES["take"](batch))

    assert stores.batches.delete(batch, entry(batch, Action.BATCH_DELETED, LATER)) == standing

    assert stores.batches.get(batch.batch_id) == standing
    assert stores.trail.of(batch.user_id, None, 10) == [entry(batch)]


def test_the_deletion_of_a_header_that_is_gone_makes_no_entry(stores: Stores) -> None:
    batch = samples.new_batch()

    assert stores.batches.delete(batch, entry(batch, Action.BATCH_DELETED)) is None

    assert stores.trail.of(batch.user_id, None, 10) == []
