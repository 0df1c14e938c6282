"""Records to try transitions on, each of a user of its own, and when each transition applies."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

from meshmill.domain import identity, transitions
from meshmill.domain.asset import Asset, AssetError, ErrorClass, Status, StoredFile
from meshmill.domain.attribution import Attribution
from meshmill.domain.lanes import Lane
from meshmill.domain.request import validate_request
from meshmill.domain.transitions import Lease, Transition

NOW = 1_800_000_000_000
MAX_ATTEMPTS = 3
PATIENCE = {Lane.EXPRESS: 120_000, Lane.STANDARD: 600_000, Lane.BULK: 3_600_000}
OWNER, ANOTHER_OWNER = "0" * 25 + "A", "0" * 25 + "B"
RUN, NEXT_RUN = "1" * 26, "2" * 26
ADA = Attribution("user:ada", "request-1", f"00-{'ab' * 16}-{'cd' * 8}-01")
ERROR = AssetError("GENERATION_FAILED", "All attempts failed", ErrorClass.SYSTEM, retryable=True)
FILES = (
    StoredFile("model", "model.glb", "model/gltf-binary", 123_456, "ab" * 32, "artefacts/x/1/m"),
    StoredFile("preview", "preview.png", "image/png", 1, "cd" * 32, "artefacts/x/1/p"),
)
STATS = {"triangles": 2_000, "vertices": 1_234, "materials": 1, "textures": 0}

_numbers = itertools.count()


def new_user() -> str:
    """An id that no other test uses."""
    return identity.user_id("https://issuer.test", f"user {next(_numbers)}")


def new_asset(user_id: str | None = None, *, seed: int = 0, now: int = NOW) -> Asset:
    """A pending asset of the slowest lane, due when its patience ends."""
    request = validate_request(
        {
            "format": "gltf",
            "parameters": {"seed": seed},
            "priority": 1,
            "labels": {"Größe": "10 m ⌀", "team": "a"},
            "custom_id": "Brücke-7",
        }
    )
    return Asset.new(
        user_id or new_user(), request, run=RUN, now=now, patience=PATIENCE, attribution=ADA
    )


def in_state(name: str, user_id: str | None = None) -> Asset:
    """An asset in one of :data:`STATES`, a new user's if of none."""
    return dataclasses.replace(new_asset(user_id), **STATES[name])


_WAITING: dict[str, Any] = {"due_at": NOW - 10, "wait_ms": 60_000}
_WORKING: dict[str, Any] = {
    "status": Status.PROCESSING,
    "owner": OWNER,
    "started_at": NOW - 5_000,
    "wait_ms": 60_000,
    "attempts": 1,
}
_LAPSED = _WORKING | {"lease_until": NOW - 1, "due_at": NOW - 10}
STATES: dict[str, dict[str, Any]] = {
    "pending": _WAITING,
    "pending, attempts spent": _WAITING | {"attempts": MAX_ATTEMPTS},
    "processing": _WORKING | {"lease_until": NOW + 5_000, "due_at": NOW + 6_000},
    "lease lapsed": _LAPSED,
    "lease lapsed, attempts spent": _LAPSED | {"attempts": MAX_ATTEMPTS},
    "completed": {
        "status": Status.COMPLETED,
        "completed_at": NOW - 1,
        "due_at": None,
        "wait_ms": None,
        "attempts": 1,
        "engine_version": "1.0.0",
        "files": FILES,
        **STATS,
    },
    "failed": {
        "status": Status.FAILED,
        "completed_at": NOW - 1,
        "due_at": None,
        "wait_ms": None,
        "attempts": MAX_ATTEMPTS,
        "error": ERROR,
    },
}
_HELD = {"processing", "lease lapsed", "lease lapsed, attempts spent"}
_PENDING = {"pending", "pending, attempts spent"}


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """A transition made from a reading of the asset in the state ``read_as``.

    It applies in the states ``applies``; in ``recognised`` it finds its own work done.
    """

    name: str
    read_as: str
    make: Callable[[Asset], Transition]
    applies: set[str]
    recognised: frozenset[str] = frozenset()

    def of(self, standing: Asset) -> Transition:
        """The transition for the record's id, from the reading that it was meant for."""
        return self.make(dataclasses.replace(new_asset(standing.user_id), **STATES[self.read_as]))


_LEASE = Lease(owner=ANOTHER_OWNER, until=NOW + 75_000, due_at=NOW + 90_000)
CASES = (
    Case(
        "requeue",
        "failed",
        lambda it: transitions.requeue(
            it, priority=9, run=NEXT_RUN, now=NOW, patience=PATIENCE, attribution=ADA
        ),
        {"failed"},
    ),
    Case(
        "promote",
        "pending",
        lambda it: transitions.promote(it, priority=9, now=NOW, patience=PATIENCE, attribution=ADA),
        _PENDING,
    ),
    Case("make_due", "pending", lambda it: transitions.make_due(it, now=NOW), _PENDING),
    Case(
        "claim",
        "pending",
        lambda it: transitions.claim(it.run, _LEASE, now=NOW, max_attempts=MAX_ATTEMPTS),
        {"pending", "lease lapsed"},
    ),
    Case(
        "release",
        "processing",
        lambda it: transitions.release(it.run, OWNER, now=NOW, due_at=NOW + 7_000),
        _HELD,
    ),
    Case(
        "complete",
        "processing",
        lambda it: transitions.complete(
            it, OWNER, now=NOW, engine_version="1.0.0", stats=STATS, files=FILES
        ),
        _HELD,
        frozenset({"completed"}),
    ),
    Case(
        "refuse",
        "processing",
        lambda it: transitions.refuse(it, OWNER, ERROR, now=NOW),
        _HELD,
        frozenset({"failed"}),
    ),
    Case(
        "exhaust",
        "pending, attempts spent",
        lambda it: transitions.exhaust(it, ERROR, now=NOW, max_attempts=MAX_ATTEMPTS),
        {"pending, attempts spent", "lease lapsed, attempts spent"},
        frozenset({"failed"}),
    ),
    Case(
        "surrender",
        "pending",
        lambda it: transitions.surrender(it, now=NOW),
        _PENDING | {"lease lapsed", "lease lapsed, attempts spent"},
    ),
    Case(
        "resend", "pending", lambda it: transitions.resend(it, now=NOW, patience=PATIENCE), _PENDING
    ),
    Case(
        "postpone",
        "pending",
        lambda it: transitions.postpone(it, now=NOW, patience=PATIENCE),
        _PENDING,
    ),
)
