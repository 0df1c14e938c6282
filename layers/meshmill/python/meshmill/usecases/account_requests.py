"""Ask for an export or the erasure of an account, or find the job that stands."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Self

from meshmill.domain import identity
from meshmill.domain.account_job import AccountJob, JobKind, new_job
from meshmill.domain.attribution import Attribution
from meshmill.domain.errors import DependencyUnavailable
from meshmill.ports import Clock, Entropy
from meshmill.ports.accounts import AccountJobs, Fences

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RequestExport:
    """One read, and one put where there is no export, or its file has expired."""

    jobs: AccountJobs
    clock: Clock
    entropy: Entropy

    def __call__(self, user_id: str, attribution: Attribution) -> AccountJob:
        """The user's export, under way or done; asked for again it is the same one.

        Raises:
            DependencyUnavailable: it may have been asked for or not; ask again.
        """
        now = self.clock.now_ms()
        standing = self.jobs.get(user_id, JobKind.EXPORT)
        if standing is not None and standing.stands(now):
            return standing
        job_id = identity.ulid(now, self.entropy(10))
        job = new_job(user_id, JobKind.EXPORT, job_id, now=now, attribution=attribution)
        return self.jobs.put(job, standing)


@dataclass(frozen=True, slots=True)
class RequestErasure:
    """One read; one put and the fence where no erasure is under way."""

    jobs: AccountJobs
    fences: Fences
    clock: Clock
    entropy: Entropy

    def __call__(self, user_id: str, attribution: Attribution) -> AccountJob:
        """The erasure that is under way from now on; asked for again it is the same one.

        Raises:
            DependencyUnavailable: it may have been asked for or not, or one before it is about to
                end, and wouldn't find what the user has made since; ask again.
        """
        now = self.clock.now_ms()
        standing = self.jobs.get(user_id, JobKind.ERASURE)
        if standing is not None and standing.is_ending:
            raise DependencyUnavailable("An erasure is ending; ask again")
        if standing is not None and standing.stands(now):
            return standing
        job_id = identity.ulid(now, self.entropy(10))
        asked = new_job(user_id, JobKind.ERASURE, job_id, now=now, attribution=attribution)
        job = self.jobs.put(asked, standing)
        if job.job_id == job_id:
            # Nobody but who begins an erasure fences: whoever repeats the request may come after
            # its end, and nobody would lift that fence.
            self._fence(user_id)
        return job

    def _fence(self, user_id: str) -> None:
        try:
            self.fences.put(identity.user_bucket(user_id))
        except DependencyUnavailable:
            # The erasure begins by fencing in any case: later, not never.
            context = {"user_id": user_id}
            _logger.warning("Fence not put yet", extra={"context": context}, exc_info=True)


@dataclass(frozen=True, slots=True)
class ReadAccountJob:
    """One consistent read."""

    jobs: AccountJobs
    clock: Clock
    kind: JobKind

    def __call__(self, user_id: str) -> AccountJob | None:
        """The user's job of this kind, until its time is over."""
        job = self.jobs.get(user_id, self.kind)
        return None if job is None or job.is_expired(self.clock.now_ms()) else job


@dataclass(frozen=True, slots=True)
class AccountRequests:
    """What a user may ask for about the account, on the same jobs."""

    export: RequestExport
    erasure: RequestErasure
    standing_export: ReadAccountJob

    @classmethod
    def over(cls, jobs: AccountJobs, fences: Fences, clock: Clock, entropy: Entropy) -> Self:
        """With the ports that both need."""
        return cls(
            RequestExport(jobs, clock, entropy),
            RequestErasure(jobs, fences, clock, entropy),
            ReadAccountJob(jobs, clock, JobKind.EXPORT),
        )
