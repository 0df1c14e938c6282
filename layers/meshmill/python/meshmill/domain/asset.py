"""The asset record: one request of one user, and how far it has come."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from meshmill.domain import identity
from meshmill.domain.attribution import Attribution
from meshmill.domain.lanes import Lane, Patience
from meshmill.domain.origin import Origin

if TYPE_CHECKING:
    # Readers of records, the status function first of all, do without the request's models.
    from meshmill.domain.request import AssetRequest

#: Partitions of one user's listing, and of everything that is due.
LISTING_SHARDS, DUE_SHARDS = 4, 16


class Status(StrEnum):
    """``pending → processing → completed | failed``; completed is final."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Nothing happens to the asset by itself any more."""
        return self in (Status.COMPLETED, Status.FAILED)


class ErrorClass(StrEnum):
    """Whose fault a failure is."""

    INPUT = "input"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class AssetError:
    """Why an asset failed, in words that may be shown to its owner."""

    code: str
    message: str
    error_class: ErrorClass
    retryable: bool


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a completed asset, as it stands in the artefact store."""

    name: str
    filename: str
    media_type: str
    size: int
    sha256: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """All that is recorded of an asset. Times are milliseconds since 1970, UTC.

    ``run`` is made anew at each queueing from creation or from failed, so that a message of an
    earlier run can never touch a later one. ``due_at`` stands while the asset is not final: when
    it passes, the reconciler looks after it; ``wait_ms`` is how long its last message was given,
    and stands only while one is known to have been sent.
    ``owner`` and ``lease_until`` stand while a worker has it. ``attribution`` is that of the last
    change that a caller asked for, ``origin`` the line of a manifest that has made the record.
    """

    asset_id: str
    user_id: str
    spec_id: str
    run: str
    status: Status
    request: str
    priority: int
    lane: Lane
    created_at: int
    updated_at: int
    queued_at: int
    labels: Mapping[str, str] = field(default_factory=dict)
    custom_id: str | None = None
    started_at: int | None = None
    completed_at: int | None = None
    attempts: int = 0
    due_at: int | None = None
    wait_ms: int | None = None
    owner: str | None = None
    lease_until: int | None = None
    engine_version: str | None = None
    triangles: int | None = None
    vertices: int | None = None
    materials: int | None = None
    textures: int | None = None
    files: tuple[StoredFile, ...] = ()
    error: AssetError | None = None
    attribution: Attribution | None = None
    origin: Origin | None = None
    version: int = 1

    @classmethod
    def new(
        cls,
        user_id: str,
        request: AssetRequest,
        *,
        run: str,
        now: int,
        patience: Patience,
        attribution: Attribution,
        origin: Origin | None = None,
    ) -> Self:
        """The record of a first request, due when its lane's patience ends."""
        canonical = request.spec.canonical_bytes()
        spec_id = request.spec_id_of(canonical)
        lane = Lane.for_priority(request.priority)
        return cls(
            asset_id=identity.asset_id(user_id, spec_id),
            user_id=user_id,
            spec_id=spec_id,
            run=run,
            status=Status.PENDING,
            request=canonical.decode(),
            priority=request.priority,
            lane=lane,
            created_at=now,
            updated_at=now,
            queued_at=now,
            labels=request.labels,
            custom_id=request.custom_id,
            due_at=now + patience[lane],
            wait_ms=patience[lane],
            attribution=attribution,
            origin=origin,
        )

    @property
    def canonical_request(self) -> dict[str, Any]:
        """Format and parameters, every default filled in."""
        members: dict[str, Any] = json.loads(self.request)
        return members

    @property
    def generator(self) -> str:
        """Name of the generator that the request asks for."""
        return _generator_of(self.request)

    @property
    def user_shard(self) -> str:
        """Partition of the user's listing that this asset stands in."""
        return listing_partition(self.user_id, identity.shard(self.asset_id, LISTING_SHARDS))

    @property
    def position(self) -> str:
        """Place in the user's listing: unique, and sorted by time of creation."""
        return f"{self.created_at:015d}#{self.asset_id}"

    @property
    def due_shard(self) -> int:
        """Partition of everything due that this asset stands in."""
        return due_partition(self.lane, identity.shard(self.asset_id, DUE_SHARDS))

    def attributes(self) -> dict[str, Any]:
        """Fields that are set, by name: what conditions are evaluated on."""
        values = ((name, getattr(self, name)) for name in _FIELDS)
        return {name: value for name, value in values if value is not None}


_FIELDS = tuple(entry.name for entry in dataclasses.fields(Asset))


@lru_cache(maxsize=128)
def _generator_of(request: str) -> str:
    """Each file of an asset is named after it, so that it is asked for several times over."""
    generator: str = json.loads(request)["parameters"]["generator"]
    return generator


def due_partition(lane: Lane, shard: int) -> int:
    """Key of one of a lane's :data:`DUE_SHARDS` partitions of what is due.

    Each lane has its own, so that a backlog in one can't hide what is lost in another.
    """
    return tuple(Lane).index(lane) * DUE_SHARDS + shard


def listing_partition(user_id: str, shard: int) -> str:
    """Key of one of a user's :data:`LISTING_SHARDS` listing partitions."""
    return f"{user_id}#{shard}"
