"""Every change that an asset's record can go through, with the state that it must leave.

A transition is data: a store applies it in one conditional write, all or nothing. ``already`` is
what the record looks like when this very write has taken effect before, its response lost: a
refused write whose record matches it counts as applied. What a batch counts of a change is part of
the transition, so that no writer can forget it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from meshmill.domain import tally as tallies
from meshmill.domain.asset import Asset, AssetError, Status, StoredFile
from meshmill.domain.attribution import Attribution
from meshmill.domain.conditions import AtLeast, AtMost, Condition, Is, OneOf, all_of, any_of
from meshmill.domain.lanes import Lane, Patience
from meshmill.domain.records import Record, changed
from meshmill.domain.tally import Tally

_LONGEST_WAIT_MS = 60 * 60 * 1000
_BACKLOG_LIMIT_MS = 24 * 60 * 60 * 1000
_LEASE = frozenset({"owner", "lease_until"})
_WATCH = frozenset({"due_at", "wait_ms"})
#: Without ``wait_ms`` no message of the asset is known to wait, so that no backlog explains it.
_NOTHING_SENT = frozenset({"wait_ms"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A conditional change of one record; ``version`` grows by one with each.

    ``tally`` is what its batch counts in the same write, where the record came from one.
    """

    name: str
    requires: Condition
    already: Condition
    assign: Mapping[str, Any]
    add: Mapping[str, int] = field(default_factory=dict)
    remove: frozenset[str] = frozenset()
    tally: Tally | None = None

    def applied_to(self, record: Record) -> Record:
        """The record after this change, which its condition is known to allow."""
        return changed(record, self.assign, {"version": 1, **self.add}, self.remove)

    def refused_by(self, standing: Asset | None) -> Outcome:
        """What it means that a record, or that there is none, has refused this change."""
        applied = standing is not None and self.already.holds(standing.attributes())
        return Outcome(applied=applied, asset=standing)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a transition, and the record that stands after it (None: there is none)."""

    applied: bool
    asset: Asset | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A worker's hold on an asset until ``until``, watched from ``due_at`` on."""

    owner: str
    until: int
    due_at: int


def requeue(
    failed: Asset,
    *,
    priority: int,
    run: str,
    now: int,
    patience: Patience,
    attribution: Attribution,
) -> Transition:
    """Queue a failed asset again under a new run; labels and created_at stay."""
    lane = Lane.for_priority(priority)
    return Transition(
        name="requeue",
        requires=all_of(Is("run", failed.run), Is("status", Status.FAILED)),
        already=Is("run", run),
        assign={
            "run": run,
            "status": Status.PENDING,
            "priority": priority,
            "lane": lane,
            "queued_at": now,
            "updated_at": now,
            "attempts": 0,
            "due_at": now + patience[lane],
            "wait_ms": patience[lane],
            "attribution": attribution,
        },
        remove=_LEASE | {"started_at", "completed_at", "error"},
        tally=tallies.requeued(failed, now),
    )


def promote(
    asset: Asset, *, priority: int, now: int, patience: Patience, attribution: Attribution
) -> Transition:
    """Move a pending asset to a faster lane; only one of several callers wins, once."""
    lane = Lane.for_priority(priority)
    due_at = now + patience[lane]
    waiting = all_of(Is("run", asset.run), Is("status", Status.PENDING))
    return Transition(
        name="promote",
        requires=all_of(waiting, OneOf("lane", lane.slower)),
        already=all_of(waiting, Is("lane", lane), Is("priority", priority), Is("due_at", due_at)),
        assign={
            "lane": lane,
            "priority": priority,
            "updated_at": now,
            "due_at": due_at,
            "wait_ms": patience[lane],
            "attribution": attribution,
        },
    )


def make_due(asset: Asset, *, now: int) -> Transition:
    """Let the reconciler look after a waiting asset at once, since its message got lost."""
    waiting = all_of(Is("run", asset.run), Is("status", Status.PENDING))
    return Transition(
        name="make_due",
        requires=waiting,
        already=all_of(waiting, Is("due_at", now)),
        assign={"due_at": now},
        remove=_NOTHING_SENT,
    )


def claim(run: str, lease: Lease, *, now: int, max_attempts: int) -> Transition:
    """Take an asset that waits, or whose worker let its lease lapse, for one more attempt."""
    free = any_of(
        Is("status", Status.PENDING),
        all_of(Is("status", Status.PROCESSING), AtMost("lease_until", now)),
    )
    return Transition(
        name="claim",
        requires=all_of(Is("run", run), free, AtMost("attempts", max_attempts - 1)),
        already=_held(run, lease.owner),
        assign={
            "status": Status.PROCESSING,
            "owner": lease.owner,
            "lease_until": lease.until,
            "due_at": lease.due_at,
            "started_at": now,
            "updated_at": now,
        },
        add={"attempts": 1},
    )


