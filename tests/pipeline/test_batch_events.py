"""The events of the functions that split and ingest manifests are what AWS sends them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from functions.ingest_manifest import handler as ingest_manifest
from functions.split_manifest import handler as split_manifest
from meshmill.domain.chunk_work import parse_batch_work
from meshmill.domain.upload_events import parse_upload_events
from tests.support.cloud import Cloud, Context

EVENTS = Path(__file__).resolve().parents[2] / "events"
_NAMES = sorted(
    str(path.relative_to(EVENTS))
    for function in ("split_manifest", "ingest_manifest")
    for path in (EVENTS / function).glob("*.json")
)


def _event(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / name).read_bytes())
    return event


def _failures(answer: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


@pytest.mark.parametrize("name", _NAMES)
def test_they_have_the_shape_of_sqs_records(name: str) -> None:
    for record in _event(name)["Records"]:
        digest = hashlib.md5(record["body"].encode(), usedforsecurity=False).hexdigest()
        assert record["eventSource"] == "aws:sqs"
        assert record["md5OfBody"] == digest
        assert record["eventSourceARN"].endswith(":uploads" if "split" in name else ":batch")


@pytest.mark.parametrize("name", ["chunk", "redrive"])
def test_work_on_a_batch_that_is_gone_is_acknowledged(cloud: Cloud, name: str) -> None:
    event = _event(f"ingest_manifest/{name}.json")
    record = event["Records"][0]
    assert parse_batch_work(record["body"]).user_id == record["attributes"]["MessageGroupId"]
    assert _failures(ingest_manifest.handler(event, Context())) == []


@pytest.mark.parametrize(
    "name",
    ["dropped_file", "encoded_key", "foreign_key", "issued_upload", "test_event", "two_uploads"],
)
def test_news_of_uploads_that_are_gone_or_nobodys_is_acknowledged(cloud: Cloud, name: str) -> None:
    event = _event(f"split_manifest/{name}.json")
    assert _failures(split_manifest.handler(event, Context())) == []
    assert not cloud.dynamodb.scan(TableName="batches")["Items"]


@pytest.mark.parametrize("name", ["dropped_file", "encoded_key", "two_uploads"])
def test_news_of_uploads_become_batches(cloud: Cloud, name: str) -> None:
    event = _event(f"split_manifest/{name}.json")
    told = json.loads(event["Records"][0]["body"])
    for record, upload in zip(told["Records"], parse_upload_events(json.dumps(told)), strict=True):
        put = cloud.s3.put_object(Bucket="uploads", Key=upload.key, Body=b'{"format":"obj"}\n')
        record["s3"]["object"]["versionId"] = put["VersionId"]
    event["Records"][0]["body"] = json.dumps(told)
    assert _failures(split_manifest.handler(event, Context())) == []
    items = cloud.dynamodb.scan(TableName="batches")["Items"]
    headers = [item for item in items if item["item"]["S"] == "#"]
    assert {header["phase"]["S"] for header in headers} == {"ingesting"}
    assert len(headers) == len(told["Records"])


@pytest.mark.parametrize(
    ("name", "handler"),
    [("split_manifest", split_manifest.handler), ("ingest_manifest", ingest_manifest.handler)],
)
def test_poison_is_handed_back(cloud: Cloud, name: str, handler: Any) -> None:
    event = _event(f"{name}/poison.json")
    assert _failures(handler(event, Context())) == [event["Records"][0]["messageId"]]
