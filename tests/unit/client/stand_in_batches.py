"""Batches of a service in memory, which come along each time that they are looked at."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.unit.client.service import BASE_URL, batch_view, refused
from tests.unit.client.stand_in_assets import StandInAssets
from tests.unit.client.stand_in_store import StandInStore

_STAGES = ("validating", "in_progress", "completed")


@dataclass
class BatchRecord:
    """A batch: how often it was looked at since its manifest came, and what became of the lines."""

    batch_id: str
    request: dict[str, Any]
    stage: int = -1
    results: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    redriven: int = 0
    was_failed: int = 0

    @property
    def is_over(self) -> bool:
        """Nothing more happens by itself."""
        return self.stage >= len(_STAGES) - 1


class StandInBatches:
    """Keeps books: the batches that were made, by their keys, and those that were deleted."""

    def __init__(self, store: StandInStore, assets: StandInAssets) -> None:
        self._store = store
        self._assets = assets
        self.records: dict[str, BatchRecord] = {}
        self.deleted: list[str] = []
        self._by_key: dict[str, str] = {}

    def create(self, request: httpx.Request) -> httpx.Response:
        """POST /batches: once more under the same key, the same batch."""
        body, key = json.loads(request.content), request.headers.get("Idempotency-Key")
        batch_id = self._by_key.get(key or "")
        if batch_id is None:
            batch_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{len(self.records)} {key}"))
            self.records[batch_id] = BatchRecord(batch_id, body)
            if key:
                self._by_key[key] = batch_id
        record = self.records[batch_id]
        if record.request != body:
            return refused(409, "IDEMPOTENCY_CONFLICT")
        form = self._store.form(batch_id, body["content_type"])
        return httpx.Response(201, json=self.shown(record) | {"upload": form})

    def look(self, batch_id: str) -> httpx.Response:
        """The batch, a step further once its manifest is there."""
        record = self.records.get(batch_id)
        if record is None:
            return refused(404, "NOT_FOUND")
        if batch_id in self._store.uploads and not record.is_over:
            record.stage += 1
            if record.stage == 1 and not record.results:
                self._ingest(record)
        headers = {} if record.is_over else {"Retry-After": "2"}
        return httpx.Response(200, json=self.shown(record), headers=headers)

    def page(self) -> httpx.Response:
        """GET /batches, on one page."""
        data = [self.shown(record) for record in reversed(self.records.values())]
        return httpx.Response(200, json={"data": data, "next_cursor": None})

    def delete(self, batch_id: str) -> httpx.Response:
        """DELETE /batches/{id}, while nothing of it has begun."""
        if batch_id not in self.records:
            return refused(404, "NOT_FOUND")
        if batch_id in self._store.uploads:
            return refused(409, "INVALID_STATE")
        del self.records[batch_id]
        self.deleted.append(batch_id)
        return httpx.Response(204)

    def redrive(self, batch_id: str) -> httpx.Response:
        """POST …/redrive; while one is under way, it is that one."""
        record = self.records[batch_id]
        if not record.is_over:
            return httpx.Response(202, json=self.shown(record))
        for failed in self._failed(record):
            failed.fails, failed.looks = False, 0
            record.redriven += 1
        record.stage = 0
        return httpx.Response(202, json=self.shown(record))

    def shown(self, record: BatchRecord) -> dict[str, Any]:
        """The Batch object."""
        batch_id, status = record.batch_id, "awaiting_upload"
        changes: dict[str, Any] = {}
        if record.stage >= 0:
            status = _STAGES[record.stage]
        if record.is_over:
            failed = len(self._failed(record))
            record.was_failed = max(record.was_failed, failed)
            if failed or record.errors:
                status = "completed_with_errors"
            changes["files"] = [
                self._store.put(name, f"{name}.jsonl", _jsonl(lines), batch_id)
                for name, lines in (("results", record.results), ("errors", record.errors))
            ]
        for outcome in ("accepted", "duplicate", "rejected"):
            changes[outcome] = sum(each["outcome"] == outcome for each in record.results)
        return batch_view(
            status,
            batch_id=batch_id,
            lines=len(record.results) or None,
            failed=record.was_failed,
            redriven=record.redriven,
            status_url=f"{BASE_URL}/api/v1/status/batches/{batch_id}?expires=1&signature=s",
            **changes,
        )

    def _ingest(self, record: BatchRecord) -> None:
        manifest = self._store.uploads[record.batch_id][0]
        for number, text in enumerate(manifest.splitlines(), 1):
            body = json.loads(text)
            told = {"line": number, "custom_id": body.get("custom_id")}
            if body["format"] == "stl":
                wrong = {"code": "INVALID_FORMAT", "message": "No.", "field": "format"}
                record.errors.append(told | wrong)
                record.results.append(told | {"asset_id": None, "outcome": "rejected"})
                continue
            before = self._assets.made.total()
            asset = self._assets.add(body)
            asset.looks = 3
            outcome = "accepted" if self._assets.made.total() > before else "duplicate"
            record.results.append(told | {"asset_id": asset.asset_id, "outcome": outcome})

    def _failed(self, record: BatchRecord) -> list[Any]:
        ids = [each["asset_id"] for each in record.results if each["outcome"] == "accepted"]
        standing = [self._assets.records[each] for each in ids if each in self._assets.records]
        return [each for each in standing if each.fails]


def _jsonl(lines: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
