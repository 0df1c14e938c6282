"""Asking for a redrive: once at a time, of a batch that has begun, and never forgotten."""

from __future__ import annotations

import pytest

from meshmill.domain import batch_transitions
from meshmill.domain.batch import Batch, BatchStatus, Phase
from meshmill.domain.chunk_work import RedriveItem, parse_batch_work
from meshmill.domain.errors import DependencyUnavailable, InvalidState, NotFound
from tests.unit.usecases.batches.callers import WATCH_MS, Desk
from tests.unit.usecases.world import ADA, ASKED, GRACE


@pytest.fixture
def desk() -> Desk:
    return Desk()


def reported(desk: Desk, user: str = ADA) -> Batch:
    return desk.bring_to(Phase.REPORTED, desk.issue(user=user).state.batch)


def sent(desk: Desk) -> list[object]:
    return [parse_batch_work(message.body) for message in desk.queue.queue.receive()]


@pytest.mark.parametrize("phase", [Phase.INGESTING, Phase.REPORTED])
def test_a_batch_that_has_begun_is_in_progress_again_and_a_message_says_so(
    desk: Desk, phase: Phase
) -> None:
    batch = desk.bring_to(phase, desk.issue().state.batch)
    now = desk.clock.now_ms()
    state = desk.redrive(ADA, batch.batch_id, ASKED)
    assert state.status is BatchStatus.IN_PROGRESS
    assert state.batch.redriving_since == now
    assert state.batch.due_at == now + WATCH_MS
    assert state.batch == desk.record(batch)
    assert sent(desk) == [RedriveItem(batch_id=batch.batch_id, user_id=ADA, redriving_since=now)]
    entry = desk.trail.of(ADA, None, 10)[-1]
    assert (entry.action, entry.target) == ("batch.redriven", f"batch:{batch.batch_id}")


@pytest.mark.parametrize("phase", [Phase.AWAITING_UPLOAD, Phase.VALIDATING, Phase.FAILED])
def test_of_a_batch_without_lines_nothing_is_asked_for_again(desk: Desk, phase: Phase) -> None:
    batch = desk.bring_to(phase, desk.issue().state.batch)
    with pytest.raises(InvalidState) as caught:
        desk.redrive(ADA, batch.batch_id, ASKED)
    assert caught.value.details["status"] == phase
    assert sent(desk) == []


def test_asked_for_again_while_it_runs_it_is_the_same_one(desk: Desk) -> None:
    batch = reported(desk)
    first = desk.redrive(ADA, batch.batch_id, ASKED)
    desk.clock.advance(1_000)
    assert desk.redrive(ADA, batch.batch_id, ASKED) == first
    assert len(sent(desk)) == 1
    actions = [entry.action for entry in desk.trail.of(ADA, None, 10)]
    assert actions.count("batch.redriven") == 1


def test_two_at_once_are_one(desk: Desk) -> None:
    batch = reported(desk)

    def ask() -> None:
        desk.clock.advance(1)
        desk.redrive(ADA, batch.batch_id, ASKED)

    desk.flaky_batches.meanwhile("change", ask)
    state = desk.redrive(ADA, batch.batch_id, ASKED)
    assert state.batch == desk.record(batch)
    assert len(sent(desk)) == 1


def test_a_batch_that_only_moves_meanwhile_is_redriven_all_the_same(desk: Desk) -> None:
    batch = reported(desk)

    def move() -> None:
        standing = desk.record(batch)
        desk.batches.change(standing, batch_transitions.make_due(standing, now=1))

    desk.flaky_batches.meanwhile("change", move)
    assert desk.redrive(ADA, batch.batch_id, ASKED).batch.redriving_since is not None


def test_a_message_that_is_not_sent_is_left_to_the_reconciler(desk: Desk) -> None:
    batch = reported(desk)
    desk.flaky_queue.fail_before("send")
    state = desk.redrive(ADA, batch.batch_id, ASKED)
    assert state.status is BatchStatus.IN_PROGRESS
    assert desk.record(batch).due_at == desk.clock.now_ms()


def test_where_not_even_that_succeeds_the_batch_is_due_before_long(desk: Desk) -> None:
    batch = reported(desk)
    desk.flaky_queue.fail_before("send")
    desk.flaky_batches.fail_before("change", skip=1)
    desk.redrive(ADA, batch.batch_id, ASKED)
    assert desk.record(batch).due_at == desk.clock.now_ms() + WATCH_MS


def test_one_that_leaves_no_trace_does_not_happen(desk: Desk) -> None:
    batch = reported(desk)
    desk.flaky_trail.fail_before("record")
    with pytest.raises(DependencyUnavailable):
        desk.redrive(ADA, batch.batch_id, ASKED)
    assert desk.record(batch) == batch


def test_somebody_elses_batch_is_absent(desk: Desk) -> None:
    theirs = reported(desk, GRACE)
    with pytest.raises(NotFound):
        desk.redrive(ADA, theirs.batch_id, ASKED)
    assert desk.record(theirs) == theirs
