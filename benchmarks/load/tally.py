"""What came of the requests of one kind."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Latencies of good answers in seconds; refusals by the rate limit; and everything else."""

    kind: str
    latencies: list[float] = field(default_factory=list)
    rate_limited: int = 0
    #: How often, by status and code, or by what became of the connection.
    errors: Counter[str] = field(default_factory=Counter)
    unsent: int = 0
    #: How long the run took.
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Good answers."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 … 1) of all are not above: nearest rank.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values have no percentiles")
    rank = max(math.ceil(share * len(values)), 1)
    return sorted(values)[rank - 1]


def table(tallies: Sequence[Tally]) -> str:
    """One line a kind; latencies in milliseconds."""
    names = ("", "answers", "/s", "p50", "p95", "p99", "max", "429", "unsent", "errors")
    rows = [names, *(_cells(tally) for tally in tallies)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(names))]
    return "\n".join(
        row[0].ljust(widths[0])
        + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )


def errors(tallies: Sequence[Tally]) -> list[str]:
    """One line for each error of each kind, the most frequent first."""
    return [
        f"{tally.kind}: {count} × {what}"
        for tally in tallies
        for what, count in tally.errors.most_common()
    ]


def _cells(tally: Tally) -> tuple[str, ...]:
    times = [
        f"{percentile(tally.latencies, share) * 1000:.1f}" if tally.latencies else "–"
        for share in (0.5, 0.95, 0.99, 1.0)
    ]
    counts = (tally.rate_limited, tally.unsent, tally.errors.total())
    good = (str(len(tally.latencies)), f"{tally.per_second:.1f}")
    return (tally.kind, *good, *times, *map(str, counts))