def release(run: str, owner: str, *, now: int, due_at: int) -> Transition:
    """Hand an asset back after an attempt that may go better next time."""
    return Transition(
        name="release",
        requires=_held(run, owner),
        already=all_of(Is("run", run), Is("status", Status.PENDING), Is("due_at", due_at)),
        assign={"status": Status.PENDING, "updated_at": now, "due_at": due_at},
        remove=_LEASE | {"started_at"},
    )


def complete(
    asset: Asset,
    owner: str,
    *,
    now: int,
    engine_version: str,
    stats: Mapping[str, int],
    files: tuple[StoredFile, ...],
) -> Transition:
    """Finish for good: only the owner can, and only while processing."""
    return Transition(
        name="complete",
        requires=_held(asset.run, owner),
        # Whoever completed this run recorded the same artefact.
        already=all_of(Is("run", asset.run), Is("status", Status.COMPLETED)),
        assign={
            "status": Status.COMPLETED,
            "completed_at": now,
            "updated_at": now,
            "engine_version": engine_version,
            "files": files,
            **stats,
        },
        remove=_LEASE | _WATCH,
        tally=tallies.completed(asset, now),
    )


def refuse(asset: Asset, owner: str, error: AssetError, *, now: int) -> Transition:
    """Fail at once, by the owner's finding that no attempt can go better."""
    return _fail("refuse", asset, _held(asset.run, owner), error, now=now)


def exhaust(asset: Asset, error: AssetError, *, now: int, max_attempts: int) -> Transition:
    """Fail what has used up its attempts and that nobody is working on, whoever meets it first."""
    idle = any_of(
        Is("status", Status.PENDING),
        all_of(Is("status", Status.PROCESSING), AtMost("lease_until", now)),
    )
    spent = all_of(Is("run", asset.run), idle, AtLeast("attempts", max_attempts))
    return _fail("exhaust", asset, spent, error, now=now)


def surrender(asset: Asset, *, now: int) -> Transition:
    """Make an asset due whose message was given up on; the reconciler alone sends again."""
    open_states = OneOf("status", (Status.PENDING, Status.PROCESSING))
    return Transition(
        name="surrender",
        requires=all_of(Is("run", asset.run), open_states, Is("due_at", asset.due_at)),
        already=all_of(Is("run", asset.run), Is("due_at", _not_before_lease(asset, now))),
        assign={"due_at": _not_before_lease(asset, now)},
        remove=_NOTHING_SENT,
    )


def resend(asset: Asset, *, now: int, patience: Patience) -> Transition:
    """Give an overdue asset's next message time."""
    return _watch_again("resend", asset, now=now, patience=patience)


def postpone(asset: Asset, *, now: int, patience: Patience) -> Transition:
    """Leave an overdue asset of a backlogged lane in its queue."""
    return _watch_again("postpone", asset, now=now, patience=patience)


def may_be_postponed(asset: Asset, now: int) -> bool:
    """Whether a backlog may be all that is wrong: a message was sent, and no attempt made yet.

    It explains no more than a day of waiting.
    """
    untouched = asset.status is Status.PENDING and asset.attempts == 0
    sent = asset.wait_ms is not None
    return untouched and sent and now - asset.queued_at < _BACKLOG_LIMIT_MS


def unchanged(asset: Asset) -> Condition:
    """The record stands as it was read."""
    return all_of(Is("run", asset.run), Is("status", asset.status), Is("version", asset.version))


def idle(run: str, *, now: int) -> Condition:
    """This run stands, and no worker has it."""
    unclaimed = OneOf("status", (Status.PENDING, Status.COMPLETED, Status.FAILED))
    return all_of(Is("run", run), any_of(unclaimed, AtMost("lease_until", now)))


def _watch_again(name: str, asset: Asset, *, now: int, patience: Patience) -> Transition:
    """Due again after twice the last wait, at most an hour; the lane's patience at first."""
    doubled = patience[asset.lane] if asset.wait_ms is None else 2 * asset.wait_ms
    wait_ms = min(doubled, _LONGEST_WAIT_MS)
    same_run = all_of(Is("run", asset.run), Is("status", asset.status))
    return Transition(
        name=name,
        requires=all_of(same_run, Is("due_at", asset.due_at)),
        already=all_of(same_run, Is("due_at", now + wait_ms), Is("wait_ms", wait_ms)),
        assign={"due_at": now + wait_ms, "wait_ms": wait_ms},
    )


def _fail(
    name: str, asset: Asset, requires: Condition, error: AssetError, *, now: int
) -> Transition:
    return Transition(
        name=name,
        requires=requires,
        already=all_of(Is("run", asset.run), Is("status", Status.FAILED)),
        assign={
            "status": Status.FAILED,
            "completed_at": now,
            "updated_at": now,
            "error": error,
        },
        remove=_LEASE | _WATCH,
        tally=tallies.failed(asset, error, now),
    )


def _held(run: str, owner: str) -> Condition:
    return all_of(Is("run", run), Is("status", Status.PROCESSING), Is("owner", owner))


def _not_before_lease(asset: Asset, now: int) -> int:
    return max(now, asset.lease_until or now)
