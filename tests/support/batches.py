"""Batches on the embedded engine, as their users and S3 see to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from meshmill_local import LocalStack
from tests.support.embedded import eventually

Line = dict[str, Any]
FINAL = {"completed", "completed_with_errors", "failed"}
JSONL = "application/jsonl"


class Manifests:
    """What one user drops; each call has a connection of its own."""

    def __init__(self, stack: LocalStack, subject: str) -> None:
        self.stack = stack
        self._headers = {"Authorization": f"Bearer {stack.mint_token(subject)}"}
        self._batches = f"{stack.base_url}/api/v1/batches"

    def announce(self, content: bytes, key: str | None = None) -> httpx.Response:
        """POST /batches."""
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        body = {"filename": "lines.jsonl", "size": len(content), "content_type": JSONL}
        return httpx.post(self._batches, json=body, headers=headers, timeout=60)

    def issued(self, content: bytes) -> dict[str, Any]:
        """A batch whose file was uploaded by its form."""
        batch: dict[str, Any] = self.announce(content).raise_for_status().json()
        form = batch["upload"]
        sent = httpx.post(
            form["url"], data=form["fields"], files={"file": ("f", content, JSONL)}, timeout=60
        )
        assert sent.status_code == 204, sent.text
        return batch

    def user_id(self) -> str:
        """Whose files in the bucket are this user's."""
        form = self.announce(b"x").raise_for_status().json()["upload"]
        return str(form["fields"]["key"].split("/")[1])

    def drop(self, content: bytes, name: str) -> tuple[str, str]:
        """Put a file into the bucket without asking; its key and version."""
        key = f"uploads/{self.user_id()}/{name}"
        put = self.stack.client("s3").put_object(
            Bucket=self.stack.uploads_bucket, Key=key, Body=content
        )
        return key, put["VersionId"]

    def dropped(self) -> list[dict[str, Any]]:
        """This user's batches that nobody has announced, newest first."""
        answer = httpx.get(f"{self._batches}?limit=100", headers=self._headers, timeout=60)
        batches: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
        return [batch for batch in batches if batch["source"] == "dropped"]

    def until_dropped(self, many: int) -> list[dict[str, Any]]:
        """Wait until there are as many of them."""

        def enough() -> list[dict[str, Any]] | None:
            found = self.dropped()
            return found if len(found) >= many else None

        return eventually(enough, f"{many} files became batches")

    def redrive(self, batch: Mapping[str, Any]) -> httpx.Response:
        """POST …/redrive."""
        address = f"{self._batches}/{batch['batch_id']}/redrive"
        return httpx.post(address, headers=self._headers, timeout=60)

    def seen(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """The batch as of now, by its signed link."""
        answer = httpx.get(batch["status_url"], timeout=60)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def until_final(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """Poll until nothing more happens by itself."""

        def final() -> dict[str, Any] | None:
            seen = self.seen(batch)
            return seen if seen["status"] in FINAL else None

        return eventually(final, f"batch {batch['batch_id']} becomes final")

    def until_reported(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """Poll until every line is counted and told of."""

        def reported() -> dict[str, Any] | None:
            seen = self.seen(batch)
            assert seen["status"] != "failed", seen
            return seen if seen.get("files") else None

        return eventually(reported, f"batch {batch['batch_id']} is reported")


def report(batch: Mapping[str, Any], name: str) -> list[Line]:
    """The lines of a file that a batch was reported in."""
    [url] = [file["url"] for file in batch["files"] if file["name"] == name]
    content = httpx.get(url, timeout=60).raise_for_status().content
    return [json.loads(line) for line in content.split(b"\n") if line]


def small(name: str, seeds: Iterable[int]) -> list[Line]:
    """A request for each seed, quickly built."""
    parameters = {"generator": "rock", "quality": "low", "texture_size": 256}
    return [
        {
            "format": "gltf",
            "custom_id": f"{name}-{seed}",
            "parameters": parameters | {"seed": seed},
        }
        for seed in seeds
    ]


def jsonl(lines: Iterable[Line]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
