"""A batch on its way in the table, as those take it on who split and ingest manifests."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Any

from meshmill.aws.attributes import to_value
from meshmill.aws.batch_items import count_item, key
from meshmill.aws.dynamodb_batches import DynamoDbBatches
from meshmill.domain import batch_transitions as steps
from meshmill.domain.asset import StoredFile
from meshmill.domain.batch import Batch, BatchError, Counts, Phase
from meshmill.domain.batch_files import file_key, stored_file
from meshmill.domain.manifest.plan import ManifestFormat, Plan, PlannedChunk
from meshmill.domain.transitions import Transition
from tests.support import tables
from tests.support.cloud import AUDIT_DAYS, Cloud

WATCH_MS = 60_000
FILES = {
    "results.jsonl": "application/jsonl",
    "errors.jsonl": "application/jsonl",
    "results.csv": "text/csv",
    "errors.csv": "text/csv",
}
_WAY = (Phase.AWAITING_UPLOAD, Phase.VALIDATING, Phase.INGESTING, Phase.REPORTED)
_STEPS = ("take", "plan", "report")
_CONTENT = b"what became of each line\n"


def store(cloud: Cloud) -> DynamoDbBatches:
    """The table as everybody writes to it."""
    return DynamoDbBatches(cloud.dynamodb, tables.BATCHES, tables.AUDIT, AUDIT_DAYS)


def bring_to(cloud: Cloud, batch_id: str, phase: Phase, now: int, *, lines: int = 200) -> Batch:
    """Take a batch as far as a phase that comes after its own; nothing is counted on the way."""
    batches = store(cloud)
    batch = batches.get(batch_id)
    assert batch is not None
    for step in _steps(batch.phase, phase):
        if step == "plan":
            plan = Plan(format=ManifestFormat.JSONL, chunks=(PlannedChunk(0, 0, 8_192, 1, lines),))
            planned = steps.plan(batch, plan, size=8_192, now=now, wait_ms=WATCH_MS)
            changed = batches.record_plan(batch, planned, plan)
        else:
            changed = batches.change(batch, _transition(step, batch, now))
        assert changed is not None, step
        batch = changed
    return batch


def count(cloud: Cloud, batch_id: str, counts: Counts) -> None:
    """Add to what is counted."""
    sums = {name: n for name, n in dataclasses.asdict(counts).items() if name != "updated_at"}
    cloud.dynamodb.update_item(
        TableName=tables.BATCHES,
        Key=key(batch_id, count_item(0)),
        UpdateExpression="SET updated_at = :at ADD " + ", ".join(f"#{n} :{n}" for n in sums),
        ExpressionAttributeNames={f"#{name}": name for name in sums},
        ExpressionAttributeValues={
            ":at": to_value(counts.updated_at),
            **{f":{name}": to_value(number) for name, number in sums.items()},
        },
    )


def stored_files(batch: Batch) -> tuple[StoredFile, ...]:
    """What a batch is reported by."""
    digest = hashlib.sha256(_CONTENT).hexdigest()
    return tuple(
        stored_file(
            file_key(batch.user_id, batch.batch_id, filename),
            media_type,
            size=len(_CONTENT),
            sha256=digest,
        )
        for filename, media_type in FILES.items()
    )


def _steps(standing: Phase, phase: Phase) -> Sequence[str]:
    if phase is Phase.FAILED:
        return "take", "fail"
    return _STEPS[_WAY.index(standing) : _WAY.index(phase)]


def _transition(step: str, batch: Batch, now: int) -> Transition:
    if step == "take":
        given: Any = {"version_id": "v1", "now": now, "lease_ms": 60_000, "margin_ms": 1_000}
        return steps.take(batch, "splitter", **given)
    if step == "fail":
        return steps.fail(batch, BatchError("EMPTY_MANIFEST", "The file is empty"), now=now)
    return steps.report(batch, stored_files(batch), now=now)
