"""The splitter, put together from its stores and settings."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.ports import Clock, Entropy
from meshmill.ports.batches import BatchQueue, BatchStore, LineBudget, Manifests
from meshmill.settings import SplitSettings
from meshmill.usecases.batches.admit_upload import AdmitUpload
from meshmill.usecases.batches.consume_uploads import ConsumeUploads
from meshmill.usecases.batches.split_manifest import SplitManifest, SplitPolicy

_MS_PER_SECOND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitStores:
    """What splitting reads and writes."""

    batches: BatchStore
    manifests: Manifests
    budget: LineBudget
    queue: BatchQueue


def split_worker(
    stores: SplitStores, settings: SplitSettings, clock: Clock, entropy: Entropy
) -> ConsumeUploads:
    """Feeds announcements of uploads to a splitter."""
    admit = AdmitUpload(
        batches=stores.batches,
        manifests=stores.manifests,
        budget=stores.budget,
        clock=clock,
        watch_ms=settings.split_lease_ms + settings.split_margin_ms,
    )
    split = SplitManifest(
        admit=admit,
        batches=stores.batches,
        manifests=stores.manifests,
        queue=stores.queue,
        clock=clock,
        entropy=entropy,
        policy=SplitPolicy.configured(settings),
    )
    return ConsumeUploads(
        split=split,
        bucket=settings.uploads_bucket,
        retry_seconds=settings.split_lease_ms // _MS_PER_SECOND,
    )
