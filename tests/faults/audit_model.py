"""What the audit trail must say, told from the table's own history instead of from attributions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from meshmill.domain.audit import AuditEntry

_OF_CHANGES = {
    "asset.created",
    "asset.requeued",
    "asset.promoted",
    "asset.deleted",
}


def check_trail(history: Iterable[Mapping[str, Any]], entries: Iterable[AuditEntry]) -> None:
    """Every change that only a caller can ask for is told of exactly once, and nothing else is."""
    happened = Counter(filter(None, map(_asked_for, history)))
    told = Counter(
        (entry.action, entry.target, entry.details["run"])
        for entry in entries
        if entry.action in _OF_CHANGES
    )
    assert told == happened


def _asked_for(record: Mapping[str, Any]) -> tuple[str, str, str] | None:
    images = record["dynamodb"]
    before, after = images.get("OldImage", {}), images.get("NewImage", {})
    standing = after or before
    target, run = f"asset:{standing['asset_id']['S']}", standing["run"]["S"]
    if not before:
        return "asset.created", target, run
    if not after:
        return "asset.deleted", target, run
    if before["run"] != after["run"]:
        return "asset.requeued", target, run
    if before["lane"] != after["lane"]:
        return "asset.promoted", target, run
    return None
