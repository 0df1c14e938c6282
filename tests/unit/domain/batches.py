"""Batches at any point of their way."""

from __future__ import annotations

from typing import Any

from meshmill.domain.attribution import Attribution
from meshmill.domain.batch import Batch, BatchState, Counts, Phase, Source

NOW = 1_800_000_000_000
USER = "u" + "a" * 32
BATCH_ID = "550e8400-e29b-41d4-a716-446655440000"
_PLANNED = {"format": "jsonl", "lines": 100, "chunks": 1, "started_at": NOW + 1_000}
_OF_PHASE: dict[Phase, dict[str, Any]] = {
    Phase.AWAITING_UPLOAD: {"upload_until": NOW + 3_600_000},
    Phase.VALIDATING: {},
    Phase.INGESTING: _PLANNED,
    Phase.REPORTED: _PLANNED | {"reported_at": NOW + 2_000},
    Phase.FAILED: {},
}


def batch(phase: Phase = Phase.INGESTING, **changes: Any) -> Batch:
    """A header; of a hundred lines once it is planned."""
    fields: dict[str, Any] = {
        "batch_id": BATCH_ID,
        "user_id": USER,
        "source": Source.ISSUED,
        "phase": phase,
        "filename": "rocks.jsonl",
        "upload_key": f"uploads/{USER}/.batches/{BATCH_ID}/manifest.jsonl",
        "created_at": NOW,
        "updated_at": NOW,
        "attribution": Attribution(f"user:{USER}", "request-1"),
        "content_type": "application/jsonl",
        "size": 1_024,
    }
    return Batch(**(fields | _OF_PHASE[phase] | changes))


def state(phase: Phase = Phase.INGESTING, /, *, header: Any = None, **sums: int) -> BatchState:
    """A header, and what is counted."""
    return BatchState(batch(phase, **(header or {})), Counts(**sums))
