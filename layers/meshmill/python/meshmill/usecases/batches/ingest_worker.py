"""The ingester, put together from its stores and settings."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.ports import AssetStore, Clock, Entropy
from meshmill.ports.batches import (
    AssetBulk,
    BatchQueue,
    LineBudget,
    Manifests,
    OngoingBatches,
    ReportFiles,
    WorkBulk,
)
from meshmill.settings import IngestSettings
from meshmill.usecases.batches.chunk_hold import TakeChunk
from meshmill.usecases.batches.consume_batch_work import ConsumeBatchWork
from meshmill.usecases.batches.finish_batch import FinishBatch
from meshmill.usecases.batches.ingest_chunk import IngestChunk, IngestPolicy
from meshmill.usecases.batches.line_pace import LinePace
from meshmill.usecases.batches.recorded_plans import RecordedPlans
from meshmill.usecases.batches.redrive_assets import Each, RedriveAssets
from meshmill.usecases.batches.standing_lines import StandingLines
from meshmill.usecases.batches.stretches import SubmitStretch
from meshmill.usecases.submit_lines import SubmitLines

_MS_PER_SECOND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestStores:
    """What ingesting and redriving read and write; ``each`` is how many assets are changed."""

    assets: AssetStore
    bulk: AssetBulk
    work: WorkBulk
    batches: OngoingBatches
    manifests: Manifests
    reports: ReportFiles
    budget: LineBudget
    queue: BatchQueue
    each: Each


def ingest_worker(
    stores: IngestStores, settings: IngestSettings, clock: Clock, entropy: Entropy
) -> ConsumeBatchWork:
    """Feeds chunks and redrives to who carries them out."""
    pace = LinePace(stores.budget, entropy)
    return ConsumeBatchWork(
        ingest=_ingest(stores, settings, clock, entropy, pace),
        redrive=RedriveAssets(
            assets=stores.assets,
            work=stores.work,
            batches=stores.batches,
            queue=stores.queue,
            clock=clock,
            entropy=entropy,
            pace=pace,
            patience=settings.patience,
            each=stores.each,
            reserve_ms=settings.reserve_ms,
        ),
        reserve_ms=settings.reserve_ms,
        retry_seconds=settings.chunk_lease_ms // _MS_PER_SECOND,
    )


def _ingest(
    stores: IngestStores, settings: IngestSettings, clock: Clock, entropy: Entropy, pace: LinePace
) -> IngestChunk:
    submit = SubmitLines(
        assets=stores.assets,
        bulk=stores.bulk,
        queue=stores.work,
        clock=clock,
        entropy=entropy,
        patience=settings.patience,
    )
    return IngestChunk(
        batches=stores.batches,
        manifests=stores.manifests,
        reports=stores.reports,
        queue=stores.queue,
        clock=clock,
        plans=RecordedPlans(stores.batches),
        take=TakeChunk(
            batches=stores.batches,
            clock=clock,
            entropy=entropy,
            lease_ms=settings.chunk_lease_ms,
        ),
        pace=pace,
        submit=SubmitStretch(submit),
        settle=SubmitStretch(StandingLines(stores.assets)),
        finish=FinishBatch(batches=stores.batches, reports=stores.reports, clock=clock),
        policy=IngestPolicy.configured(settings),
    )
