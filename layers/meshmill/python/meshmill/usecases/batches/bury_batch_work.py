"""Deal with a chunk or a redrive that the ingester gave up on."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from meshmill.domain.batch import Batch, Phase
from meshmill.domain.chunk_work import ChunkItem, RedriveItem, parse_batch_work
from meshmill.domain.work import UnreadableMessage
from meshmill.ports import Clock, Quarantine
from meshmill.ports.batches import OngoingBatches
from meshmill.usecases.batches.bury_upload import revive
from meshmill.usecases.bury_message import Burial

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuryBatchWork:
    """Every path ends with the message acknowledged, and its batch final or due."""

    batches: OngoingBatches
    quarantine: Quarantine
    clock: Clock

    def __call__(self, queue: str, message_id: str, body: str) -> Burial:
        """Settle one dead letter.

        Raises:
            DependencyUnavailable: nothing is known to have changed; deliver again.
        """
        try:
            item = parse_batch_work(body)
        except UnreadableMessage:
            self.quarantine.keep(queue, message_id, body)
            context = {"queue": queue, "message_id": message_id}
            _logger.exception("Message quarantined", extra={"context": context})
            return Burial.QUARANTINED
        burial = self._settle(item)
        context = {"queue": queue, "batch_id": item.batch_id, "fate": burial}
        _logger.warning("Dead letter settled", extra={"context": context})
        return burial

    def _settle(self, item: ChunkItem | RedriveItem) -> Burial:
        batch = self.batches.get(item.batch_id)
        if batch is None or not _is_wanted(item, batch):
            return Burial.OUTLIVED
        return revive(self.batches, batch, self.clock)


def _is_wanted(item: ChunkItem | RedriveItem, batch: Batch) -> bool:
    """Whether what the message asks for is still to be done."""
    if isinstance(item, RedriveItem):
        return batch.redriving_since == item.redriving_since
    return batch.phase is Phase.INGESTING
