"""Batches to try transitions on, each of a user and with an id of its own, and their stores."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from meshmill.aws.backoff import Backoff
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.aws.dynamodb_batches import DynamoDbBatches
from meshmill.domain import batch_transitions, transitions
from meshmill.domain.asset import Asset, StoredFile
from meshmill.domain.audit import Action, AuditEntry, entry_of
from meshmill.domain.batch import Batch, BatchError, Chunk, Counted, Phase, Source
from meshmill.domain.manifest.plan import ManifestFormat, Plan, PlannedChunk
from meshmill.domain.origin import Origin
from meshmill.domain.transitions import Transition
from meshmill.ports import AssetStore, AuditTrail
from meshmill.ports.batches import BatchStore
from tests.contract.samples import ADA, ERROR, MAX_ATTEMPTS, NOW, in_state, new_user
from tests.fakes.assets import InMemoryAssets
from tests.fakes.audit import InMemoryAuditTrail
from tests.fakes.batches import InMemoryBatches
from tests.fakes.counts import InMemoryCounts
from tests.support.backend import Backend, assets_table, audit_table, batches_table

KEEP_DAYS = 400
LEASE_MS = 60_000
NOT_WAITING = Backoff(attempts=5, base_seconds=0)
PLAN = Plan(
    format=ManifestFormat.CSV,
    columns=("format", "generator", "labels.Größe", ""),
    chunks=(PlannedChunk(0, 40, 900, 2, 20), PlannedChunk(1, 900, 1_024, 22, 3)),
)
FILES = (
    StoredFile("results", "results.jsonl", "application/x-ndjson", 7, "ab" * 32, "batches/x/r"),
    StoredFile("errors", "errors.jsonl", "application/x-ndjson", 0, "cd" * 32, "batches/x/e"),
)


@dataclass(frozen=True)
class Stores:
    """Batches beside the assets whose changes they count, and the trail that they write to."""

    batches: BatchStore
    assets: AssetStore
    trail: AuditTrail

    def created(self, **fields: Any) -> Batch:
        """The header of a new batch, put."""
        batch = new_batch(**fields)
        assert self.batches.create(batch, entry(batch)) is None
        return batch

    def changed(self, batch: Batch, transition: Transition) -> Batch:
        """The header after a transition that must apply."""
        after = self.batches.change(batch, transition)
        assert after is not None
        return after

    def ingesting(self, plan: Plan = PLAN, **fields: Any) -> Batch:
        """A batch whose plan is recorded."""
        batch = self.created(phase=Phase.VALIDATING, **fields)
        after = self.batches.record_plan(batch, planned(batch, plan), plan)
        assert after is not None
        return after

    def opened(self, batch: Batch, number: int = 0, owner: str = "owner-1") -> Chunk:
        """A chunk, put."""
        chunk = new_chunk(batch, number, owner)
        assert self.batches.open_chunk(chunk) == chunk
        return chunk

    def failed(self, batch: Batch, at: int = NOW) -> Asset:
        """An asset of the batch that has failed just now, and is counted."""
        origin = Origin(batch.batch_id, 0, 2)
        spent = dataclasses.replace(in_state("pending, attempts spent"), origin=origin)
        assert self.assets.create(spent) is None
        exhaust = transitions.exhaust(spent, ERROR, now=at, max_attempts=MAX_ATTEMPTS)
        outcome = self.assets.transition(spent.asset_id, exhaust)
        assert outcome.applied
        assert outcome.asset is not None
        return outcome.asset


@contextmanager
def stores_on(platform: Backend | None) -> Iterator[Stores]:
    """Of the fakes, where there is no emulator."""
    if platform is None:
        counts, trail = InMemoryCounts(), InMemoryAuditTrail()
        yield Stores(InMemoryBatches(counts, trail), InMemoryAssets(counts), trail)
        return
    client = platform.client("dynamodb")
    with (
        batches_table(platform) as batches,
        assets_table(platform) as assets,
        audit_table(platform) as audit,
    ):
        yield Stores(
            DynamoDbBatches(client, batches, audit, KEEP_DAYS, NOT_WAITING),
            DynamoDbAssets(client, assets, batches, NOT_WAITING),
            DynamoDbAuditTrail(client, audit, KEEP_DAYS),
        )


def new_batch(**fields: Any) -> Batch:
    """The header of an issued batch that waits for its upload."""
    batch_id, user_id = str(uuid.uuid4()), new_user()
    plain: dict[str, Any] = {
        "batch_id": batch_id,
        "user_id": user_id,
        "source": Source.ISSUED,
        "phase": Phase.AWAITING_UPLOAD,
        "filename": "Möbel 1.csv",
        "upload_key": f"uploads/{user_id}/.batches/{batch_id}/manifest.csv",
        "created_at": NOW,
        "updated_at": NOW,
        "attribution": ADA,
    }
    return Batch(**{**plain, **fields})


def full_batch() -> Batch:
    """A header with every field."""
    return new_batch(
        content_type="text/csv",
        size=1_024,
        fingerprint="ef" * 32,
        upload_until=NOW + 1,
        version_id="v1",
        format=ManifestFormat.CSV,
        lines=23,
        chunks=2,
        started_at=NOW + 2,
        dispatched_at=NOW + 3,
        reported_at=NOW + 4,
        redriving_since=NOW + 5,
        due_at=NOW + 6,
        wait_ms=7,
        attempts=8,
        owner="owner-1",
        lease_until=NOW + 9,
        files=FILES,
        error=BatchError("INVALID_ENCODING", "Not UTF-8"),
        version=10,
    )


def new_chunk(batch: Batch, number: int = 0, owner: str = "owner-1") -> Chunk:
    """As its first ingester takes it."""
    return Chunk(
        batch_id=batch.batch_id,
        number=number,
        offset=40,
        next_line=2,
        updated_at=NOW,
        attempts=1,
        owner=owner,
        lease_until=NOW + LEASE_MS,
    )


def planned(batch: Batch, plan: Plan = PLAN, now: int = NOW) -> Transition:
    """The transition that comes with a plan."""
    return batch_transitions.plan(batch, plan, size=1_024, now=now, wait_ms=60_000)


def advanced(chunk: Chunk, lines: int = 3, *, is_done: bool = False, now: int = NOW) -> Transition:
    """The transition that counts a stretch of lines."""
    first = chunk.next_line
    return batch_transitions.advance(
        chunk,
        offset=chunk.offset + 10 * lines,
        next_line=first + lines,
        lines=lines,
        is_done=is_done,
        parts=(f"results-{chunk.number:05d}-{first:07d}-{chunk.owner}",),
        now=now,
    )


def counted(accepted: int = 0, duplicate: int = 0, rejected: int = 0) -> Counted:
    """What a stretch adds."""
    return Counted(accepted=accepted, duplicate=duplicate, rejected=rejected)


def entry(batch: Batch, action: Action = Action.BATCH_CREATED, at: int = NOW) -> AuditEntry:
    """Told of a batch."""
    return entry_of(
        ADA,
        action,
        subject=batch.user_id,
        target=f"batch:{batch.batch_id}",
        at=at,
        entry_id=f"{batch.batch_id}#{action}",
    )
