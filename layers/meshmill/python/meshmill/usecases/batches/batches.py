"""What callers of the API may do with batches, on the same stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from meshmill.ports import AuditTrail, Clock, Entropy, SigningSecret
from meshmill.ports.batches import BatchQueue, BatchStore, UploadForms
from meshmill.settings import ApiSettings
from meshmill.usecases.batches.delete_batch import DeleteBatch
from meshmill.usecases.batches.issue_batch import IssueBatch
from meshmill.usecases.batches.list_batches import ListBatches
from meshmill.usecases.batches.read_batch import ReadBatch
from meshmill.usecases.batches.request_redrive import RequestRedrive
from meshmill.usecases.cross_user_reading import CrossUserReading


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStores:
    """Everything that callers' batches are kept in, or told to."""

    batches: BatchStore
    forms: UploadForms
    queue: BatchQueue
    trail: AuditTrail
    secret: SigningSecret


@dataclass(frozen=True, slots=True)
class Batches:
    """One use case a verb."""

    issue: IssueBatch
    read: ReadBatch
    list_batches: ListBatches
    delete: DeleteBatch
    redrive: RequestRedrive

    @classmethod
    def over(
        cls,
        stores: BatchStores,
        settings: ApiSettings,
        cross_user_reading: Callable[[], CrossUserReading],
        clock: Clock,
        entropy: Entropy,
    ) -> Self:
        """With the times of the function's settings."""
        return cls(
            IssueBatch(
                batches=stores.batches,
                forms=stores.forms,
                clock=clock,
                entropy=entropy,
                upload_seconds=settings.upload_seconds,
                watch_ms=settings.batch_watch_ms,
            ),
            ReadBatch(stores.batches, cross_user_reading),
            ListBatches(stores.batches, stores.secret, cross_user_reading),
            DeleteBatch(stores.batches, clock),
            RequestRedrive(
                batches=stores.batches,
                queue=stores.queue,
                trail=stores.trail,
                clock=clock,
                watch_ms=settings.batch_watch_ms,
            ),
        )
