"""Carry the jobs on accounts on: whatever is due, under a lease, as far as time goes."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from meshmill.domain import account_job, identity
from meshmill.domain.account_job import AccountJob, ErasureProgress, ExportProgress, JobKind
from meshmill.domain.transitions import Transition
from meshmill.ports import Clock, Entropy
from meshmill.ports.accounts import AccountJobs

_PAGE = 25
_logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Somebody else has the job by now, or it is gone."""


class Work(StrEnum):
    """What became of a due job; each is counted."""

    COMPLETED = "completed"
    PAUSED = "paused"
    MOVED_ON = "moved_on"
    BROKEN = "broken"


@dataclass(slots=True)
class Hold:
    """A job under our lease: every step recorded extends it.

    Every method raises :class:`LeaseLost` where the job is no longer ours.
    """

    job: AccountJob
    jobs: AccountJobs
    clock: Clock
    lease_ms: int

    def advance(self, progress: ExportProgress | ErasureProgress) -> None:
        """Record a step."""
        now = self.clock.now_ms()
        self._change(account_job.advance(self.job, progress, now=now, lease_ms=self.lease_ms))

    def pause(self, progress: ExportProgress | ErasureProgress, due_at: int) -> None:
        """Give the job back until ``due_at``."""
        now = self.clock.now_ms()
        self._change(account_job.pause(self.job, progress, now=now, due_at=due_at))

    def finish(self, progress: ExportProgress | ErasureProgress, life_seconds: int) -> None:
        """Record that everything is done, and for how long that is kept."""
        now = self.clock.now_ms()
        done = account_job.finish(
            self.job,
            progress,
            now=now,
            lease_ms=self.lease_ms,
            expires_at=now // 1000 + life_seconds,
        )
        self._change(done)

    def settle(self) -> None:
        """Record that nothing is left to do."""
        self._change(account_job.settle(self.job, now=self.clock.now_ms()))

    def _change(self, transition: Transition) -> None:
        changed = self.jobs.change(self.job, transition)
        if changed is None:
            raise LeaseLost(transition.name)
        self.job = changed


#: Carries a held job on while there is time; whether it got to the end of it.
Worker = Callable[[Hold, Callable[[], bool]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAccountJobs:
    """One round over the due jobs, the longest overdue first, erasures before exports."""

    jobs: AccountJobs
    workers: Mapping[JobKind, Worker]
    clock: Clock
    entropy: Entropy
    lease_ms: int
    reserve_ms: int

    def __call__(self, remaining_ms: Callable[[], int]) -> Counter[Work]:
        """Work until less than ``reserve_ms`` of the invocation is left.

        What goes wrong with one job is logged and counted as ``BROKEN``, and stops nobody else's;
        it is due again when its lease ends.
        """
        done: Counter[Work] = Counter()

        def may_go_on() -> bool:
            return remaining_ms() >= self.reserve_ms

        for kind in (JobKind.ERASURE, JobKind.EXPORT):
            for user_id in self.jobs.due(kind, self.clock.now_ms(), _PAGE):
                if not may_go_on():
                    return done
                done[self._worked_on(user_id, kind, may_go_on)] += 1
        return done

    def _worked_on(self, user_id: str, kind: JobKind, may_go_on: Callable[[], bool]) -> Work:
        context = {"user_id": user_id, "kind": kind}
        try:
            hold = self._claim(user_id, kind)
            if hold is None:
                return Work.MOVED_ON
            completed = self.workers[kind](hold, may_go_on)
        except LeaseLost:
            _logger.warning("Account job taken over", extra={"context": context}, exc_info=True)
            return Work.MOVED_ON
        except Exception:
            # One account that can't be helped now must not keep the others waiting.
            _logger.exception("Account job not carried on", extra={"context": context})
            return Work.BROKEN
        work = Work.COMPLETED if completed else Work.PAUSED
        _logger.info("Account job carried on", extra={"context": context | {"work": work}})
        return work

    def _claim(self, user_id: str, kind: JobKind) -> Hold | None:
        job = self.jobs.get(user_id, kind)
        # The index may lag behind the record.
        if job is None or job.due_at is None:
            return None
        now = self.clock.now_ms()
        owner = identity.ulid(now, self.entropy(10))
        claim = account_job.claim(job, owner, now=now, lease_ms=self.lease_ms)
        claimed = self.jobs.change(job, claim)
        return None if claimed is None else Hold(claimed, self.jobs, self.clock, self.lease_ms)
