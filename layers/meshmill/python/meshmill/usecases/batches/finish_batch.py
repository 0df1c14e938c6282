"""Finish a batch: what became of its lines is put together, once all are counted."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from meshmill.domain import batch_transitions
from meshmill.domain.asset import StoredFile
from meshmill.domain.batch import Batch, Phase
from meshmill.domain.line_results import errors_csv, results_csv
from meshmill.ports import Clock
from meshmill.ports.batches import OngoingBatches, ReportFiles

_JSON_LINES: Final = "application/x-ndjson"
_CSV: Final = "text/csv"
_ROUNDS: Final = 4
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishBatch:
    """Done twice, even at once, it writes the same bytes. Memory doesn't grow with the lines."""

    batches: OngoingBatches
    reports: ReportFiles
    clock: Clock

    def is_due(self, batch_id: str) -> bool:
        """Whether every line is counted, and nobody has reported them yet."""
        state = self.batches.state(batch_id)
        return state is not None and state.batch.phase is Phase.INGESTING and state.is_ingested

    def __call__(self, batch_id: str) -> bool:
        """Write the four files and report them, where that is due; whether it was done here.

        Raises:
            DependencyUnavailable: some may be written; doing it again changes nothing.
        """
        state = self.batches.state(batch_id)
        if state is None or state.batch.phase is not Phase.INGESTING or not state.is_ingested:
            return False
        files = self._write(state.batch)
        reported = self._report(state.batch, files)
        if reported:
            context = {"batch_id": batch_id, "lines": state.batch.lines}
            _logger.info("Batch reported", extra={"context": context})
        return reported

    def _write(self, batch: Batch) -> list[StoredFile]:
        parts = [name for chunk in self.batches.chunks(batch.batch_id) for name in chunk.parts]
        results = [name for name in parts if name.startswith("results-")]
        errors = [name for name in parts if name.startswith("errors-")]

        def read(names: Sequence[str]) -> Iterator[bytes]:
            return self.reports.parts(batch.user_id, batch.batch_id, names)

        def write(filename: str, media_type: str, data: Iterator[bytes]) -> StoredFile:
            return self.reports.write(batch.user_id, batch.batch_id, filename, media_type, data)

        return [
            write("results.jsonl", _JSON_LINES, read(results)),
            write("errors.jsonl", _JSON_LINES, read(errors)),
            write("results.csv", _CSV, results_csv(read(results))),
            write("errors.csv", _CSV, errors_csv(read(errors))),
        ]

    def _report(self, batch: Batch, files: Sequence[StoredFile]) -> bool:
        """Record the files; a splitter or a redrive may change the header meanwhile."""
        standing: Batch | None = batch
        for _ in range(_ROUNDS):
            if standing is None or standing.phase is not Phase.INGESTING:
                return False
            report = batch_transitions.report(standing, files, now=self.clock.now_ms())
            if self.batches.change(standing, report) is not None:
                return True
            standing = self.batches.get(batch.batch_id)
        # It is still due: the reconciler has it tried again.
        return False
