"""Every change of a record: from which states it may start, and all that it changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain import transitions
from meshmill.domain.asset import Asset, AssetError, ErrorClass, Status, StoredFile
from meshmill.domain.attribution import Attribution
from meshmill.domain.lanes import Lane
from meshmill.domain.transitions import Lease, Transition
from tests.fakes.assets import InMemoryAssets
from tests.unit.domain.records import (
    NOW,
    OTHER_OWNER,
    OTHER_RUN,
    OWNER,
    PATIENCE,
    RUN,
    apply,
    changed,
    differences,
    record,
)
from tests.unit.domain.strategies import replayed

LATER = NOW + 10_000
AGAIN = Attribution("user:ada", "request-2")
MAX_ATTEMPTS = 3
ERROR = AssetError("GENERATION_FAILED", "All attempts failed", ErrorClass.SYSTEM, retryable=True)
FILES = (StoredFile("model", "model.glb", "model/gltf-binary", 4, "0" * 64, "key"),)
STATS = {"triangles": 1, "vertices": 3, "materials": 1, "textures": 0}
LEASE = Lease(owner=OWNER, until=NOW + 60_000, due_at=NOW + 61_000)

PENDING = record()
PROCESSING = record(
    status=Status.PROCESSING,
    owner=OWNER,
    lease_until=LEASE.until,
    due_at=LEASE.due_at,
    started_at=NOW,
    attempts=1,
    version=2,
)
COMPLETED = record(
    status=Status.COMPLETED,
    completed_at=NOW,
    files=FILES,
    attempts=1,
    due_at=None,
    wait_ms=None,
    version=3,
)
FAILED = record(
    status=Status.FAILED,
    completed_at=NOW,
    error=ERROR,
    attempts=3,
    due_at=None,
    wait_ms=None,
    version=9,
)
STATES = {"pending": PENDING, "processing": PROCESSING, "completed": COMPLETED, "failed": FAILED}


def with_(asset: Asset, **changes: Any) -> Asset:
    return dataclasses.replace(asset, **changes)


def claim(now: int = LATER, run: str = RUN) -> Transition:
    return transitions.claim(run, LEASE, now=now, max_attempts=MAX_ATTEMPTS)


def complete(owner: str = OWNER, run: str = RUN) -> Transition:
    return transitions.complete(
        with_(PROCESSING, run=run),
        owner,
        now=LATER,
        engine_version="1.0.0",
        stats=STATS,
        files=FILES,
    )


def exhaust(now: int = LATER, run: str = RUN) -> Transition:
    return transitions.exhaust(record(run=run), ERROR, now=now, max_attempts=MAX_ATTEMPTS)


def requeue(failed: Asset = FAILED, priority: int = 9) -> Transition:
    return transitions.requeue(
        failed,
        priority=priority,
        run=OTHER_RUN,
        now=LATER,
        patience=PATIENCE,
        attribution=AGAIN,
    )


def promote(asset: Asset = PENDING, priority: int = 9) -> Transition:
    return transitions.promote(
        asset, priority=priority, now=LATER, patience=PATIENCE, attribution=AGAIN
    )


#: Each transition as it would be asked of a record that is in a state, and the states it leaves.
ASKED: dict[str, tuple[Callable[[Asset], Transition], set[str]]] = {
    "requeue": (requeue, {"failed"}),
    "promote": (promote, {"pending"}),
    "make_due": (lambda asset: transitions.make_due(asset, now=LATER), {"pending"}),
    "claim": (lambda asset: claim(), {"pending"}),
    "release": (
        lambda asset: transitions.release(RUN, OWNER, now=LATER, due_at=LATER + 1),
        {"processing"},
    ),
    "complete": (lambda asset: complete(), {"processing"}),
    "refuse": (
        lambda asset: transitions.refuse(PROCESSING, OWNER, ERROR, now=LATER),
        {"processing"},
    ),
    "surrender": (lambda asset: transitions.surrender(asset, now=LATER), {"pending", "processing"}),
    "resend": (
        lambda asset: transitions.resend(asset, now=LATER, patience=PATIENCE),
        {"pending", "processing"},
    ),
    "postpone": (
        lambda asset: transitions.postpone(asset, now=LATER, patience=PATIENCE),
        {"pending", "processing"},
    ),
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("state", STATES)
def test_a_transition_leaves_exactly_the_states_that_it_may(name: str, state: str) -> None:
    ask, leaves = ASKED[name]
    before = STATES[state]
    outcome = apply(before, ask(before))
    moved = outcome.asset is not None and outcome.asset.version == before.version + 1
    assert moved is (state in leaves)
    if not moved:
        assert outcome.asset == before


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("state", STATES)
def test_a_transition_of_an_earlier_run_changes_nothing(name: str, state: str) -> None:
    ask, _ = ASKED[name]
    transition = ask(STATES[state])
    before = with_(STATES[state], run=OTHER_RUN)
    outcome = apply(before, transition)
    assert outcome.asset == before
    if name != "requeue":
        assert not outcome.applied


@pytest.mark.parametrize("name", ASKED)
def test_a_repeated_transition_counts_as_applied_and_changes_nothing_more(name: str) -> None:
    ask, leaves = ASKED[name]
    before = STATES[min(leaves)]
    transition = ask(before)
    once = changed(before, transition)
    twice = changed(once, transition)
    assert twice.attempts == once.attempts
    assert differences(once, twice) <= {"version"}


@pytest.mark.parametrize("name", ASKED)
def test_a_transition_grows_the_version_by_one(name: str) -> None:
    ask, leaves = ASKED[name]
    for state in leaves:
        before = STATES[state]
        assert changed(before, ask(before)).version == before.version + 1


@pytest.mark.parametrize("name", ASKED)
def test_whatever_is_not_final_afterwards_has_a_due_date_and_whatever_is_final_has_none(
    name: str,
) -> None:
    ask, leaves = ASKED[name]
    for state in leaves:
        after = changed(STATES[state], ask(STATES[state]))
        assert (after.due_at is None) is after.status.is_final


def test_queueing_again_makes_a_new_run_and_keeps_who_asked_for_what_and_when() -> None:
    after = changed(FAILED, requeue())
    assert (after.run, after.status, after.attempts) == (OTHER_RUN, Status.PENDING, 0)
    assert (after.lane, after.priority) == (Lane.EXPRESS, 9)
    assert (after.queued_at, after.updated_at) == (LATER, LATER)
    assert (after.due_at, after.wait_ms) == (LATER + 120_000, 120_000)
    assert (after.error, after.completed_at, after.started_at) == (None, None, None)
    kept = {"asset_id", "user_id", "spec_id", "request", "labels", "custom_id", "created_at"}
    assert not differences(FAILED, after) & kept


def test_a_promotion_moves_the_lane_and_its_patience_and_nothing_else() -> None:
    after = changed(PENDING, promote())
    assert (after.lane, after.priority) == (Lane.EXPRESS, 9)
    assert (after.due_at, after.wait_ms) == (LATER + 120_000, 120_000)
    assert differences(PENDING, after) == {
        "lane", "priority", "updated_at", "due_at", "wait_ms", "version", "attribution",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lane", "priority", "moves"),
    [
        (Lane.BULK, 9, True),
        (Lane.BULK, 5, True),
        (Lane.STANDARD, 9, True),
        (Lane.STANDARD, 5, False),
        (Lane.STANDARD, 1, False),
        (Lane.EXPRESS, 10, False),
        (Lane.EXPRESS, 1, False),
    ],
)
def test_only_a_faster_lane_is_a_promotion(lane: Lane, priority: int, moves: bool) -> None:
    assert apply(record(lane=lane), promote(priority=priority)).applied is moves


def test_of_two_promotions_at_different_times_one_wins() -> None:
    after = changed(PENDING, promote())
    later = transitions.promote(
        PENDING, priority=9, now=LATER + 1, patience=PATIENCE, attribution=AGAIN
    )
    assert not apply(after, later).applied


def test_a_claim_takes_the_lease_and_counts_the_attempt() -> None:
    after = changed(PENDING, claim())
    assert (after.status, after.owner, after.attempts) == (Status.PROCESSING, OWNER, 1)
    assert (after.lease_until, after.due_at) == (LEASE.until, LEASE.due_at)
    assert after.started_at == LATER


def test_a_live_lease_of_another_worker_is_respected() -> None:
    held = with_(PROCESSING, owner=OTHER_OWNER)
    assert not apply(held, claim(now=LEASE.until - 1)).applied


def test_a_lapsed_lease_is_taken_over() -> None:
    held = with_(PROCESSING, owner=OTHER_OWNER)
    after = changed(held, claim(now=LEASE.until))
    assert (after.owner, after.attempts) == (OWNER, 2)


@pytest.mark.parametrize(("attempts", "taken"), [(0, True), (2, True), (3, False), (4, False)])
def test_attempts_end_at_the_maximum(attempts: int, taken: bool) -> None:
    assert apply(record(attempts=attempts), claim()).applied is taken
    lapsed = with_(PROCESSING, owner=OTHER_OWNER, attempts=attempts)
    assert apply(lapsed, claim(now=LEASE.until)).applied is taken


@pytest.mark.parametrize("name", ["complete", "release", "refuse"])
def test_only_the_owner_can_end_an_attempt(name: str) -> None:
    ask, _ = ASKED[name]
    held = with_(PROCESSING, owner=OTHER_OWNER)
    outcome = apply(held, ask(held))
    assert not outcome.applied
    assert outcome.asset == held


def test_completion_records_the_result_and_lets_go_of_everything_else() -> None:
    after = changed(PROCESSING, complete())
    assert (after.status, after.completed_at, after.files) == (Status.COMPLETED, LATER, FILES)
    assert (after.triangles, after.vertices, after.materials, after.textures) == (1, 3, 1, 0)
    assert after.engine_version == "1.0.0"
    assert (after.owner, after.lease_until, after.due_at, after.wait_ms) == (None,) * 4


def test_a_release_keeps_the_count_of_attempts() -> None:
    after = changed(PROCESSING, transitions.release(RUN, OWNER, now=LATER, due_at=LATER + 5))
    assert (after.status, after.attempts, after.due_at) == (Status.PENDING, 1, LATER + 5)
    assert (after.owner, after.lease_until, after.started_at) == (None, None, None)


def test_a_refusal_records_the_reason_and_needs_no_spent_attempts() -> None:
    after = changed(PROCESSING, transitions.refuse(PROCESSING, OWNER, ERROR, now=LATER))
    assert (after.status, after.error, after.completed_at) == (Status.FAILED, ERROR, LATER)
    assert (after.owner, after.lease_until, after.due_at, after.wait_ms) == (None,) * 4


@pytest.mark.parametrize(
    ("asset", "now", "fails"),
    [
        (record(attempts=3), LATER, True),
        (record(attempts=2), LATER, False),
        (with_(PROCESSING, attempts=3), LEASE.until - 1, False),
        (with_(PROCESSING, attempts=3), LEASE.until, True),
        (with_(PROCESSING, attempts=2), LEASE.until, False),
        (with_(COMPLETED, attempts=3), LATER, False),
    ],
    ids=range(6),
)
def test_spent_attempts_fail_an_asset_that_nobody_works_on(
    asset: Asset, now: int, fails: bool
) -> None:
    outcome = apply(asset, exhaust(now))
    assert outcome.applied is fails
    if fails:
        assert outcome.asset is not None
        assert outcome.asset.error == ERROR


def test_a_surrender_is_due_at_once_while_nobody_works_on_it() -> None:
    assert changed(PENDING, transitions.surrender(PENDING, now=LATER)).due_at == LATER


def test_a_surrender_waits_for_a_live_lease() -> None:
    assert changed(PROCESSING, transitions.surrender(PROCESSING, now=LATER)).due_at == LEASE.until


@pytest.mark.parametrize("name", ["surrender", "resend", "postpone"])
def test_whoever_read_an_older_due_date_loses(name: str) -> None:
    ask, _ = ASKED[name]
    moved = with_(PENDING, due_at=PENDING.due_at + 1 if PENDING.due_at else None)
    assert not apply(moved, ask(PENDING)).applied


@replayed
@given(st.integers(1, 10**9))
def test_each_resend_doubles_the_wait_up_to_an_hour(wait: int) -> None:
    waited = record(wait_ms=wait)
    after = changed(waited, transitions.resend(waited, now=LATER, patience=PATIENCE))
    assert after.wait_ms == min(2 * wait, 3_600_000)
    assert after.due_at == LATER + (after.wait_ms or 0)


def test_waits_double_from_the_patience_to_an_hour_and_stay_there() -> None:
    asset, waits = record(wait_ms=600_000), []
    for _ in range(5):
        asset = changed(asset, transitions.resend(asset, now=LATER, patience=PATIENCE))
        waits.append(asset.wait_ms)
    assert waits == [1_200_000, 2_400_000, 3_600_000, 3_600_000, 3_600_000]


def test_a_postponement_waits_twice_as_long_so_that_a_backlog_is_looked_at_ever_more_rarely() -> (
    None
):
    after = changed(PENDING, transitions.postpone(PENDING, now=LATER, patience=PATIENCE))
    assert (after.wait_ms, after.due_at) == (1_200_000, LATER + 1_200_000)


@pytest.mark.parametrize("name", ["resend", "postpone"])
def test_a_record_without_a_wait_begins_with_its_lanes_patience(name: str) -> None:
    old = record(wait_ms=None)
    ask, _ = ASKED[name]
    after = changed(old, ask(old))
    assert (after.wait_ms, after.due_at) == (PATIENCE[old.lane], LATER + PATIENCE[old.lane])


def test_a_backlog_explains_a_wait_of_a_day_and_no_more() -> None:
    day = 24 * 60 * 60 * 1000
    assert transitions.may_be_postponed(PENDING, NOW + day - 1)
    assert not transitions.may_be_postponed(PENDING, NOW + day)


def test_a_backlog_explains_nothing_of_what_was_begun_or_never_sent() -> None:
    assert not transitions.may_be_postponed(PROCESSING, NOW + 1)
    assert not transitions.may_be_postponed(with_(PENDING, attempts=1), NOW + 1)
    unsent = changed(PENDING, transitions.make_due(PENDING, now=LATER))
    assert not transitions.may_be_postponed(unsent, LATER)
    given_up = changed(PENDING, transitions.surrender(PENDING, now=LATER))
    assert not transitions.may_be_postponed(given_up, LATER)


def test_nothing_creates_a_record() -> None:
    store = InMemoryAssets()
    for ask, _ in ASKED.values():
        outcome = store.transition(PENDING.asset_id, ask(PENDING))
        assert not outcome.applied
        assert outcome.asset is None
    assert store.all() == []
