"""Ask again for what had failed of a batch when its user asked for that."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from meshmill.domain import batch_transitions, identity, transitions
from meshmill.domain.asset import Asset, Status
from meshmill.domain.batch import Batch
from meshmill.domain.chunk_work import RedriveItem
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.lanes import Lane, Patience
from meshmill.domain.tally import Failure
from meshmill.domain.work import WorkItem
from meshmill.ports import AssetStore, Clock, Entropy
from meshmill.ports.batches import BatchQueue, OngoingBatches, WorkBulk
from meshmill.usecases.batches.line_pace import Fenced, LinePace

_PAGE: Final = 100
_ROUNDS: Final = 4
_logger = logging.getLogger(__name__)


class Each(Protocol):
    """Does something with each of many, in their order or side by side: ``map`` fits."""

    def __call__(
        self, change: Callable[[Asset], Asset | None], assets: Sequence[Asset], /
    ) -> Iterable[Asset | None]:
        """What became of each."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveAssets:
    """Assets keep their ids. One that fails again in the meantime is left as it is.

    Carried on by a message of its own when less than ``reserve_ms`` is left.
    """

    assets: AssetStore
    work: WorkBulk
    batches: OngoingBatches
    queue: BatchQueue
    clock: Clock
    entropy: Entropy
    pace: LinePace
    patience: Patience
    each: Each
    reserve_ms: int

    def __call__(
        self, item: RedriveItem, remaining_ms: Callable[[], int], done: Counter[str]
    ) -> None:
        """Carry one message as far as it goes.

        Raises:
            DependencyUnavailable: some are asked for again; deliver again.
        """
        batch = self.batches.get(item.batch_id)
        if batch is None or batch.redriving_since != item.redriving_since:
            # Over, or of an earlier redrive.
            return None
        for failures in self._pages(item):
            if remaining_ms() < self.reserve_ms:
                return self.queue.send([item])
            failed = self._failed(failures, item)
            try:
                wait = self.pace.wait(batch, len(failed))
            except Fenced:
                return None
            if wait is not None:
                return self.queue.send([item], delay_seconds=wait)
            done["assets_redriven"] += self._ask_again(failed, batch)
            item = item.model_copy(update={"after": failures[-1].asset_id})
        self._end(batch)
        done["batches_redriven"] += 1
        return None

    def _pages(self, item: RedriveItem) -> Iterator[Sequence[Failure]]:
        after = item.after
        while failures := self.batches.failures(item.batch_id, after, _PAGE):
            yield failures
            after = failures[-1].asset_id

    def _failed(self, failures: Sequence[Failure], item: RedriveItem) -> list[Asset]:
        """Those that stand failed since before the redrive, and may succeed."""
        meant = [mark.asset_id for mark in failures if mark.retryable]
        standing = self.assets.get_many(meant) if meant else {}
        return [
            asset
            for asset in standing.values()
            if asset.status is Status.FAILED and (asset.completed_at or 0) <= item.redriving_since
        ]

    def _ask_again(self, failed: Sequence[Asset], batch: Batch) -> int:
        """Queue each under a new run; how many.

        Raises:
            DependencyUnavailable: it is not known of some, all others are queued.
        """
        unsure: list[DependencyUnavailable] = []

        def requeue(asset: Asset) -> Asset | None:
            try:
                return self._requeue(asset, batch)
            except DependencyUnavailable as error:
                unsure.append(error)
                return None

        queued = [asset for asset in self.each(requeue, failed) if asset is not None]
        for lane in Lane:
            runs = {asset.run: asset for asset in queued if asset.lane is lane}
            if runs:
                self._send(lane, runs)
        if unsure:
            raise unsure[0]
        return len(queued)

    def _requeue(self, asset: Asset, batch: Batch) -> Asset | None:
        now = self.clock.now_ms()
        again = transitions.requeue(
            asset,
            priority=asset.priority,
            run=identity.ulid(now, self.entropy(10)),
            now=now,
            patience=self.patience,
            attribution=batch.attribution,
        )
        outcome = self.assets.transition(asset.asset_id, again)
        return outcome.asset if outcome.applied else None

    def _send(self, lane: Lane, runs: dict[str, Asset]) -> None:
        """Enqueue; what can't be is due at once."""
        for item in self.work.send_many(lane, [WorkItem.of(asset) for asset in runs.values()]):
            overdue = transitions.make_due(runs[item.run], now=self.clock.now_ms())
            self.assets.transition(item.asset_id, overdue)

    def _end(self, batch: Batch) -> None:
        """Record it, also where an ingester or the reconciler changes the header meanwhile."""
        standing: Batch | None = batch
        for _ in range(_ROUNDS):
            if standing is None or standing.redriving_since != batch.redriving_since:
                return
            over = batch_transitions.redriven(standing, now=self.clock.now_ms())
            if self.batches.change(standing, over) is not None:
                _logger.info("Batch redriven", extra={"context": _context(batch)})
                return
            standing = self.batches.get(batch.batch_id)


def _context(batch: Batch) -> dict[str, Any]:
    return {"batch_id": batch.batch_id, "redriving_since": batch.redriving_since}
