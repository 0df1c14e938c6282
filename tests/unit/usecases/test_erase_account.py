"""Erasures: nothing is left, everything is counted once, and nobody slips through."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest

from meshmill.domain import account_job, batch_transitions, identity
from meshmill.domain.account_job import AccountJob, ErasureProgress, JobKind, JobStatus, Stage
from meshmill.domain.batch import Phase
from meshmill.domain.errors import DependencyUnavailable
from meshmill.usecases.account_requests import RequestErasure
from meshmill.usecases.run_account_jobs import Work
from tests.unit.usecases.accounts import LEASE_MS, SETTINGS, SETTLE_MS, Accounts, Died
from tests.unit.usecases.world import ADA, ASKED, GRACE, Flaky

#: What a last round ends with, after the keys' fences are lifted, and the call for each.
_ENDING = {
    "lift": "lift",
    "finish": "change",
    "record": "record",
    "settle": "change",
    "look for exports": "due",
}
_COUNTS = {"assets": 12, "batches": 7, "api_keys": 2, "files": 7}


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several pages of a few things each."""
    monkeypatch.setattr("meshmill.usecases.erasables._PAGE", 5)


def test_everything_of_the_user_goes_and_everything_of_others_stays() -> None:
    accounts = _asked()
    accounts.have(assets=2, batches=1, keys=1, uploads=1, user=GRACE)

    job = accounts.run_to_end(JobKind.ERASURE)

    assert_erased(accounts, job)
    assert len(accounts.assets_of(GRACE)) == 2
    assert [key.user_id for key in accounts.keys.every()] == [GRACE]
    assert accounts.uploads.found(GRACE, 10)
    assert len(accounts.batches.listed(GRACE, None, 10)) == 1


def test_what_was_found_is_counted_in_the_receipt_and_in_the_audit_trail() -> None:
    accounts = _asked()

    job = accounts.run_to_end(JobKind.ERASURE)

    assert counts(job) == _COUNTS
    entries = {str(entry.action): entry for entry in accounts.audit.of(ADA, None, 100)}
    assert entries["account.erased"].details == _COUNTS
    assert entries["account.erased"].request_id == ASKED.request_id
    assert entries["account.erasure_requested"].at == job.requested_at


def test_the_files_of_exports_go_too() -> None:
    accounts = Accounts()
    accounts.have()
    accounts.export()
    accounts.run_to_end(JobKind.EXPORT)
    accounts.erase()

    job = accounts.run_to_end(JobKind.ERASURE)

    assert accounts.files.files == {}
    assert accounts.jobs.get(ADA, JobKind.EXPORT) is None
    assert job.erasure.files == 2


def test_manifests_are_kept_out_for_as_long_as_the_user_is() -> None:
    accounts = _asked()
    _next_round(accounts)
    assert identity.batch_bucket(ADA) in accounts.fences.buckets

    accounts.run_to_end(JobKind.ERASURE)

    assert accounts.fences.buckets == set()


def test_a_batch_that_moves_on_meanwhile_is_found_again_and_counted_once() -> None:
    accounts = Accounts()
    batch, store = accounts.add_batch(0), accounts.batches
    accounts.batches = flaky = Flaky(store)
    accounts.erase()

    def take_it() -> None:
        taken = batch_transitions.take(
            batch, "splitter", version_id="1", now=accounts.clock.now_ms(), lease_ms=1, margin_ms=1
        )
        assert store.change(batch, taken)

    phases: list[Phase] = []
    flaky.meanwhile("change", take_it)
    flaky.meanwhile("erase", lambda: phases.append(store.get(batch.batch_id).phase))
    job = accounts.run_to_end(JobKind.ERASURE)

    assert_erased(accounts, job)
    assert job.erasure.batches == 1
    # Nobody could begin with it any more when it was deleted.
    assert phases == [Phase.FAILED]


