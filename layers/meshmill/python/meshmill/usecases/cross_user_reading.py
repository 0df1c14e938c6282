"""Reading across users: only with the permission for it, and never without a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshmill.domain import identity
from meshmill.domain.asset import Asset
from meshmill.domain.attribution import Reader
from meshmill.domain.audit import Action, entry_of
from meshmill.domain.errors import Forbidden
from meshmill.domain.permissions import Permission
from meshmill.ports import AuditTrail, Clock, Entropy

if TYPE_CHECKING:
    from meshmill.domain.batch import Batch


@dataclass(frozen=True, slots=True)
class CrossUserReading:
    """Puts an audit entry for whose data is read, before whoever reads it sees any of it."""

    trail: AuditTrail
    clock: Clock
    entropy: Entropy

    def require(self, reader: Reader) -> None:
        """Check that the reader may read what is somebody else's.

        Raises:
            Forbidden: only what is their own.
        """
        if not reader.reads_all_users:
            needed = Permission.ADMIN_READ
            raise Forbidden(f"The permission {needed} is required", {"required": needed})

    def asset_read(self, reader: Reader, asset: Asset) -> None:
        """Write down that the reader is about to see this asset.

        Raises:
            DependencyUnavailable: it may be written down or not; so nothing may be shown.
        """
        target = f"asset:{asset.asset_id}"
        self._record(reader, Action.ASSET_READ_BY_ADMIN, asset.user_id, target, {})

    def assets_listed(self, reader: Reader, user_id: str, filters: Mapping[str, str]) -> None:
        """Write down that the reader is about to see a page of this user's assets.

        Raises:
            DependencyUnavailable: likewise.
        """
        action = Action.ASSETS_LISTED_BY_ADMIN
        self._record(reader, action, user_id, f"user:{user_id}", {"filters": filters})

    def batch_read(self, reader: Reader, batch: Batch) -> None:
        """Write down that the reader is about to see this batch.

        Raises:
            DependencyUnavailable: likewise.
        """
        target = f"batch:{batch.batch_id}"
        self._record(reader, Action.BATCH_READ_BY_ADMIN, batch.user_id, target, {})

    def batches_listed(self, reader: Reader, user_id: str) -> None:
        """Write down that the reader is about to see a page of this user's batches.

        Raises:
            DependencyUnavailable: likewise.
        """
        self._record(reader, Action.BATCHES_LISTED_BY_ADMIN, user_id, f"user:{user_id}", {})

    def _record(
        self,
        reader: Reader,
        action: Action,
        subject: str,
        target: str,
        details: Mapping[str, object],
    ) -> None:
        now = self.clock.now_ms()
        entry = entry_of(
            reader.attribution,
            action,
            subject=subject,
            target=target,
            at=now,
            entry_id=identity.ulid(now, self.entropy(10)),
            details=details,
        )
        self.trail.record([entry])
