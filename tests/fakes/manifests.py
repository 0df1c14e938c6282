"""The bucket of uploads in memory: versions, forms that put files there, and what S3 tells."""

from __future__ import annotations

import base64
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus

from meshmill.ports.batches import ManifestLost, ManifestObject, UploadForm
from tests.fakes.clock import FakeClock
from tests.fakes.queues import InMemoryQueue

BUCKET = "uploads"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an object."""

    version_id: str
    data: bytes


class InMemoryManifests:
    """``Manifests`` whose objects keep each version; read in blocks of ``block_bytes``."""

    def __init__(self, block_bytes: int = 64 * 1024) -> None:
        self._versions: dict[str, list[Version]] = {}
        self._block_bytes = block_bytes
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def put(self, key: str, data: bytes) -> str:
        """Upload a version; returns its id."""
        with self._lock:
            version = Version(f"v{next(self._ids)}", data)
            self._versions.setdefault(key, []).append(version)
            return version.version_id

    def put_version(self, key: str, version_id: str, data: bytes) -> None:
        """What S3 never does: a version under an id that stood for another before."""
        with self._lock:
            self._versions.setdefault(key, []).append(Version(version_id, data))

    def remove(self, key: str, version_id: str) -> None:
        """Delete a version for good."""
        with self._lock:
            standing = self._versions.get(key, [])
            self._versions[key] = [each for each in standing if each.version_id != version_id]

    def exists(self, key: str, version_id: str) -> bool:
        with self._lock:
            return any(each.version_id == version_id for each in self._versions.get(key, []))

    def first_version(self, key: str) -> str | None:
        with self._lock:
            versions = self._versions.get(key)
            return versions[0].version_id if versions else None

    def open(self, key: str, version_id: str) -> ManifestObject:
        data = self._data(key, version_id)
        return ManifestObject(len(data), self._blocks(data))

    def read(self, key: str, version_id: str, begin: int, end: int) -> Iterator[bytes]:
        return self._blocks(self._data(key, version_id)[begin:end])

    def _data(self, key: str, version_id: str) -> bytes:
        with self._lock:
            for version in self._versions.get(key, []):
                if version.version_id == version_id:
                    return version.data
        raise ManifestLost(f"{key}?versionId={version_id}")

    def _blocks(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), self._block_bytes):
            yield data[start : start + self._block_bytes]


class InMemoryAnnouncements:
    """``UploadAnnouncements`` into a queue, and whatever else S3 tells there."""

    def __init__(self, clock: FakeClock, queue: InMemoryQueue | None = None) -> None:
        self.queue = InMemoryQueue("uploads", clock) if queue is None else queue

    def announce(self, key: str, version_id: str) -> None:
        self.queue.put(announcement(key, version_id))


def announcement(
    key: str, version_id: str, *, size: int = 1, principal: str = "AWS:AROAEXAMPLE:uploader"
) -> str:
    """What S3 tells of a version.

    Source: *Event message structure* in the Amazon S3 user guide; the key is URL-encoded.
    """
    stored = {"key": quote_plus(key), "size": size, "eTag": "0" * 32, "versionId": version_id}
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "2027-01-15T08:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": principal},
        "requestParameters": {"sourceIPAddress": "203.0.113.7"},
        "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "example"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "manifests",
            "bucket": {"name": BUCKET, "arn": f"arn:aws:s3:::{BUCKET}"},
            "object": stored,
        },
    }
    return json.dumps({"Records": [record]})


class InMemoryUploadForms:
    """``UploadForms`` that :meth:`post` can send, by the rules that stand in their policy."""

    _URL = "https://uploads.test/"

    def __init__(self, manifests: InMemoryManifests, clock: FakeClock) -> None:
        self._manifests = manifests
        self._clock = clock

    def form(self, key: str, content_type: str, most_bytes: int, seconds: int) -> UploadForm:
        expires_at = self._clock.now_ms() + seconds * 1000
        rules = {
            "key": key,
            "Content-Type": content_type,
            "most_bytes": most_bytes,
            "expires_at": expires_at,
        }
        policy = base64.b64encode(json.dumps(rules).encode()).decode()
        fields = {"key": key, "Content-Type": content_type, "policy": policy}
        return UploadForm(self._URL, fields, expires_at)

    def post(self, form: UploadForm, data: bytes) -> str | None:
        """Send a file: the version that stands then, or None where the form is refused."""
        rules = json.loads(base64.b64decode(form.fields["policy"]))
        is_as_issued = all(form.fields[name] == rules[name] for name in ("key", "Content-Type"))
        is_in_time = self._clock.now_ms() < rules["expires_at"]
        if not (is_as_issued and is_in_time and 1 <= len(data) <= rules["most_bytes"]):
            return None
        return self._manifests.put(form.fields["key"], data)
