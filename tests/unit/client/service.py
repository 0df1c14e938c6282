"""A scripted service behind httpx's transport seam, and a clock that never really sleeps."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from meshmill_client import ApiKey, Client, ClientCredentials, Credentials, RetryPolicy
from tests.unit.client.faces import Blocking, Face

BASE_URL = "https://api.example"
TOKEN_URL = "https://login.example/oauth2/token"
ASSET_ID = "550e8400-e29b-41d4-a716-446655440000"
STATUS_URL = f"{BASE_URL}/api/v1/status/assets/{ASSET_ID}?expires=1&signature=s"
BATCH_ID = "4f2b4a3e-9c61-5f0a-8a53-1d2c3b4a5968"
BATCH_STATUS_URL = f"{BASE_URL}/api/v1/status/batches/{BATCH_ID}?expires=1&signature=s"
UPLOAD_URL = "https://store.example/uploads"
MODEL = b"glTF" + bytes(range(256)) * 2000

Scripted = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class FakeClock:
    """Seconds that pass only by sleeping; ``slept`` remembers each pause."""

    seconds: float = 1_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class Service:
    """Answers by script, in order; the last line of a script repeats. Remembers every request."""

    def __init__(self, face: Face | None = None) -> None:
        self.clock = FakeClock()
        self._face = face or Blocking()
        self.requests: list[httpx.Request] = []
        self._scripts: dict[tuple[str, str], deque[Scripted]] = {}
        self._lock = threading.Lock()

    def on(self, method: str, url: str, *script: Scripted) -> None:
        """Script what a path (of the service) or a whole URL without query answers."""
        whole = url if url.startswith("https://") else BASE_URL + url
        self._scripts[method, whole] = deque(script)

    def client(self, credentials: Credentials | None = None, **further: Any) -> Client:
        """A client of this service; an API key's holder unless said otherwise."""
        return self._client(credentials or ApiKey("mm_key"), **further)

    def anonymous(self, base_url: str = BASE_URL, **further: Any) -> Client:
        """A client of this service that is nobody in particular."""
        return self._client(None, base_url, **further)

    def sent(self, path: str) -> list[httpx.Request]:
        """The requests to a path."""
        return [request for request in self.requests if request.url.path == path]

    def _client(
        self, credentials: Credentials | None, base_url: str = BASE_URL, **further: Any
    ) -> Client:
        return self._face.client(base_url, credentials, self.answer, self.clock, **further)

    def answer(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.requests.append(request)
            script = self._scripts[request.method, str(request.url.copy_with(query=None))]
            scripted = script.popleft() if len(script) > 1 else script[0]
        if isinstance(scripted, Exception):
            raise scripted
        answer = scripted(request) if callable(scripted) else scripted
        # httpx ties an answer to the client that it came to.
        return httpx.Response(answer.status_code, headers=answer.headers, stream=answer.stream)


def client_credentials() -> ClientCredentials:
    return ClientCredentials(TOKEN_URL, "studio", "p%ss:word")


def granted(token: str = "token-1", expires_in: float = 3600) -> httpx.Response:
    return httpx.Response(200, json={"access_token": token, "expires_in": expires_in})


def refused(status: int, code: str, **headers: str) -> httpx.Response:
    envelope = {"error": {"code": code, "message": "No.", "details": {}}, "request_id": "r-1"}
    return httpx.Response(status, json=envelope, headers=headers)


def view(status: str = "pending", **changes: Any) -> dict[str, Any]:
    """An Asset object as the service shows it."""
    moment = "2026-11-22T10:00:00.000Z"
    return {
        "object": "asset",
        "asset_id": ASSET_ID,
        "spec_id": "0" * 64,
        "status": status,
        "format": "gltf",
        "parameters": {"generator": "terrain", "quality": "medium"},
        "priority": 5,
        "labels": {},
        "custom_id": None,
        "created_at": moment,
        "updated_at": moment,
        "started_at": None,
        "completed_at": None,
        "attempts": 0,
        "queue_ms": None,
        "generation_ms": None,
        "status_url": STATUS_URL,
        "links": {"self": f"{BASE_URL}/api/v1/assets/{ASSET_ID}"},
    } | changes


def file_view(data: bytes = MODEL, **changes: Any) -> dict[str, Any]:
    return {
        "name": "model",
        "filename": "model.glb",
        "media_type": "model/gltf-binary",
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "url": "https://store.example/artefacts/model.glb?X-Amz-Signature=s",
        "expires_at": "2026-11-22T10:15:00.000Z",
    } | changes


def completed(**changes: Any) -> dict[str, Any]:
    stats = {"triangles": 2, "vertices": 4, "materials": 1, "textures": 3}
    return view("completed", stats=stats, files=[file_view()]) | changes


def batch_view(status: str = "in_progress", **changes: Any) -> dict[str, Any]:
    """A Batch object as the service shows it; members named as counts change those."""
    moment = "2026-11-22T10:00:00.000Z"
    counts: dict[str, Any] = {"lines": 200} | dict.fromkeys(
        ("accepted", "duplicate", "rejected", "completed", "failed", "redriven", "deleted"), 0
    )
    counted = {name: changes.pop(name) for name in counts.keys() & changes.keys()}
    return {
        "object": "batch",
        "batch_id": BATCH_ID,
        "status": status,
        "source": "issued",
        "filename": "village.jsonl",
        "size": 100,
        "content_type": "application/jsonl",
        "format": "jsonl",
        "created_at": moment,
        "updated_at": moment,
        "started_at": moment,
        "completed_at": None,
        "counts": counts | counted,
        "percent": 0.0,
        "rate": 0.0,
        "eta": None,
        "stalled": False,
        "error": None,
        "status_url": BATCH_STATUS_URL,
        "links": {"self": f"{BASE_URL}/api/v1/batches/{BATCH_ID}"},
    } | changes


def awaiting_upload(**changes: Any) -> dict[str, Any]:
    fields = {"key": "uploads/u/.batches/b/manifest.jsonl", "Content-Type": "application/jsonl"}
    form = {"url": UPLOAD_URL, "fields": fields, "expires_at": "2026-11-22T11:00:00.000Z"}
    return batch_view("awaiting_upload", lines=None, upload=form) | changes


def shown(view_of_it: dict[str, Any], **headers: str) -> httpx.Response:
    return httpx.Response(200, content=json.dumps(view_of_it).encode(), headers=headers)


NO_RETRIES = RetryPolicy(attempts=1)
