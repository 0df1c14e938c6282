"""Asset records in memory, by the same rules as the table."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from typing import Any

from meshmill.domain.asset import Asset
from meshmill.domain.transitions import Outcome, Transition, unchanged

_UNSET = {
    entry.name: entry.default
    for entry in dataclasses.fields(Asset)
    if entry.default is not dataclasses.MISSING
}


class InMemoryAssets:
    """An ``AssetStore`` whose writes are atomic and whose indexes never lag."""

    def __init__(self) -> None:
        self._records: dict[str, Asset] = {}
        self._lock = threading.Lock()

    def create(self, asset: Asset) -> Asset | None:
        with self._lock:
            standing = self._records.get(asset.asset_id)
            if standing is None:
                self._records[asset.asset_id] = asset
            return standing

    def get(self, asset_id: str) -> Asset | None:
        with self._lock:
            return self._records.get(asset_id)

    def get_many(self, asset_ids: Sequence[str]) -> dict[str, Asset]:
        with self._lock:
            return {name: self._records[name] for name in asset_ids if name in self._records}

    def transition(self, asset_id: str, transition: Transition) -> Outcome:
        with self._lock:
            standing = self._records.get(asset_id)
            if standing is None:
                return Outcome(applied=False, asset=None)
            attributes = standing.attributes()
            if not transition.requires.holds(attributes):
                return Outcome(applied=transition.already.holds(attributes), asset=standing)
            changed = self._records[asset_id] = _changed(standing, transition)
            return Outcome(applied=True, asset=changed)

    def listed(self, user_id: str, before: str | None, limit: int) -> list[str]:
        positions = [asset.position for asset in self.all() if asset.user_id == user_id]
        earlier = [place for place in positions if before is None or place < before]
        return sorted(earlier, reverse=True)[:limit]

    def overdue(self, due_shard: int, now: int, limit: int) -> list[str]:
        due = [
            (asset.due_at, asset.asset_id)
            for asset in self.all()
            if asset.due_shard == due_shard and asset.due_at is not None and asset.due_at <= now
        ]
        return [asset_id for _, asset_id in sorted(due)[:limit]]

    def all(self) -> list[Asset]:
        """Every record, for a test to look at."""
        with self._lock:
            return list(self._records.values())

    def replace(self, asset: Asset, **fields: Any) -> None:
        """What no transition does: a record as another version has left it."""
        with self._lock:
            self._records[asset.asset_id] = dataclasses.replace(asset, **fields)

    def remove_unchanged(self, asset: Asset) -> tuple[bool, Asset | None]:
        """Whether the record stood as it was read and is gone now, and what stands afterwards."""
        with self._lock:
            standing = self._records.get(asset.asset_id)
            if standing is None or not unchanged(asset).holds(standing.attributes()):
                return False, standing
            del self._records[asset.asset_id]
            return True, None

    def delete(self, asset_id: str) -> None:
        """What an erasure or a user does meanwhile."""
        with self._lock:
            self._records.pop(asset_id, None)


def _changed(asset: Asset, transition: Transition) -> Asset:
    sums = {"version": 1, **transition.add}
    return dataclasses.replace(
        asset,
        **transition.assign,
        **{name: getattr(asset, name) + amount for name, amount in sums.items()},
        **{name: _UNSET[name] for name in transition.remove},
    )
