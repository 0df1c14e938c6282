"""What becomes of a request that a record stands for already."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from meshmill.domain import transitions
from meshmill.domain.asset import Asset, Status
from meshmill.domain.attribution import Attribution
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.lanes import Lane, Patience
from meshmill.domain.transitions import Outcome
from meshmill.ports import AssetStore, Clock

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StandingAssets:
    """Records that are asked for again; what was ``asked`` is the record that was not put."""

    assets: AssetStore
    clock: Clock
    patience: Patience

    def revive(self, failed: Asset, asked: Asset, attribution: Attribution) -> Asset:
        """The asset under the new run, or under that of whoever else has asked again meanwhile.

        Raises:
            DependencyUnavailable: also when it is being deleted.
        """
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

    def hasten(self, standing: Asset, priority: int, attribution: Attribution) -> Outcome:
        """Move what waits in a slower lane; applied where it was, and then it wants a message."""
        faster = standing.lane in Lane.for_priority(priority).slower
        if standing.status is not Status.PENDING or not faster:
            return Outcome(applied=False, asset=standing)
        move = transitions.promote(
            standing,
            priority=priority,
            now=self.clock.now_ms(),
            patience=self.patience,
            attribution=attribution,
        )
        outcome = self.assets.transition(standing.asset_id, move)
        moved = outcome.applied and outcome.asset is not None
        return Outcome(applied=moved, asset=outcome.asset or standing)

    def leave_to_reconciler(self, asset: Asset) -> bool:
        """Make an asset due whose message could not be sent: the record is durable.

        False where that can't be done either: the record is due when its lane's patience ends in
        any case, so that it is later and not lost.
        """
        overdue = transitions.make_due(asset, now=self.clock.now_ms())
        try:
            self.assets.transition(asset.asset_id, overdue)
        except DependencyUnavailable:
            context = {"asset_id": asset.asset_id}
            _logger.warning("Asset not made due", extra={"context": context}, exc_info=True)
            return False
        return True
