"""Batches in memory, by the same rules as the table, and the queue of work on them."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence

from meshmill.domain.audit import AuditEntry
from meshmill.domain.batch import Batch, BatchState, Chunk, Counted, Phase
from meshmill.domain.batch_transitions import own_work, unchanged
from meshmill.domain.chunk_work import ChunkItem, RedriveItem
from meshmill.domain.manifest.plan import Plan
from meshmill.domain.tally import Failure
from meshmill.domain.transitions import Transition
from tests.fakes.audit import InMemoryAuditTrail
from tests.fakes.clock import FakeClock
from tests.fakes.counts import InMemoryCounts
from tests.fakes.queues import InMemoryQueue


class InMemoryBatches:
    """A ``BatchStore`` whose writes are atomic and whose indexes never lag.

    ``counts`` are those that the store of assets adds to.
    """

    def __init__(
        self, counts: InMemoryCounts | None = None, trail: InMemoryAuditTrail | None = None
    ) -> None:
        self.counts = counts or InMemoryCounts()
        self._trail = trail or InMemoryAuditTrail()
        self._headers: dict[str, Batch] = {}
        self._plans: dict[str, Plan] = {}
        self._chunks: dict[tuple[str, int], Chunk] = {}
        self._lock = threading.Lock()

    def state(self, batch_id: str) -> BatchState | None:
        with self._lock:
            batch = self._headers.get(batch_id)
            return None if batch is None else BatchState(batch, self.counts.of(batch_id))

    def states(self, batch_ids: Sequence[str]) -> dict[str, BatchState]:
        found = {batch_id: self.state(batch_id) for batch_id in batch_ids}
        return {batch_id: state for batch_id, state in found.items() if state is not None}

    def listed(self, user_id: str, before: str | None, limit: int) -> list[str]:
        positions = [batch.position for batch in self.all() if batch.user_id == user_id]
        earlier = [place for place in positions if before is None or place < before]
        return sorted(earlier, reverse=True)[:limit]

    def create(self, batch: Batch, entry: AuditEntry) -> Batch | None:
        with self._lock:
            standing = self._headers.get(batch.batch_id)
            if standing is None:
                self._headers[batch.batch_id] = batch
                self._trail.record([entry])
            return standing

    def get(self, batch_id: str) -> Batch | None:
        with self._lock:
            return self._headers.get(batch_id)

    def change(self, batch: Batch, transition: Transition) -> Batch | None:
        with self._lock:
            return self._changed(batch, transition)

    def record_plan(self, batch: Batch, transition: Transition, plan: Plan) -> Batch | None:
        with self._lock:
            changed = self._changed(batch, transition)
            if changed is not None:
                self._plans.setdefault(batch.batch_id, plan)
                self.counts.open(batch.batch_id)
            return changed

    def plan(self, batch_id: str) -> Plan | None:
        with self._lock:
            return self._plans.get(batch_id)

    def open_chunk(self, chunk: Chunk) -> Chunk | None:
        with self._lock:
            batch = self._headers.get(chunk.batch_id)
            if batch is None or batch.phase is not Phase.INGESTING:
                return None
            standing = self._chunks.get((chunk.batch_id, chunk.number))
            return self._put(chunk) if standing is None else standing

    def change_chunk(self, chunk: Chunk, transition: Transition) -> Chunk | None:
        with self._lock:
            standing = self._chunks.get((chunk.batch_id, chunk.number))
            if standing is None or not transition.requires.holds(standing.attributes()):
                return own_work(standing, transition)
            return self._put(transition.applied_to(standing))

    def count(self, chunk: Chunk, transition: Transition, counted: Counted) -> Chunk | None:
        with self._lock:
            standing = self._chunks.get((chunk.batch_id, chunk.number))
            if standing is None or not transition.requires.holds(standing.attributes()):
                return own_work(standing, transition)
            changed = transition.applied_to(standing)
            sums = dataclasses.asdict(counted) | {"chunks_done": int(changed.is_done)}
            if not self.counts.add(chunk.batch_id, sums, changed.updated_at):
                return None
            return self._put(changed)

    def chunks(self, batch_id: str) -> list[Chunk]:
        with self._lock:
            found = [chunk for chunk in self._chunks.values() if chunk.batch_id == batch_id]
        return sorted(found, key=lambda chunk: chunk.number)

    def failures(self, batch_id: str, after: str | None, limit: int) -> list[Failure]:
        marks = self.counts.failures(batch_id)
        return [mark for mark in marks if after is None or mark.asset_id > after][:limit]

    def overdue(self, due_shard: int, now: int, limit: int) -> list[str]:
        due = [
            (batch.due_at, batch.batch_id)
            for batch in self.all()
            if batch.due_shard == due_shard and batch.due_at is not None and batch.due_at <= now
        ]
        return [batch_id for _, batch_id in sorted(due)[:limit]]

    def delete(self, batch: Batch, entry: AuditEntry) -> Batch | None:
        with self._lock:
            standing = self._headers.get(batch.batch_id)
            if standing is None:
                return None
            if not unchanged(batch).holds(standing.attributes()):
                return standing
            del self._headers[batch.batch_id]
            self._trail.record([entry])
            return None

    def erase(self, batch_id: str) -> None:
        with self._lock:
            self.counts.close(batch_id)
            self._plans.pop(batch_id, None)
            for place in [place for place in self._chunks if place[0] == batch_id]:
                del self._chunks[place]
            self._headers.pop(batch_id, None)

    def all(self) -> list[Batch]:
        """Every header, for a test to look at."""
        with self._lock:
            return list(self._headers.values())

    def _changed(self, batch: Batch, transition: Transition) -> Batch | None:
        standing = self._headers.get(batch.batch_id)
        if standing is None or not transition.requires.holds(standing.attributes()):
            return own_work(standing, transition)
        changed = self._headers[batch.batch_id] = transition.applied_to(standing)
        return changed

    def _put(self, chunk: Chunk) -> Chunk:
        self._chunks[chunk.batch_id, chunk.number] = chunk
        self.counts.advance(chunk.batch_id, chunk.number, chunk.next_line)
        return chunk


class InMemoryBatchQueue:
    """A ``BatchQueue`` into a queue that can be received from."""

    def __init__(self, clock: FakeClock, queue: InMemoryQueue | None = None) -> None:
        self.queue = InMemoryQueue("batch", clock) if queue is None else queue

    def send(self, items: Sequence[ChunkItem | RedriveItem], delay_seconds: int = 0) -> None:
        for item in items:
            self.queue.put(item.model_dump_json(), item.user_id, delay_seconds)
