"""Erase what is recorded of a user: fence them, then pass over everything until nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from meshmill.domain import identity
from meshmill.domain.account_job import (
    PASS_STAGES,
    AccountJob,
    ErasureProgress,
    JobKind,
    Stage,
)
from meshmill.domain.audit import Action
from meshmill.ports import AuditTrail, Clock
from meshmill.ports.accounts import AccountJobs, ExportFiles, Fences
from meshmill.usecases import account_audit
from meshmill.usecases.erasables import Erasable, Findings
from meshmill.usecases.run_account_jobs import Hold, LeaseLost

_QUIET_PASSES = 2
_COUNTED_AS = {
    Stage.API_KEYS: "api_keys",
    Stage.BATCHES: "batches",
    Stage.ASSETS: "assets",
    Stage.UPLOADS: "files",
    Stage.RESULTS: "files",
}
_COUNTERS = tuple(dict.fromkeys(_COUNTED_AS.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseAccount:
    """Passes over keys, batches, records and files until two in a row have found nothing.

    The second of them begins ``settle_ms`` or more after the fence stood and the last find, so
    that it sees what a request put that was let in before the fence, and whatever an index or a
    process remembers a little longer.
    """

    erasables: Mapping[Stage, Erasable]
    jobs: AccountJobs
    exports: ExportFiles
    fences: Fences
    audit: AuditTrail
    clock: Clock
    settle_ms: int
    life_seconds: int

    def __call__(self, hold: Hold, may_go_on: Callable[[], bool]) -> bool:
        """Carry an erasure on while there is time; whether it got to its end.

        Raises:
            LeaseLost: somebody else has the job by now.
            DependencyUnavailable: what is recorded so far stands.
        """
        try:
            return self._carried_on(hold, may_go_on)
        except LeaseLost:
            self._lift_what_came_too_late(hold.job)
            raise

    def _carried_on(self, hold: Hold, may_go_on: Callable[[], bool]) -> bool:
        if not hold.job.is_completed:
            if not self._passed(hold, may_go_on):
                return False
            self._lift_fences(hold.job)
            hold.finish(hold.job.erasure, self.life_seconds)
        self._record_completion(hold.job)
        hold.settle()
        return True

    def _passed(self, hold: Hold, may_go_on: Callable[[], bool]) -> bool:
        """Whether the passes are over; else the job waits for what it is paused for."""
        while hold.job.erasure.stage is not Stage.LIFT:
            now = self.clock.now_ms()
            if not may_go_on():
                hold.pause(hold.job.erasure, now)
                return False
            progress = self._next(hold.job)
            due_at = self._due_at(progress)
            if due_at > self.clock.now_ms():
                hold.pause(progress, due_at)
                return False
            hold.advance(progress)
        return True

    def _next(self, job: AccountJob) -> ErasureProgress:
        """One step; what it has changed is done again, or found done, if this is not recorded."""
        progress = job.erasure
        if progress.stage is Stage.FENCE:
            return self._begun(job)
        erasable = self.erasables[progress.stage]
        if progress.planned:
            return self._erased(progress, erasable.erase(job, progress.planned))
        findings = erasable.find(job.user_id, progress.position)
        return self._planned(progress, findings)

    def _begun(self, job: AccountJob) -> ErasureProgress:
        """A pass begins with the fences, which nothing may have dropped meanwhile."""
        progress = job.erasure
        if not progress.quiet_since:
            requested = account_audit.requested(job, Action.ACCOUNT_ERASURE_REQUESTED)
            self.audit.record([requested])
        for bucket in _buckets(job):
            self.fences.put(bucket)
        cancelled = self._cancel_export(job.user_id)
        now = self.clock.now_ms()
        return replace(
            progress,
            stage=PASS_STAGES[0],
            pass_began_at=now,
            quiet_since=now if cancelled else progress.quiet_since or now,
            found=cancelled,
            wait_until=None,
        )

    def _cancel_export(self, user_id: str) -> bool:
        """Take an export from whoever works on it; its file is found like the others."""
        job = self.jobs.get(user_id, JobKind.EXPORT)
        if job is None:
            return False
        if not job.is_completed and job.export.upload_id is not None:
            self.exports.abort(self.exports.key(user_id, job.job_id), job.export.upload_id)
        self.jobs.remove(job)
        return True

    def _planned(self, progress: ErasureProgress, findings: Findings) -> ErasureProgress:
        """Write down what was found before it is deleted, or go to the next stage."""
        held, wait_until = findings.held_until, progress.wait_until
        if held is not None:
            wait_until = held if wait_until is None else min(held, wait_until)
        seen = replace(
            progress,
            planned=findings.targets,
            position=findings.position,
            found=progress.found or bool(findings.targets) or held is not None,
            quiet_since=progress.quiet_since if held is None else self.clock.now_ms(),
            wait_until=wait_until,
        )
        if progress.stage is Stage.API_KEYS:
            known = dict.fromkeys((*progress.key_ids, *findings.targets))
            seen = replace(seen, key_ids=tuple(known))
        if findings.targets or findings.position is not None:
            return seen
        return self._next_stage(seen)

    def _erased(self, progress: ErasureProgress, gone: int) -> ErasureProgress:
        counter = _COUNTED_AS[progress.stage]
        counted = {counter: getattr(progress, counter) + gone}
        return replace(progress, planned=(), quiet_since=self.clock.now_ms(), **counted)

    def _next_stage(self, progress: ErasureProgress) -> ErasureProgress:
        following = PASS_STAGES.index(progress.stage) + 1
        if following < len(PASS_STAGES):
            return replace(progress, stage=PASS_STAGES[following], position=None)
        empty = 0 if progress.found else progress.empty_passes + 1
        settled = progress.pass_began_at >= progress.quiet_since + self.settle_ms
        over = empty >= _QUIET_PASSES and settled
        return replace(
            progress,
            stage=Stage.LIFT if over else Stage.FENCE,
            position=None,
            empty_passes=empty,
        )

    def _due_at(self, progress: ErasureProgress) -> int:
        """When the next step makes sense: after a pass, perhaps not yet."""
        if progress.stage is not Stage.FENCE:
            return 0
        if progress.found:
            return progress.wait_until or 0
        return progress.quiet_since + self.settle_ms

    def _lift_fences(self, job: AccountJob) -> None:
        """Nothing is deleted any more from here on, whoever goes on: the user may start anew."""
        for bucket in _buckets(job):
            self.fences.lift(bucket)

    def _lift_what_came_too_late(self, job: AccountJob) -> None:
        """A worker that was overtaken may have put a fence after the one who ended the job."""
        standing = self.jobs.get(job.user_id, JobKind.ERASURE)
        if standing is None or standing.is_completed:
            self._lift_fences(job)

    def _record_completion(self, job: AccountJob) -> None:
        counts = {name: getattr(job.erasure, name) for name in _COUNTERS}
        self.audit.record([account_audit.completed(job, Action.ACCOUNT_ERASED, counts)])


def _buckets(job: AccountJob) -> list[str]:
    keys = [identity.key_bucket(key_id) for key_id in job.erasure.key_ids]
    return [*keys, identity.batch_bucket(job.user_id), identity.user_bucket(job.user_id)]
