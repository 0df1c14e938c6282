"""What the ingester does with one delivered message before its use cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from meshmill.domain.chunk_work import ChunkItem, RedriveItem, parse_batch_work
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.work import UnreadableMessage
from meshmill.ports import Delivery
from meshmill.usecases.batches.ingest_chunk import IngestChunk
from meshmill.usecases.batches.redrive_assets import RedriveAssets
from meshmill.usecases.consume import Returned


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumeBatchWork:
    """Feeds messages to who ingests chunks and who redrives, as long as there is time.

    What nobody answered for comes back after ``retry_seconds``.
    """

    ingest: IngestChunk
    redrive: RedriveAssets
    reserve_ms: int
    retry_seconds: int

    def __call__(
        self,
        body: str,
        delivery: Delivery,
        remaining_ms: Callable[[], int],
        done: Counter[str],
    ) -> None:
        """Process one message; what is done is added to ``done``.

        Raises:
            Returned: not done; the queue delivers it again, or after too often to its dead
                letters.
            DependencyUnavailable: likewise.
        """
        if remaining_ms() < self.reserve_ms:
            delivery.retry_after(0)
            raise Returned("no time left for a stretch of lines")
        item = _read(body, delivery)
        try:
            if isinstance(item, ChunkItem):
                self.ingest(item, delivery, remaining_ms, done)
            else:
                self.redrive(item, remaining_ms, done)
        except DependencyUnavailable:
            # Perhaps a lease was taken all the same: it has lapsed by then.
            delivery.retry_after(self.retry_seconds)
            raise


def _read(body: str, delivery: Delivery) -> ChunkItem | RedriveItem:
    try:
        return parse_batch_work(body)
    except UnreadableMessage as error:
        # Nothing here can mend it: hurry it on to the dead letters, which quarantine it.
        delivery.retry_after(0)
        raise Returned(str(error)) from None
