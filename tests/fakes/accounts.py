"""What jobs on accounts work on, in memory: the jobs, exports' files, users' files, fences."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import threading
from collections.abc import Sequence
from typing import Any

from meshmill.domain import transitions
from meshmill.domain.account_job import AccountJob, JobKind, Part
from meshmill.domain.asset import Asset
from meshmill.domain.transitions import Transition
from meshmill.ports.accounts import UploadLost
from tests.fakes.assets import InMemoryAssets

_MOST_UNDER_LAST_PART = 5 * 1024 * 1024


class InMemoryAccountJobs:
    """``AccountJobs`` whose writes are atomic and whose index never lags."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[str, JobKind], AccountJob] = {}
        self._lock = threading.Lock()

    def get(self, user_id: str, kind: JobKind) -> AccountJob | None:
        with self._lock:
            return self._jobs.get((user_id, kind))

    def put(self, job: AccountJob, replaced: AccountJob | None) -> AccountJob:
        with self._lock:
            standing = self._jobs.get((job.user_id, job.kind))
            known = None if replaced is None else replaced.job_id
            if standing is not None and standing.job_id != known:
                return standing
            self._jobs[job.user_id, job.kind] = job
            return job

    def change(self, job: AccountJob, transition: Transition) -> AccountJob | None:
        with self._lock:
            standing = self._jobs.get((job.user_id, job.kind))
            if standing is None:
                return None
            attributes = standing.attributes()
            if not transition.requires.holds(attributes):
                return standing if transition.already.holds(attributes) else None
            removed: dict[str, Any] = dict.fromkeys(transition.remove)
            changed = dataclasses.replace(
                standing, **transition.assign, **removed, version=standing.version + 1
            )
            self._jobs[job.user_id, job.kind] = changed
            return changed

    def remove(self, job: AccountJob) -> None:
        with self._lock:
            standing = self._jobs.get((job.user_id, job.kind))
            if standing is not None and standing.job_id == job.job_id:
                del self._jobs[job.user_id, job.kind]

    def due(self, kind: JobKind, now: int, limit: int) -> list[str]:
        with self._lock:
            due = [
                (job.due_at, job.user_id)
                for job in self._jobs.values()
                if job.kind is kind and job.due_at is not None and job.due_at <= now
            ]
        return [user_id for _, user_id in sorted(due)[:limit]]


class InMemoryExportFiles:
    """``ExportFiles``; ``least_part`` is what a part that is not the last must hold."""

    def __init__(self, least_part: int = _MOST_UNDER_LAST_PART) -> None:
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self._least_part = least_part
        self._ids = itertools.count(1)

    def key(self, user_id: str, job_id: str) -> str:
        return f"exports/{user_id}/{job_id}.jsonl"

    def begin(self, key: str) -> str:
        upload_id = f"{key}?{next(self._ids)}"
        self.uploads[upload_id] = {}
        return upload_id

    def put_part(self, key: str, upload_id: str, number: int, data: bytes) -> Part:
        if upload_id not in self.uploads:
            raise UploadLost(upload_id)
        self.uploads[upload_id][number] = data
        return Part(number, _etag(data), len(data), hashlib.sha256(data).hexdigest())

    def complete(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        held = self.uploads.get(upload_id)
        if held is None:
            if len(self.files.get(key, b"")) != sum(part.size for part in parts):
                raise UploadLost(upload_id)
            return
        for part in parts:
            if part.number not in held or _etag(held[part.number]) != part.etag:
                raise UploadLost(upload_id)
        assert all(part.size >= self._least_part for part in parts[:-1]), "S3 refuses such a part"
        self.files[key] = b"".join(held[part.number] for part in parts)
        del self.uploads[upload_id]

    def abort(self, key: str, upload_id: str) -> None:
        self.uploads.pop(upload_id, None)


class InMemoryUserFiles:
    """``UserFiles`` by key; each put is a version."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._versions: dict[str, bytes] = {}
        self._ids = itertools.count(1)

    def put(self, user_id: str, name: str, data: bytes = b"x") -> None:
        self._versions[f"v{next(self._ids)}/{self._prefix}/{user_id}/{name}"] = data

    def found(self, user_id: str, limit: int) -> list[str]:
        mine = f"/{self._prefix}/{user_id}/"
        return [version for version in self._versions if mine in version][:limit]

    def erase(self, versions: Sequence[str]) -> None:
        for version in versions:
            self._versions.pop(version, None)


class ExportsOf:
    """``UserFiles`` over the files of :class:`InMemoryExportFiles`."""

    def __init__(self, files: InMemoryExportFiles) -> None:
        self._files = files

    def found(self, user_id: str, limit: int) -> list[str]:
        mine = f"exports/{user_id}/"
        return [f"null/{key}" for key in self._files.files if key.startswith(mine)][:limit]

    def erase(self, versions: Sequence[str]) -> None:
        for version in versions:
            self._files.files.pop(version.partition("/")[2], None)


class InMemoryFences:
    """``Fences``, as a set of buckets."""

    def __init__(self) -> None:
        self.buckets: set[str] = set()

    def put(self, bucket: str) -> None:
        self.buckets.add(bucket)

    def lift(self, bucket: str) -> None:
        self.buckets.discard(bucket)


class InMemoryAssetErasure:
    """``AssetErasure`` of a store of assets."""

    def __init__(self, assets: InMemoryAssets) -> None:
        self._assets = assets

    def erase(self, asset_id: str, run: str, now: int) -> Asset | None:
        standing = self._assets.get(asset_id)
        if standing is None:
            return None
        if not transitions.idle(run, now=now).holds(standing.attributes()):
            return standing
        self._assets.delete(asset_id)
        return None


def _etag(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
