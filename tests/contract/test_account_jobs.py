from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from meshmill.aws.dynamodb_account_jobs import DynamoDbAccountJobs
from meshmill.domain import account_job
from meshmill.domain.account_job import (
    AccountJob,
    ErasureProgress,
    ExportProgress,
    JobKind,
    JobStatus,
    Part,
    Section,
    Stage,
    new_job,
)
from meshmill.domain.transitions import Transition
from meshmill.ports.accounts import AccountJobs
from tests.contract.samples import ADA, NOW, new_user
from tests.fakes.accounts import InMemoryAccountJobs
from tests.support.backend import Backend, account_jobs_table
from tests.support.sdk_events import FAILED_AFTER_EFFECT, LOST_RESPONSE, Fault, faults_on

LEASE_MS = 120_000
WRITING = ExportProgress(
    section=Section.AUDIT,
    position="000001800000000#x",
    upload_id="upload-1",
    parts=(Part(1, '"ab"', 5_242_880, "ab" * 32), Part(2, '"cd"', 7, "cd" * 32)),
    records=12_345,
)
DELETING = ErasureProgress(
    stage=Stage.ASSETS,
    position="000001800000000#x",
    planned=("asset-1#run-1", "asset-2#run-2"),
    pass_began_at=NOW,
    quiet_since=NOW - 1,
    found=True,
    wait_until=NOW + 1,
    key_ids=("a", "b"),
    assets=1_000,
    files=3,
)


@pytest.fixture
def jobs(platform: Backend | None) -> Iterator[AccountJobs]:
    if platform is None:
        yield InMemoryAccountJobs()
        return
    with account_jobs_table(platform) as table:
        yield DynamoDbAccountJobs(platform.client("dynamodb"), table)


def asked(kind: JobKind = JobKind.EXPORT, *, user: str | None = None, now: int = NOW) -> AccountJob:
    return new_job(user or new_user(), kind, f"job-{now}", now=now, attribution=ADA)


def claimed(jobs: AccountJobs, job: AccountJob, owner: str = "owner-1") -> AccountJob:
    taken = jobs.change(job, account_job.claim(job, owner, now=NOW, lease_ms=LEASE_MS))
    assert taken is not None
    return taken


@pytest.mark.parametrize("kind", JobKind)
def test_a_job_reads_back_as_it_was_put(jobs: AccountJobs, kind: JobKind) -> None:
    job = dataclasses.replace(asked(kind), export=WRITING, erasure=DELETING, expires_at=7)

    assert jobs.put(job, None) == job

    assert jobs.get(job.user_id, kind) == job


def test_kinds_and_users_have_jobs_of_their_own(jobs: AccountJobs) -> None:
    job = asked()
    jobs.put(job, None)

    assert jobs.get(job.user_id, JobKind.ERASURE) is None
    assert jobs.get(new_user(), JobKind.EXPORT) is None


def test_of_two_who_ask_the_first_one_s_job_stands(jobs: AccountJobs) -> None:
    first = asked()
    second = asked(user=first.user_id, now=NOW + 1)
    jobs.put(first, None)

    assert jobs.put(second, None) == first
    assert jobs.get(first.user_id, JobKind.EXPORT) == first


def test_a_job_takes_the_place_of_the_one_that_was_read_and_of_no_other(jobs: AccountJobs) -> None:
    first = asked()
    second, third = (asked(user=first.user_id, now=NOW + more) for more in (1, 2))
    jobs.put(first, None)

    assert jobs.put(second, first) == second
    assert jobs.put(third, first) == second


def test_a_job_whose_forerunner_is_forgotten_meanwhile_is_put(jobs: AccountJobs) -> None:
    first = asked()
    second = asked(user=first.user_id, now=NOW + 1)

    assert jobs.put(second, first) == second


def test_a_job_goes_its_way(jobs: AccountJobs) -> None:
    job = asked()
    jobs.put(job, None)
    held = claimed(jobs, job)
    assert (held.status, held.owner, held.due_at) == (
        JobStatus.IN_PROGRESS,
        "owner-1",
        NOW + LEASE_MS,
    )

    written = _applied(
        jobs, held, account_job.advance(held, WRITING, now=NOW + 1, lease_ms=LEASE_MS)
    )
    assert written.export == WRITING
    paused = _applied(jobs, written, account_job.pause(written, WRITING, now=NOW, due_at=NOW))
    assert (paused.owner, paused.lease_until, paused.due_at) == (None, None, NOW)
    again = claimed(jobs, paused, "owner-2")
    done = _applied(
        jobs,
        again,
        account_job.finish(again, WRITING, now=NOW + 9, lease_ms=LEASE_MS, expires_at=99),
    )
    assert (done.status, done.completed_at, done.expires_at) == (JobStatus.COMPLETED, NOW + 9, 99)
    settled = _applied(jobs, done, account_job.settle(done, now=NOW + 10))
    assert (settled.due_at, settled.owner) == (None, None)
    assert jobs.get(job.user_id, job.kind) == settled


