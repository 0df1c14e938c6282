"""What must hold of batches after every invocation, and once nothing happens any more."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from meshmill.domain.asset import Asset, Status
from meshmill.domain.batch import SUMS, Batch, BatchState, Counts, Phase
from meshmill.domain.batch_files import part_key
from tests.faults import insides

_OPEN = {Phase.AWAITING_UPLOAD, Phase.VALIDATING, Phase.INGESTING}


@dataclass
class BatchOracle:
    """Remembers what was counted when it last looked."""

    _seen: dict[str, Counts] = field(default_factory=dict)

    def look(self) -> None:
        """Counts never go down, what is open is due, and what is counted is written."""
        for state in insides.batches():
            batch = state.batch
            if batch.phase is Phase.FAILED:
                # It had counted nothing; or it is being erased, counts and all.
                continue
            self._check_counts(state)
            if batch.phase in _OPEN or batch.redriving_since is not None:
                assert batch.due_at is not None, f"nobody watches {batch}"
            chunks = insides.chunks(batch.batch_id)
            assert sum(chunk.lines for chunk in chunks) == state.counts.counted
            for name in (name for chunk in chunks for name in chunk.parts):
                key = part_key(batch.user_id, batch.batch_id, name)
                assert insides.data(key) is not None, "counted and not written"
            if batch.phase is Phase.REPORTED:
                _check_report(state)

    def look_at_rest(self) -> None:
        """Every batch is over and waits for nothing, and its assets are those that it counted."""
        created = Counter(
            entry.target for entry in insides.audit_entries() if entry.action == "batch.created"
        )
        for state in insides.batches():
            assert state.is_over, state
            assert state.batch.due_at is None, state
            assert created[f"batch:{state.batch.batch_id}"] == 1
            assert state.counts.outstanding == 0, state.counts
            if state.batch.phase is Phase.REPORTED:
                _check_assets(state)

    def _check_counts(self, state: BatchState) -> None:
        batch_id, counts = state.batch.batch_id, state.counts
        seen = self._seen.get(batch_id, Counts())
        for name in SUMS:
            assert getattr(counts, name) >= getattr(seen, name), f"{name} went down"
        assert counts.counted <= (state.batch.lines or 0), counts
        self._seen[batch_id] = counts


def outcome() -> Any:
    """What a run has come to, without what differs from run to run: times, ids of batches."""
    batches = [
        (
            state.batch.filename,
            str(state.status),
            state.batch.error,
            state.batch.lines,
            dataclasses.replace(state.counts, updated_at=0),
            {file.filename: insides.data(file.key) for file in state.batch.files},
        )
        for state in insides.batches()
    ]
    assets = {
        asset.asset_id: (
            str(asset.status),
            asset.origin and (asset.origin.chunk, asset.origin.line),
        )
        for asset in insides.assets()
    }
    return sorted(batches, key=lambda batch: batch[0]), assets


def _check_report(state: BatchState) -> None:
    counts = state.counts
    assert counts.counted == state.batch.lines, counts
    results = _records(state.batch, "results.jsonl")
    assert len(results) == state.batch.lines
    numbers = [record["line"] for record in results]
    assert numbers == sorted(set(numbers)), "a line told of twice, or out of order"
    assert Counter(record["outcome"] for record in results) == Counter(
        accepted=counts.accepted, duplicate=counts.duplicate, rejected=counts.rejected
    )
    wrong = [record["line"] for record in results if record["outcome"] == "rejected"]
    assert [record["line"] for record in _records(state.batch, "errors.jsonl")] == wrong


def _check_assets(state: BatchState) -> None:
    """Of each accepted line there is the asset, or it was deleted; and no other is counted."""
    batch_id = state.batch.batch_id
    made = {asset.asset_id: asset for asset in insides.assets() if _is_of(asset, batch_id)}
    told = {
        record["asset_id"]: record["line"]
        for record in _records(state.batch, "results.jsonl")
        if record["outcome"] == "accepted"
    }
    assert len(told) == state.counts.accepted
    assert made.keys() <= told.keys(), "made by a line that was not counted"
    gone = {f"asset:{asset_id}" for asset_id in told.keys() - made.keys()}
    assert gone <= {
        entry.target for entry in insides.audit_entries() if entry.action == "asset.deleted"
    }
    for asset in made.values():
        assert asset.origin is not None
        assert asset.origin.line == told[asset.asset_id]
    failed = {asset.asset_id for asset in made.values() if asset.status is Status.FAILED}
    assert insides.failed_marks(batch_id) == failed


def _is_of(asset: Asset, batch_id: str) -> bool:
    return asset.origin is not None and asset.origin.batch_id == batch_id


def _records(batch: Batch, filename: str) -> list[Any]:
    (key,) = (file.key for file in batch.files if file.filename == filename)
    data = insides.data(key)
    assert data is not None
    return [json.loads(line) for line in data.split(b"\n")[:-1]]
