"""What the functions do for batches: each way of a manifest, and each kind of trouble."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from meshmill.domain import identity
from meshmill.domain.chunk_work import ChunkItem
from meshmill.domain.errors import DependencyUnavailable
from meshmill.ports import Allowance
from tests.security.routes import bearer
from tests.support import tables, tokens
from tests.support.cloud import LANES, Cloud, Reply
from tests.support.cloud_settings import BATCH_QUEUE, UPLOAD_QUEUE, UPLOADS
from tests.support.uploads import upload_event

_BATCHES = "/api/v1/batches"
_PRIORITIES = (9, 5, 1)
_NOBODY = "u" + "a" * 32


def play_batches(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """An issued batch and dropped ones, from the first call to the last report."""
    issued = _issue(cloud, "first")
    _issue(cloud, "first")
    deleted = _issue(cloud, "second")
    assert _ask(cloud, "DELETE", f"{_BATCHES}/{deleted['batch_id']}").status == 204
    too_late = deleted["upload"]["fields"]["key"]
    cloud.s3.put_object(Bucket=UPLOADS, Key=too_late, Body=_manifest(range(3)))
    cloud.s3.put_object(
        Bucket=UPLOADS, Key=issued["upload"]["fields"]["key"], Body=_manifest(range(3))
    )
    _settle(cloud)
    _ask(cloud, "GET", _BATCHES)
    assert "Versions" not in cloud.s3.list_object_versions(Bucket=UPLOADS, Prefix=too_late)
    batch = _ask(cloud, "GET", f"{_BATCHES}/{issued['batch_id']}").json
    assert (batch["status"], batch["counts"]["completed"]) == ("completed", 9)
    assert cloud.poll(batch["status_url"]).status == 200
    _play_failures(cloud, monkeypatch)
    _play_dead_letters(cloud)
    _settle(cloud)
    _play_exhaustion(cloud, monkeypatch)
    _play_loss(cloud, monkeypatch)
    _play_large_report(cloud, monkeypatch)
    _play_haste(cloud, monkeypatch)
    _play_outage(cloud, monkeypatch)


def drop(cloud: Cloud, subject: str, name: str, manifest: bytes) -> None:
    """Put a manifest into the bucket, as whoever has write access can."""
    user_id = identity.user_id(tokens.ISSUER, subject)
    cloud.s3.put_object(Bucket=UPLOADS, Key=f"uploads/{user_id}/a/{name}", Body=manifest)


def _play_failures(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Assets that fail are redriven, asked for once more by hand, by another line, or deleted."""
    drop(cloud, "ada", "failing.jsonl", _manifest(range(20, 22)))
    cloud.run_batches_to_rest()
    with monkeypatch.context() as broken:
        broken.setattr("meshmill.engine.GeometryEngine.generate", _no_memory)
        _work(cloud, rounds=7)
    for lane in LANES:
        cloud.bury(lane)
    batch = _ask(cloud, "GET", _BATCHES).json["data"][0]
    assert batch["counts"]["failed"] == 6, batch
    drop(cloud, "ada", "again.jsonl", _manifest(range(20, 21)))
    cloud.run_batches_to_rest()
    assert _ask(cloud, "POST", f"{_BATCHES}/{batch['batch_id']}/redrive").status == 202
    _settle(cloud)
    results = _records(cloud, batch["batch_id"])
    assert _ask(cloud, "DELETE", f"/api/v1/assets/{results[0]}").status == 204


def _play_dead_letters(cloud: Cloud) -> None:
    """Messages about batches that were given up: unreadable ones, and those of a batch."""
    drop(cloud, "ada", "lost.jsonl", _manifest(range(30, 31)))
    cloud.split()
    batch_id, user_id = _ingesting(cloud)
    known = ChunkItem(batch_id=batch_id, user_id=user_id, chunk=0).model_dump_json()
    told = upload_event(UPLOADS, f"uploads/{_NOBODY}/a/never.jsonl", "v1", 1)
    for queue, body in (
        (UPLOAD_QUEUE, "not ours"),
        (UPLOAD_QUEUE, told),
        (BATCH_QUEUE, "not ours"),
        (BATCH_QUEUE, known),
    ):
        cloud.sqs.send_message(QueueUrl=cloud.dead_letter_urls[queue], MessageBody=body)
        cloud.bury(queue)


