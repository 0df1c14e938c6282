"""What jobs on accounts need of the outside, beside :mod:`meshmill.ports`, as protocols.

As there, every method may raise :class:`~meshmill.domain.errors.DependencyUnavailable`; the call
may then have taken effect all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from meshmill.domain.account_job import AccountJob, JobKind, Part
from meshmill.domain.asset import Asset
from meshmill.domain.transitions import Transition


class AccountJobs(Protocol):
    """Jobs by user and kind; every write is conditional, and one round trip."""

    def get(self, user_id: str, kind: JobKind) -> AccountJob | None:
        """The record as of now (a consistent read)."""
        ...

    def put(self, job: AccountJob, replaced: AccountJob | None) -> AccountJob:
        """Put a job where none stands, or in the place of ``replaced``; the one that stands then.

        It is another than ``job`` where somebody else was faster.
        """
        ...

    def change(self, job: AccountJob, transition: Transition) -> AccountJob | None:
        """Apply a transition: the job after it, or None where it was refused."""
        ...

    def remove(self, job: AccountJob) -> None:
        """Delete this very job; where another stands, or none, nothing happens."""
        ...

    def due(self, kind: JobKind, now: int, limit: int) -> list[str]:
        """Users whose job has ``due_at <= now``, longest overdue first, from an index."""
        ...


class UploadLost(Exception):
    """The upload is gone, or holds other parts than it should: the file must be written anew."""


class ExportFiles(Protocol):
    """Files of exports, written in parts of five MiB or more, of which only the last is smaller."""

    def key(self, user_id: str, job_id: str) -> str:
        """The address of an export's file."""
        ...

    def begin(self, key: str) -> str:
        """Begin an upload; its id."""
        ...

    def put_part(self, key: str, upload_id: str, number: int, data: bytes) -> Part:
        """Upload a part, numbered from 1; once more, it replaces the one before.

        Raises:
            UploadLost: there is no such upload.
        """
        ...

    def complete(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """Make the parts one file; where that has happened before, nothing does.

        Raises:
            UploadLost: there is no such upload, or it holds another part.
        """
        ...

    def abort(self, key: str, upload_id: str) -> None:
        """Give an upload up, with its parts; what is gone already is no error."""
        ...


class UserFiles(Protocol):
    """What is stored below a user's own prefix, every version of it."""

    def found(self, user_id: str, limit: int) -> list[str]:
        """Some of the versions that there are, each as a text that :meth:`erase` takes."""
        ...

    def erase(self, versions: Sequence[str]) -> None:
        """Delete versions for good; those that are gone already are no error."""
        ...


class Fences(Protocol):
    """Keeps callers out while their account is being erased."""

    def put(self, bucket: str) -> None:
        """Refuse whoever pays from this rate-limit bucket, until :meth:`lift`."""
        ...

    def lift(self, bucket: str) -> None:
        """Let them in again, with the tokens that are left."""
        ...


class AssetErasure(Protocol):
    """Deletes asset records without a trace of each."""

    def erase(self, asset_id: str, run: str, now: int) -> Asset | None:
        """Delete a run that no worker has; None where it is gone, else the record that stands."""
        ...
