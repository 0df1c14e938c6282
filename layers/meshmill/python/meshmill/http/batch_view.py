"""The one Batch object of every answer, and the headers around it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from meshmill.domain.asset import StoredFile
from meshmill.domain.batch import Batch, BatchState, Counts, Phase
from meshmill.domain.batch_progress import Progress, progress
from meshmill.domain.times import iso
from meshmill.http.answer import Answer
from meshmill.http.caching import BATCH_POLL_SECONDS, PRIVATE, polled
from meshmill.http.links import LinkMinter
from meshmill.http.presentation import file_view

if TYPE_CHECKING:
    from meshmill.ports.batches import UploadForm


def batch_answer(state: BatchState, links: LinkMinter, status_url: str) -> Answer:
    """200 with the batch as it stands, and when to look again."""
    seen = progress(state, links.clock.now_ms())
    # Of all that is shown, being stalled alone comes of itself.
    changed = f"{state.batch.batch_id} {state.batch.created_at} {state.batch.version}"
    etag = links.state_tag(f"{changed} {state.counts} {seen.stalled}")
    view = _view(state, seen, links, status_url)
    return Answer(HTTPStatus.OK, view, batch_headers(state), etag=etag)


def batch_headers(state: BatchState) -> Mapping[str, str]:
    """For nobody else's eyes; and when to ask again, as long as something may happen."""
    return PRIVATE if state.is_over else polled(BATCH_POLL_SECONDS)


def batch_view(state: BatchState, links: LinkMinter, status_url: str) -> dict[str, Any]:
    """The Batch object as the contract names its members."""
    return _view(state, progress(state, links.clock.now_ms()), links, status_url)


def form_view(form: UploadForm) -> dict[str, Any]:
    """What a client posts beside the file, as ``multipart/form-data``."""
    return {"url": form.url, "fields": form.fields, "expires_at": iso(form.expires_at)}


def _view(state: BatchState, seen: Progress, links: LinkMinter, status_url: str) -> dict[str, Any]:
    batch = state.batch
    view: dict[str, Any] = {
        "object": "batch",
        "batch_id": batch.batch_id,
        "status": state.status,
        "source": batch.source,
        "filename": batch.filename,
        "size": batch.size,
        "content_type": batch.content_type,
        "format": batch.format,
        "created_at": iso(batch.created_at),
        "updated_at": iso(seen.updated_at),
        "started_at": iso(batch.started_at),
        "completed_at": iso(seen.completed_at),
        "counts": {"lines": batch.lines, **_sums(state.counts)},
        "percent": seen.percent,
        "rate": seen.rate,
        "eta": iso(seen.eta),
        "stalled": seen.stalled,
        "error": _error(batch),
        "status_url": status_url,
        "links": {"self": links.batch_url(batch.batch_id)},
    }
    if batch.phase is Phase.REPORTED:
        view["files"] = [_file(batch, file, links) for file in batch.files]
    return view


def _sums(counts: Counts) -> dict[str, int]:
    return {
        "accepted": counts.accepted,
        "duplicate": counts.duplicate,
        "rejected": counts.rejected,
        "completed": counts.completed,
        "failed": counts.failed,
        "redriven": counts.redriven,
        "deleted": counts.deleted,
    }


def _error(batch: Batch) -> dict[str, str] | None:
    return (
        None if batch.error is None else {"code": batch.error.code, "message": batch.error.message}
    )


def _file(batch: Batch, file: StoredFile, links: LinkMinter) -> dict[str, Any]:
    return file_view(file, *links.batch_file_url(batch, file))
