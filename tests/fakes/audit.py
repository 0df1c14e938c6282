"""The audit trail in memory, and deletions that are written down in it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from meshmill.domain.asset import Asset
from meshmill.domain.audit import AuditEntry
from tests.fakes.assets import InMemoryAssets


class InMemoryAuditTrail:
    """An ``AuditTrail`` that forgets nothing."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], AuditEntry] = {}
        self._lock = threading.Lock()

    def record(self, entries: Sequence[AuditEntry]) -> None:
        with self._lock:
            self._entries |= {(entry.subject, entry.position): entry for entry in entries}

    def of(self, subject: str, after: str | None, limit: int) -> list[AuditEntry]:
        later = [entry for entry in self._all(subject) if after is None or entry.position > after]
        return later[:limit]

    def latest(self, subject: str, before: str | None, limit: int) -> list[AuditEntry]:
        everything = reversed(self._all(subject))
        earlier = [entry for entry in everything if before is None or entry.position < before]
        return earlier[:limit]

    def _all(self, subject: str) -> list[AuditEntry]:
        with self._lock:
            found = [entry for entry in self._entries.values() if entry.subject == subject]
        return sorted(found, key=lambda entry: entry.position)


class InMemoryAssetDeletion:
    """An ``AssetDeletion`` from the store of assets into the trail."""

    def __init__(self, assets: InMemoryAssets, trail: InMemoryAuditTrail) -> None:
        self._assets = assets
        self._trail = trail

    def delete(self, asset: Asset, entry: AuditEntry) -> Asset | None:
        removed, standing = self._assets.remove_unchanged(asset, entry.at)
        if removed:
            self._trail.record([entry])
        return standing
