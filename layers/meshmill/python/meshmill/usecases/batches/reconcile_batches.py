"""Look after every batch that is overdue: what lost its upload's message, its splitter, a chunk."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from meshmill.domain import batch_transitions
from meshmill.domain.asset import DUE_SHARDS
from meshmill.domain.batch import Batch, BatchError, BatchState, Chunk, Phase
from meshmill.domain.chunk_work import ChunkItem, RedriveItem
from meshmill.domain.errors import DependencyUnavailable
from meshmill.ports import Clock
from meshmill.ports.batches import BatchQueue, Manifests, OngoingBatches, UploadAnnouncements
from meshmill.usecases.batches.giving_up import EXPIRED, spent

_PAGE: Final = 100
_MINUTE_MS: Final = 60_000
_FIRST_WAIT_MS: Final = _MINUTE_MS
_logger = logging.getLogger(__name__)


class BatchCare(StrEnum):
    """What was done for an overdue batch; each is counted."""

    ANNOUNCED = "announced"
    RESENT = "resent"
    WATCHED = "watched"
    FAILED = "failed"
    MOVED_ON = "moved_on"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileBatches:
    """One round over all shards, as far as time goes."""

    batches: OngoingBatches
    manifests: Manifests
    announcements: UploadAnnouncements
    queue: BatchQueue
    clock: Clock
    split_max_attempts: int
    reserve_ms: int

    def __call__(self, remaining_ms: Callable[[], int]) -> Counter[BatchCare]:
        """Look after what is overdue now, the longest overdue of each shard first.

        What goes wrong with one batch or one shard is logged and counted as ``BROKEN``, and stops
        nobody else's recovery; everything left undone is still due. Ends early when less than
        ``reserve_ms`` of the invocation is left.
        """
        now = self.clock.now_ms()
        done: Counter[BatchCare] = Counter()
        for shard in _shards(now):
            for batch_id in self._overdue(shard, now, done):
                if remaining_ms() < self.reserve_ms:
                    return done
                done[self._cared_for(batch_id, now)] += 1
        return done

    def _overdue(self, shard: int, now: int, done: Counter[BatchCare]) -> list[str]:
        try:
            return self.batches.overdue(shard, now, _PAGE)
        except Exception:
            # One shard that can't be read must not keep the others waiting.
            _logger.exception("Shard not read", extra={"context": {"shard": shard}})
            done[BatchCare.BROKEN] += 1
            return []

    def _cared_for(self, batch_id: str, now: int) -> BatchCare:
        try:
            care = self._look_after(batch_id, now)
        except Exception:
            # One batch that can't be helped now must not keep the others waiting.
            _logger.exception("Batch not helped", extra={"context": {"batch_id": batch_id}})
            return BatchCare.BROKEN
        _logger.info("Batch overdue", extra={"context": {"batch_id": batch_id, "care": care}})
        return care

    def _look_after(self, batch_id: str, now: int) -> BatchCare:
        batch = self.batches.get(batch_id)
        # The index may lag behind the record.
        if batch is None or batch.due_at is None or batch.due_at > now:
            return BatchCare.MOVED_ON
        match batch.phase:
            case Phase.AWAITING_UPLOAD:
                return self._look_for_upload(batch, now)
            case Phase.VALIDATING:
                return self._split_again(batch, now)
            case Phase.INGESTING:
                return self._ingest_again(batch, now)
            case _:
                return self._send_again(batch, _redrive(batch), now)

    def _look_for_upload(self, batch: Batch, now: int) -> BatchCare:
        version_id = self.manifests.first_version(batch.upload_key)
        if version_id is not None:
            return self._announce(batch, version_id, now)
        missing = (batch.upload_until or 0) - now
        if missing > 0:
            # Made due too early: the form is still good.
            return self._watch(batch, missing + _FIRST_WAIT_MS, now)
        return self._fail(batch, EXPIRED, now)

    def _split_again(self, batch: Batch, now: int) -> BatchCare:
        """One that is due has no lease on it, since it is due when its lease has lapsed."""
        if batch.attempts >= self.split_max_attempts:
            return self._fail(batch, spent(batch.attempts), now)
        return self._announce(batch, batch.version_id or "", now)

    def _ingest_again(self, batch: Batch, now: int) -> BatchCare:
        state = self.batches.state(batch.batch_id)
        if state is None or state.batch.version != batch.version:
            return BatchCare.MOVED_ON
        chunks = self.batches.chunks(batch.batch_id)
        missing: list[ChunkItem | RedriveItem]
        if state.is_ingested:
            # Any of its chunks has an ingester see that everything is counted.
            missing = [_item(batch, 0)]
        elif batch.dispatched_at is not None and _moves(state, chunks, now):
            missing = []
        else:
            at_hand = {chunk.number for chunk in chunks if _is_at_hand(chunk, now)}
            missing = [_item(batch, n) for n in range(batch.chunks or 0) if n not in at_hand]
        care = self._send_again(batch, [*missing, *_redrive(batch)], now)
        if care is BatchCare.RESENT and batch.dispatched_at is None:
            self._mark_dispatched(batch.batch_id, now)
        return care

    def _mark_dispatched(self, batch_id: str, now: int) -> None:
        batch = self.batches.get(batch_id)
        if batch is not None and batch.phase is Phase.INGESTING:
            self.batches.change(batch, batch_transitions.dispatched(batch, now=now))

    def _send_again(
        self, batch: Batch, items: Sequence[ChunkItem | RedriveItem], now: int
    ) -> BatchCare:
        if not items:
            return self._watch(batch, batch.wait_ms or _FIRST_WAIT_MS, now)
        watched = self._watched(batch, _next_wait_ms(batch), now)
        if watched is None:
            return BatchCare.MOVED_ON
        with self._due_if_unsent(watched, now):
            self.queue.send(items)
        return BatchCare.RESENT

    def _announce(self, batch: Batch, version_id: str, now: int) -> BatchCare:
        watched = self._watched(batch, _next_wait_ms(batch), now)
        if watched is None:
            return BatchCare.MOVED_ON
        with self._due_if_unsent(watched, now):
            self.announcements.announce(batch.upload_key, version_id)
        return BatchCare.ANNOUNCED

    def _watch(self, batch: Batch, wait_ms: int, now: int) -> BatchCare:
        watched = self._watched(batch, wait_ms, now)
        return BatchCare.MOVED_ON if watched is None else BatchCare.WATCHED

    def _watched(self, batch: Batch, wait_ms: int, now: int) -> Batch | None:
        """Due again later, before anything is sent.

        Dying in between costs a wait, not the batch, and of two reconcilers one sends.
        """
        return self.batches.change(batch, batch_transitions.watch(batch, now=now, wait_ms=wait_ms))

    @contextmanager
    def _due_if_unsent(self, watched: Batch, now: int) -> Iterator[None]:
        try:
            yield
        except DependencyUnavailable:
            self.batches.change(watched, batch_transitions.make_due(watched, now=now))
            raise

    def _fail(self, batch: Batch, error: BatchError, now: int) -> BatchCare:
        failed = self.batches.change(batch, batch_transitions.fail(batch, error, now=now))
        return BatchCare.MOVED_ON if failed is None else BatchCare.FAILED


def _shards(now: int) -> Iterator[int]:
    """Every shard once; where a round starts moves on by the minute."""
    start = now // _MINUTE_MS
    return ((start + offset) % DUE_SHARDS for offset in range(DUE_SHARDS))


def _next_wait_ms(batch: Batch) -> int:
    """Twice the last wait, of which nothing came."""
    return _FIRST_WAIT_MS if batch.wait_ms is None else 2 * batch.wait_ms


def _moves(state: BatchState, chunks: Sequence[Chunk], now: int) -> bool:
    """Whether anything was heard of the batch's lines since it was last looked after."""
    heard = max([state.counts.updated_at, *(chunk.updated_at for chunk in chunks)])
    return heard > now - (state.batch.wait_ms or _FIRST_WAIT_MS)


def _is_at_hand(chunk: Chunk, now: int) -> bool:
    """Whether it needs no message."""
    return chunk.is_done or (chunk.lease_until or 0) > now


def _item(batch: Batch, number: int) -> ChunkItem:
    return ChunkItem(batch_id=batch.batch_id, user_id=batch.user_id, chunk=number)


def _redrive(batch: Batch) -> list[RedriveItem]:
    """What asks for the rest of a redrive, where one is under way."""
    if batch.redriving_since is None:
        return []
    item = RedriveItem(
        batch_id=batch.batch_id, user_id=batch.user_id, redriving_since=batch.redriving_since
    )
    return [item]
