"""The audit trail's entries about a job on an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meshmill.domain.account_job import AccountJob
from meshmill.domain.audit import Action, AuditEntry, entry_of


def requested(job: AccountJob, action: Action) -> AuditEntry:
    """The entry for what the user asked for; made again, it is the same one."""
    return _entry(job, action, job.requested_at, {})


def completed(job: AccountJob, action: Action, details: Mapping[str, Any]) -> AuditEntry:
    """The entry for what was done about it; likewise."""
    return _entry(job, action, job.completed_at or job.updated_at, details)


def _entry(job: AccountJob, action: Action, at: int, details: Mapping[str, Any]) -> AuditEntry:
    return entry_of(
        job.attribution,
        action,
        subject=job.user_id,
        target=f"{job.kind}:{job.job_id}",
        at=at,
        entry_id=f"{job.job_id}#{action}",
        details=details,
    )