def test_an_export_under_way_is_taken_from_its_worker_and_leaves_nothing() -> None:
    accounts = Accounts(part_bytes=1_000)
    accounts.have(assets=120)
    accounts.export()

    def erase_meanwhile() -> None:
        accounts.erase()
        accounts.run_to_end(JobKind.ERASURE)

    accounts.killing.arm(12, happening=erase_meanwhile)

    assert accounts.run() == {Work.MOVED_ON: 1}
    assert (accounts.files.files, accounts.files.uploads) == ({}, {})
    assert accounts.jobs.get(ADA, JobKind.EXPORT) is None


@pytest.mark.parametrize("after_effect", [False, True])
def test_killed_at_any_call_it_goes_on_and_counts_everything_once(after_effect: bool) -> None:
    for round_number, calls in enumerate(_calls_of_rounds()):
        for number in range(calls):
            accounts = _asked()
            for _ in range(round_number):
                _next_round(accounts)
            accounts.clock.advance_to(accounts.job(JobKind.ERASURE).due_at or 0)
            accounts.killing.arm(number, after_effect=after_effect)
            with pytest.raises(Died):
                accounts.run()
            accounts.killing.arm(None)

            job = accounts.run_to_end(JobKind.ERASURE)

            assert_erased(accounts, job)
            assert counts(job) == _COUNTS
            actions = Counter(str(entry.action) for entry in accounts.audit.of(ADA, None, 1_000))
            assert actions["account.erasure_requested"] == actions["account.erased"] == 1


def test_a_worker_that_outlives_its_lease_deletes_nothing_of_who_started_anew() -> None:
    for number in range(_calls_of_rounds()[0]):
        accounts = _asked()

        def overtake(accounts: Accounts = accounts) -> None:
            accounts.clock.advance(LEASE_MS)
            accounts.run_to_end(JobKind.ERASURE)
            if not accounts.is_fenced():
                accounts.world.submit(0)

        accounts.killing.arm(number, happening=overtake)
        accounts.run()

        job = accounts.run_to_end(JobKind.ERASURE)
        assert (job.status, len(accounts.assets_of(ADA))) == (JobStatus.COMPLETED, 1)
        assert accounts.fences.buckets == set()


def test_it_takes_two_passes_that_find_nothing_and_the_time_to_settle_between_them() -> None:
    accounts = Accounts()
    accounts.erase()
    accounts.run()
    waiting = accounts.job(JobKind.ERASURE)

    assert (waiting.status, waiting.erasure.empty_passes) == (JobStatus.IN_PROGRESS, 1)
    assert waiting.due_at == waiting.erasure.quiet_since + SETTLE_MS
    accounts.clock.advance(SETTLE_MS - 1)
    assert accounts.run() == {}
    accounts.clock.advance(1)
    assert accounts.run() == {Work.COMPLETED: 1}


def test_a_second_pass_that_began_too_early_does_not_count() -> None:
    accounts = Accounts()
    job = accounts.erase()
    now = accounts.clock.now_ms()
    early = ErasureProgress(stage=Stage.RESULTS, pass_began_at=now, quiet_since=now, empty_passes=1)
    held = accounts.jobs.change(job, account_job.claim(job, "owner", now=now, lease_ms=1))
    assert held is not None
    accounts.jobs.change(held, account_job.pause(held, early, now=now, due_at=now))

    accounts.run()

    assert accounts.job(JobKind.ERASURE).status is JobStatus.IN_PROGRESS


def test_what_slipped_through_before_the_fence_is_found_and_the_quiet_begins_anew() -> None:
    accounts = Accounts()
    accounts.erase()
    accounts.run()
    accounts.world.submit(7)
    accounts.clock.advance(SETTLE_MS)

    assert accounts.run() == {Work.PAUSED: 1}

    job = accounts.job(JobKind.ERASURE)
    assert (job.erasure.assets, job.erasure.empty_passes) == (1, 1)
    assert job.due_at == accounts.clock.now_ms() + SETTLE_MS
    assert_erased(accounts, accounts.run_to_end(JobKind.ERASURE))


