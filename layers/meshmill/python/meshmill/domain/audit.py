"""The audit trail: who did what to whose data, when, and in which request.

Entries hold ids and states, never what a caller wrote: no labels, no ``custom_id``, no options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from meshmill.domain.asset import Asset
from meshmill.domain.attribution import Attribution


class Action(StrEnum):
    """What was done, ``object.verb``."""

    ASSET_CREATED = "asset.created"
    ASSET_REQUEUED = "asset.requeued"
    ASSET_PROMOTED = "asset.promoted"
    ASSET_DELETED = "asset.deleted"
    ASSET_READ_BY_ADMIN = "asset.read_by_admin"
    ASSETS_LISTED_BY_ADMIN = "assets.listed_by_admin"
    BATCH_CREATED = "batch.created"
    BATCH_DELETED = "batch.deleted"
    BATCH_REDRIVEN = "batch.redriven"
    BATCH_READ_BY_ADMIN = "batch.read_by_admin"
    BATCHES_LISTED_BY_ADMIN = "batches.listed_by_admin"
    API_KEY_CREATED = "api_key.created"
    API_KEY_REVOKED = "api_key.revoked"
    SIGNING_KEY_ROTATED = "signing_key.rotated"
    ACCOUNT_EXPORT_REQUESTED = "account.export_requested"
    ACCOUNT_EXPORT_COMPLETED = "account.export_completed"
    ACCOUNT_ERASURE_REQUESTED = "account.erasure_requested"
    ACCOUNT_ERASED = "account.erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing that somebody did.

    ``subject`` is the user whose data it concerns, ``at`` milliseconds since 1970, ``entry_id``
    unique among the subject's entries of a millisecond: the same entry recorded again is one.
    ``action`` is one of :class:`Action`, or what another version writes. ``actor`` and
    ``request_id`` are those of the :class:`Attribution`. ``target`` is what was acted upon, as
    ``kind:id``; ``details`` are further members of JSON.
    """

    subject: str
    at: int
    entry_id: str
    action: str
    actor: str
    request_id: str
    target: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def position(self) -> str:
        """Place among the subject's entries: unique, and sorted by time."""
        return f"{self.at:015d}#{self.entry_id}"


def entry_of(
    attribution: Attribution,
    action: Action,
    *,
    subject: str,
    target: str,
    at: int,
    entry_id: str,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """The entry for something done by whom the attribution names."""
    return AuditEntry(
        subject=subject,
        at=at,
        entry_id=entry_id,
        action=action,
        actor=attribution.actor,
        request_id=attribution.request_id,
        target=target,
        details=details or {},
    )


def asset_entry(
    attribution: Attribution,
    action: Action,
    asset: Asset,
    *,
    at: int,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """The entry for a change of an asset; told again of the same version, it is the same one."""
    return entry_of(
        attribution,
        action,
        subject=asset.user_id,
        target=f"asset:{asset.asset_id}",
        at=at,
        entry_id=f"{asset.asset_id}#{asset.run}#{asset.version}#{action}",
        details={"run": asset.run, "spec_id": asset.spec_id, **(details or {})},
    )
