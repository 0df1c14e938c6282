"""Every change that a batch's header and its chunks can go through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from meshmill.domain.asset import StoredFile
from meshmill.domain.batch import Batch, BatchError, Chunk, Phase
from meshmill.domain.conditions import AtMost, Condition, Is, all_of
from meshmill.domain.manifest.plan import Plan
from meshmill.domain.transitions import Transition

_Record = TypeVar("_Record", Batch, Chunk)

_HOLD = frozenset({"owner", "lease_until"})
_WATCH = frozenset({"due_at", "wait_ms"})
_LONGEST_WAIT_MS = 60 * 60 * 1000


def take(
    batch: Batch, owner: str, *, version_id: str, now: int, lease_ms: int, margin_ms: int
) -> Transition:
    """Split a manifest, which pins the version of its object; due again when the lease has passed.

    The version is written once: whoever comes later splits the one that was pinned.
    """
    pinned = {} if batch.version_id is not None else {"version_id": version_id}
    return _change(
        "take",
        batch,
        now,
        assign={
            "phase": Phase.VALIDATING,
            "owner": owner,
            "lease_until": now + lease_ms,
            "due_at": now + lease_ms + margin_ms,
            **pinned,
        },
        further=_free(batch, now),
        add={"attempts": 1},
    )


def hand_back(batch: Batch, *, now: int, due_at: int) -> Transition:
    """Let the next splitter have it, from ``due_at`` on without being asked."""
    return _change("hand_back", batch, now, assign={"due_at": due_at}, remove=_HOLD)


def plan(batch: Batch, planned: Plan, *, size: int, now: int, wait_ms: int) -> Transition:
    """Begin to ingest what was planned; looked after when nothing was heard for ``wait_ms``."""
    return _change(
        "plan",
        batch,
        now,
        assign={
            "phase": Phase.INGESTING,
            "format": planned.format,
            "size": size,
            "lines": planned.lines,
            "chunks": len(planned.chunks),
            "started_at": now,
            "due_at": now + wait_ms,
            "wait_ms": wait_ms,
        },
        remove=_HOLD,
    )


def dispatched(batch: Batch, *, now: int) -> Transition:
    """Every chunk of the plan has had its message."""
    return _change("dispatched", batch, now, assign={"dispatched_at": now})


def watch(batch: Batch, *, now: int, wait_ms: int) -> Transition:
    """Look after the batch again after ``wait_ms``, at most an hour."""
    wait_ms = min(wait_ms, _LONGEST_WAIT_MS)
    return _change("watch", batch, now, assign={"due_at": now + wait_ms, "wait_ms": wait_ms})


def make_due(batch: Batch, *, now: int) -> Transition:
    """Let the reconciler look after the batch at once."""
    return _change("make_due", batch, now, assign={"due_at": now})


def report(batch: Batch, files: Sequence[StoredFile], *, now: int) -> Transition:
    """Every line is counted, and its outcome stands in these files."""
    left = _WATCH if batch.redriving_since is None else frozenset[str]()
    return _change(
        "report",
        batch,
        now,
        assign={"phase": Phase.REPORTED, "files": tuple(files), "reported_at": now},
        remove=_HOLD | left,
    )


def redrive(batch: Batch, *, now: int, wait_ms: int) -> Transition:
    """Ask again for what has failed until now; looked after when nothing was heard of it."""
    return _change(
        "redrive",
        batch,
        now,
        assign={"redriving_since": now, "due_at": now + wait_ms, "wait_ms": wait_ms},
    )


def redriven(batch: Batch, *, now: int) -> Transition:
    """Everything was asked for again that a redrive was about."""
    over = _WATCH if batch.phase is Phase.REPORTED else frozenset[str]()
    return _change("redriven", batch, now, assign={}, remove=over | {"redriving_since"})


def fail(batch: Batch, error: BatchError, *, now: int) -> Transition:
    """Give up a batch, usually before anything of it was ingested."""
    return _change(
        "fail",
        batch,
        now,
        assign={"phase": Phase.FAILED, "error": error},
        remove=_HOLD | _WATCH,
    )


def unchanged(batch: Batch) -> Condition:
    """The header stands as it was read."""
    return all_of(Is("batch_id", batch.batch_id), Is("version", batch.version))


def claim(chunk: Chunk, owner: str, *, now: int, lease_ms: int) -> Transition:
    """Ingest a chunk that nobody has, from where it stands."""
    return Transition(
        name="claim",
        requires=all_of(Is("version", chunk.version), AtMost("lease_until", now)),
        already=all_of(Is("version", chunk.version + 1), Is("owner", owner)),
        assign={"owner": owner, "lease_until": now + lease_ms, "updated_at": now},
        add={"attempts": 1},
    )


def advance(
    chunk: Chunk,
    *,
    offset: int,
    next_line: int,
    lines: int,
    is_done: bool,
    parts: Sequence[str],
    now: int,
) -> Transition:
    """Count a stretch of so many lines, and go on behind them; only the owner can."""
    return Transition(
        name="advance",
        requires=all_of(
            Is("version", chunk.version), Is("owner", chunk.owner), Is("offset", chunk.offset)
        ),
        already=all_of(
            Is("version", chunk.version + 1),
            Is("owner", chunk.owner),
            Is("offset", offset),
            Is("next_line", next_line),
        ),
        assign={
            "offset": offset,
            "next_line": next_line,
            "lines": chunk.lines + lines,
            "is_done": is_done,
            "parts": (*chunk.parts, *parts),
            "attempts": 0,
            "updated_at": now,
        },
    )


def release(chunk: Chunk, *, now: int) -> Transition:
    """Let the next ingester have the chunk at once."""
    return _let_go("release", chunk, chunk.attempts, now)


def set_aside(chunk: Chunk, *, now: int) -> Transition:
    """Likewise, where only time or budget was missing: that was no failed attempt."""
    return _let_go("set_aside", chunk, max(chunk.attempts - 1, 0), now)


def _let_go(name: str, chunk: Chunk, attempts: int, now: int) -> Transition:
    return Transition(
        name=name,
        requires=all_of(Is("version", chunk.version), Is("owner", chunk.owner)),
        already=all_of(
            Is("version", chunk.version + 1), Is("owner", chunk.owner), Is("lease_until", 0)
        ),
        assign={"lease_until": 0, "attempts": attempts, "updated_at": now},
    )


def own_work(standing: _Record | None, transition: Transition) -> _Record | None:
    """What refuses a transition, where it is that very transition that has been made before."""
    if standing is None or not transition.already.holds(standing.attributes()):
        return None
    return standing


def _free(batch: Batch, now: int) -> Condition:
    """Nobody splits it, or whoever did is gone."""
    if batch.owner is None:
        return all_of(Is("version", batch.version))
    return all_of(AtMost("lease_until", now))


def _change(
    name: str,
    batch: Batch,
    now: int,
    *,
    assign: dict[str, object],
    remove: frozenset[str] = frozenset(),
    further: Condition | None = None,
    add: dict[str, int] | None = None,
) -> Transition:
    """A change of the header as it was read; what it wrote tells our own change done."""
    told = {"updated_at": now, **assign}
    scalars = (Is(member, value) for member, value in told.items() if isinstance(value, str | int))
    same = all_of(Is("version", batch.version), Is("phase", batch.phase))
    return Transition(
        name=name,
        requires=same if further is None else all_of(same, further),
        already=all_of(Is("version", batch.version + 1), *scalars),
        assign=told,
        add=add or {},
        remove=remove,
    )