def test_an_asset_that_is_being_built_is_waited_for() -> None:
    accounts = Accounts()
    asset = accounts.world.submit().asset
    (message,) = accounts.world.receive()
    worker = accounts.world.worker()

    def erase_meanwhile(*_: Any) -> None:
        accounts.erase()
        accounts.run()
        accounts.clock.advance(1_000)
        accounts.run()
        building = accounts.world.record(asset)
        assert accounts.job(JobKind.ERASURE).due_at == building.lease_until

    accounts.world.flaky_artefacts.meanwhile("read", erase_meanwhile)
    accounts.world.consume(message, worker)
    assert accounts.world.record(asset).status == "completed"

    job = accounts.run_to_end(JobKind.ERASURE)

    assert_erased(accounts, job)
    assert job.erasure.assets == 1


def test_an_asset_whose_worker_died_goes_when_its_lease_has_lapsed() -> None:
    accounts = Accounts()
    accounts.world.submit()
    accounts.world.flaky_artefacts.fail_before("read")
    accounts.world.flaky_assets.fail_before("transition", skip=1)
    accounts.world.work()
    (building,) = accounts.assets_of(ADA)
    assert building.status == "processing"
    accounts.erase()

    job = accounts.run_to_end(JobKind.ERASURE)

    assert_erased(accounts, job)
    assert building.lease_until is not None
    assert accounts.clock.now_ms() >= building.lease_until


def test_keys_are_fenced_before_they_are_deleted_and_none_is_left_fenced() -> None:
    accounts = Accounts()
    accounts.have(keys=2)
    accounts.erase()
    ids = {f"key#{key.key_id}" for key in accounts.keys.every()}
    delete = accounts.keys.delete

    def watched(key_id: str, entry: Any) -> bool:
        assert f"key#{key_id}" in accounts.fences.buckets
        return delete(key_id, entry)

    accounts.keys.delete = watched  # type: ignore[method-assign]
    accounts.run()
    assert ids <= accounts.fences.buckets

    accounts.run_to_end(JobKind.ERASURE)

    assert accounts.fences.buckets == set()


def test_the_user_is_fenced_from_the_request_to_the_end() -> None:
    accounts = _asked()
    assert accounts.is_fenced()
    while accounts.job(JobKind.ERASURE).erasure.stage is not Stage.LIFT:
        assert accounts.is_fenced()
        _next_round(accounts)
    assert not accounts.is_fenced()


def test_a_fence_that_could_not_be_put_at_once_is_put_by_the_worker() -> None:
    accounts = Accounts()
    fences: Any = Flaky(accounts.fences)
    fences.fail_before("put")
    request = RequestErasure(accounts.jobs, fences, accounts.clock, accounts.world.entropy)

    request(ADA, ASKED)

    assert not accounts.is_fenced()
    accounts.run()
    assert accounts.is_fenced()


def test_asked_for_again_the_same_receipt_is_returned_until_it_is_over() -> None:
    accounts = Accounts()
    first = accounts.erase()
    assert accounts.erase() == first
    accounts.run()
    assert accounts.erase().job_id == first.job_id
    accounts.run_to_end(JobKind.ERASURE)

    again = accounts.erase()

    assert again.job_id != first.job_id
    assert accounts.is_fenced()


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("call", ["lift", "finish", "record", "settle"])
def test_asked_for_while_an_erasure_ends_nothing_of_before_the_answer_is_left(
    call: str, after_effect: bool
) -> None:
    accounts, last = _before_the_last_round()
    began = len(last) - len(_ENDING)
    assert last[began:] == list(_ENDING.values())
    accounts.killing.arm(began + list(_ENDING).index(call), after_effect=after_effect)
    with pytest.raises(Died):
        accounts.run()
    accounts.killing.arm(None)
    if not accounts.is_fenced():
        accounts.world.submit(7)

    _ask_until_answered(accounts)

    assert_erased(accounts, accounts.run_to_end(JobKind.ERASURE))


