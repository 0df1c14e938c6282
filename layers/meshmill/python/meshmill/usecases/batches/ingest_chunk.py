"""Ingest a chunk of a manifest: stretch by stretch, each counted together with where it ends."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Self

from meshmill.domain.batch import Phase
from meshmill.domain.chunk_work import ChunkItem
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.manifest.lines import LineError, read_records
from meshmill.domain.manifest.plan import Plan, PlannedChunk
from meshmill.ports import Clock, Delivery
from meshmill.ports.batches import BatchQueue, ManifestLost, Manifests, OngoingBatches, ReportFiles
from meshmill.settings import IngestSettings
from meshmill.usecases.batches.chunk_hold import ChunkHold, ChunkLost, TakeChunk
from meshmill.usecases.batches.finish_batch import FinishBatch
from meshmill.usecases.batches.line_pace import Fenced, LinePace
from meshmill.usecases.batches.recorded_plans import RecordedPlans
from meshmill.usecases.batches.stretches import (
    SPENT,
    Stretch,
    SubmitStretch,
    Told,
    context_of,
    rejected,
    stretches,
)
from meshmill.usecases.consume import Returned
from meshmill.usecases.retries import retry_seconds

_MS_PER_SECOND: Final = 1000
_LOST: Final = LineError("MANIFEST_LOST", "The uploaded file is gone; upload it again")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestPolicy:
    """How often a chunk is tried, and what time of an invocation it takes.

    Lines are counted ``stretch_lines`` at a time. No stretch is begun when less than ``reserve_ms``
    is left, and no report after other work when less than twice as much is.
    """

    lease_ms: int
    max_attempts: int
    retry_seconds: int
    reserve_ms: int
    stretch_lines: int = 500

    @classmethod
    def configured(cls, settings: IngestSettings) -> Self:
        """As the function's settings say."""
        return cls(
            lease_ms=settings.chunk_lease_ms,
            max_attempts=settings.chunk_max_attempts,
            retry_seconds=settings.chunk_retry_seconds,
            reserve_ms=settings.reserve_ms,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestChunk:
    """What is recorded decides: whoever died before it was counted has done nothing.

    A stretch that was tried too often is settled: of its lines those are accepted that have made
    their assets, and the others are rejected. Where that fails as often, so is the whole chunk.
    """

    batches: OngoingBatches
    manifests: Manifests
    reports: ReportFiles
    queue: BatchQueue
    clock: Clock
    plans: RecordedPlans
    take: TakeChunk
    pace: LinePace
    submit: SubmitStretch
    settle: SubmitStretch
    finish: FinishBatch
    policy: IngestPolicy

    def __call__(
        self,
        item: ChunkItem,
        delivery: Delivery,
        remaining_ms: Callable[[], int],
        done: Counter[str],
    ) -> None:
        """Carry one message as far as it goes; what is counted is added to ``done`` at once.

        Raises:
            Returned: not done; deliver again.
            DependencyUnavailable: likewise.
        """
        batch = self.batches.get(item.batch_id)
        if batch is None or batch.phase is not Phase.INGESTING:
            return
        plan = self.plans.of(batch)
        if plan is None or item.chunk >= len(plan.chunks):
            context = {"batch_id": item.batch_id, "chunk": item.chunk}
            _logger.warning("No such chunk", extra={"context": context})
            return
        planned = plan.chunks[item.chunk]
        chunk = self.take(batch, planned)
        if chunk is None:
            # Somebody else ingests it, and should he die, the batch is due.
            return
        if chunk.is_done:
            done["batches_reported"] += self.finish(item.batch_id)
            return
        hold = ChunkHold(chunk, batch, self.batches, self.reports, self.clock)
        work = _Work(self, item, hold, plan, planned, remaining_ms, done)
        try:
            work.carry_on()
        except ChunkLost:
            # Whoever has it goes on from what is recorded, or its batch was erased.
            _logger.warning("Chunk lost", extra={"context": context_of(hold.chunk)}, exc_info=True)
        except Exception as error:
            _logger.exception("Chunk not ingested", extra={"context": context_of(hold.chunk)})
            self._hand_back(hold, delivery)
            raise Returned("the attempt failed") from error

    def _hand_back(self, hold: ChunkHold, delivery: Delivery) -> None:
        """Let the message come back, later each time; where the lease stays, when it has lapsed."""
        delay = retry_seconds(self.policy.retry_seconds, hold.chunk.attempts)
        try:
            is_free = hold.chunk.is_done or hold.release()
        except DependencyUnavailable:
            context = context_of(hold.chunk)
            _logger.warning("Lease kept", extra={"context": context}, exc_info=True)
            is_free = False
        if not is_free:
            delay = max(delay, -(-self.policy.lease_ms // _MS_PER_SECOND))
        delivery.retry_after(delay)


@dataclass(frozen=True, slots=True)
class _Work:
    """One hold of a chunk, from where it stands."""

    by: IngestChunk
    item: ChunkItem
    hold: ChunkHold
    plan: Plan
    planned: PlannedChunk
    remaining_ms: Callable[[], int]
    done: Counter[str]

    def carry_on(self) -> None:
        """Ingest what time and budget allow, and report the batch if that was all of it."""
        try:
            self._ingest()
        except ManifestLost:
            self._reject_rest(_LOST)
        except Fenced:
            # What is left of the batch is the erasure's.
            self.hold.set_aside()
        if self.hold.chunk.is_done:
            self._finish()

    def _ingest(self) -> None:
        attempts, most = self.hold.chunk.attempts, self.by.policy.max_attempts
        if attempts > 3 * most:
            return self._reject_rest(SPENT)
        submit = self.by.submit if attempts <= most else self.by.settle
        for stretch in self._stretches():
            if self.remaining_ms() < self.by.policy.reserve_ms:
                return self._go_on_later(0)
            wait = self.by.pace.wait(self.hold.batch, len(stretch.records))
            if wait is not None:
                return self._go_on_later(wait)
            self._count(stretch, submit)
            # What follows may go better: it has all of its attempts, unless looking alone failed
            # as often as asking.
            submit = self.by.submit if attempts <= 2 * most else self.by.settle
        return None

    def _stretches(self) -> Iterator[Stretch]:
        batch, chunk = self.hold.batch, self.hold.chunk
        blocks = self.by.manifests.read(
            batch.upload_key, batch.version_id or "", chunk.offset, self.planned.end
        )
        records = read_records(blocks, self.plan, chunk.offset, chunk.next_line)
        return stretches(records, self.by.policy.stretch_lines)

    def _count(self, stretch: Stretch, submit: SubmitStretch) -> None:
        chunk = self.hold.chunk
        told = submit(stretch, self.hold.batch, self.plan, chunk)
        last = stretch.records[-1] if stretch.records else None
        self._record(
            told,
            offset=self.planned.end if last is None or stretch.is_last else last.end,
            next_line=chunk.next_line if last is None else last.next_line,
            is_done=stretch.is_last,
        )

    def _reject_rest(self, error: LineError) -> None:
        """So that every line is counted, and the batch ends."""
        chunk = self.hold.chunk
        lines = self.planned.lines - chunk.lines
        context = context_of(chunk) | {"code": error.code, "lines": lines}
        _logger.error("Lines rejected", extra={"context": context})
        self._record(
            rejected(chunk.next_line, lines, error),
            offset=self.planned.end,
            # At the last line or behind it, since none is shorter than a byte: so that no asset of
            # these lines waits for one to be counted.
            next_line=chunk.next_line + self.planned.end - chunk.offset,
            is_done=True,
        )

    def _record(self, told: Told, *, offset: int, next_line: int, is_done: bool) -> None:
        self.hold.count(told, offset=offset, next_line=next_line, is_done=is_done)
        self.done["lines_accepted"] += told.counted.accepted
        self.done["lines_duplicate"] += told.counted.duplicate
        self.done["lines_rejected"] += told.counted.rejected
        self.done["chunks_done"] += is_done

    def _go_on_later(self, seconds: int) -> None:
        """The rest is another message's."""
        self.hold.set_aside()
        self.by.queue.send([self.item], delay_seconds=seconds)

    def _finish(self) -> None:
        if self.remaining_ms() >= 2 * self.by.policy.reserve_ms:
            self.done["batches_reported"] += self.by.finish(self.item.batch_id)
        elif self.by.finish.is_due(self.item.batch_id):
            self.by.queue.send([self.item])
