"""What callers may do with batches, around stores in memory."""

from __future__ import annotations

from typing import Any

from meshmill.domain import batch_transitions
from meshmill.domain.attribution import Reader
from meshmill.domain.batch import Batch, BatchError, Phase
from meshmill.domain.batch_request import BatchRequest
from meshmill.domain.manifest.plan import ManifestFormat, Plan, PlannedChunk
from meshmill.usecases.batches.delete_batch import DeleteBatch
from meshmill.usecases.batches.issue_batch import IssueBatch, Issued
from meshmill.usecases.batches.list_batches import ListBatches
from meshmill.usecases.batches.read_batch import ReadBatch
from meshmill.usecases.batches.request_redrive import RequestRedrive
from meshmill.usecases.cross_user_reading import CrossUserReading
from tests.fakes.audit import InMemoryAuditTrail
from tests.fakes.batches import InMemoryBatches, InMemoryBatchQueue
from tests.fakes.clock import CountingEntropy, FakeClock
from tests.fakes.credentials import RotatingSecret
from tests.fakes.manifests import InMemoryManifests, InMemoryUploadForms
from tests.unit.usecases.world import ADA, ASKED, Flaky

UPLOAD_SECONDS, WATCH_MS = 3_600, 300_000
REQUEST = BatchRequest(filename="rocks.jsonl", size=1_024, content_type="application/jsonl")
PLAN = Plan(format=ManifestFormat.JSONL, chunks=(PlannedChunk(0, 0, 100, 1, 10),))


class Desk:
    """The use cases; ``flaky_*`` are what they see of the stores."""

    def __init__(self) -> None:
        self.clock, self.secret = FakeClock(), RotatingSecret()
        self.trail = InMemoryAuditTrail()
        self.batches = InMemoryBatches(trail=self.trail)
        self.queue = InMemoryBatchQueue(self.clock)
        self.uploads = InMemoryManifests()
        self.forms = InMemoryUploadForms(self.uploads, self.clock)
        self.flaky_batches: Any = Flaky(self.batches)
        self.flaky_queue: Any = Flaky(self.queue)
        self.flaky_trail: Any = Flaky(self.trail)
        entropy = CountingEntropy()
        reading = CrossUserReading(self.flaky_trail, self.clock, entropy)
        self.issue_batch = IssueBatch(
            batches=self.flaky_batches,
            forms=self.forms,
            clock=self.clock,
            entropy=entropy,
            upload_seconds=UPLOAD_SECONDS,
            watch_ms=WATCH_MS,
        )
        self.read = ReadBatch(self.flaky_batches, lambda: reading)
        self.list_batches = ListBatches(self.flaky_batches, self.secret, lambda: reading)
        self.delete = DeleteBatch(self.flaky_batches, self.clock)
        self.redrive = RequestRedrive(
            batches=self.flaky_batches,
            queue=self.flaky_queue,
            trail=self.flaky_trail,
            clock=self.clock,
            watch_ms=WATCH_MS,
        )

    def issue(
        self, key: str | None = None, *, user: str = ADA, request: BatchRequest = REQUEST
    ) -> Issued:
        return self.issue_batch(user, request, key, ASKED)

    def record(self, batch: Batch) -> Batch:
        """The header as it stands now; it must stand."""
        standing = self.batches.get(batch.batch_id)
        assert standing is not None
        return standing

    def bring_to(self, phase: Phase, batch: Batch) -> Batch:
        """Take a batch on its way, as those do who split and ingest it."""
        now = self.clock.now_ms()
        if phase is Phase.AWAITING_UPLOAD:
            return batch
        taken = batch_transitions.take(
            batch, "me", version_id="v1", now=now, lease_ms=1_000, margin_ms=1_000
        )
        batch = self._changed(batch, taken)
        if phase is Phase.FAILED:
            error = BatchError("INVALID_MANIFEST", "It is empty")
            return self._changed(batch, batch_transitions.fail(batch, error, now=now))
        if phase is Phase.VALIDATING:
            return batch
        planned = batch_transitions.plan(batch, PLAN, size=100, now=now, wait_ms=WATCH_MS)
        ingesting = self.batches.record_plan(batch, planned, PLAN)
        assert ingesting is not None
        if phase is Phase.INGESTING:
            return ingesting
        return self._changed(ingesting, batch_transitions.report(ingesting, (), now=now))

    def _changed(self, batch: Batch, transition: Any) -> Batch:
        changed = self.batches.change(batch, transition)
        assert changed is not None
        return changed


def reads(user_id: str, *, all_users: bool = False) -> Reader:
    """A reader of this user's data, or of everybody's."""
    return Reader(user_id, ASKED, all_users)
