"""The Export and Erasure objects, and the headers around them."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from meshmill.domain.account_job import AccountJob, JobKind
from meshmill.domain.asset import StoredFile
from meshmill.domain.times import iso
from meshmill.http.answer import Answer
from meshmill.http.caching import JOB_POLL_SECONDS, PRIVATE, polled
from meshmill.http.links import LinkMinter


def job_answer(job: AccountJob, links: LinkMinter, status_url: str) -> Answer:
    """200 with the job as it stands, and when to look again."""
    headers = PRIVATE if job.is_completed else polled(JOB_POLL_SECONDS)
    etag = links.state_tag(f"{job.job_id} {job.version}")
    return Answer(HTTPStatus.OK, job_view(job, links, status_url), headers, etag=etag)


def job_view(job: AccountJob, links: LinkMinter, status_url: str) -> dict[str, Any]:
    """The object of either kind, as the contract names its members."""
    view = {
        "object": job.kind,
        "status": job.status,
        "requested_at": iso(job.requested_at),
        "completed_at": iso(job.completed_at),
        "status_url": status_url,
    }
    if job.kind is JobKind.ERASURE:
        return view | {"deleted": _deleted(job)}
    if job.is_completed:
        return view | _file(job, links)
    return view


def _deleted(job: AccountJob) -> dict[str, int]:
    """So far; of files, each version counts."""
    erasure = job.erasure
    return {
        "assets": erasure.assets,
        "batches": erasure.batches,
        "api_keys": erasure.api_keys,
        "files": erasure.files,
    }


def _file(job: AccountJob, links: LinkMinter) -> dict[str, Any]:
    """The file, by a URL that lives as short as any download link."""
    export = job.export
    filename = f"{job.job_id}.jsonl"
    file = StoredFile(
        name="export",
        filename=filename,
        media_type="application/x-ndjson",
        size=export.size,
        # Of its parts alone: a hash can't be carried from one worker to the next.
        sha256="",
        key=f"exports/{job.user_id}/{filename}",
    )
    url, expires_at = links.download(file, _save_as(job))
    return {
        "url": url,
        "expires_at": iso(expires_at),
        "bytes": export.size,
        "records": export.records,
        "parts": [{"bytes": part.size, "sha256": part.sha256} for part in export.parts],
    }


def _save_as(job: AccountJob) -> str:
    requested = datetime.fromtimestamp(job.requested_at / 1000, tz=UTC)
    return f"meshmill-export-{requested:%Y-%m-%d}.jsonl"
