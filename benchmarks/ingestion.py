"""Batches: lines by CPU beside a plain loop, memory by length, and two ingesters beside one.

As in :mod:`benchmarks.api`, AWS is a stand-in process: what the SDK does is counted, what a service
does is not.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.batches import INGEST, Cost, Stage, stage
from benchmarks.manifests import Mixture
from benchmarks.measure import Row

_PLAIN_LOOP = "benchmarks.peers.plain_loop"
_ROUNDS = 5
_LINES, _PLAIN_LINES, _WARM_LINES = 20_000, 2_000, 100
_LENGTHS = (10_000, 100_000, 1_000_000)
_LATENCY_MS = 30.0
"""Long enough that waiting decides: with less, two cores have too little for all processes."""

_SIDE_BY_SIDE_LINES = 12_000


def rows() -> Iterator[Row]:
    """Everything that is measured of batches."""
    yield from beside_a_plain_loop()
    yield from memory()
    yield from side_by_side()


def beside_a_plain_loop() -> Iterator[Row]:
    """Lines a CPU-second, all in turn; a ratio is the median of each round's own."""
    with stage() as before:
        rounds = [_round(before) for _ in range(_ROUNDS)]
    ours, loop = zip(*rounds, strict=True)
    yield Row("ingestion: ingest_manifest", statistics.median(ours), "lines/CPU-s")
    yield Row("ingestion: a plain loop", statistics.median(loop), "lines/CPU-s")
    ratio = statistics.median(mine / peer for mine, peer in rounds)
    yield Row("ingestion: ingest_manifest, against the plain loop", ratio, "x")


def _round(before: Stage) -> tuple[float, float]:
    """Ours, and the plain loop's."""
    drop = before.dropped(Mixture(_LINES))
    chunks, _ = before.split(drop)
    ours = before.run(INGEST, chunks.messages)
    before.require_counted(drop, chunks)
    stretches = drop.stretch(0, _WARM_LINES), drop.stretch(_WARM_LINES, _WARM_LINES + _PLAIN_LINES)
    loop = before.run(_PLAIN_LOOP, stretches)
    return sum(chunks.lines[1:]) / ours.warm_seconds, _PLAIN_LINES / loop.warm_seconds


def memory() -> Iterator[Row]:
    """The peaks of fresh processes: a split, an ingestion of all chunks but one, and the finish."""
    for lines in _LENGTHS:
        with stage() as before:
            drop = before.dropped(Mixture(lines, duplicate_every=19, mistake_every=20))
            chunks, split = before.split(drop)
            *most, last = chunks.messages
            ingest, finish = before.run(INGEST, most), before.run(INGEST, [last])
            before.require_counted(drop, chunks)
        for what, cost in (("split", split), ("ingest", ingest), ("finish", finish)):
            yield Row(f"ingestion: {what} {lines:,} lines, peak", cost.megabytes, "MB")
        yield Row(f"ingestion: split {lines:,} lines", sum(split.cpu_seconds), "CPU-s")
        yield Row(f"ingestion: finish {lines:,} lines", sum(finish.cpu_seconds), "CPU-s")


def side_by_side() -> Iterator[Row]:
    """Lines a second of one ingester and of two, AWS answering after a while; in turn."""
    with stage(_LATENCY_MS) as before:
        rounds = [(_pace(before, 1), _pace(before, 2)) for _ in range(_ROUNDS)]
    one, two = zip(*rounds, strict=True)
    waited = f"calls of {_LATENCY_MS:.0f} ms"
    yield Row(f"ingestion: one ingester, {waited}", statistics.median(one), "lines/s")
    yield Row(f"ingestion: two ingesters, {waited}", statistics.median(two), "lines/s")
    ratio = statistics.median(both / alone for alone, both in rounds)
    yield Row("ingestion: two ingesters beside one", ratio, "x")


def _pace(before: Stage, ingesters: int) -> float:
    """From the first one's second call, which has its clients, to the end of the last one."""
    drop = before.dropped(Mixture(_SIDE_BY_SIDE_LINES))
    chunks, _ = before.split(drop)
    shares = [slice(place, None, ingesters) for place in range(ingesters)]
    costs = before.run_at_once(INGEST, [chunks.messages[share] for share in shares])
    before.require_counted(drop, chunks)
    lines = sum(sum(chunks.lines[share][1:]) for share in shares)
    return lines / _elapsed(costs)


def _elapsed(costs: list[Cost]) -> float:
    return max(cost.ended for cost in costs) - min(cost.began for cost in costs)
