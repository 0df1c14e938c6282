"""A batch in the middle of its way, as it stands in table and bucket, for who has to do with it."""

from __future__ import annotations

from typing import Any

from meshmill.aws import batch_items
from meshmill.aws.attributes import to_value
from meshmill.aws.dynamodb_batch_items import empty_counts, header_of, item_of
from meshmill.aws.dynamodb_batch_plan import plan_item
from meshmill.domain.attribution import Attribution
from meshmill.domain.batch import COUNT_SHARDS, Batch, Chunk, Phase, Source
from meshmill.domain.batch_files import file_key, part_key
from meshmill.domain.manifest.plan import ManifestFormat, Plan, PlannedChunk
from tests.faults import insides
from tests.faults.platform import Platform
from tests.support import tables

BATCH_ID = "6a3f5b52-9d0c-5c1e-8c57-2f9b7d1e4a60"
_ASSET_ID = "0d1f7c1e-52a4-5b0f-9c53-6f0f5a2d8f31"
_PLAN = Plan(
    format=ManifestFormat.JSONL,
    chunks=(PlannedChunk(0, 0, 100, 1, 2), PlannedChunk(1, 100, 200, 3, 2)),
)


def put_batch(stage: Platform, user_id: str) -> None:
    """One of two chunks is counted, one of its assets has failed, and parts and reports stand."""
    now = stage.clock.now_ms()
    part = "results-00000-0000001-owner"
    failed = batch_items.key(BATCH_ID, batch_items.failed_item(_ASSET_ID))
    counted = {name: to_value(1) for name in ("accepted", "rejected", "failed", "chunks_done")}
    items: list[Any] = [
        header_of(_batch(user_id, now)),
        plan_item(BATCH_ID, _PLAN),
        empty_counts(BATCH_ID, 0) | counted,
        *(empty_counts(BATCH_ID, shard) for shard in range(1, COUNT_SHARDS)),
        item_of(_chunk(part, now)),
        failed | {"at": to_value(now), "retryable": to_value(True)},
    ]
    for item in items:
        stage.cloud.dynamodb.put_item(TableName=tables.BATCHES, Item=item)
    for key in (
        part_key(user_id, BATCH_ID, part),
        file_key(user_id, BATCH_ID, "results.jsonl"),
    ):
        stage.cloud.s3.put_object(Bucket="artefacts", Key=key, Body=b"{}\n")


def check_nothing_left(user_id: str) -> None:
    """Neither header, counts, chunks nor marks, and no file."""
    assert insides.batch_items_left() == 0
    assert insides.stored(f"parts/{user_id}/") == insides.stored(f"batches/{user_id}/") == []


def _batch(user_id: str, now: int) -> Batch:
    return Batch(
        batch_id=BATCH_ID,
        user_id=user_id,
        source=Source.DROPPED,
        phase=Phase.INGESTING,
        filename="m.jsonl",
        upload_key=f"uploads/{user_id}/b/m.jsonl",
        version_id="first",
        created_at=now,
        updated_at=now,
        attribution=Attribution(actor="s3:somebody", request_id="one"),
        format=_PLAN.format,
        lines=_PLAN.lines,
        chunks=len(_PLAN.chunks),
        started_at=now,
        due_at=now + 60_000,
        wait_ms=60_000,
    )


def _chunk(part: str, now: int) -> Chunk:
    return Chunk(
        batch_id=BATCH_ID,
        number=0,
        offset=100,
        next_line=3,
        updated_at=now,
        lines=2,
        is_done=True,
        owner="owner",
        lease_until=now,
        parts=(part,),
    )
