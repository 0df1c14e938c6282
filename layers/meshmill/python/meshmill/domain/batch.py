"""A batch: one manifest of one user, and how far its lines have come.

Of a batch there is a header, which changes a few times, and counts, which change with every line
and asset. Its end is never written down: it has ended when every line is counted and reported, and
nothing of it is outstanding. So no writer can forget to end it, and one that is begun again by
a redrive is open again at once.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from meshmill.domain import identity
from meshmill.domain.asset import DUE_SHARDS, StoredFile
from meshmill.domain.attribution import Attribution
from meshmill.domain.manifest.plan import ManifestFormat

#: Items that a batch's counts are spread over, since a thousand workers write to them.
COUNT_SHARDS = 16


class BatchStatus(StrEnum):
    """``awaiting_upload → validating → in_progress → completed | completed_with_errors | failed``.

    A redrive leads back from ``completed_with_errors`` to ``in_progress``.
    """

    AWAITING_UPLOAD = "awaiting_upload"
    VALIDATING = "validating"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"


class Phase(StrEnum):
    """What is recorded of a batch's way; ``reported`` and ``failed`` are final."""

    AWAITING_UPLOAD = "awaiting_upload"
    VALIDATING = "validating"
    INGESTING = "ingesting"
    REPORTED = "reported"
    FAILED = "failed"


class Source(StrEnum):
    """How the manifest came: by a form that the API issued, or put into the bucket by itself."""

    ISSUED = "issued"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class BatchError:
    """Why a batch as a whole failed, in words that may be shown to its owner."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The header. Times are milliseconds since 1970, UTC.

    ``size`` is that of the file in bytes: at first as declared, from the plan on as it is.
    ``fingerprint`` is of the request that an issued batch was made by. ``version_id`` is the
    version of the object ``upload_key`` that counts, once it is known. ``lines`` and ``chunks``
    are those of the plan. ``due_at`` stands while somebody must look after the batch itself;
    ``owner`` and ``lease_until`` while a splitter has it, ``attempts`` counts the splitters.
    ``dispatched_at`` is when the last message for a chunk of the plan had been sent,
    ``redriving_since`` stands while what had failed until then is asked for again.
    """

    batch_id: str
    user_id: str
    source: Source
    phase: Phase
    filename: str
    upload_key: str
    created_at: int
    updated_at: int
    attribution: Attribution
    content_type: str | None = None
    size: int | None = None
    fingerprint: str | None = None
    upload_until: int | None = None
    version_id: str | None = None
    format: ManifestFormat | None = None
    lines: int | None = None
    chunks: int | None = None
    started_at: int | None = None
    dispatched_at: int | None = None
    reported_at: int | None = None
    redriving_since: int | None = None
    due_at: int | None = None
    wait_ms: int | None = None
    attempts: int = 0
    owner: str | None = None
    lease_until: int | None = None
    files: tuple[StoredFile, ...] = ()
    error: BatchError | None = None
    version: int = 1

    @property
    def position(self) -> str:
        """Place in the user's listing: unique, and sorted by time of creation."""
        return f"{self.created_at:015d}#{self.batch_id}"

    @property
    def due_shard(self) -> int:
        """Partition of everything due that this batch stands in."""
        return identity.shard(self.batch_id, DUE_SHARDS)

    def attributes(self) -> dict[str, Any]:
        """Fields that are set, by name: what conditions are evaluated on."""
        values = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Sums that never go down, as added up over all shards.

    Lines: ``accepted``, ``duplicate``, ``rejected``. Assets of accepted lines: ``completed``,
    ``failed``, ``redriven`` (asked for again after they had failed), ``deleted`` (while pending).
    ``chunks_done`` are chunks all of whose lines are counted; ``updated_at`` is when something was
    counted last, 0 if nothing ever was.
    """

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    completed: int = 0
    failed: int = 0
    redriven: int = 0
    deleted: int = 0
    chunks_done: int = 0
    updated_at: int = 0

    @property
    def counted(self) -> int:
        """Lines whose outcome is known."""
        return self.accepted + self.duplicate + self.rejected

    @property
    def outstanding(self) -> int:
        """Assets that the batch waits for; below 0 while a line is not counted yet."""
        waited_for = self.accepted + self.redriven
        return waited_for - self.completed - self.failed - self.deleted

    @property
    def standing_failed(self) -> int:
        """Assets that have failed, and were not asked for again since."""
        return self.failed - self.redriven


#: The names of the sums, which are the names of the attributes that they are kept in.
SUMS = tuple(entry.name for entry in dataclasses.fields(Counts) if entry.name not in {"updated_at"})


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch as of one read: its header, and what is counted."""

    batch: Batch
    counts: Counts

    @property
    def status(self) -> BatchStatus:
        """Where the batch stands."""
        match self.batch.phase:
            case Phase.AWAITING_UPLOAD:
                return BatchStatus.AWAITING_UPLOAD
            case Phase.VALIDATING:
                return BatchStatus.VALIDATING
            case Phase.FAILED:
                return BatchStatus.FAILED
        is_open = self.batch.phase is Phase.INGESTING or self.batch.redriving_since is not None
        if is_open or self.counts.outstanding > 0:
            return BatchStatus.IN_PROGRESS
        if self.counts.rejected or self.counts.standing_failed:
            return BatchStatus.COMPLETED_WITH_ERRORS
        return BatchStatus.COMPLETED

    @property
    def is_ingested(self) -> bool:
        """Whether every chunk of the plan is counted, so that it can be reported."""
        return self.batch.chunks is not None and self.counts.chunks_done >= self.batch.chunks

    @property
    def is_over(self) -> bool:
        """Whether nothing happens to the batch by itself any more."""
        return self.status in {
            BatchStatus.COMPLETED,
            BatchStatus.COMPLETED_WITH_ERRORS,
            BatchStatus.FAILED,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """How far a chunk of the plan is ingested.

    ``offset`` is the byte of the file that the next line begins at, ``next_line`` its physical
    line: all lines before it are counted, ``lines`` requests. ``parts`` name what was written of
    its results, in order. ``attempts`` are those since the last line was counted. ``owner`` and
    ``lease_until`` stand while an ingester has it; there is no chunk before the first one takes it.
    """

    batch_id: str
    number: int
    offset: int
    next_line: int
    updated_at: int
    lines: int = 0
    is_done: bool = False
    attempts: int = 0
    owner: str | None = None
    lease_until: int | None = None
    parts: tuple[str, ...] = ()
    version: int = 1

    def attributes(self) -> dict[str, Any]:
        """Fields that are set, by name: what conditions are evaluated on."""
        values = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a stretch of lines adds to the counts."""

    accepted: int
    duplicate: int
    rejected: int


def count_shard(identifier: str) -> int:
    """The shard of the counts that an asset, or a chunk, writes to."""
    return identity.shard(identifier, COUNT_SHARDS)
