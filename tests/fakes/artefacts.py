"""Stored files, links to them, and the quarantine, in memory."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from meshmill.domain.asset import StoredFile
from meshmill.geometry.artefact import ArtefactFile
from meshmill.ports import Standing
from tests.fakes.clock import FakeClock


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in the store."""

    data: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class InMemoryArtefacts:
    """An ``ArtefactStore`` where an object, once it stands, never changes."""

    def __init__(self) -> None:
        self._objects: dict[str, StoredObject] = {}
        self._lock = threading.Lock()

    def key(self, spec_id: str, engine_version: str, filename: str) -> str:
        return f"artefacts/{spec_id}/{engine_version}/{filename}"

    def read(self, key: str) -> bytes | None:
        with self._lock:
            return self._objects[key].data if key in self._objects else None

    def put_new(self, key: str, file: ArtefactFile) -> Standing | None:
        with self._lock:
            standing = self._objects.get(key)
            if standing is None:
                self._objects[key] = StoredObject(file.data, file.media_type)
                return None
            return Standing(len(standing.data), standing.sha256)

    def remove(self, key: str) -> None:
        """What a lifecycle rule or a worker that died before its last put leaves behind."""
        with self._lock:
            self._objects.pop(key, None)

    def objects(self) -> dict[str, StoredObject]:
        """Everything that stands, for a test to look at."""
        with self._lock:
            return dict(self._objects)


class InMemoryLinks:
    """``DownloadLinks`` that :meth:`open` can follow until they expire."""

    _BASE = "https://files.test/"

    def __init__(self, artefacts: InMemoryArtefacts, clock: FakeClock) -> None:
        self._artefacts = artefacts
        self._clock = clock

    def url(self, file: StoredFile, save_as: str, seconds: int) -> str:
        expires = self._clock.now_ms() + seconds * 1000
        query = urlencode({"save_as": save_as, "type": file.media_type, "expires": expires})
        return f"{self._BASE}{file.key}?{query}"

    def open(self, url: str) -> bytes | None:
        """The bytes behind a link, or None when it has expired or leads nowhere."""
        parts = urlsplit(url)
        if self._clock.now_ms() >= int(parse_qs(parts.query)["expires"][0]):
            return None
        return self._artefacts.read(parts.path.removeprefix("/"))


class InMemoryQuarantine:
    """A ``Quarantine``: one JSON text by key."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def keep(self, queue: str, message_id: str, body: str) -> None:
        record = {"queue": queue, "message_id": message_id, "body": body}
        self.kept[f"quarantine/{queue}/{message_id}.json"] = json.dumps(record)
