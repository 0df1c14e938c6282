"""Deal with a dead letter: fail what is spent, hand the rest to the reconciler."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum

from meshmill.domain import transitions
from meshmill.domain.work import UnreadableMessage, WorkItem
from meshmill.ports import AssetStore, Clock, Quarantine
from meshmill.usecases.exhaustion import fail_if_exhausted

_logger = logging.getLogger(__name__)


class Burial(StrEnum):
    """What became of a dead letter; each is counted."""

    OUTLIVED = "outlived"
    FAILED = "failed"
    REVIVED = "revived"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuryMessage:
    """Every path ends with the message acknowledged, and its asset final or due."""

    assets: AssetStore
    quarantine: Quarantine
    clock: Clock
    max_attempts: int

    def __call__(self, queue: str, message_id: str, body: str) -> Burial:
        """Settle one dead letter.

        Raises:
            DependencyUnavailable: nothing is known to have changed; deliver again.
        """
        try:
            item = WorkItem.parse(body)
        except UnreadableMessage:
            self.quarantine.keep(queue, message_id, body)
            context = {"queue": queue, "message_id": message_id}
            _logger.exception("Message quarantined", extra={"context": context})
            return Burial.QUARANTINED
        burial = self._settle(item)
        context = {"queue": queue, "asset_id": item.asset_id, "run": item.run, "fate": burial}
        _logger.warning("Dead letter settled", extra={"context": context})
        return burial

    def _settle(self, item: WorkItem) -> Burial:
        asset = self.assets.get(item.asset_id)
        if asset is None or asset.run != item.run or asset.status.is_final:
            return Burial.OUTLIVED
        now = self.clock.now_ms()
        failed = fail_if_exhausted(self.assets, asset, now=now, max_attempts=self.max_attempts)
        if failed is not None:
            return Burial.FAILED if failed.applied else Burial.OUTLIVED
        # Refused when somebody has moved it since: then its new due date stands.
        revived = self.assets.transition(asset.asset_id, transitions.surrender(asset, now=now))
        return Burial.REVIVED if revived.applied else Burial.OUTLIVED
