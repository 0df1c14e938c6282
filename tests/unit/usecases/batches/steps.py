"""Steps that tests of ingesting begin with and end with."""

from __future__ import annotations

from meshmill.domain.batch import Phase
from tests.unit.usecases.batches.world import BatchWorld


def split(world: BatchWorld, data: bytes) -> str:
    """A batch whose chunks wait for an ingester."""
    batch_id = world.drop("rocks.jsonl", data)
    world.split_next()
    assert world.header(batch_id).phase is Phase.INGESTING
    return batch_id


def sums(world: BatchWorld, batch_id: str) -> tuple[int, int, int]:
    counts = world.counts(batch_id)
    return counts.accepted, counts.duplicate, counts.rejected