def _before_the_last_round() -> tuple[Accounts, list[str]]:
    """Accounts whose next round ends the erasure, and the calls that it makes."""
    rounds = len(_calls_of_rounds())
    rehearsed, accounts = _asked(), _asked()
    for each in (rehearsed, accounts):
        for _ in range(rounds - 1):
            _next_round(each)
        each.clock.advance_to(each.job(JobKind.ERASURE).due_at or 0)
    rehearsed.killing.arm(None)
    rehearsed.run()
    return accounts, rehearsed.killing.calls


def _ask_until_answered(accounts: Accounts) -> None:
    for _ in range(5):
        try:
            accounts.erase()
        except DependencyUnavailable:
            accounts.clock.advance(LEASE_MS)
            accounts.run()
        else:
            return
    raise AssertionError("it is never answered")


def test_a_request_whose_rival_was_faster_puts_no_fence_that_nobody_would_lift() -> None:
    accounts = Accounts()
    jobs: Any = Flaky(accounts.jobs)

    def ask_and_be_erased() -> None:
        accounts.erase()
        accounts.run_to_end(JobKind.ERASURE)

    jobs.meanwhile("put", ask_and_be_erased)
    request = RequestErasure(jobs, accounts.fences, accounts.clock, accounts.world.entropy)

    assert request(ADA, ASKED).is_completed
    assert not accounts.is_fenced()


def test_an_erasure_that_can_t_be_recorded_fences_nobody() -> None:
    accounts = Accounts()
    jobs: Any = Flaky(accounts.jobs)
    jobs.fail_before("put")
    request = RequestErasure(jobs, accounts.fences, accounts.clock, accounts.world.entropy)

    with pytest.raises(DependencyUnavailable):
        request(ADA, ASKED)

    assert not accounts.is_fenced()


def test_a_receipt_is_kept_for_as_long_as_it_is_said_to_be() -> None:
    accounts = Accounts()
    accounts.erase()

    job = accounts.run_to_end(JobKind.ERASURE)

    assert job.completed_at is not None
    assert job.expires_at == job.completed_at // 1000 + SETTINGS.receipt_seconds


def test_with_little_time_it_goes_on_later() -> None:
    accounts = _asked()
    rounds = 0
    while accounts.job(JobKind.ERASURE).due_at is not None:
        accounts.clock.advance_to(accounts.job(JobKind.ERASURE).due_at or 0)
        times = iter([60_000, 60_000, 60_000])
        accounts.run(remaining_ms=partial(next, times, 0))
        rounds += 1

    assert rounds > 5
    assert_erased(accounts, accounts.job(JobKind.ERASURE))
    assert counts(accounts.job(JobKind.ERASURE)) == _COUNTS


def assert_erased(accounts: Accounts, job: AccountJob) -> None:
    assert (job.status, job.due_at, job.owner) == (JobStatus.COMPLETED, None, None)
    assert job.erasure.empty_passes >= 2
    assert accounts.assets_of(ADA) == []
    assert [key for key in accounts.keys.every() if key.user_id == ADA] == []
    assert accounts.batches.listed(ADA, None, 10) == []
    assert accounts.uploads.found(ADA, 10) == []
    assert not accounts.is_fenced()


def counts(job: AccountJob) -> dict[str, int]:
    return {name: getattr(job.erasure, name) for name in _COUNTS}


def _asked() -> Accounts:
    accounts = Accounts()
    accounts.have(assets=12, batches=7, keys=2, uploads=7)
    accounts.erase()
    return accounts


def _next_round(accounts: Accounts) -> None:
    accounts.clock.advance_to(accounts.job(JobKind.ERASURE).due_at or 0)
    accounts.run()


def _calls_of_rounds() -> list[int]:
    """How many calls each round of an undisturbed erasure makes."""
    accounts, made = _asked(), []
    while accounts.job(JobKind.ERASURE).due_at is not None:
        accounts.killing.arm(None)
        _next_round(accounts)
        made.append(len(accounts.killing.calls))
    return made
