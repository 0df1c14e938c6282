"""A scripted service with assets and batches that come along from answer to answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.unit.cli.served import Served
from tests.unit.client.service import (
    BATCH_ID,
    awaiting_upload,
    batch_view,
    file_view,
    view,
)

ASSETS, BATCHES = "/api/v1/assets", "/api/v1/batches"
MODEL, PREVIEW = b"glTF" * 1000, b"PNG" * 100
ERROR = {"class": "system", "code": "TIMED_OUT", "message": "Too slow", "retryable": True}
NOW = {"Retry-After": "0"}
RESULTS: list[dict[str, Any]] = [
    {"line": 1, "custom_id": "oak", "asset_id": "a-1", "outcome": "accepted"},
    {"line": 2, "custom_id": "=cmd()", "asset_id": "a-1", "outcome": "duplicate"},
    {"line": 3, "custom_id": None, "asset_id": None, "outcome": "rejected"},
]
ERRORS: list[dict[str, Any]] = [
    {
        "line": 3,
        "custom_id": None,
        "code": "INVALID_FORMAT",
        "message": "format must be one of gltf, obj, fbx",
        "field": "format",
    }
]


@dataclass(frozen=True)
class Pipeline:
    """What stands in the service, as a test has it."""

    service: Served

    def asset(self, asset_id: str, *statuses: str, **changes: Any) -> dict[str, Any]:
        """An asset that is at the first status when it is read, and at the next ones by its link.

        Returns:
            It, at its first status.
        """
        seen = [self._asset(asset_id, status, changes) for status in statuses]
        self.service.on("GET", f"{ASSETS}/{asset_id}", 200, seen[0])
        self._follow(f"/api/v1/status/assets/{asset_id}", seen[1:] or seen)
        return seen[0]

    def accepts(self, created: dict[str, Any], *, deduplicated: bool = False) -> None:
        """The next request for an asset is answered with this one."""
        answer = created | {"deduplicated": deduplicated}
        self.service.on("POST", ASSETS, 200 if deduplicated else 202, answer)

    def lists(self, *pages: list[dict[str, Any]]) -> None:
        """What the listing of assets has, a page an answer."""
        for number, page in enumerate(pages, 1):
            cursor = f"page-{number + 1}" if number < len(pages) else None
            script = self.service.on if number == 1 else self.service.then
            script("GET", ASSETS, 200, {"data": page, "next_cursor": cursor})

    def batch(self, *seen: tuple[str, Mapping[str, Any]]) -> dict[str, Any]:
        """A batch as it is read at first, and as its link shows it next."""
        views = [self._batch(status, changes) for status, changes in seen]
        self.service.on("GET", f"{BATCHES}/{BATCH_ID}", 200, views[0])
        self._follow(f"/api/v1/status/batches/{BATCH_ID}", views[1:] or views)
        return views[0]

    def reports(self) -> list[dict[str, Any]]:
        """Files of a batch whose lines are counted."""
        return [
            self.file("results", "results.jsonl", _lines(RESULTS)),
            self.file("errors", "errors.jsonl", _lines(ERRORS)),
        ]

    def file(self, name: str, filename: str, data: bytes) -> dict[str, Any]:
        """A file, and what the service shows of it."""
        path = f"/store/{filename}"
        self.service.on("GET", path, 200, data)
        return file_view(data, name=name, filename=filename, url=f"{self.service.url}{path}")

    def takes_a_manifest(self, *seen: tuple[str, Mapping[str, Any]]) -> None:
        """A batch that awaits its manifest, and is then as it is seen."""
        form = awaiting_upload()["upload"] | {"url": f"{self.service.url}/store/uploads"}
        batch = self.batch(("awaiting_upload", {"lines": None, "upload": form}), *seen)
        self.service.on("POST", BATCHES, 201, batch)
        self.service.on("POST", "/store/uploads", 204, b"")

    def bodies(self, path: str) -> list[Any]:
        """What was posted."""
        return [json.loads(request.body) for request in self.service.asked("POST", path)]

    def _asset(self, asset_id: str, status: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        seen = view(
            status,
            asset_id=asset_id,
            status_url=f"{self.service.url}/api/v1/status/assets/{asset_id}?expires=1&signature=s",
        )
        if status == "failed":
            seen |= {"error": ERROR}
        if status == "completed":
            model = self.file("model", "model.glb", MODEL)
            preview = self.file("preview", "preview.png", PREVIEW)
            seen |= {
                "stats": {"triangles": 2000, "vertices": 1100, "materials": 1, "textures": 3},
                "files": [model, preview],
            }
        return {**seen, **changes}

    def _batch(self, status: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        url = f"{self.service.url}/api/v1/status/batches/{BATCH_ID}?expires=1&signature=s"
        return batch_view(status, status_url=url, **changes)

    def _follow(self, path: str, seen: list[dict[str, Any]]) -> None:
        self.service.on("GET", path, 200, seen[0], **NOW)
        for each in seen[1:]:
            self.service.then("GET", path, 200, each, **NOW)


def _lines(values: list[dict[str, Any]]) -> bytes:
    return b"".join(f"{json.dumps(value)}\n".encode() for value in values)
