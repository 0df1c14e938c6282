"""An audit entry as a DynamoDB item and back.

An item has the fields of :class:`~meshmill.domain.audit.AuditEntry` (``details`` as a map, ``at``
in milliseconds), ``at_id`` as its sort key in the place of ``entry_id``, and ``expires_at`` in
seconds since 1970, when DynamoDB may drop it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meshmill.aws.attributes import Item, from_value, to_value
from meshmill.domain.audit import AuditEntry

_MS_PER_SECOND, _SECONDS_PER_DAY = 1_000, 24 * 60 * 60


def to_item(entry: AuditEntry, keep_days: int) -> Item:
    """The whole entry, to be kept for so many days."""
    fields: dict[str, Any] = {
        "subject": entry.subject,
        "at_id": entry.position,
        "at": entry.at,
        "action": entry.action,
        "actor": entry.actor,
        "request_id": entry.request_id,
        "target": entry.target,
        "details": entry.details,
        "expires_at": entry.at // _MS_PER_SECOND + keep_days * _SECONDS_PER_DAY,
    }
    return {name: to_value(value) for name, value in fields.items()}


def to_entry(item: Mapping[str, Any]) -> AuditEntry:
    """The entry in an item; attributes that this version doesn't know are left aside."""
    fields = {name: from_value(value) for name, value in item.items()}
    return AuditEntry(
        subject=fields["subject"],
        at=fields["at"],
        entry_id=fields["at_id"].partition("#")[2],
        action=fields["action"],
        actor=fields["actor"],
        request_id=fields["request_id"],
        target=fields["target"],
        details=fields["details"],
    )


def put_of(table: str, entry: AuditEntry, keep_days: int) -> dict[str, Any]:
    """The entry as one of the writes of TransactWriteItems."""
    return {"Put": {"TableName": table, "Item": to_item(entry, keep_days)}}
