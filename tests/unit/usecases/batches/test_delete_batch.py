"""Deleting a batch: only one of which no line was ingested, and never without a trace."""

from __future__ import annotations

import dataclasses

import pytest

from meshmill.domain import batch_transitions
from meshmill.domain.audit import Action
from meshmill.domain.batch import Phase, Source
from meshmill.domain.errors import DependencyUnavailable, InvalidState, NotFound
from meshmill.usecases.batches.audit import batch_entry
from tests.unit.usecases.batches.callers import Desk
from tests.unit.usecases.world import ADA, ASKED, GRACE


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("phase", [Phase.AWAITING_UPLOAD, Phase.VALIDATING, Phase.FAILED])
def test_a_batch_of_which_nothing_was_ingested_goes(desk: Desk, phase: Phase) -> None:
    batch = desk.bring_to(phase, desk.issue().state.batch)
    desk.delete(ADA, batch.batch_id, ASKED)
    assert desk.batches.all() == []
    entry = desk.trail.of(ADA, None, 10)[-1]
    assert (entry.action, entry.target) == ("batch.deleted", f"batch:{batch.batch_id}")


@pytest.mark.parametrize("phase", [Phase.INGESTING, Phase.REPORTED])
def test_one_that_has_begun_stays(desk: Desk, phase: Phase) -> None:
    batch = desk.bring_to(phase, desk.issue().state.batch)
    with pytest.raises(InvalidState) as caught:
        desk.delete(ADA, batch.batch_id, ASKED)
    assert caught.value.details == {"batch_id": batch.batch_id}
    assert desk.record(batch) == batch


@pytest.mark.parametrize("phase", [Phase.VALIDATING, Phase.FAILED])
def test_a_dropped_one_stays_for_its_announcement_would_bring_it_back(
    desk: Desk, phase: Phase
) -> None:
    dropped = dataclasses.replace(
        desk.bring_to(phase, desk.issue().state.batch),
        batch_id="0" * 36,
        source=Source.DROPPED,
    )
    entry = batch_entry(ASKED, Action.BATCH_CREATED, dropped, at=dropped.created_at)
    desk.batches.create(dropped, entry)
    with pytest.raises(InvalidState):
        desk.delete(ADA, dropped.batch_id, ASKED)
    assert desk.batches.get(dropped.batch_id) == dropped


def test_one_that_begins_meanwhile_stays(desk: Desk) -> None:
    batch = desk.issue().state.batch
    desk.flaky_batches.meanwhile("delete", lambda: desk.bring_to(Phase.INGESTING, batch))
    with pytest.raises(InvalidState):
        desk.delete(ADA, batch.batch_id, ASKED)
    assert desk.record(batch).phase is Phase.INGESTING


def test_one_that_only_moved_meanwhile_goes_all_the_same(desk: Desk) -> None:
    batch = desk.issue().state.batch
    desk.flaky_batches.meanwhile("delete", lambda: desk.bring_to(Phase.VALIDATING, batch))
    desk.delete(ADA, batch.batch_id, ASKED)
    assert desk.batches.all() == []


def test_one_that_moves_at_every_try_is_left_to_a_later_one(desk: Desk) -> None:
    batch = desk.issue().state.batch

    def move() -> None:
        standing = desk.record(batch)
        desk.batches.change(standing, batch_transitions.make_due(standing, now=1))

    for _ in range(4):
        desk.flaky_batches.meanwhile("delete", move)
    with pytest.raises(DependencyUnavailable):
        desk.delete(ADA, batch.batch_id, ASKED)


def test_somebody_elses_is_absent(desk: Desk) -> None:
    theirs = desk.issue(user=GRACE).state.batch
    with pytest.raises(NotFound):
        desk.delete(ADA, theirs.batch_id, ASKED)
    assert desk.record(theirs) == theirs


def test_the_same_key_makes_a_new_batch_after_a_deletion(desk: Desk) -> None:
    first = desk.issue("key").state.batch
    desk.uploads.put(first.upload_key, b"what was meant before")
    desk.delete(ADA, first.batch_id, ASKED)
    desk.clock.advance(1)
    again = desk.issue("key")
    assert again.form is not None
    assert again.state.batch.created_at > first.created_at
    assert desk.uploads.first_version(again.state.batch.upload_key) is None
    actions = [entry.action for entry in desk.trail.of(ADA, None, 10)]
    assert actions == ["batch.created", "batch.deleted", "batch.created"]
