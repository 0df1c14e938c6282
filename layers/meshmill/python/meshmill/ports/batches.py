"""What batches need of the outside, beside :mod:`meshmill.ports`, as protocols.

As there, every method may raise :class:`~meshmill.domain.errors.DependencyUnavailable`; the call
may then have taken effect all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from meshmill.domain.batch import Batch, BatchState, Chunk, Counted
from meshmill.domain.tally import Failure
from meshmill.domain.transitions import Transition

if TYPE_CHECKING:
    from meshmill.domain.asset import Asset, StoredFile
    from meshmill.domain.audit import AuditEntry
    from meshmill.domain.chunk_work import ChunkItem, RedriveItem
    from meshmill.domain.lanes import Lane
    from meshmill.domain.manifest.plan import Plan
    from meshmill.domain.work import WorkItem
    from meshmill.ports import Allowance


class BatchReader(Protocol):
    """Batches, for who shows them."""

    def state(self, batch_id: str) -> BatchState | None:
        """Header and counts, in one consistent query."""
        ...

    def states(self, batch_ids: Sequence[str]) -> dict[str, BatchState]:
        """Up to 100 batches by id; absent ones are left out."""
        ...

    def listed(self, user_id: str, before: str | None, limit: int) -> list[str]:
        """Positions in a user's listing, newest first, strictly before a position; may lag."""
        ...


class OngoingBatches(BatchReader, Protocol):
    """Headers, plans, chunks and counts of batches that stand.

    Every write is conditional, and one round trip.
    """

    def get(self, batch_id: str) -> Batch | None:
        """The header as of now (a consistent read)."""
        ...

    def change(self, batch: Batch, transition: Transition) -> Batch | None:
        """Apply a transition to the header: the one after it, or None where it was refused."""
        ...

    def record_plan(self, batch: Batch, transition: Transition, plan: Plan) -> Batch | None:
        """Likewise, together with the plan and counts of nothing yet."""
        ...

    def plan(self, batch_id: str) -> Plan | None:
        """The plan, once it is recorded; it never changes."""
        ...

    def open_chunk(self, chunk: Chunk) -> Chunk | None:
        """Put a chunk that nobody had taken yet, of a batch that is being ingested.

        The chunk itself when put, or the one that stands; None where there is no such batch any
        more.
        """
        ...

    def change_chunk(self, chunk: Chunk, transition: Transition) -> Chunk | None:
        """Apply a transition to a chunk: the one after it, or None where it was refused."""
        ...

    def count(self, chunk: Chunk, transition: Transition, counted: Counted) -> Chunk | None:
        """Likewise, and add what was counted, and the chunk itself once it is done."""
        ...

    def chunks(self, batch_id: str) -> list[Chunk]:
        """Every chunk that was ever taken, in order."""
        ...

    def failures(self, batch_id: str, after: str | None, limit: int) -> list[Failure]:
        """Assets that stand failed, by id, strictly after one."""
        ...

    def overdue(self, due_shard: int, now: int, limit: int) -> list[str]:
        """Ids of a shard's batches with ``due_at <= now``, longest overdue first; may lag."""
        ...


class BatchStore(OngoingBatches, Protocol):
    """All of a batch's life; its making and its deletion are one write with their audit entry."""

    def create(self, batch: Batch, entry: AuditEntry) -> Batch | None:
        """Put a new header and its audit entry; where one stands, change nothing and return it.

        The header returned may be our own, put by an attempt whose response was lost.
        """
        ...

    def delete(self, batch: Batch, entry: AuditEntry) -> Batch | None:
        """Delete a header of which nothing else stands, as it was read; and its audit entry comes.

        None when it is gone; else the one that stands, and nothing changed.
        """
        ...

    def erase(self, batch_id: str) -> None:
        """Delete everything of a batch, the header last, without a trace."""
        ...


class AssetBulk(Protocol):
    """Asset records, many in a call."""

    def create_many(self, assets: Sequence[Asset]) -> list[Asset | None]:
        """As :meth:`meshmill.ports.AssetStore.create` of each, in the same order.

        No two of them have the same id.
        """
        ...


class WorkBulk(Protocol):
    """The lanes' queues, many messages in a call."""

    def send_many(self, lane: Lane, items: Sequence[WorkItem]) -> list[WorkItem]:
        """Enqueue all; those that could not be, after retries, are returned."""
        ...


class BatchQueue(Protocol):
    """Where chunks and redrives wait for an ingester, at the sending end."""

    def send(self, items: Sequence[ChunkItem | RedriveItem], delay_seconds: int = 0) -> None:
        """Enqueue all of them, at least once, to be received after a delay of up to 900 s."""
        ...


class UploadAnnouncements(Protocol):
    """What S3 tells of uploads, told by ourselves where it may have got lost."""

    def announce(self, key: str, version_id: str) -> None:
        """Let a splitter look at a version of an object."""
        ...


class LineBudget(Protocol):
    """How many lines of a user's manifests may be ingested, over all batches."""

    def draw(self, user_id: str, lines: int) -> Allowance:
        """Take so many lines, all or none; the allowance counts lines."""
        ...


class ManifestLost(Exception):
    """The version of the object that was to be read is gone."""


@dataclass(frozen=True, slots=True)
class ManifestObject:
    """A version of an uploaded object: its size in bytes, and its bytes in blocks."""

    size: int
    blocks: Iterator[bytes]


class Manifests(Protocol):
    """Uploaded manifests; a version never changes."""

    def first_version(self, key: str) -> str | None:
        """The oldest version of an object, or None where it was never uploaded."""
        ...

    def exists(self, key: str, version_id: str) -> bool:
        """Whether this very version stands; others of the same key may."""
        ...

    def remove(self, key: str, version_id: str) -> None:
        """Delete a version for good; it may be gone already."""
        ...

    def open(self, key: str, version_id: str) -> ManifestObject:
        """The whole of a version.

        Raises:
            ManifestLost: it is gone.
        """
        ...

    def read(self, key: str, version_id: str, begin: int, end: int) -> Iterator[bytes]:
        """Bytes ``begin`` … ``end`` − 1 of a version, in blocks; none where there are none.

        Raises:
            ManifestLost: it is gone.
        """
        ...


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What a client posts beside the file, as ``multipart/form-data``; ms since 1970."""

    url: str
    fields: dict[str, str]
    expires_at: int


class UploadForms(Protocol):
    """Forms that put one file into the bucket of uploads."""

    def form(self, key: str, content_type: str, most_bytes: int, seconds: int) -> UploadForm:
        """A form that is good for so long, for this key, this type and 1 … ``most_bytes``."""
        ...


class ReportFiles(Protocol):
    """What became of a batch's lines: parts, and the files that they are put together to."""

    def put_part(self, user_id: str, batch_id: str, name: str, data: bytes) -> None:
        """Store a part under its name; once more, it replaces the one before."""
        ...

    def parts(self, user_id: str, batch_id: str, names: Sequence[str]) -> Iterator[bytes]:
        """Parts one after the other, some of them read ahead."""
        ...

    def write(
        self, user_id: str, batch_id: str, filename: str, media_type: str, data: Iterator[bytes]
    ) -> StoredFile:
        """Store a file of any length, in bounded memory; once more, it replaces the one before."""
        ...
