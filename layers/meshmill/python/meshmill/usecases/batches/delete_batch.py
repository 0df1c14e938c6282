"""Delete a batch of which nothing has begun."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import Action
from meshmill.domain.batch import Batch, Phase, Source
from meshmill.domain.errors import DependencyUnavailable, InvalidState, absent_batch
from meshmill.ports import Clock
from meshmill.ports.batches import BatchStore
from meshmill.usecases.batches.audit import batch_entry

_ROUNDS = 4
_BEGUN = {Phase.INGESTING, Phase.REPORTED}


@dataclass(frozen=True, slots=True)
class DeleteBatch:
    """One consistent read and one transaction; more where the batch moves on in between.

    A file that comes later is deleted by the splitter, which finds no header; one that was there
    goes by the bucket's rules.
    """

    batches: BatchStore
    clock: Clock

    def __call__(self, user_id: str, batch_id: str, attribution: Attribution) -> None:
        """Delete the user's batch, as long as none of its lines can be ingested yet, or ever.

        Raises:
            NotFound: there is none, or it is somebody else's.
            InvalidState: its lines are being ingested, or were.
            DependencyUnavailable: it may be deleted or not.
        """
        batch = self.batches.get(batch_id)
        if batch is None or batch.user_id != user_id:
            raise absent_batch()
        for _ in range(_ROUNDS):
            _check_not_begun(batch)
            entry = batch_entry(attribution, Action.BATCH_DELETED, batch, at=self.clock.now_ms())
            standing = self.batches.delete(batch, entry)
            # Another one under the same id was asked for after ours was gone.
            if standing is None or standing.created_at != batch.created_at:
                return
            batch = standing
        raise DependencyUnavailable("The batch changed at every try")


def _check_not_begun(batch: Batch) -> None:
    if batch.source is Source.DROPPED:
        # The file itself is the request: its announcement, which may be repeated, would bring the
        # batch back.
        raise InvalidState(
            "The batch came from a file in the bucket; it stands for as long as its user does",
            {"batch_id": batch.batch_id},
        )
    if batch.phase in _BEGUN:
        raise InvalidState(
            "The batch has begun; only one of which no line was ingested can be deleted",
            {"batch_id": batch.batch_id},
        )
