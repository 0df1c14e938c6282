"""Ask for the assets of a manifest's lines, many at once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from meshmill.domain import identity
from meshmill.domain.asset import Asset, Status
from meshmill.domain.attribution import Attribution
from meshmill.domain.lanes import Lane, Patience
from meshmill.domain.origin import Origin
from meshmill.domain.request import AssetRequest
from meshmill.domain.work import WorkItem
from meshmill.ports import AssetStore, Clock, Entropy
from meshmill.ports.batches import AssetBulk, WorkBulk
from meshmill.usecases.standing_assets import StandingAssets

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """The asset that stands for a line, and whether this very line has made its record."""

    asset_id: str
    outcome: Literal["accepted", "duplicate"]


@dataclass(frozen=True, slots=True)
class SubmitLines:
    """As :class:`~meshmill.usecases.submit_asset.SubmitAsset` for each line, in few calls.

    Repeated after it died on the way it has the same outcomes: a line that meets the record that
    it has made itself is accepted, and not queued again.
    """

    assets: AssetStore
    bulk: AssetBulk
    queue: WorkBulk
    clock: Clock
    entropy: Entropy
    patience: Patience

    def __call__(
        self,
        user_id: str,
        lines: Sequence[tuple[Origin, AssetRequest]],
        attribution: Attribution,
    ) -> list[LineOutcome]:
        """Record and queue the requests of one user; the outcomes of the lines, in their order.

        Raises:
            DependencyUnavailable: some may have been recorded; those are queued sooner or later.
        """
        asked = self._asked(user_id, lines, attribution)
        # Of equal requests the first is submitted, and the others are duplicates of it.
        firsts: dict[str, Asset] = {}
        for asset in asked:
            firsts.setdefault(asset.asset_id, asset)
        records = self._create(list(firsts.values()))
        self._settle(records, firsts, asked, attribution)
        return [
            LineOutcome(
                asset.asset_id,
                "accepted" if records[asset.asset_id].origin == asset.origin else "duplicate",
            )
            for asset in asked
        ]

    def _asked(
        self,
        user_id: str,
        lines: Sequence[tuple[Origin, AssetRequest]],
        attribution: Attribution,
    ) -> list[Asset]:
        """A record for each line, under a run of its own."""
        now = self.clock.now_ms()
        return [
            Asset.new(
                user_id,
                request,
                run=identity.ulid(now, self.entropy(10)),
                now=now,
                patience=self.patience,
                attribution=attribution,
                origin=origin,
            )
            for origin, request in lines
        ]

    def _create(self, firsts: Sequence[Asset]) -> dict[str, Asset]:
        """Records that stand now, by id; the messages of the new ones are sent."""
        records: dict[str, Asset] = {}
        new: list[Asset] = []
        for asset, standing in zip(firsts, self.bulk.create_many(firsts), strict=True):
            # The same run stands there when our own put took effect without an answer.
            if standing is None or standing.run == asset.run:
                new.append(asset)
            records[asset.asset_id] = standing or asset
        self._send(new)
        return records

    def _settle(
        self,
        records: dict[str, Asset],
        firsts: dict[str, Asset],
        asked: Sequence[Asset],
        attribution: Attribution,
    ) -> None:
        """Ask again for what has failed, and move what a line wants sooner."""
        standing, woken = StandingAssets(self.assets, self.clock, self.patience), list[Asset]()
        for asset in asked:
            record = records[asset.asset_id]
            if record.run == asset.run or record.origin == asset.origin:
                continue
            if record.status is Status.FAILED and firsts[asset.asset_id] is asset:
                record = standing.revive(record, asset, attribution)
                if record.run == asset.run:
                    woken.append(record)
            moved = standing.hasten(record, asset.priority, attribution)
            record = moved.asset or record
            if moved.applied:
                woken.append(record)
            records[asset.asset_id] = record
        self._send(woken)

    def _send(self, assets: Sequence[Asset]) -> None:
        """Enqueue; what can't be is left to the reconciler."""
        for lane in Lane:
            waiting = {asset.run: asset for asset in assets if asset.lane is lane}
            if not waiting:
                continue
            items = [WorkItem.of(asset) for asset in waiting.values()]
            unsent = self.queue.send_many(lane, items)
            if unsent:
                context = {"lane": lane, "messages": len(unsent)}
                _logger.warning("Messages not sent", extra={"context": context})
                self._leave_to_reconciler([waiting[item.run] for item in unsent])

    def _leave_to_reconciler(self, unsent: Sequence[Asset]) -> None:
        standing = StandingAssets(self.assets, self.clock, self.patience)
        for asset in unsent:
            if not standing.leave_to_reconciler(asset):
                # Nor will it for the others.
                return