def _play_exhaustion(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Assets of a batch whose attempts are spent, met by who buries and by who reconciles."""
    drop(cloud, "ada", "spent.jsonl", _manifest(range(70, 71)))
    cloud.split()
    batch_id, _ = _ingesting(cloud)
    cloud.ingest()
    for asset_id in _records(cloud, batch_id):
        cloud.dynamodb.update_item(
            TableName=tables.ASSETS,
            Key={"asset_id": {"S": asset_id}},
            UpdateExpression="SET attempts = :spent",
            ExpressionAttributeValues={":spent": {"N": "3"}},
        )
    (message,) = cloud.sqs.receive_message(QueueUrl=cloud.queue_urls["express"])["Messages"]
    cloud.sqs.send_message(QueueUrl=cloud.dead_letter_urls["express"], MessageBody=message["Body"])
    cloud.bury("express")
    _later(cloud, monkeypatch, 1)


def _play_loss(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages that get lost at each step are sent again when their batch is due."""
    late = _issue(cloud, "late")
    cloud.s3.put_object(
        Bucket=UPLOADS, Key=late["upload"]["fields"]["key"], Body=_manifest(range(40, 41))
    )
    cloud.uploads.untold()
    _later(cloud, monkeypatch, 2)
    cloud.split()
    cloud.sqs.purge_queue(QueueUrl=cloud.queue_urls[BATCH_QUEUE])
    _later(cloud, monkeypatch, 3)
    cloud.run_batches_to_rest()


def _play_large_report(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that is put together from several pieces."""
    with monkeypatch.context() as small:
        small.setattr("meshmill.aws.s3_reports._PIECE_BYTES", 500)
        small.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 500)
        drop(cloud, "ada", "large.jsonl", b"[]\n" * 20)
        cloud.run_batches_to_rest()


def _play_haste(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that come faster than their user's budget refills wait for it."""
    drop(cloud, "ada", "hasty.jsonl", _manifest(range(50, 51)))
    cloud.split()
    with monkeypatch.context() as spent:
        spent.setattr("meshmill.aws.dynamodb_limits.DynamoDbLineBudget.draw", _nothing_left)
        assert cloud.ingest() == 1


def _play_outage(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages that are handed back, since something is not there for a while."""
    drop(cloud, "ada", "early.jsonl", _manifest(range(60, 61)))
    cloud.split()
    drop(cloud, "ada", "late.jsonl", _manifest(range(61, 62)))
    with monkeypatch.context() as broken:
        broken.setattr("meshmill.aws.dynamodb_limits.DynamoDbLineBudget.draw", _unavailable)
        assert cloud.ingest() == 1
        assert cloud.split() == 1


def _later(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    with monkeypatch.context() as later:
        now = int(time.time() * 1000) + hours * 3_600_000
        later.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda _: now)
        cloud.reconcile()


def _settle(cloud: Cloud) -> None:
    cloud.run_batches_to_rest()
    _work(cloud, rounds=3)


def _work(cloud: Cloud, *, rounds: int) -> None:
    for _ in range(rounds):
        for lane in LANES:
            cloud.work(lane)


def _issue(cloud: Cloud, key: str) -> dict[str, Any]:
    body = {"filename": "some.jsonl", "size": 100_000, "content_type": "application/x-ndjson"}
    answer = _ask(cloud, "POST", _BATCHES, body, headers={"idempotency-key": f"key-{key}"})
    assert answer.status == 201, answer.text
    issued: dict[str, Any] = answer.json
    return issued


def _ask(cloud: Cloud, method: str, path: str, body: Any = None, **further: Any) -> Reply:
    return cloud.request(method, path, body, bearer=bearer(), **further)


def _manifest(seeds: range) -> bytes:
    """A line for each seed and lane."""
    lines: list[Any] = [
        {"format": "gltf", "parameters": {"seed": 10 * seed + priority}, "priority": priority}
        for seed in seeds
        for priority in _PRIORITIES
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _ingesting(cloud: Cloud) -> tuple[str, str]:
    """The batch that is being ingested, and whose it is."""
    items = cloud.dynamodb.scan(TableName=tables.BATCHES)["Items"]
    (found,) = (item for item in items if item.get("phase") == {"S": "ingesting"})
    return found["batch_id"]["S"], found["user_id"]["S"]


def _records(cloud: Cloud, batch_id: str) -> list[str]:
    """Ids of the assets that came from a batch."""
    return [record["asset_id"]["S"] for record in cloud.records() if batch_id in json.dumps(record)]


def _nothing_left(*_: Any) -> Allowance:
    return Allowance(False, limit=2_000, remaining=0, full_in_ms=2_000, retry_after_ms=1_000)


def _unavailable(*_: Any) -> Any:
    raise DependencyUnavailable("not there for a while")


def _no_memory(*_: Any) -> Any:
    raise MemoryError
