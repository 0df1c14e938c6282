"""What batches count, in memory: shared by the fakes that count and those that show."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping

from meshmill.domain.batch import SUMS, Counts
from meshmill.domain.origin import Origin
from meshmill.domain.tally import Failure, Tally


class InMemoryCounts:
    """Sums, marks of failed assets and the progress of chunks, by batch.

    Only what was opened is counted. Every method is atomic. Whoever changes a record together
    with its counts holds his own lock around both, and takes it before this one's.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Counter[str]] = {}
        self._failures: defaultdict[str, dict[str, Failure]] = defaultdict(dict)
        self._next_lines: dict[tuple[str, int], int] = {}
        self._lock = threading.Lock()

    def open(self, batch_id: str) -> None:
        """Begin to count, from nothing: what comes with a batch's plan."""
        with self._lock:
            self._sums.setdefault(batch_id, Counter())

    def close(self, batch_id: str) -> None:
        """Forget everything of a batch that is erased."""
        with self._lock:
            self._sums.pop(batch_id, None)
            self._failures.pop(batch_id, None)
            for place in [place for place in self._next_lines if place[0] == batch_id]:
                del self._next_lines[place]

    def add(self, batch_id: str, sums: Mapping[str, int], at: int) -> bool:
        """Add to a batch's sums; False, and nothing happens, where it isn't counted."""
        with self._lock:
            return self._add(batch_id, sums, at)

    def apply(self, tally: Tally) -> bool:
        """Likewise with the mark; a tally without sums is about the mark alone."""
        batch_id = tally.origin.batch_id
        with self._lock:
            if tally.add and not self._add(batch_id, tally.add, tally.at):
                return False
            if tally.failed is not None:
                self._failures[batch_id][tally.asset_id] = tally.failed
            if tally.mends:
                self._failures[batch_id].pop(tally.asset_id, None)
            return True

    def of(self, batch_id: str) -> Counts:
        """What is counted; nothing for a batch that isn't."""
        with self._lock:
            return Counts(**self._sums.get(batch_id, Counter()))

    def failures(self, batch_id: str) -> list[Failure]:
        """Marks that stand, by asset."""
        with self._lock:
            marks = self._failures[batch_id]
            return [marks[asset_id] for asset_id in sorted(marks)]

    def advance(self, batch_id: str, chunk: int, next_line: int) -> None:
        """All lines of a chunk before this one are counted."""
        with self._lock:
            self._next_lines[batch_id, chunk] = next_line

    def is_counted(self, origin: Origin) -> bool:
        """Whether the line is, or nobody counts it any more."""
        with self._lock:
            next_line = self._next_lines.get((origin.batch_id, origin.chunk))
            return next_line is None or next_line > origin.line

    def _add(self, batch_id: str, sums: Mapping[str, int], at: int) -> bool:
        counter = self._sums.get(batch_id)
        if counter is None:
            return False
        assert sums.keys() <= set(SUMS), "no such sum"
        counter.update(sums)
        counter["updated_at"] = max(counter["updated_at"], at)
        return True
