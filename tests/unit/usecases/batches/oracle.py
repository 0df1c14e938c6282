"""What must hold of batches at every moment, and once nothing happens any more."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from meshmill.domain import batch_files
from meshmill.domain.batch import SUMS, BatchState, Phase
from tests.fakes.assets import InMemoryAssets
from tests.fakes.batches import InMemoryBatches
from tests.fakes.reports import InMemoryReports

_OPEN = {Phase.AWAITING_UPLOAD, Phase.VALIDATING, Phase.INGESTING}


class BatchOracle:
    """Looks at the stores behind everybody's back."""

    def __init__(
        self, batches: InMemoryBatches, reports: InMemoryReports, assets: InMemoryAssets
    ) -> None:
        self._batches, self._reports, self._assets = batches, reports, assets
        self._seen: dict[str, BatchState] = {}

    def look(self) -> None:
        """Counts never go down, what is open is due, and what is counted is written."""
        for batch in self._batches.all():
            state = self._batches.state(batch.batch_id)
            assert state is not None
            self._check_counts(state)
            if batch.phase in _OPEN or batch.redriving_since is not None:
                assert batch.due_at is not None, "nobody would look after it"
            self._check_parts(state)
            if batch.phase is Phase.REPORTED:
                self._check_report(state)
            self._seen[batch.batch_id] = state

    def look_at_rest(self) -> None:
        """Every batch is over, waits for nothing, and has told of every line."""
        self.look()
        for batch in self._batches.all():
            state = self._batches.state(batch.batch_id)
            assert state is not None
            assert state.is_over, state
            assert state.counts.outstanding == 0, state.counts
            if batch.phase is Phase.REPORTED:
                self._check_assets(state)

    def _check_counts(self, state: BatchState) -> None:
        seen = self._seen.get(state.batch.batch_id)
        if seen is not None and seen.batch.created_at == state.batch.created_at:
            for name in SUMS:
                assert getattr(state.counts, name) >= getattr(seen.counts, name), name
        assert state.counts.counted <= (state.batch.lines or 0), state.counts

    def _check_parts(self, state: BatchState) -> None:
        batch = state.batch
        chunks = self._batches.chunks(batch.batch_id)
        assert sum(chunk.lines for chunk in chunks) == state.counts.counted
        for chunk in chunks:
            for name in chunk.parts:
                key = batch_files.part_key(batch.user_id, batch.batch_id, name)
                assert key in self._reports.parts_put, "counted and not written"

    def _check_report(self, state: BatchState) -> None:
        batch, counts = state.batch, state.counts
        assert counts.counted == batch.lines, counts
        assert [file.name for file in batch.files] == [
            "results",
            "errors",
            "results_csv",
            "errors_csv",
        ]
        results = self._records(state, "results.jsonl")
        numbers = [record["line"] for record in results]
        assert numbers == sorted(set(numbers)), "a line told of twice, or out of order"
        assert len(numbers) == batch.lines
        outcomes = Counter(record["outcome"] for record in results)
        assert outcomes == Counter(
            accepted=counts.accepted, duplicate=counts.duplicate, rejected=counts.rejected
        ), (outcomes, counts)
        wrong = [record["line"] for record in results if record["outcome"] == "rejected"]
        assert [record["line"] for record in self._records(state, "errors.jsonl")] == wrong

    def _check_assets(self, state: BatchState) -> None:
        """No record came from the batch that it doesn't count, unless it was deleted since."""
        made = [
            asset
            for asset in self._assets.all()
            if asset.origin is not None and asset.origin.batch_id == state.batch.batch_id
        ]
        assert len(made) <= state.counts.accepted
        assert all(asset.status.is_final for asset in made)

    def _records(self, state: BatchState, filename: str) -> list[dict[str, Any]]:
        batch = state.batch
        data = self._reports.files[batch_files.file_key(batch.user_id, batch.batch_id, filename)]
        return [json.loads(line) for line in data.split(b"\n")[:-1]]
