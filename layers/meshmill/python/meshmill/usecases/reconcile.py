"""Look after everything that is overdue: what lost its message, its worker, or its patience."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from meshmill.domain import transitions
from meshmill.domain.asset import DUE_SHARDS, Asset
from meshmill.domain.lanes import Lane
from meshmill.domain.work import WorkItem
from meshmill.ports import AssetStore, Backlog, Clock, WorkQueue
from meshmill.usecases.exhaustion import fail_if_exhausted

_PAGE = 100


class Care(StrEnum):
    """What was done for an overdue asset; each is counted."""

    RESENT = "resent"
    POSTPONED = "postponed"
    FAILED = "failed"
    MOVED_ON = "moved_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile:
    """One round over all shards, at most ``max_sends`` messages."""

    assets: AssetStore
    queue: WorkQueue
    backlog: Backlog
    clock: Clock
    max_attempts: int
    max_sends: int

    def __call__(self) -> Counter[Care]:
        """Look after what is overdue now, the longest overdue of each shard first.

        Raises:
            DependencyUnavailable: the round ended early; everything left is still due.
        """
        now = self.clock.now_ms()
        ages = _OldestMessages(self.backlog)
        done: Counter[Care] = Counter()
        for due_shard in range(DUE_SHARDS):
            share = max(1, self.max_sends // DUE_SHARDS)
            for asset_id in self.assets.overdue(due_shard, now, min(share, _PAGE)):
                done[self._look_after(asset_id, now, ages)] += 1
        return done

    def _look_after(self, asset_id: str, now: int, ages: _OldestMessages) -> Care:
        asset = self.assets.get(asset_id)
        # The index may lag behind the record.
        if asset is None or asset.due_at is None or asset.due_at > now:
            return Care.MOVED_ON
        failed = fail_if_exhausted(self.assets, asset, now=now, max_attempts=self.max_attempts)
        if failed is not None:
            return Care.FAILED if failed.applied else Care.MOVED_ON
        if ages.explain(asset, now):
            return self._applied(asset, transitions.postpone(asset, now=now), Care.POSTPONED)
        # Due again before it is sent: dying in between costs a wait, not the asset, and of two
        # reconcilers one sends.
        care = self._applied(asset, transitions.resend(asset, now=now), Care.RESENT)
        if care is Care.RESENT:
            self.queue.send(asset.lane, WorkItem.of(asset))
        return care

    def _applied(self, asset: Asset, transition: transitions.Transition, care: Care) -> Care:
        outcome = self.assets.transition(asset.asset_id, transition)
        return care if outcome.applied else Care.MOVED_ON


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
            self._ages[asset.lane] = self.backlog.oldest_message_age_ms(asset.lane)
        return self._ages[asset.lane] > now - asset.queued_at