def test_progress_of_an_erasure_reads_back(jobs: AccountJobs) -> None:
    job = asked(JobKind.ERASURE)
    jobs.put(job, None)
    held = claimed(jobs, job)

    deleting = account_job.advance(held, DELETING, now=NOW, lease_ms=LEASE_MS)

    assert _applied(jobs, held, deleting).erasure == DELETING


def test_a_live_lease_is_respected_and_a_lapsed_one_is_not(jobs: AccountJobs) -> None:
    job = asked()
    jobs.put(job, None)
    held = claimed(jobs, job)

    def claim_at(now: int) -> AccountJob | None:
        return jobs.change(held, account_job.claim(held, "owner-2", now=now, lease_ms=LEASE_MS))

    assert claim_at(NOW + LEASE_MS - 1) is None
    taken = claim_at(NOW + LEASE_MS)
    assert taken is not None
    assert taken.owner == "owner-2"


def test_whoever_was_overtaken_changes_nothing(jobs: AccountJobs) -> None:
    job = asked()
    jobs.put(job, None)
    held = claimed(jobs, job)
    later = NOW + LEASE_MS
    taken = _applied(jobs, held, account_job.claim(held, "owner-2", now=later, lease_ms=LEASE_MS))

    for stale in (
        account_job.advance(held, WRITING, now=NOW, lease_ms=LEASE_MS),
        account_job.pause(held, WRITING, now=NOW, due_at=NOW),
        account_job.finish(held, WRITING, now=NOW, lease_ms=LEASE_MS, expires_at=9),
        account_job.settle(held, now=NOW),
    ):
        assert jobs.change(held, stale) is None
    assert jobs.get(job.user_id, job.kind) == taken


def test_a_job_that_is_gone_is_not_made_by_a_change(jobs: AccountJobs) -> None:
    job = asked()

    assert jobs.change(job, account_job.settle(job, now=NOW)) is None
    assert jobs.get(job.user_id, job.kind) is None


def test_only_the_very_job_is_removed(jobs: AccountJobs) -> None:
    job = asked()
    jobs.put(job, None)

    jobs.remove(asked(user=job.user_id, now=NOW + 1))
    assert jobs.get(job.user_id, job.kind) == job
    jobs.remove(job)
    jobs.remove(job)
    assert jobs.get(job.user_id, job.kind) is None


def test_what_is_due_is_listed_by_kind_the_longest_overdue_first(jobs: AccountJobs) -> None:
    late, later = asked(now=NOW - 2), asked(now=NOW - 1)
    for job in (later, late, asked(now=NOW + 1), asked(JobKind.ERASURE, now=NOW - 3)):
        jobs.put(job, None)

    assert jobs.due(JobKind.EXPORT, NOW, 10) == [late.user_id, later.user_id]
    assert jobs.due(JobKind.EXPORT, NOW, 1) == [late.user_id]


def test_what_is_settled_is_not_due(jobs: AccountJobs) -> None:
    job = asked()
    jobs.put(job, None)
    held = claimed(jobs, job)
    _applied(jobs, held, account_job.settle(held, now=NOW))

    assert jobs.due(JobKind.EXPORT, NOW + LEASE_MS, 10) == []


class TestLostResponses:
    """A write whose first response was lost is recognised by what it wrote."""

    @pytest.fixture
    def jobs(self, moto: Backend, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDbAccountJobs]:
        monkeypatch.setattr(
            "botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0
        )
        with account_jobs_table(moto) as table:
            yield DynamoDbAccountJobs(moto.client("dynamodb"), table)

    @pytest.mark.parametrize("fault", [LOST_RESPONSE, FAILED_AFTER_EFFECT])
    @pytest.mark.parametrize("write", ["put", "claim", "advance", "pause", "finish", "settle"])
    def test_it_is_applied_once(
        self, jobs: DynamoDbAccountJobs, moto: Backend, fault: Fault, write: str
    ) -> None:
        job = asked()
        if write == "put":
            with faults_on(moto.client("dynamodb")) as faults:
                faults.plan(fault)
                assert jobs.put(job, None) == job
            return
        jobs.put(job, None)
        held = job if write == "claim" else claimed(jobs, job)
        with faults_on(moto.client("dynamodb")) as faults:
            faults.plan(fault)
            changed = jobs.change(held, _WRITES[write](held))

        assert changed is not None
        assert changed.version == held.version + 1
        assert changed == jobs.get(job.user_id, job.kind)


_WRITES: dict[str, Any] = {
    "claim": lambda it: account_job.claim(it, "owner-1", now=NOW, lease_ms=LEASE_MS),
    "advance": lambda it: account_job.advance(it, WRITING, now=NOW, lease_ms=LEASE_MS),
    "pause": lambda it: account_job.pause(it, WRITING, now=NOW, due_at=NOW),
    "finish": lambda it: account_job.finish(it, WRITING, now=NOW, lease_ms=LEASE_MS, expires_at=9),
    "settle": lambda it: account_job.settle(it, now=NOW),
}


def _applied(jobs: AccountJobs, job: AccountJob, transition: Transition) -> AccountJob:
    changed = jobs.change(job, transition)
    assert changed is not None
    return changed
