"""API keys in DynamoDB, behind a short cache."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshmill.aws.attributes import from_value
from meshmill.aws.errors import unavailable
from meshmill.aws.recent import Recent
from meshmill.ports import ApiKey, Clock

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
    """Items ``{key_id, secret_sha256, user_id, permissions: [text], name, created_at}``.

    ``requests_per_minute`` may stand beside them. Keys and misses are remembered for a minute, so
    that is how long a revoked key still opens.
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
        lookup = self._lookups.get(key_id) or self._misses.get(key_id)
        if lookup is None or now - lookup.at_ms >= _FRESH_MS:
            lookup = _Lookup(self._read(key_id), now)
            remembered = self._misses if lookup.key is None else self._lookups
            remembered.put(key_id, lookup)
        return lookup.key

    def _read(self, key_id: str) -> ApiKey | None:
        with unavailable("DynamoDB"):
            answer = self._client.get_item(
                TableName=self._table, Key={"key_id": {"S": key_id}}, ConsistentRead=True
            )
        return _to_key(answer["Item"]) if "Item" in answer else None


def _to_key(item: Mapping[str, Any]) -> ApiKey:
    fields = {name: from_value(value) for name, value in item.items()}
    return ApiKey(
        key_id=fields["key_id"],
        secret_sha256=fields["secret_sha256"],
        user_id=fields["user_id"],
        permissions=frozenset(fields["permissions"]),
        requests_per_minute=fields.get("requests_per_minute"),
    )
