"""Deal with an announcement of uploads that the splitter gave up on."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from meshmill.domain import batch_transitions, identity
from meshmill.domain.batch import Batch, Phase
from meshmill.domain.upload_address import address_of
from meshmill.domain.upload_events import Upload, parse_upload_events
from meshmill.domain.work import UnreadableMessage
from meshmill.ports import Clock, Quarantine
from meshmill.ports.batches import OngoingBatches
from meshmill.usecases.bury_message import Burial

_UNSPLIT: Final = {Phase.AWAITING_UPLOAD, Phase.VALIDATING, Phase.INGESTING}
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuryUpload:
    """Every path ends with the message acknowledged, and its batches final or due.

    A file put into the bucket by itself has no batch before a splitter has seen it: what tells of
    one is kept for a person to look at.
    """

    batches: OngoingBatches
    quarantine: Quarantine
    clock: Clock

    def __call__(self, queue: str, message_id: str, body: str) -> Burial:
        """Settle one dead letter.

        Raises:
            DependencyUnavailable: nothing is known to have changed; deliver again.
        """
        try:
            fates = {self._settle(upload) for upload in parse_upload_events(body)}
        except UnreadableMessage:
            fates = {Burial.QUARANTINED}
        burial = _gravest(fates)
        if burial is Burial.QUARANTINED:
            self.quarantine.keep(queue, message_id, body)
        context = {"queue": queue, "message_id": message_id, "fate": burial}
        _logger.warning("Dead letter settled", extra={"context": context})
        return burial

    def _settle(self, upload: Upload) -> Burial:
        address = address_of(upload.key)
        if address is None:
            return Burial.OUTLIVED
        if address.batch_id is not None:
            batch = self.batches.get(address.batch_id)
            return Burial.OUTLIVED if batch is None else revive(self.batches, batch, self.clock)
        batch = self.batches.get(
            identity.dropped_batch_id(upload.bucket, upload.key, upload.version_id)
        )
        return Burial.QUARANTINED if batch is None else revive(self.batches, batch, self.clock)


def revive(batches: OngoingBatches, batch: Batch, clock: Clock) -> Burial:
    """Let the reconciler look after a batch at once, as long as somebody must.

    Raises:
        DependencyUnavailable: it may be due or not.
    """
    now = clock.now_ms()
    is_held = batch.owner is not None and (batch.lease_until or 0) > now
    if is_held or (batch.phase not in _UNSPLIT and batch.redriving_since is None):
        # Of one that is held the end of the lease is watched; to change it would lose the work.
        return Burial.OUTLIVED
    due = batches.change(batch, batch_transitions.make_due(batch, now=now))
    # Refused when somebody has changed it since: then the due date that he wrote stands.
    return Burial.OUTLIVED if due is None else Burial.REVIVED


def _gravest(fates: Iterable[Burial]) -> Burial:
    for fate in (Burial.QUARANTINED, Burial.REVIVED):
        if fate in fates:
            return fate
    return Burial.OUTLIVED
