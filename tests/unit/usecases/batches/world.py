"""Batches from the upload to their end in memory, and the platform's part played by hand."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from meshmill.domain import batch_files, identity
from meshmill.domain.batch import Batch, BatchState, Counts
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.manifest.plan import ManifestLimits
from meshmill.settings import IngestSettings, SplitSettings
from meshmill.usecases.batches.bury_batch_work import BuryBatchWork
from meshmill.usecases.batches.bury_upload import BuryUpload
from meshmill.usecases.batches.consume_batch_work import ConsumeBatchWork
from meshmill.usecases.batches.consume_uploads import ConsumeUploads
from meshmill.usecases.batches.ingest_worker import IngestStores, ingest_worker
from meshmill.usecases.batches.issue_batch import IssueBatch
from meshmill.usecases.batches.reconcile_batches import BatchCare, ReconcileBatches
from meshmill.usecases.batches.request_redrive import RequestRedrive
from meshmill.usecases.batches.split_worker import SplitStores, split_worker
from meshmill.usecases.bury_message import Burial
from meshmill.usecases.consume import Returned
from tests.fakes.batches import InMemoryBatches, InMemoryBatchQueue
from tests.fakes.manifests import (
    BUCKET,
    InMemoryAnnouncements,
    InMemoryManifests,
    InMemoryUploadForms,
    announcement,
)
from tests.fakes.queues import InMemoryDelivery, InMemoryQueue, Message
from tests.fakes.reports import InMemoryReports
from tests.unit.usecases.batches.fates import Budget, Fate, Killed, Mortal
from tests.unit.usecases.batches.oracle import BatchOracle
from tests.unit.usecases.world import ADA, ATTEMPTS, PATIENCE, Flaky, World

VISIBILITY_MS, MAX_RECEIVES = 670_000, 8
WATCH_MS, RESERVE_MS = 300_000, 40_000
_INVOCATION_MS, _MOST_ROUNDS = 110_000, 3_000
_LANES: dict[str, Any] = {
    **{f"{lane}_queue_url": str(lane) for lane in PATIENCE},
    **{f"{lane}_patience_ms": patience for lane, patience in PATIENCE.items()},
}
SPLIT = SplitSettings(
    batches_table="",
    rate_limits_table="",
    audit_table="",
    audit_days=1,
    uploads_bucket=BUCKET,
    upload_queue_url="",
    batch_queue_url="",
    split_lease_ms=125_000,
    split_margin_ms=15_000,
    split_max_attempts=5,
    split_retry_seconds=20,
    batch_watch_ms=WATCH_MS,
    lines_per_second=1_000,
)
_INGEST: dict[str, Any] = {
    "assets_table": "",
    "batches_table": "",
    "rate_limits_table": "",
    "uploads_bucket": "",
    "artefacts_bucket": "",
    "batch_queue_url": "",
    "chunk_lease_ms": 125_000,
    "chunk_max_attempts": 5,
    "chunk_retry_seconds": 20,
    "batch_watch_ms": WATCH_MS,
    "lines_per_second": 1_000,
    "reserve_ms": RESERVE_MS,
}
INGEST = IngestSettings(**_INGEST, **_LANES)


class BatchWorld(World):
    """Everything that batches need; ``flaky_*`` are what the use cases see of it."""

    def __init__(self, *, chunk_lines: int = 2_000, stretch_lines: int = 500) -> None:
        super().__init__()
        self.batches = InMemoryBatches(self.assets.counts, self.trail)
        self.manifests, self.reports = InMemoryManifests(), InMemoryReports()
        self.budget = Budget(self.clock)
        self.upload_letters = InMemoryQueue("uploads-dead-letters", self.clock)
        self.batch_letters = InMemoryQueue("batch-dead-letters", self.clock)
        self.upload_queue = InMemoryQueue(
            "uploads", self.clock, VISIBILITY_MS, MAX_RECEIVES, self.upload_letters
        )
        self.batch_queue = InMemoryQueue(
            "batch", self.clock, VISIBILITY_MS, MAX_RECEIVES, self.batch_letters
        )
        self.fate, self.invocation_ms = Fate(), _INVOCATION_MS
        self.done: Counter[str] = Counter()
        self._chunk_lines, self._stretch_lines = chunk_lines, stretch_lines
        self.flaky_batches: Any = self._mortal("batches", self.batches)
        self.flaky_manifests: Any = self._mortal("manifests", self.manifests)
        self.flaky_reports: Any = self._mortal("reports", self.reports)
        self.flaky_budget: Any = self._mortal("budget", self.budget)
        self.flaky_bulk: Any = self._mortal("bulk", self.assets)
        self.flaky_work: Any = self._mortal("work", self.lanes)
        self.flaky_records: Any = self._mortal("assets", self.assets)
        sender = InMemoryBatchQueue(self.clock, self.batch_queue)
        self.flaky_sender: Any = self._mortal("queue", sender)
        announcements = InMemoryAnnouncements(self.clock, self.upload_queue)
        self.flaky_announcements: Any = self._mortal("announcements", announcements)
        self.forms = InMemoryUploadForms(self.manifests, self.clock)
        self.issue_batch = IssueBatch(
            batches=self.batches,
            forms=self.forms,
            clock=self.clock,
            entropy=self.entropy,
            upload_seconds=3_600,
            watch_ms=WATCH_MS,
        )
        self.request_redrive = RequestRedrive(
            batches=self.batches,
            queue=sender,
            trail=self.trail,
            clock=self.clock,
            watch_ms=WATCH_MS,
        )
        self.splitter, self.ingester = self.new_splitter(), self.new_ingester()
        self.oracle = BatchOracle(self.batches, self.reports, self.assets)

    def _mortal(self, name: str, port: Any) -> Any:
        return Flaky(Mortal(name, port, self.fate))

    def new_splitter(self) -> ConsumeUploads:
        """A process that splits, and remembers nothing of those before it."""
        stores = SplitStores(
            batches=self.flaky_batches,
            manifests=self.flaky_manifests,
            budget=self.flaky_budget,
            queue=self.flaky_sender,
        )
        worker = split_worker(stores, SPLIT, self.clock, self.entropy)
        limits = ManifestLimits(chunk_lines=self._chunk_lines)
        split = dataclasses.replace(worker.split, limits=limits)
        return dataclasses.replace(worker, split=split)

    def new_ingester(self) -> ConsumeBatchWork:
        """A process that ingests, likewise."""
        stores = IngestStores(
            assets=self.flaky_records,
            bulk=self.flaky_bulk,
            work=self.flaky_work,
            batches=self.flaky_batches,
            manifests=self.flaky_manifests,
            reports=self.flaky_reports,
            budget=self.flaky_budget,
            queue=self.flaky_sender,
            each=map,
        )
        worker = ingest_worker(stores, INGEST, self.clock, self.entropy)
        policy = dataclasses.replace(worker.ingest.policy, stretch_lines=self._stretch_lines)
        return dataclasses.replace(worker, ingest=dataclasses.replace(worker.ingest, policy=policy))

    # What users and S3 do.

    def drop(self, key: str, data: bytes, *, user: str = ADA, told: bool = True) -> str:
        """Put a file at ``uploads/{user}/{key}``, and tell of it; the id of its batch."""
        key = f"uploads/{user}/{key}"
        version_id = self.manifests.put(key, data)
        if told:
            self.upload_queue.put(announcement(key, version_id, size=len(data)))
        return identity.dropped_batch_id(BUCKET, key, version_id)

    def tell(self, key: str, version_id: str, *, user: str = ADA) -> None:
        """S3 tells of a version, once more or of one that there isn't."""
        self.upload_queue.put(announcement(f"uploads/{user}/{key}", version_id))

    # What the platform does.

    def split_next(self) -> bool:
        """Deliver an announcement to a splitter; whether there was one."""
        return self._deliver(self.upload_queue, self._split)

    def ingest_next(self) -> bool:
        """Deliver a chunk or a redrive to an ingester; whether there was one."""
        return self._deliver(self.batch_queue, self._ingest)

    def _split(self, message: Message, delivery: InMemoryDelivery) -> None:
        self.splitter(message.body, delivery, self.done)

    def _ingest(self, message: Message, delivery: InMemoryDelivery) -> None:
        self.ingester(message.body, delivery, lambda: self.invocation_ms, self.done)

    def _deliver(
        self, queue: InMemoryQueue, consume: Callable[[Message, InMemoryDelivery], None]
    ) -> bool:
        received = queue.receive(1)
        for message in received:
            try:
                consume(message, InMemoryDelivery(queue, message.message_id))
            except (Returned, DependencyUnavailable):
                continue
            except Killed:
                self.splitter, self.ingester = self.new_splitter(), self.new_ingester()
                continue
            finally:
                self.oracle.look()
            queue.delete(message.message_id)
        return bool(received)

    def bury_batches(self) -> list[Burial]:
        """Deliver both queues' dead letters."""
        buriers = (
            (self.upload_letters, BuryUpload(self.batches, self.quarantine, self.clock)),
            (self.batch_letters, BuryBatchWork(self.batches, self.quarantine, self.clock)),
        )
        fates = []
        for queue, bury in buriers:
            for message in queue.receive():
                fates.append(bury(queue.name, message.message_id, message.body))
                queue.delete(message.message_id)
        return fates

    def reconcile_batches(self) -> Counter[BatchCare]:
        """One round."""
        return ReconcileBatches(
            batches=self.flaky_batches,
            manifests=self.flaky_manifests,
            announcements=self.flaky_announcements,
            queue=self.flaky_sender,
            clock=self.clock,
            split_max_attempts=SPLIT.split_max_attempts,
            reserve_ms=10_000,
        )(lambda: 60_000)

    def build_all(self) -> bool:
        """Deliver what is visible in the lanes; whether there was anything."""
        worked = [self.work(lane) for lane in PATIENCE]
        return any(worked)

    def drain(self) -> None:
        """Deliver everything that is visible now."""
        steps = (self.split_next, self.ingest_next, self.build_all, self.bury_batches)
        for _ in range(_MOST_ROUNDS):
            worked = [step() for step in steps]
            if not any(worked):
                return
        raise AssertionError("the queues never empty")

    def run_to_rest(self) -> None:
        """Until no message waits and nothing is due; time passes in between."""
        for _ in range(_MOST_ROUNDS):
            self.drain()
            moment = min(self._moments(), default=None)
            if moment is None:
                return self.oracle.look_at_rest()
            self.clock.advance_to(moment)
            self._reconcile_all()
        raise AssertionError("nothing comes to rest")

    def _reconcile_all(self) -> None:
        with contextlib.suppress(Killed):
            self.reconcile_batches()
        self.reconcile()
        self.oracle.look()

    def _moments(self) -> Iterable[int]:
        """When something happens next."""
        queues: Sequence[InMemoryQueue] = (
            self.upload_queue,
            self.batch_queue,
            self.upload_letters,
            self.batch_letters,
            *self.lanes.queues.values(),
            *self.lanes.dead_letters.values(),
        )
        visible = (queue.next_visible_at() for queue in queues)
        batches = (batch.due_at for batch in self.batches.all())
        assets = (asset.due_at for asset in self.assets.all())
        return [moment for moment in (*visible, *batches, *assets) if moment is not None]

    # What there is to see.

    def state(self, batch_id: str) -> BatchState:
        """The batch as it stands; it must stand."""
        state = self.batches.state(batch_id)
        assert state is not None
        return state

    def header(self, batch_id: str) -> Batch:
        return self.state(batch_id).batch

    def counts(self, batch_id: str) -> Counts:
        return self.state(batch_id).counts

    def told(self, batch_id: str, filename: str = "results.jsonl") -> list[dict[str, Any]]:
        """A report of JSON lines."""
        return [json.loads(line) for line in self.file(batch_id, filename).splitlines()]

    def file(self, batch_id: str, filename: str) -> bytes:
        user_id = self.header(batch_id).user_id
        return self.reports.files[batch_files.file_key(user_id, batch_id, filename)]

    def exhaust_all(self) -> None:
        """Have the engine fail every attempt that is being made or waits now."""
        waiting = sum(len(queue) for queue in self.lanes.queues.values())
        self.engine.fail_next(*[RuntimeError("no luck")] * (ATTEMPTS.max_attempts * waiting))


def line(seed: int, **members: Any) -> bytes:
    """A line that asks for a rock."""
    parameters = {"generator": "rock", "seed": seed}
    body = {"format": "gltf", "parameters": parameters, "custom_id": f"rock-{seed}", **members}
    return json.dumps(body).encode() + b"\n"


def lines(seeds: Iterable[int]) -> bytes:
    """A manifest of rocks."""
    return b"".join(map(line, seeds))
