"""Jobs on a whole account: an export of everything, or its erasure; one of a kind for each user.

A job records how far it has come after each step, so that whoever takes it over goes on from
there. Every change is a :class:`~meshmill.domain.transitions.Transition` that names the version
that it was made from: of two workers on one job the slower one is refused.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from meshmill.domain.attribution import Attribution
from meshmill.domain.conditions import AtMost, Is, all_of
from meshmill.domain.transitions import Transition

_HOLD = frozenset({"owner", "lease_until"})


class JobKind(StrEnum):
    """What is done with the account."""

    EXPORT = "export"
    ERASURE = "erasure"


class JobStatus(StrEnum):
    """``pending → in_progress → completed``."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class Section(StrEnum):
    """The parts of an export in their order; at ``END`` every line is written."""

    ACCOUNT = "account"
    ASSETS = "assets"
    BATCHES = "batches"
    API_KEYS = "api_keys"
    AUDIT = "audit"
    END = "end"


@dataclass(frozen=True, slots=True)
class Part:
    """An uploaded part of an export's file.

    ``etag`` is the store's name for its content, ``sha256`` its hash in hexadecimal.
    """

    number: int
    etag: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportProgress:
    """Where the next line is read, and what is written so far.

    ``position`` is the last position read in ``section``; ``records`` are lines.
    """

    section: Section = Section.ACCOUNT
    position: str | None = None
    upload_id: str | None = None
    parts: tuple[Part, ...] = ()
    records: int = 0

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return sum(part.size for part in self.parts)


class Stage(StrEnum):
    """The stages of an erasure: a fence, passes over all that there is, and the fence's end."""

    FENCE = "fence"
    API_KEYS = "api_keys"
    BATCHES = "batches"
    ASSETS = "assets"
    UPLOADS = "uploads"
    RESULTS = "results"
    LIFT = "lift"


#: What a pass goes through, in this order: batches go before the assets that they would make.
PASS_STAGES = (Stage.API_KEYS, Stage.BATCHES, Stage.ASSETS, Stage.UPLOADS, Stage.RESULTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureProgress:
    """Where an erasure stands; times in milliseconds since 1970.

    ``planned`` are targets written down before they are deleted, so that each is counted once
    whoever deletes it; ``position`` is where the stage goes on after them. ``found`` tells whether
    this pass has found anything, ``quiet_since`` when the fence stood or something was found last.
    ``wait_until`` is when what can't be deleted yet will be free. ``key_ids`` are fenced keys.
    """

    stage: Stage = Stage.FENCE
    position: str | None = None
    planned: tuple[str, ...] = ()
    pass_began_at: int = 0
    quiet_since: int = 0
    found: bool = False
    empty_passes: int = 0
    wait_until: int | None = None
    key_ids: tuple[str, ...] = ()
    assets: int = 0
    batches: int = 0
    api_keys: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountJob:
    """All that is recorded of a job. Times are milliseconds since 1970, UTC.

    ``due_at`` stands while something is left to do; ``owner`` and ``lease_until`` while a worker
    has the job. ``expires_at``, in seconds, is when a finished job may be forgotten.
    """

    user_id: str
    kind: JobKind
    job_id: str
    status: JobStatus
    attribution: Attribution
    requested_at: int
    updated_at: int
    due_at: int | None = None
    completed_at: int | None = None
    expires_at: int | None = None
    owner: str | None = None
    lease_until: int | None = None
    export: ExportProgress = ExportProgress()
    erasure: ErasureProgress = ErasureProgress()
    version: int = 1

    @property
    def is_completed(self) -> bool:
        """Whether what was asked for is done."""
        return self.status is JobStatus.COMPLETED

    def stands(self, now: int) -> bool:
        """Whether a request finds this job instead of making a new one.

        An erasure that is done and over is history: what came after it needs one of its own.
        """
        if self.due_at is not None or not self.is_completed:
            return True
        return self.kind is JobKind.EXPORT and not self.is_expired(now)

    @property
    def is_ending(self) -> bool:
        """Whether an erasure looks for nothing any more, and its end is not recorded yet."""
        is_over = self.is_completed or self.erasure.stage is Stage.LIFT
        return self.kind is JobKind.ERASURE and self.due_at is not None and is_over

    def is_expired(self, now: int) -> bool:
        """Whether the store may have forgotten it: it does so late, and never at the second."""
        return self.expires_at is not None and now >= self.expires_at * 1000

    def attributes(self) -> dict[str, Any]:
        """Fields that are set, by name: what conditions are evaluated on."""
        values = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self)}
        return {name: value for name, value in values.items() if value is not None}


