"""How far a batch has come, told from what is recorded of it.

All but :attr:`Progress.stalled` follows from the record alone, so that a batch of which nothing
has changed is told in the same words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from meshmill.domain.batch import BatchState, BatchStatus, Phase

#: A batch in progress of which nothing was counted for so long is told to be stalled.
STALLED_AFTER_MS: Final = 5 * 60_000
_ALL_BUT_DONE: Final = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Times are milliseconds since 1970, UTC.

    ``percent`` of the lines are settled: told to be duplicates, rejected, or their assets final.
    It is cut to tenths, and 100 only at the end. ``rate`` is lines settled a second since the
    batch began; ``eta`` is when it ends if it goes on like that.
    """

    updated_at: int
    completed_at: int | None
    percent: float
    rate: float
    eta: int | None
    stalled: bool


def progress(state: BatchState, now: int) -> Progress:
    """As of now."""
    rate = _rate(state)
    return Progress(
        updated_at=_updated_at(state),
        completed_at=_updated_at(state) if state.is_over else None,
        percent=_percent(state),
        rate=round(rate, 3),
        eta=_eta(state, rate),
        stalled=_is_stalled(state, now),
    )


def _updated_at(state: BatchState) -> int:
    return max(state.batch.updated_at, state.counts.updated_at)


def _settled(state: BatchState) -> int:
    """Lines of which nothing more is expected."""
    return state.counts.counted - max(state.counts.outstanding, 0)


def _percent(state: BatchState) -> float:
    if state.is_over and state.batch.phase is not Phase.FAILED:
        return 100.0
    if not state.batch.lines:
        return 0.0
    # In whole tenths, since those of a fraction may be cut to the one before.
    return min(1000 * _settled(state) // state.batch.lines, _ALL_BUT_DONE) / 10


def _rate(state: BatchState) -> float:
    started_at = state.batch.started_at
    if started_at is None or state.counts.updated_at <= started_at:
        return 0.0
    return _settled(state) * 1000 / (state.counts.updated_at - started_at)


def _eta(state: BatchState, rate: float) -> int | None:
    if state.status is not BatchStatus.IN_PROGRESS or rate <= 0 or state.batch.lines is None:
        return None
    missing = state.batch.lines - _settled(state)
    return state.counts.updated_at + int(missing * 1000 / rate) if missing > 0 else None


def _is_stalled(state: BatchState, now: int) -> bool:
    if state.status is not BatchStatus.IN_PROGRESS:
        return False
    batch = state.batch
    # Not the header's own time: it also changes when somebody only looks after the batch.
    heard = (batch.started_at, batch.redriving_since, batch.reported_at, state.counts.updated_at)
    return now - max(time or 0 for time in heard) > STALLED_AFTER_MS
