"""Keys as people and programs read them; never a hash, and never a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from meshmill.domain.api_keys import ApiKey
from meshmill.domain.signing import KeySuccession
from meshmill.domain.times import iso
from meshmill_cli.terminal.columns import aligned
from meshmill_cli.terminal.counts import counted

_COLUMNS = ("key_id", "name", "user_id", "requests_per_minute", "created_at", "expires_at")


def view(key: ApiKey) -> dict[str, Any]:
    """A key's members for programs; None where the stage's limit holds, or it never expires."""
    return {
        "key_id": key.key_id,
        "name": key.name,
        "user_id": key.user_id,
        "permissions": sorted(key.permissions),
        "requests_per_minute": key.requests_per_minute,
        "created_at": iso(key.created_at),
        "expires_at": iso(key.expires_at),
    }


def issued(key: ApiKey) -> str:
    """What to know about a new key, beside its text."""
    limit = key.requests_per_minute
    pace = "the limit of the stage" if limit is None else f"{counted(limit, 'request')} a minute"
    end = iso(key.expires_at) or "it is revoked"
    return "\n".join(
        [
            f"key {key.key_id} ({key.name}) of user {key.user_id}",
            f"may {', '.join(sorted(key.permissions))}, at {pace}, until {end}",
            "Keep the key now: it is not shown again.",
        ]
    )


def revoked(key: ApiKey) -> str:
    """What a revocation has done, and from when on it holds everywhere."""
    return (
        f"revoked {key.key_id} ({key.name}) of user {key.user_id}; processes that remember it "
        "take it for up to a minute"
    )


def table(keys: Sequence[ApiKey]) -> str:
    """A line a key, under a line of headings; permissions last, since they are the longest."""
    if not keys:
        return "there are no API keys"
    views = [view(key) for key in keys]
    rows = [[*_COLUMNS, "permissions"]]
    rows += [
        [*("-" if shown[name] is None else str(shown[name]) for name in _COLUMNS),
         " ".join(shown["permissions"])]
        for shown in views
    ]  # fmt: skip
    return "\n".join(aligned(rows))


def rotation_view(keys: KeySuccession) -> dict[str, str | None]:
    """When the signing key was replaced, and until when the old one passes."""
    return {
        "rotated_at": iso(keys.rotated_at),
        "previous_until": iso(keys.previous_until),
    }


def rotated(rotation: Mapping[str, str | None]) -> str:
    """What a rotation means for links."""
    return (
        f"a new key signs since {rotation['rotated_at']}; links and cursors of the old one pass "
        f"until {rotation['previous_until']}"
    )
