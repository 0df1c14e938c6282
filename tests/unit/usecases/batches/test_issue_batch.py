"""Issuing a batch: one batch a key, whatever is repeated or lost."""

from __future__ import annotations

import pytest

from meshmill.domain import identity
from meshmill.domain.batch import BatchStatus, Phase
from meshmill.domain.errors import DependencyUnavailable, IdempotencyConflict
from meshmill.domain.upload_address import address_of
from tests.unit.usecases.batches.callers import REQUEST, UPLOAD_SECONDS, WATCH_MS, Desk
from tests.unit.usecases.world import ADA, ASKED, GRACE


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_new_batch_awaits_its_upload_by_a_form_that_works(desk: Desk) -> None:
    issued = desk.issue()
    batch = issued.state.batch
    assert issued.state.status is BatchStatus.AWAITING_UPLOAD
    assert issued.form is not None
    assert desk.forms.post(issued.form, b"{}") == desk.uploads.first_version(batch.upload_key)
    assert desk.record(batch) == batch
    assert batch.attribution == ASKED


def test_its_file_gets_an_address_that_nobody_can_choose(desk: Desk) -> None:
    batch = desk.issue("a/../b").state.batch
    folder = f"uploads/{ADA}/.batches/{batch.batch_id}"
    assert batch.upload_key == f"{folder}/manifest-{batch.created_at}.jsonl"
    address = address_of(batch.upload_key)
    assert address is not None
    assert (address.user_id, address.batch_id) == (ADA, batch.batch_id)


def test_a_form_takes_nothing_but_the_file_it_was_issued_for(desk: Desk) -> None:
    form = desk.issue().form
    assert form is not None
    assert desk.forms.post(form, b"") is None
    for name in ("key", "Content-Type"):
        changed = {**form.fields, name: "something/else"}
        assert desk.forms.post(type(form)(form.url, changed, form.expires_at), b"{}") is None


def test_an_upload_that_never_comes_is_looked_after_once_its_form_has_expired(desk: Desk) -> None:
    issued = desk.issue()
    now, batch = desk.clock.now_ms(), issued.state.batch
    assert issued.form is not None
    assert batch.upload_until == issued.form.expires_at == now + UPLOAD_SECONDS * 1000
    assert batch.due_at == batch.upload_until + WATCH_MS


def test_without_a_key_every_request_is_a_batch_of_its_own(desk: Desk) -> None:
    ids = {desk.issue().state.batch.batch_id for _ in range(3)}
    assert len(ids) == 3


def test_the_same_key_is_the_same_batch_with_a_fresh_form(desk: Desk) -> None:
    first = desk.issue("key")
    desk.clock.advance(60_000)
    again = desk.issue("key")
    assert again.state == first.state
    assert again.form is not None
    assert desk.forms.post(again.form, b"{}")
    assert first.form is not None
    assert again.form.expires_at == first.form.expires_at
    assert first.state.batch.batch_id == identity.issued_batch_id(ADA, "key")
    assert len(desk.trail.of(ADA, None, 10)) == 1


def test_the_same_key_of_somebody_else_is_another_batch(desk: Desk) -> None:
    ids = {desk.issue("key", user=user).state.batch.batch_id for user in (ADA, GRACE)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    "change", [{"filename": "b"}, {"size": 2}, {"content_type": "text/csv"}], ids=str
)
def test_the_same_key_for_another_request_is_a_conflict(
    desk: Desk, change: dict[str, object]
) -> None:
    batch_id = desk.issue("key").state.batch.batch_id
    with pytest.raises(IdempotencyConflict) as caught:
        desk.issue("key", request=REQUEST.model_copy(update=change))
    assert caught.value.details == {"batch_id": batch_id}


@pytest.mark.parametrize("phase", [Phase.VALIDATING, Phase.INGESTING, Phase.REPORTED, Phase.FAILED])
def test_once_its_upload_is_over_a_batch_is_returned_without_a_form(
    desk: Desk, phase: Phase
) -> None:
    issued = desk.issue("key")
    desk.bring_to(phase, issued.state.batch)
    again = desk.issue("key")
    assert again.form is None
    assert again.state == desk.batches.state(issued.state.batch.batch_id)


def test_a_form_that_would_expire_at_once_is_not_made(desk: Desk) -> None:
    desk.issue("key")
    desk.clock.advance(UPLOAD_SECONDS * 1000 - 999)
    assert desk.issue("key").form is None


def test_a_put_whose_answer_was_lost_is_found_by_the_next_try(desk: Desk) -> None:
    desk.flaky_batches.fail_after("create")
    with pytest.raises(DependencyUnavailable):
        desk.issue("key")
    assert desk.issue("key").form is not None
    assert len(desk.batches.all()) == 1


def test_a_batch_that_goes_between_two_calls_is_asked_for_again(desk: Desk) -> None:
    batch = desk.bring_to(Phase.VALIDATING, desk.issue("key").state.batch)
    desk.flaky_batches.meanwhile("state", lambda: desk.batches.erase(batch.batch_id))
    with pytest.raises(DependencyUnavailable):
        desk.issue("key")


def test_it_is_written_down_who_asked_for_it(desk: Desk) -> None:
    batch = desk.issue().state.batch
    (entry,) = desk.trail.of(ADA, None, 10)
    assert (entry.action, entry.target) == ("batch.created", f"batch:{batch.batch_id}")
    assert (entry.actor, entry.request_id) == (ASKED.actor, ASKED.request_id)
    assert "rocks" not in str(entry)
