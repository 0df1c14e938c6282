"""Manifests on the embedded engine: a file that is put into the bucket becomes assets."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import httpx
import pytest

from meshmill.domain import identity
from meshmill_local import LocalStack
from tests.support.embedded import Caller, eventually

SMALL = {"generator": "rock", "quality": "low", "texture_size": 256}
GOOD = [
    {"format": "gltf", "parameters": {**SMALL, "seed": seed}, "custom_id": f"stone-{seed}"}
    for seed in range(8)
]
TWICE = {**GOOD[3], "custom_id": "stone-3-again"}
BAD = {"format": "stl", "parameters": {}, "custom_id": "no-such-format"}
TEN_LINES = [*GOOD, TWICE, BAD]
OVER = {"completed", "completed_with_errors", "failed"}


class Dropper(Caller):
    """A user whose files are put into the bucket by whoever may write there."""

    def __init__(self, stack: LocalStack, subject: str) -> None:
        super().__init__(stack, subject)
        self.user_id = identity.user_id(stack.outputs["Issuer"], subject)
        self._batches = f"{stack.base_url}/api/v1/batches"

    def drop(self, name: str, lines: list[dict[str, Any]]) -> None:
        body = "".join(json.dumps(line) + "\n" for line in lines)
        self.stack.client("s3").put_object(
            Bucket=self.stack.uploads_bucket,
            Key=f"uploads/{self.user_id}/{name}",
            Body=body.encode(),
        )

    def batches(self) -> list[dict[str, Any]]:
        answer = httpx.get(self._batches, headers=self._headers, timeout=60)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
        return found

    def until_over(self) -> dict[str, Any]:
        """The only batch that there is, once nothing happens to it any more.

        Its link is polled, which costs nothing of the user's rate limit.
        """
        (begun,) = eventually(lambda: self.batches() or None, "the file becomes a batch")

        def over() -> dict[str, Any] | None:
            seen: dict[str, Any] = self.poll(begun["status_url"]).raise_for_status().json()
            return seen if seen["status"] in OVER else None

        return eventually(over, "the batch is over")

    def report(self, batch: dict[str, Any], name: str) -> list[dict[str, Any]]:
        """The lines of one of a batch's files."""
        (url,) = (file["url"] for file in batch["files"] if file["name"] == name)
        return [json.loads(line) for line in httpx.get(url, timeout=60).text.splitlines()]


@pytest.fixture
def dropper(local_stack: LocalStack, request: pytest.FixtureRequest) -> Dropper:
    """A user of this test's own."""
    return Dropper(local_stack, request.node.name)


def test_ten_lines_that_are_dropped_into_the_bucket_become_assets(dropper: Dropper) -> None:
    dropper.drop("quarry/ten stones é.jsonl", TEN_LINES)
    batch = dropper.until_over()
    assert batch["status"] == "completed_with_errors"
    assert batch["filename"] == "ten stones é.jsonl"
    assert batch["counts"] == {
        "lines": 10,
        "accepted": 8,
        "duplicate": 1,
        "rejected": 1,
        "completed": 8,
        "failed": 0,
        "redriven": 0,
        "deleted": 0,
    }
    results = dropper.report(batch, "results")
    assert [each["line"] for each in results] == list(range(1, 11))
    assert Counter(each["outcome"] for each in results) == {
        "accepted": 8,
        "duplicate": 1,
        "rejected": 1,
    }
    assert results[8]["asset_id"] == results[3]["asset_id"]
    (error,) = dropper.report(batch, "errors")
    assert (error["line"], error["custom_id"]) == (10, "no-such-format")
    for result in results[:8]:
        asset = dropper.get(result["asset_id"]).json()
        assert (asset["status"], asset["custom_id"]) == ("completed", result["custom_id"])


def test_the_link_of_a_batch_needs_no_token(dropper: Dropper) -> None:
    dropper.drop("two.jsonl", GOOD[:2])
    batch = dropper.until_over()
    (listed,) = dropper.batches()
    assert batch["counts"] == listed["counts"]
    assert batch["status"] == listed["status"] == "completed"
