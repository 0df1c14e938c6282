"""What a record may go through: every single write of the assets table, in order, is looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from meshmill.aws.attributes import to_asset
from meshmill.domain.asset import Asset, ErrorClass, Status
from tests.support.changes import ChangeFeed

MAX_ATTEMPTS = 3
_LONGEST_WAIT_MS = 60 * 60 * 1000
_FOR_EVER = ("asset_id", "user_id", "spec_id", "request", "created_at", "labels", "custom_id")
#: From which state to which within a run, and by how much ``attempts`` grows with it.
_EDGES = {
    (Status.PENDING, Status.PENDING): {0},
    (Status.PENDING, Status.PROCESSING): {1},
    (Status.PENDING, Status.FAILED): {0},
    (Status.PROCESSING, Status.PROCESSING): {0, 1},
    (Status.PROCESSING, Status.PENDING): {0},
    (Status.PROCESSING, Status.COMPLETED): {0},
    (Status.PROCESSING, Status.FAILED): {0},
}


@dataclass
class History:
    """Reads the table's stream on.

    ``written`` are all records after a write, ``runs`` those that began a run; ``seen`` counts
    edges, ``refused`` failures by the input.
    """

    feed: ChangeFeed
    seen: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    written: list[Asset] = field(default_factory=list)
    runs: list[Asset] = field(default_factory=list)
    _read: int = 0

    def check_news(self, now_ms: int) -> None:
        """Check the writes since the last look, none of which is later than now."""
        records = self.feed.everything()
        for record in records[self._read :]:
            images = record["dynamodb"]
            self._check(_image(images, "OldImage"), _image(images, "NewImage"), now_ms)
        self._read = len(records)

    def _check(self, before: Asset | None, after: Asset | None, now_ms: int) -> None:
        if after is None:
            assert before is not None
            assert before.status is not Status.PROCESSING, f"deleted while processing: {before}"
            self.seen["deleted"] += 1
            return
        self.written.append(after)
        _check_watch(after, now_ms)
        if before is None:
            assert (after.status, after.attempts, after.version) == (Status.PENDING, 0, 1)
            self.runs.append(after)
        else:
            self._check_change(before, after)
        self.seen[f"{before.status if before else 'new'} → {after.status}"] += 1

    def _check_change(self, before: Asset, after: Asset) -> None:
        for name in _FOR_EVER:
            assert getattr(before, name) == getattr(after, name), f"{name} of {after} changed"
        assert after.version == before.version + 1
        if before.run != after.run:
            assert before.status is Status.FAILED, f"queued anew while {before.status}"
            assert (after.status, after.attempts) == (Status.PENDING, 0)
            self.runs.append(after)
            return
        edge = before.status, after.status
        assert edge in _EDGES, f"{before.status} became {after.status}"
        assert after.attempts - before.attempts in _EDGES[edge], f"{after} counts wrongly"
        if after.attempts > before.attempts:
            _check_claim(before, after)
        if after.status is Status.FAILED:
            self._check_failure(before, after)

    def _check_failure(self, before: Asset, after: Asset) -> None:
        assert after.error is not None, "failed without a reason"
        if after.error.error_class is ErrorClass.INPUT:
            assert before.status is Status.PROCESSING, "refused by nobody"
            self.refused += 1
        else:
            assert after.attempts == MAX_ATTEMPTS, f"given up too early: {after}"


def _check_watch(asset: Asset, now_ms: int) -> None:
    """Whatever is not final is due within the hour, and what is processed has a lease."""
    leased = asset.owner is not None and asset.lease_until is not None
    assert leased is (asset.status is Status.PROCESSING), f"leased or not: {asset}"
    if asset.status.is_final:
        assert asset.due_at is None, f"final, and watched: {asset}"
        return
    assert asset.due_at is not None, f"nobody watches {asset}"
    assert asset.due_at <= now_ms + _LONGEST_WAIT_MS, f"watched too late: {asset}"


def _check_claim(before: Asset, after: Asset) -> None:
    assert after.attempts <= MAX_ATTEMPTS, f"too many attempts: {after}"
    assert after.owner != before.owner
    if before.lease_until is not None:
        assert after.started_at is not None
        assert before.lease_until <= after.started_at, f"its lease was live: {before}"


def _image(images: dict[str, Any], name: str) -> Asset | None:
    return to_asset(images[name]) if name in images else None
