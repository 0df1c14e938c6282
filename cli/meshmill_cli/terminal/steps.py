"""How far something has come, in words that fit a row or a line."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime

from meshmill_cli.terminal.counts import counted
from meshmill_client import Asset, Batch, Transfer

_PERCENT = 100.0
_BYTES_A_LINE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Step:
    """Something on its way.

    Attributes:
        name: What is on its way; one row, or the beginning of each line.
        words: How far it has come.
        milestone: As long as it is the same, or None, there is nothing new to tell.
        done: Of ``total``, in any unit.
        total: None where nobody measures how much is done.
        is_final: Nothing more comes.
    """

    name: str
    words: str
    milestone: Hashable
    done: float = 0.0
    total: float | None = None
    is_final: bool = False


def step_of_asset(asset: Asset) -> Step:
    """An asset is at a status; how much of it is made is not measured."""
    return Step(asset.name, str(asset.status), asset.status, is_final=asset.is_final)


def step_of_batch(batch: Batch) -> Step:
    """A batch has so much of its lines settled; worth a line each tenth."""
    words = [str(batch.status).replace("_", " "), f"{batch.percent:.0f} %", *_counts(batch)]
    if not batch.is_final:
        words += _pace(batch)
    return Step(
        name=batch.name,
        words=", ".join(words),
        milestone=(batch.status, batch.stalled, batch.percent // 10),
        done=batch.percent,
        total=_PERCENT,
        is_final=batch.is_final,
    )


def step_of_transfer(transfer: Transfer) -> Step:
    """A file has come or gone so far; worth a line at its end, and on a long way there."""
    is_final = transfer.done >= transfer.total
    return Step(
        name=transfer.name,
        words=f"{transfer.done:,} of {counted(transfer.total, 'byte')}",
        milestone="end" if is_final else transfer.done // _BYTES_A_LINE or None,
        done=transfer.done,
        total=transfer.total,
        is_final=is_final,
    )


def _counts(batch: Batch) -> list[str]:
    counts = batch.counts
    lines = "" if counts.lines is None else f" of {counted(counts.lines, 'line')}"
    told = [f"{counts.completed:,} completed{lines}"]
    others = {
        "duplicate": counts.duplicate, "rejected": counts.rejected, "failed": counts.failed,
    }  # fmt: skip
    return told + [f"{count:,} {name}" for name, count in others.items() if count]


def _pace(batch: Batch) -> list[str]:
    if batch.stalled:
        return ["stalled"]
    told = [f"{batch.rate:.1f} lines/s"] if batch.rate else []
    if batch.eta is not None:
        left = max(0.0, (batch.eta - datetime.now(UTC)).total_seconds())
        told.append(f"{left:.0f} s left")
    return told
