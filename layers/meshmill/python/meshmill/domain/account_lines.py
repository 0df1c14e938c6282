"""What an export tells of each record: one JSON object a line, times in ISO 8601, no URLs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from meshmill.domain.account_job import AccountJob
from meshmill.domain.api_keys import ApiKey
from meshmill.domain.asset import Asset, StoredFile
from meshmill.domain.audit import Action, AuditEntry
from meshmill.domain.batch import SUMS, BatchState
from meshmill.domain.times import iso

_BY_ADMINS = frozenset({Action.ASSET_READ_BY_ADMIN, Action.ASSETS_LISTED_BY_ADMIN})


def line(record: Mapping[str, Any]) -> bytes:
    """A record as a line of JSON in UTF-8, its end included."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def account_record(job: AccountJob) -> dict[str, Any]:
    """The first line: whose export it is, and of when."""
    return {
        "object": "account",
        "user_id": job.user_id,
        "export_id": job.job_id,
        "requested_at": iso(job.requested_at),
    }


def asset_record(asset: Asset) -> dict[str, Any]:
    """An asset: what was asked for, and what came of it."""
    error = asset.error
    return {
        "object": "asset",
        "asset_id": asset.asset_id,
        "spec_id": asset.spec_id,
        "status": asset.status,
        **asset.canonical_request,
        "priority": asset.priority,
        "labels": dict(asset.labels),
        "custom_id": asset.custom_id,
        "manifest_line": None if asset.origin is None else asdict(asset.origin),
        "created_at": iso(asset.created_at),
        "updated_at": iso(asset.updated_at),
        "queued_at": iso(asset.queued_at),
        "started_at": iso(asset.started_at),
        "completed_at": iso(asset.completed_at),
        "attempts": asset.attempts,
        "engine_version": asset.engine_version,
        "triangles": asset.triangles,
        "vertices": asset.vertices,
        "materials": asset.materials,
        "textures": asset.textures,
        "files": [_file_record(file) for file in asset.files],
        "error": None if error is None else {"code": error.code, "message": error.message},
    }


def batch_record(state: BatchState) -> dict[str, Any]:
    """A batch: the manifest that was sent, and what became of its lines."""
    batch, error = state.batch, state.batch.error
    return {
        "object": "batch",
        "batch_id": batch.batch_id,
        "status": state.status,
        "source": batch.source,
        "filename": batch.filename,
        "bytes": batch.size,
        "created_at": iso(batch.created_at),
        "started_at": iso(batch.started_at),
        "reported_at": iso(batch.reported_at),
        "lines": batch.lines,
        **{name: getattr(state.counts, name) for name in SUMS if name != "chunks_done"},
        "files": [_file_record(file) for file in batch.files],
        "error": None if error is None else {"code": error.code, "message": error.message},
    }


def api_key_record(key: ApiKey) -> dict[str, Any]:
    """An API key, without anything that helps to guess its secret."""
    return {
        "object": "api_key",
        "key_id": key.key_id,
        "name": key.name,
        "permissions": sorted(key.permissions),
        "requests_per_minute": key.requests_per_minute,
        "created_at": iso(key.created_at),
        "expires_at": iso(key.expires_at),
    }


def audit_record(entry: AuditEntry) -> dict[str, Any]:
    """One thing that somebody did to the user's data; who else did it, by their part alone."""
    return {
        "object": "audit_record",
        "at": iso(entry.at),
        "action": entry.action,
        "actor": _actor(entry),
        "request_id": entry.request_id,
        "target": entry.target,
        "details": dict(entry.details),
    }


def _file_record(file: StoredFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "filename": file.filename,
        "media_type": file.media_type,
        "bytes": file.size,
        "sha256": file.sha256,
    }


def _actor(entry: AuditEntry) -> str:
    """The user, or a key of theirs, as recorded; other people's ids are not the user's to have."""
    kind, _, name = entry.actor.partition(":")
    if kind == "operator":
        return "operator"
    if entry.action in _BY_ADMINS or (kind == "user" and name != entry.subject):
        return "admin"
    return entry.actor
