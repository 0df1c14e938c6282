"""Ask again for exactly what has failed of a batch and may succeed."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from meshmill.domain import batch_transitions
from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import Action
from meshmill.domain.batch import Batch, BatchState, Phase
from meshmill.domain.chunk_work import RedriveItem
from meshmill.domain.errors import DependencyUnavailable, InvalidState, absent_batch
from meshmill.ports import AuditTrail, Clock
from meshmill.ports.batches import BatchQueue, BatchStore
from meshmill.usecases.batches.audit import batch_entry

_ROUNDS = 4
_REDRIVABLE = {Phase.INGESTING, Phase.REPORTED}
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRedrive:
    """A read, an audit entry, an update and a message; of a batch being redriven the read alone.

    Whoever gets the message asks again for each asset under its own id.
    """

    batches: BatchStore
    queue: BatchQueue
    trail: AuditTrail
    clock: Clock
    watch_ms: int

    def __call__(self, user_id: str, batch_id: str, attribution: Attribution) -> BatchState:
        """The user's batch, of which what had failed until now is asked for again.

        Asked for while one is under way, it is that one.

        Raises:
            NotFound: there is none, or it is somebody else's.
            InvalidState: no line of it was ingested.
            DependencyUnavailable: it may have been asked for or not; ask again.
        """
        for _ in range(_ROUNDS):
            state = self.batches.state(batch_id)
            if state is None or state.batch.user_id != user_id:
                raise absent_batch()
            _check_redrivable(state)
            if state.batch.redriving_since is not None:
                return state
            begun = self._begin(state.batch, attribution)
            if begun is not None:
                self._send(begun)
                return BatchState(begun, state.counts)
        raise DependencyUnavailable("The batch changed at every try")

    def _begin(self, batch: Batch, attribution: Attribution) -> Batch | None:
        now = self.clock.now_ms()
        # Before the change: one that leaves no trace would be worse than a trace of none.
        self.trail.record([batch_entry(attribution, Action.BATCH_REDRIVEN, batch, at=now)])
        redrive = batch_transitions.redrive(batch, now=now, wait_ms=self.watch_ms)
        return self.batches.change(batch, redrive)

    def _send(self, batch: Batch) -> None:
        """Enqueue; where that fails the reconciler sends."""
        item = RedriveItem(
            batch_id=batch.batch_id,
            user_id=batch.user_id,
            redriving_since=batch.redriving_since or 0,
        )
        try:
            self.queue.send([item])
        except DependencyUnavailable:
            context = {"batch_id": batch.batch_id}
            _logger.warning("Redrive not sent", extra={"context": context}, exc_info=True)
            self._leave_to_reconciler(batch)

    def _leave_to_reconciler(self, batch: Batch) -> None:
        overdue = batch_transitions.make_due(batch, now=self.clock.now_ms())
        try:
            self.batches.change(batch, overdue)
        except DependencyUnavailable:
            # The batch is due before long in any case: later, not lost.
            context = {"batch_id": batch.batch_id}
            _logger.warning("Batch not made due", extra={"context": context}, exc_info=True)


def _check_redrivable(state: BatchState) -> None:
    if state.batch.phase not in _REDRIVABLE:
        raise InvalidState(
            f"The batch is {state.status}; none of its lines was ingested",
            {"batch_id": state.batch.batch_id, "status": state.status},
        )
