"""Files behind signed links, and a form that takes manifests, in memory."""

from __future__ import annotations

import hashlib
import re
from email.message import MIMEPart
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx

from tests.unit.client.service import FakeClock

STORE_URL = "https://store.example"
LINK_SECONDS = 900
_RANGE = re.compile(r"bytes=(\d+)-")


class StandInStore:
    """Objects by name; links to them that expire; uploads of which the first counts."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._objects: dict[str, bytes] = {}
        self.uploads: dict[str, list[bytes]] = {}

    def put(self, name: str, filename: str, data: bytes, folder: str) -> dict[str, Any]:
        """Keep a file; how it is shown, with a fresh link."""
        path = f"/files/{folder}/{filename}"
        self._objects[path] = data
        expires = self._clock.now() + LINK_SECONDS
        return {
            "name": name,
            "filename": filename,
            "media_type": "application/octet-stream",
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "url": f"{STORE_URL}{path}?expires={expires}&X-Amz-Signature=s",
            "expires_at": "2026-11-22T10:15:00.000Z",
        }

    def form(self, batch_id: str, content_type: str) -> dict[str, Any]:
        """What a manifest is posted with."""
        fields = {"key": f"uploads/u/{batch_id}", "Content-Type": content_type, "policy": "p"}
        return {
            "url": f"{STORE_URL}/uploads",
            "fields": fields,
            "expires_at": "2026-11-22T11:00:00.000Z",
        }

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the store says to a request."""
        if request.method == "POST":
            return self._upload(request)
        if float(request.url.params["expires"]) < self._clock.now():
            return httpx.Response(403, text="<Error><Code>AccessDenied</Code></Error>")
        data = self._objects[request.url.path]
        asked = _RANGE.fullmatch(request.headers.get("Range", ""))
        if asked is None:
            return httpx.Response(200, content=data)
        start = int(asked[1])
        if start >= len(data):
            return httpx.Response(416)
        span = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return httpx.Response(206, content=data[start:], headers={"Content-Range": span})

    def _upload(self, request: httpx.Request) -> httpx.Response:
        parts = {
            part.get_param("name", header="Content-Disposition"): part for part in _parts(request)
        }
        batch_id = _content(parts["key"]).decode().rpartition("/")[2]
        self.uploads.setdefault(batch_id, []).append(_content(parts["file"]))
        return httpx.Response(204)


def _parts(request: httpx.Request) -> list[MIMEPart]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.content)
    return list(message.iter_parts())


def _content(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content
