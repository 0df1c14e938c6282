"""Asset records in memory, by the same rules as the table."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from typing import Any

from meshmill.domain import tally as tallies
from meshmill.domain.asset import Asset
from meshmill.domain.errors import uncounted_line
from meshmill.domain.tally import Tally
from meshmill.domain.transitions import Outcome, Transition, unchanged
from tests.fakes.counts import InMemoryCounts


class InMemoryAssets:
    """An ``AssetStore`` and ``AssetBulk`` whose writes are atomic and whose indexes never lag.

    What batches count of assets is counted in ``counts``.
    """

    def __init__(self, counts: InMemoryCounts | None = None) -> None:
        self.counts = counts or InMemoryCounts()
        self._records: dict[str, Asset] = {}
        self._lock = threading.Lock()

    def create(self, asset: Asset) -> Asset | None:
        with self._lock:
            standing = self._records.get(asset.asset_id)
            if standing is None:
                self._records[asset.asset_id] = asset
            return standing

    def create_many(self, assets: Sequence[Asset]) -> list[Asset | None]:
        return [self.create(asset) for asset in assets]

    def get(self, asset_id: str) -> Asset | None:
        with self._lock:
            return self._records.get(asset_id)

    def get_many(self, asset_ids: Sequence[str]) -> dict[str, Asset]:
        with self._lock:
            return {name: self._records[name] for name in asset_ids if name in self._records}

    def transition(self, asset_id: str, transition: Transition) -> Outcome:
        with self._lock:
            standing = self._records.get(asset_id)
            if standing is None or not transition.requires.holds(standing.attributes()):
                return transition.refused_by(standing)
            changed = self._records[asset_id] = transition.applied_to(standing)
            if transition.tally is not None:
                self.counts.apply(transition.tally)
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

    def remove_unchanged(self, asset: Asset, at: int) -> tuple[bool, Asset | None]:
        """Whether the record stood as it was read and is gone now, and what stands afterwards.

        Raises:
            InvalidState: the line that it came from is not counted yet.
        """
        with self._lock:
            standing = self._records.get(asset.asset_id)
            if standing is None or not unchanged(asset).holds(standing.attributes()):
                return False, standing
            if (tally := tallies.deleted(asset, at)) is not None:
                self._count_deleted(tally)
            del self._records[asset.asset_id]
            return True, None

    def delete(self, asset_id: str) -> None:
        """What an erasure or a user does meanwhile."""
        with self._lock:
            self._records.pop(asset_id, None)

    def _count_deleted(self, tally: Tally) -> None:
        origin = tally.origin
        if not self.counts.is_counted(origin):
            raise uncounted_line(tally.asset_id, origin.batch_id, origin.line)
        self.counts.apply(tally)
