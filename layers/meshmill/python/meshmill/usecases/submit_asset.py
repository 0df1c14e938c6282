"""Ask for an asset: recorded at most once, and queued for as long as it takes."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum

from meshmill.domain import identity
from meshmill.domain.asset import Asset, Status
from meshmill.domain.attribution import Attribution
from meshmill.domain.errors import DependencyUnavailable, DuplicateRequest
from meshmill.domain.lanes import Patience
from meshmill.domain.request import AssetRequest
from meshmill.domain.work import WorkItem
from meshmill.ports import AssetStore, Clock, Entropy, WorkQueue
from meshmill.usecases.standing_assets import StandingAssets

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
        others = StandingAssets(self.assets, self.clock, self.patience)
        if standing.status is Status.FAILED:
            standing = others.revive(standing, new, attribution)
            if standing.run == new.run:
                self._send(standing)
                return Submitted(standing, deduplicated=False)
        if on_duplicate is OnDuplicate.REJECT:
            raise DuplicateRequest(
                "The same request stands already", {"asset_id": standing.asset_id}
            )
        moved = others.hasten(standing, request.priority, attribution)
        standing = moved.asset or standing
        if moved.applied:
            self._send(standing)
        return Submitted(standing, deduplicated=True)

    def _send(self, asset: Asset) -> None:
        """Enqueue; where that fails the record is durable and the reconciler sends."""
        try:
            self.queue.send(asset.lane, WorkItem.of(asset))
        except DependencyUnavailable:
            context = {"asset_id": asset.asset_id, "lane": asset.lane}
            _logger.warning("Message not sent", extra={"context": context}, exc_info=True)
            StandingAssets(self.assets, self.clock, self.patience).leave_to_reconciler(asset)
