"""What the use cases need of the outside, as protocols; :mod:`meshmill.aws` adapts them to AWS.

Every method may raise :class:`~meshmill.domain.errors.DependencyUnavailable` after the SDK's
retries; the call may then have taken effect all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from meshmill.domain.asset import Asset, StoredFile
from meshmill.domain.lanes import Lane
from meshmill.domain.signing import KeySuccession, SigningKeys
from meshmill.domain.transitions import Outcome, Transition

if TYPE_CHECKING:
    # What is behind these is heavy, or the status function has no use for it.
    from meshmill.domain.api_keys import ApiKey
    from meshmill.domain.audit import AuditEntry
    from meshmill.domain.work import WorkItem
    from meshmill.geometry.artefact import Artefact, ArtefactFile
    from meshmill.geometry.spec import AssetSpec


class Clock(Protocol):
    """The time."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        ...


class Entropy(Protocol):
    """Randomness that an attacker can't guess; ``os.urandom`` fits."""

    def __call__(self, size: int, /) -> bytes:
        """``size`` random bytes."""
        ...


class AssetStore(Protocol):
    """Asset records; every write is conditional, and one round trip."""

    def create(self, asset: Asset) -> Asset | None:
        """Put a new record; where one stands already, change nothing and return it.

        The record returned may be our own, put by an attempt whose response was lost.
        """
        ...

    def get(self, asset_id: str) -> Asset | None:
        """The record as of now (a consistent read)."""
        ...

    def get_many(self, asset_ids: Sequence[str]) -> dict[str, Asset]:
        """Up to 100 records by id; absent ones are left out."""
        ...

    def transition(self, asset_id: str, transition: Transition) -> Outcome:
        """Apply a transition if its condition holds. Never creates a record."""
        ...

    def listed(self, user_id: str, before: str | None, limit: int) -> list[str]:
        """Positions in a user's listing, newest first, strictly before a position.

        From an index that may lag behind the records.
        """
        ...

    def overdue(self, due_shard: int, now: int, limit: int) -> list[str]:
        """Ids of a shard's records with ``due_at <= now``, longest overdue first, from an index."""
        ...


class AssetDeletion(Protocol):
    """Deletes asset records; a deletion and its entry in the audit trail are one write."""

    def delete(self, asset: Asset, entry: AuditEntry) -> Asset | None:
        """Delete the record as it was read, or change nothing and return what stands instead.

        None when it is gone: deleted now, or meanwhile by somebody else (and then no entry is
        made).

        Raises:
            InvalidState: the line of a manifest that asked for it is not counted yet.
        """
        ...


class AuditTrail(Protocol):
    """Who did what to whose data."""

    def record(self, entries: Sequence[AuditEntry]) -> None:
        """Put entries, all or some of them when it fails; the same entry again is one."""
        ...

    def of(self, subject: str, after: str | None, limit: int) -> list[AuditEntry]:
        """A subject's entries strictly after a position, oldest first."""
        ...

    def latest(self, subject: str, before: str | None, limit: int) -> list[AuditEntry]:
        """A subject's entries strictly before a position, newest first."""
        ...


class WorkQueue(Protocol):
    """The lanes' queues, at the sending end."""

    def send(self, lane: Lane, item: WorkItem) -> None:
        """Enqueue, at least once, fairly between users."""
        ...


class Delivery(Protocol):
    """One received message, as its consumer sees it."""

    def retry_after(self, seconds: int) -> None:
        """Let the message be delivered again in so many seconds, once it is reported failed."""
        ...


class Backlog(Protocol):
    """How far a lane is behind."""

    def oldest_message_age_ms(self, lane: Lane) -> int:
        """Age of the oldest waiting message; 0 when none waits or it isn't known."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """An object that stands in the artefact store: size in bytes and SHA-256 in hexadecimal."""

    size: int
    sha256: str


class ArtefactStore(Protocol):
    """Immutable files, addressed by spec and engine version."""

    def key(self, spec_id: str, engine_version: str, filename: str) -> str:
        """The address of a file."""
        ...

    def read(self, key: str) -> bytes | None:
        """The whole of a (small) object, or None where there is none."""
        ...

    def put_new(self, key: str, file: ArtefactFile) -> Standing | None:
        """Store where nothing stands: None when stored, else what stands there already."""
        ...


class DownloadLinks(Protocol):
    """Short-lived URLs of stored files."""

    def url(self, file: StoredFile, save_as: str, seconds: int) -> str:
        """A URL that downloads the file under the name ``save_as``; no round trip."""
        ...


@dataclass(frozen=True, slots=True)
class Allowance:
    """A rate-limit bucket after a request: tokens left, and milliseconds until it is full.

    ``fenced``: the account that it belongs to is being erased, and its callers are kept out.
    """

    granted: bool
    limit: int
    remaining: int
    full_in_ms: int
    retry_after_ms: int
    fenced: bool = False


class RateLimiter(Protocol):
    """Token buckets, exact under concurrency."""

    def spend(self, bucket: str, per_minute: int) -> Allowance:
        """Take one token, or say when there will be one."""
        ...


class ApiKeys(Protocol):
    """API keys by id."""

    def find(self, key_id: str) -> ApiKey | None:
        """The key, possibly from a cache that is at most a minute old."""
        ...


class ApiKeyStore(Protocol):
    """API keys, for who issues them; a change and its entry in the audit trail are one write."""

    def create(self, key: ApiKey, entry: AuditEntry) -> None:
        """Store a new key.

        Raises:
            InvalidState: another key has its id.
        """
        ...

    def get(self, key_id: str) -> ApiKey | None:
        """The key as of now, or None."""
        ...

    def every(self) -> Iterator[ApiKey]:
        """All keys, in no order; what changes meanwhile may be among them or not."""
        ...

    def delete(self, key_id: str, entry: AuditEntry) -> bool:
        """Delete a key; False where there is none (and then no entry is made)."""
        ...


class SigningSecret(Protocol):
    """The keys that sign links and cursors."""

    def keys(self) -> SigningKeys:
        """Current and previous key, from a cache; older than five minutes only in an outage."""
        ...

    def reread(self) -> SigningKeys:
        """The keys that stand now; asks at most twice a minute, else answers from the cache."""
        ...


@dataclass(frozen=True, slots=True)
class StoredSuccession:
    """Signing keys as they were read, and the version that they stood in."""

    version: str
    keys: KeySuccession


class SigningVault(Protocol):
    """The signing keys, for who replaces them."""

    def read(self) -> StoredSuccession:
        """The keys that stand now."""
        ...

    def replace(self, seen: StoredSuccession, keys: KeySuccession) -> None:
        """Put keys in the place of those that were read.

        Raises:
            InvalidState: others stand there by now.
        """
        ...


class Quarantine(Protocol):
    """Where messages are kept that nobody understood."""

    def keep(self, queue: str, message_id: str, body: str) -> None:
        """Store a message for a person to look at; the same message twice is one object."""
        ...


class Engine(Protocol):
    """The geometry engine."""

    @property
    def version(self) -> str:
        """Version of the engine's output."""
        ...

    def generate(self, spec: AssetSpec) -> Artefact:
        """All files of a spec.

        Raises:
            UnbuildableSpec: no attempt can succeed; its message may be shown to the owner.
        """
        ...
