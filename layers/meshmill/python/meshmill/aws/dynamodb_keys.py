"""API keys in DynamoDB, behind a short cache."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshmill.aws.attributes import Item, from_value, to_value
from meshmill.aws.errors import unavailable
from meshmill.aws.recent import Recent
from meshmill.domain.api_keys import ApiKey
from meshmill.ports import Clock

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_FRESH_MS = 60_000
_CACHED_KEYS = 1_000
# Ids come from strangers: what can't be one costs no call, and is no error of the table's either.
_KEY_ID = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True, slots=True)
class _Lookup:
    key: ApiKey | None
    at_ms: int


class DynamoDbApiKeys:
    """Items of :func:`to_item`, one read each.

    Keys and misses are remembered for a minute, so that is how long a revoked key still opens.
    """

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._lookups: Recent[str, _Lookup] = Recent(_CACHED_KEYS)
        # Apart, so that strangers' guesses can't push real keys out.
        self._misses: Recent[str, _Lookup] = Recent(_CACHED_KEYS)

    def find(self, key_id: str) -> ApiKey | None:
        """The key, possibly from the cache, or None."""
        if not _KEY_ID.fullmatch(key_id):
            return None
        now = self._clock.now_ms()
        for remembered in (self._lookups, self._misses):
            lookup = remembered.get(key_id)
            if lookup is not None and 0 <= now - lookup.at_ms < _FRESH_MS:
                return lookup.key
        lookup = _Lookup(self._read(key_id), now)
        remembered = self._misses if lookup.key is None else self._lookups
        remembered.put(key_id, lookup)
        return lookup.key

    def _read(self, key_id: str) -> ApiKey | None:
        with unavailable("DynamoDB"):
            answer = self._client.get_item(
                TableName=self._table, Key={"key_id": {"S": key_id}}, ConsistentRead=True
            )
        return to_key(answer["Item"]) if "Item" in answer else None


def to_item(key: ApiKey) -> Item:
    """The fields of a key that are set, under their own names; ``permissions`` as a list."""
    fields: dict[str, Any] = {
        "key_id": key.key_id,
        "secret_sha256": key.secret_sha256,
        "user_id": key.user_id,
        "permissions": sorted(key.permissions),
        "name": key.name,
        "created_at": key.created_at,
        "requests_per_minute": key.requests_per_minute,
        "expires_at": key.expires_at,
    }
    return {name: to_value(value) for name, value in fields.items() if value is not None}


def to_key(item: Mapping[str, Any]) -> ApiKey:
    """The key in an item."""
    fields = {name: from_value(value) for name, value in item.items()}
    return ApiKey(
        key_id=fields["key_id"],
        secret_sha256=fields["secret_sha256"],
        user_id=fields["user_id"],
        permissions=frozenset(fields["permissions"]),
        name=fields["name"],
        created_at=fields["created_at"],
        requests_per_minute=fields.get("requests_per_minute"),
        expires_at=fields.get("expires_at"),
    )
