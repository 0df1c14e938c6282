"""Look after everything that is overdue: what lost its message, its worker, or its patience."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from meshmill.domain import transitions
from meshmill.domain.asset import DUE_SHARDS, Asset, due_partition
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.lanes import Lane, Patience
from meshmill.domain.work import WorkItem
from meshmill.ports import AssetStore, Backlog, Clock, WorkQueue
from meshmill.usecases.exhaustion import fail_if_exhausted

_PAGE = 100
_MINUTE_MS = 60_000
_logger = logging.getLogger(__name__)


class Care(StrEnum):
    """What was done for an overdue asset; each is counted."""

    RESENT = "resent"
    POSTPONED = "postponed"
    FAILED = "failed"
    MOVED_ON = "moved_on"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile:
    """One round over all lanes and shards, about ``max_sends`` messages, as far as time goes."""

    assets: AssetStore
    queue: WorkQueue
    backlog: Backlog
    clock: Clock
    patience: Patience
    max_attempts: int
    max_sends: int
    reserve_ms: int

    def __call__(self, remaining_ms: Callable[[], int]) -> Counter[Care]:
        """Look after what is overdue now, the longest overdue of each partition first.

        What goes wrong with one asset or one partition is logged and counted as ``BROKEN``, and
        stops nobody else's recovery; everything left undone is still due. Ends early when less
        than ``reserve_ms`` of the invocation is left.
        """
        now = self.clock.now_ms()
        ages = _OldestMessages(self.backlog)
        done: Counter[Care] = Counter()
        for partition in _partitions(now):
            for asset_id in self._overdue(partition, now, done):
                if remaining_ms() < self.reserve_ms:
                    return done
                done[self._cared_for(asset_id, now, ages)] += 1
        return done

    def _overdue(self, partition: int, now: int, done: Counter[Care]) -> list[str]:
        share = max(1, self.max_sends // (DUE_SHARDS * len(Lane)))
        try:
            return self.assets.overdue(partition, now, min(share, _PAGE))
        except Exception:
            # One partition that can't be read must not keep the others waiting.
            _logger.exception("Partition not read", extra={"context": {"partition": partition}})
            done[Care.BROKEN] += 1
            return []

    def _cared_for(self, asset_id: str, now: int, ages: _OldestMessages) -> Care:
        try:
            return self._look_after(asset_id, now, ages)
        except Exception:
            # One asset that can't be helped now must not keep the others waiting.
            _logger.exception("Asset not helped", extra={"context": {"asset_id": asset_id}})
            return Care.BROKEN

    def _look_after(self, asset_id: str, now: int, ages: _OldestMessages) -> Care:
        asset = self.assets.get(asset_id)
        # The index may lag behind the record.
        if asset is None or asset.due_at is None or asset.due_at > now:
            return Care.MOVED_ON
        failed = fail_if_exhausted(self.assets, asset, now=now, max_attempts=self.max_attempts)
        if failed is not None:
            return Care.FAILED if failed.applied else Care.MOVED_ON
        if ages.explain(asset, now):
            later = transitions.postpone(asset, now=now, patience=self.patience)
            return self._applied(asset, later, Care.POSTPONED)
        # Due again before it is sent: dying in between costs a wait, not the asset, and of two
        # reconcilers one sends.
        again = transitions.resend(asset, now=now, patience=self.patience)
        care = self._applied(asset, again, Care.RESENT)
        if care is Care.RESENT:
            self._send(asset, now)
        return care

    def _send(self, asset: Asset, now: int) -> None:
        try:
            self.queue.send(asset.lane, WorkItem.of(asset))
        except DependencyUnavailable:
            # Else the wait just written would pass for that of a message in a backlog.
            self.assets.transition(asset.asset_id, transitions.make_due(asset, now=now))
            raise

    def _applied(self, asset: Asset, transition: transitions.Transition, care: Care) -> Care:
        outcome = self.assets.transition(asset.asset_id, transition)
        return care if outcome.applied else Care.MOVED_ON


def _partitions(now: int) -> Iterator[int]:
    """Every partition once; where a round starts moves on by the minute, faster lanes first."""
    start = now // _MINUTE_MS
    for offset in range(DUE_SHARDS):
        for lane in Lane:
            yield due_partition(lane, (start + offset) % DUE_SHARDS)


@dataclass(slots=True)
class _OldestMessages:
    """Each lane's backlog, asked at most once a round."""

    backlog: Backlog
    _ages: dict[Lane, int] = field(default_factory=dict)

    def explain(self, asset: Asset, now: int) -> bool:
        """Whether the asset's message is probably still waiting in its queue."""
        if not transitions.may_be_postponed(asset, now):
            return False
        if asset.lane not in self._ages:
            self._ages[asset.lane] = self._age(asset.lane)
        return self._ages[asset.lane] > now - asset.queued_at

    def _age(self, lane: Lane) -> int:
        try:
            return self.backlog.oldest_message_age_ms(lane)
        except DependencyUnavailable:
            # A second message of an asset does no harm; recovery must not hang on a metric.
            _logger.warning("Backlog unknown", extra={"context": {"lane": lane}}, exc_info=True)
            return 0
