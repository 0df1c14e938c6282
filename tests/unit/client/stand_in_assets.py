"""Assets of a service in memory, which come along each time that they are looked at."""

from __future__ import annotations

import json
import random
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx

from meshmill_client import Asset
from tests.unit.client.service import BASE_URL, refused, view
from tests.unit.client.stand_in_store import StandInStore

#: Custom ids that begin with this fail until they are asked for again.
FAILING = "fails"
_LOOKS = 3
_STATES = ("pending", "processing")
_MOST_BYTES = 20_000


@dataclass
class Record:
    """An asset: how often it was looked at, and whether it is of those that fail."""

    asset_id: str
    body: dict[str, Any]
    fails: bool
    looks: int = 0

    @property
    def status(self) -> str:
        """As many looks away from its end as there are states before it."""
        if self.looks < _LOOKS:
            return _STATES[min(self.looks, 1)]
        return "failed" if self.fails else "completed"


class StandInAssets:
    """Keeps books: what was made, and what was deleted, how often."""

    def __init__(self, store: StandInStore) -> None:
        self._store = store
        self.records: dict[str, Record] = {}
        self.made: Counter[str] = Counter()
        self.deleted: Counter[str] = Counter()

    def create(self, request: httpx.Request) -> httpx.Response:
        """POST /assets, with its parameters."""
        body, params = json.loads(request.content), request.url.params
        asset_id = id_of(body)
        if params.get("dry_run") == "true":
            return httpx.Response(200, json=self._estimate(asset_id, body))
        known = asset_id in self.records
        if known and params.get("on_duplicate") == "reject":
            return refused(409, "DUPLICATE_REQUEST")
        record = self.add(body)
        shown = self.shown(record) | {"deduplicated": known}
        return httpx.Response(200 if known else 202, json=shown, headers={"Retry-After": "1"})

    def add(self, body: dict[str, Any]) -> Record:
        """The record of a request, which is made where there is none."""
        asset_id = id_of(body)
        if asset_id not in self.records:
            self.made[asset_id] += 1
            fails = str(body.get("custom_id", "")).startswith(FAILING)
            self.records[asset_id] = Record(asset_id, body, fails)
        return self.records[asset_id]

    def completed(self, body: dict[str, Any]) -> Asset:
        """The asset of a request, as a client knows it once it is completed."""
        record = self.add(body)
        record.looks = _LOOKS
        return Asset.model_validate(self.shown(record))

    def look(self, asset_id: str, tag: str | None = None) -> httpx.Response:
        """The asset, a step further; 304 where the caller has it so already."""
        record = self.records.get(asset_id)
        if record is None:
            return refused(404, "NOT_FOUND")
        record.looks += 1
        headers = {"ETag": f'"{record.status}"'}
        if record.status in _STATES:
            headers["Retry-After"] = "2"
        if tag == headers["ETag"]:
            return httpx.Response(304, headers=headers)
        return httpx.Response(200, json=self.shown(record), headers=headers)

    def page(self, request: httpx.Request) -> httpx.Response:
        """GET /assets, newest first."""
        limit, cursor = int(request.url.params["limit"]), request.url.params.get("cursor")
        ids = list(reversed(self.records))
        start = ids.index(cursor) + 1 if cursor else 0
        chosen = ids[start : start + limit]
        rest = chosen[-1] if ids[start + limit :] else None
        data = [self.shown(self.records[asset_id]) for asset_id in chosen]
        return httpx.Response(200, json={"data": data, "next_cursor": rest})

    def delete(self, asset_id: str) -> httpx.Response:
        """DELETE /assets/{id}."""
        record = self.records.get(asset_id)
        if record is None:
            return refused(404, "NOT_FOUND")
        if record.status == "processing":
            return refused(409, "INVALID_STATE")
        del self.records[asset_id]
        self.deleted[asset_id] += 1
        return httpx.Response(204)

    def shown(self, record: Record) -> dict[str, Any]:
        """The Asset object."""
        asset_id, body = record.asset_id, record.body
        changes: dict[str, Any] = {
            "asset_id": asset_id,
            "format": body["format"],
            "parameters": body["parameters"],
            "custom_id": body.get("custom_id"),
            "status_url": f"{BASE_URL}/api/v1/status/assets/{asset_id}?expires=1&signature=s",
        }
        if record.status == "failed":
            changes["error"] = {
                "code": "OUT_OF_MEMORY",
                "message": "It was too much.",
                "class": "system",
                "retryable": True,
            }
        if record.status == "completed":
            changes["stats"] = dict.fromkeys(("triangles", "vertices", "materials", "textures"), 1)
            changes["files"] = [
                self._store.put(name, filename, content_of(asset_id, name), asset_id)
                for name, filename in (("model", "model.glb"), ("preview", "preview.png"))
            ]
        return view(record.status, **changes)

    def _estimate(self, asset_id: str, body: dict[str, Any]) -> dict[str, Any]:
        defaults = {"priority": 5, "labels": {}, "custom_id": None, "spec_id": "0" * 64}
        estimate = {"triangles": 2_000, "bytes": 90_000, "seconds": 0.2, "megabytes": 200}
        standing = self.records.get(asset_id)
        status = standing.status if standing else None
        known = {"asset_id": asset_id, "exists": standing is not None, "status": status}
        return defaults | body | known | {"estimate": estimate}


def id_of(body: dict[str, Any]) -> str:
    """Equal requests have equal ids."""
    identity = json.dumps([body["format"], body["parameters"]], sort_keys=True)
    return str(uuid.uuid5(uuid.NAMESPACE_URL, identity))


def content_of(asset_id: str, name: str) -> bytes:
    """The bytes of an asset's file."""
    drawn = random.Random(f"{asset_id}/{name}")
    return drawn.randbytes(drawn.randint(1, _MOST_BYTES))
