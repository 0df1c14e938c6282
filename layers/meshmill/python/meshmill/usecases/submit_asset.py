"""Ask for an asset: recorded at most once, and queued for as long as it takes."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum

from meshmill.domain import identity, transitions
from meshmill.domain.asset import Asset, Status
from meshmill.domain.attribution import Attribution
from meshmill.domain.errors import DependencyUnavailable, DuplicateRequest
from meshmill.domain.lanes import Lane, Patience
from meshmill.domain.request import AssetRequest
from meshmill.domain.work import WorkItem
from meshmill.ports import AssetStore, Clock, Entropy, WorkQueue

_logger = logging.getLogger(__name__)


class OnDuplicate(StrEnum):
    """What a caller wants when the same request stands already."""

    RETURN = "return"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Submitted:
    """The asset that stands for the request, and whether it stood there before."""

    asset: Asset
    deduplicated: bool


@dataclass(frozen=True, slots=True)
class SubmitAsset:
    """Two calls for a new request (put, send), one for a duplicate."""

    assets: AssetStore
    queue: WorkQueue
    clock: Clock
    entropy: Entropy
    patience: Patience

    def __call__(
        self,
        user_id: str,
        request: AssetRequest,
        on_duplicate: OnDuplicate,
        attribution: Attribution,
    ) -> Submitted:
        """Record and queue the request, or find the one that stands.

        Raises:
            DuplicateRequest: it stands, hasn't failed, and ``on_duplicate`` is ``REJECT``.
            DependencyUnavailable: it could not be recorded.
        """
        now = self.clock.now_ms()
        new = Asset.new(
            user_id,
            request,
            run=identity.ulid(now, self.entropy(10)),
            now=now,
            patience=self.patience,
            attribution=attribution,
        )
        standing = self.assets.create(new)
        if standing is None or standing.run == new.run:
            # The same run stands there when our own first put took effect without an answer.
            self._send(new)
            return Submitted(new, deduplicated=False)
        if standing.status is Status.FAILED:
            standing = self._requeue(standing, new, attribution)
            if standing.run == new.run:
                self._send(standing)
                return Submitted(standing, deduplicated=False)
        if on_duplicate is OnDuplicate.REJECT:
            raise DuplicateRequest(
                "The same request stands already", {"asset_id": standing.asset_id}
            )
        return self._duplicate(standing, request.priority, attribution)

    def _requeue(self, failed: Asset, asked: Asset, attribution: Attribution) -> Asset:
        """The asset under the new run, or under that of whoever else has asked again meanwhile."""
        again = transitions.requeue(
            failed,
            priority=asked.priority,
            run=asked.run,
            now=asked.created_at,
            patience=self.patience,
            attribution=attribution,
        )
        outcome = self.assets.transition(failed.asset_id, again)
        if outcome.asset is None:
            # Deleted between the two calls: the next try will create it.
            raise DependencyUnavailable("The asset is being deleted; ask again")
        return outcome.asset

    def _duplicate(self, standing: Asset, priority: int, attribution: Attribution) -> Submitted:
        faster = standing.lane in Lane.for_priority(priority).slower
        if standing.status is not Status.PENDING or not faster:
            return Submitted(standing, deduplicated=True)
        move = transitions.promote(
            standing,
            priority=priority,
            now=self.clock.now_ms(),
            patience=self.patience,
            attribution=attribution,
        )
        outcome = self.assets.transition(standing.asset_id, move)
        if outcome.applied and outcome.asset is not None:
            self._send(outcome.asset)
        return Submitted(outcome.asset or standing, deduplicated=True)

    def _send(self, asset: Asset) -> None:
        """Enqueue; where that fails the record is durable and the reconciler sends."""
        try:
            self.queue.send(asset.lane, WorkItem.of(asset))
        except DependencyUnavailable:
            context = {"asset_id": asset.asset_id, "lane": asset.lane}
            _logger.warning("Message not sent", extra={"context": context}, exc_info=True)
            self._leave_to_reconciler(asset)

    def _leave_to_reconciler(self, asset: Asset) -> None:
        overdue = transitions.make_due(asset, now=self.clock.now_ms())
        try:
            self.assets.transition(asset.asset_id, overdue)
        except DependencyUnavailable:
            # The record is due when its lane's patience ends in any case: later, not lost.
            context = {"asset_id": asset.asset_id}
            _logger.warning("Asset not made due", extra={"context": context}, exc_info=True)