def new_job(
    user_id: str, kind: JobKind, job_id: str, *, now: int, attribution: Attribution
) -> AccountJob:
    """A job that is due at once."""
    return AccountJob(
        user_id=user_id,
        kind=kind,
        job_id=job_id,
        status=JobStatus.PENDING,
        attribution=attribution,
        requested_at=now,
        updated_at=now,
        due_at=now,
    )


def claim(job: AccountJob, owner: str, *, now: int, lease_ms: int) -> Transition:
    """Take a job that is due; it is due again when the lease ends."""
    assigned = {
        "owner": owner,
        "status": JobStatus.COMPLETED if job.is_completed else JobStatus.IN_PROGRESS,
        **_leased(now, lease_ms),
    }
    return _change("claim", job, AtMost("due_at", now), owner=owner, assign=assigned)


def advance(
    job: AccountJob, progress: ExportProgress | ErasureProgress, *, now: int, lease_ms: int
) -> Transition:
    """Record a step, and hold the job for a further lease."""
    assigned = {_member(progress): progress, **_leased(now, lease_ms)}
    return _change("advance", job, owner=job.owner, assign=assigned)


def pause(
    job: AccountJob, progress: ExportProgress | ErasureProgress, *, now: int, due_at: int
) -> Transition:
    """Give the job back until ``due_at``."""
    assigned = {_member(progress): progress, "updated_at": now, "due_at": due_at}
    return _change("pause", job, assign=assigned, remove=_HOLD)


def finish(
    job: AccountJob,
    progress: ExportProgress | ErasureProgress,
    *,
    now: int,
    lease_ms: int,
    expires_at: int,
) -> Transition:
    """Everything is done but for the record of it: the job stays due until it is settled."""
    assigned = {
        _member(progress): progress,
        "status": JobStatus.COMPLETED,
        "completed_at": now,
        "expires_at": expires_at,
        **_leased(now, lease_ms),
    }
    return _change("finish", job, owner=job.owner, assign=assigned)


def settle(job: AccountJob, *, now: int) -> Transition:
    """Nothing is left to do."""
    return _change("settle", job, assign={"updated_at": now}, remove=_HOLD | {"due_at"})


def _change(
    name: str,
    job: AccountJob,
    *further: AtMost,
    assign: dict[str, Any],
    owner: str | None = None,
    remove: frozenset[str] = frozenset(),
) -> Transition:
    """A change of the job as it was read; its version and owner tell our own work done."""
    same = (Is("job_id", job.job_id), Is("version", job.version))
    ours = (Is("owner", owner),) if owner is not None else ()
    next_version = (Is("job_id", job.job_id), Is("version", job.version + 1))
    return Transition(
        name=name,
        requires=all_of(*same, *further),
        already=all_of(*next_version, *ours, Is("updated_at", assign["updated_at"])),
        assign=assign,
        remove=remove,
    )


def _leased(now: int, lease_ms: int) -> dict[str, Any]:
    return {"lease_until": now + lease_ms, "due_at": now + lease_ms, "updated_at": now}


def _member(progress: ExportProgress | ErasureProgress) -> str:
    return "export" if isinstance(progress, ExportProgress) else "erasure"
