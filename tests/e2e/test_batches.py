"""Manifests from the drop to the last asset, on the running stack."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from meshmill_local import LocalStack
from tests.support.batches import Line, Manifests, jsonl, report, small
from tests.support.embedded import Caller, eventually, function_configured, generate_configured
from tests.support.walkthrough import missing, steps_of, walk

_PAGE = "batches.md"
_AWS = Path(__file__).resolve().parents[1] / "support" / "aws_cp.py"
_BAD: list[Line] = [
    {"format": "stl", "parameters": {}},
    {"format": "gltf", "parameters": {"generator": "dragon"}},
]


@pytest.fixture
def manifests(local_stack: LocalStack, request: pytest.FixtureRequest) -> Manifests:
    """Those of a user of this test's own."""
    return Manifests(local_stack, request.node.name)


@pytest.fixture
def caller(local_stack: LocalStack, request: pytest.FixtureRequest) -> Caller:
    """The same user, asking for single assets."""
    return Caller(local_stack, request.node.name)


def test_sixty_lines_are_built_and_asked_for_again_they_are_there(
    manifests: Manifests, caller: Caller
) -> None:
    good = small("stone", range(50))
    lines = [*good[:30], *_BAD, *good[30:], *good[:8]]
    content = jsonl(lines)

    done = manifests.until_final(manifests.issued(content))

    assert done["status"] == "completed_with_errors"
    expected = {"lines": 60, "accepted": 50, "duplicate": 8, "rejected": 2, "completed": 50}
    assert done["counts"] == expected | dict.fromkeys(("failed", "redriven", "deleted"), 0)
    assert (done["percent"], done["eta"], done["stalled"]) == (100.0, None, False)
    results = report(done, "results")
    assert [result["line"] for result in results] == list(range(1, 61))
    assert [result["custom_id"] for result in results[:30]] == [
        line["custom_id"] for line in good[:30]
    ]
    assert [error["line"] for error in report(done, "errors")] == [31, 32]
    asset = caller.get(results[0]["asset_id"]).json()
    assert (asset["status"], asset["custom_id"]) == ("completed", "stone-0")

    again = manifests.until_final(manifests.issued(content))

    assert again["counts"]["accepted"] == 0
    assert again["counts"]["duplicate"] == 58
    assert [result["asset_id"] for result in report(again, "results")] == [
        result["asset_id"] for result in results
    ]
    assert caller.get(results[0]["asset_id"]).json()["attempts"] == asset["attempts"]


def test_a_file_that_is_overwritten_is_two_batches_and_announced_twice_it_is_one(
    manifests: Manifests,
) -> None:
    stack = manifests.stack
    key, first = manifests.drop(jsonl(small("shard", range(100, 104))), "autumn/shards.jsonl")
    manifests.until_dropped(1)
    _, second = manifests.drop(jsonl(small("shard", range(102, 105))), "autumn/shards.jsonl")
    assert first != second
    batches = [manifests.until_final(each) for each in manifests.until_dropped(2)]

    told = [(each["counts"]["lines"], each["counts"]["accepted"]) for each in batches]
    assert sorted(told) == [(3, 1), (4, 4)]
    assert {each["filename"] for each in batches} == {"shards.jsonl"}

    for version in (first, second, first):
        _announce(stack, key, version)
    _at_rest(stack, "UploadEventsQueueUrl")

    after = manifests.dropped()
    assert [each["batch_id"] for each in after] == [each["batch_id"] for each in batches]
    assert [each["counts"] for each in after] == [each["counts"] for each in batches]


def test_what_has_failed_is_asked_for_again_under_its_own_id(
    manifests: Manifests, caller: Caller
) -> None:
    content = jsonl(small("flint", range(200, 212)))
    with generate_configured(
        manifests.stack, MESHMILL_ARTEFACTS_BUCKET="there-is-none", MESHMILL_MAX_ATTEMPTS="1"
    ):
        failed = manifests.until_final(manifests.issued(content))

    assert failed["status"] == "completed_with_errors"
    assert (failed["counts"]["accepted"], failed["counts"]["failed"]) == (12, 12)

    redriven = manifests.redrive(failed)
    assert redriven.status_code == 202
    assert redriven.json()["status"] == "in_progress"
    done = manifests.until_final(failed)

    assert done["status"] == "completed"
    counts = {"lines": 12, "accepted": 12, "duplicate": 0, "rejected": 0}
    assert done["counts"] == counts | {
        "completed": 12,
        "failed": 12,
        "redriven": 12,
        "deleted": 0,
    }
    for result in report(done, "results"):
        assert caller.get(result["asset_id"]).json()["status"] == "completed"


def test_lines_beyond_the_budget_take_longer_and_do_not_fail(manifests: Manifests) -> None:
    content = jsonl([*_BAD] * 400)
    with function_configured(
        manifests.stack, "IngestManifestFunction", MESHMILL_LINES_PER_SECOND="200"
    ):
        # The first of them takes what the user has at once.
        batches = [manifests.issued(content) for _ in range(3)]
        done = [manifests.until_final(batch) for batch in batches]

    assert [each["counts"]["rejected"] for each in done] == [800] * 3


def test_an_announcement_under_the_same_key_is_the_same_batch(manifests: Manifests) -> None:
    first, again, other = (manifests.announce(content, "k") for content in (b"a", b"b", b"cd"))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["batch_id"] == again.json()["batch_id"]
    assert other.json()["error"]["code"] == "IDEMPOTENCY_CONFLICT"


def test_the_walk_through_batches_does_what_it_shows(
    local_stack: LocalStack, tmp_path: Path
) -> None:
    commands = tmp_path / "bin"
    commands.mkdir()
    aws = commands / "aws"
    aws.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{_AWS}" "$@"\n')
    aws.chmod(0o755)

    printed = walk(_PAGE, local_stack, tmp_path, [commands])

    assert missing(_PAGE, printed) == []
    assert sum(bool(step.shown) for step in steps_of(_PAGE)) > 6


def _announce(stack: LocalStack, key: str, version: str) -> None:
    """As S3 does, once more."""
    what = {"bucket": {"name": stack.uploads_bucket}, "object": {"key": key, "versionId": version}}
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "s3": what,
    }
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs["UploadEventsQueueUrl"],
        MessageBody=json.dumps({"Records": [record]}),
    )


def _at_rest(stack: LocalStack, queue: str) -> None:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def empty() -> bool | None:
        counts = stack.client("sqs").get_queue_attributes(
            QueueUrl=stack.outputs[queue], AttributeNames=names
        )["Attributes"]
        return set(counts.values()) == {"0"} or None

    eventually(empty, f"{queue} is empty")
