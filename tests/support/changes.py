"""The assets table's stream, as Lambda hands it to a function."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from tests.support import tables


class ChangeFeed:
    """Reads moto's stream from where the function has come to; forgets nothing before that.

    moto keeps one shard, and no filter of its own: :meth:`waiting` keeps what ours lets through.
    """

    def __init__(self, account: str, region: str) -> None:
        self._account = account
        self._region = region
        self._next = 0

    def waiting(self, limit: int = 100) -> list[dict[str, Any]]:
        """The next records that the function is to see, in the form of a Lambda event."""
        shard = self._shard()
        self._next = max(self._next, shard.starting_sequence_number)
        records = [_delivered(record) for record in shard.get(self._next, 10_000)]
        return [record for record in records if _is_of_interest(record)][:limit]

    def everything(self) -> list[dict[str, Any]]:
        """All changes since the table was emptied, delivered or not."""
        shard = self._shard()
        return [_delivered(record) for record in shard.get(shard.starting_sequence_number, 10_000)]

    def go_on_after(self, record: Mapping[str, Any]) -> None:
        """Deliver neither this record again nor those before it."""
        self._next = sequence_number(record) + 1

    def _shard(self) -> Any:
        # A transaction that moto rolls back leaves copies, so the shard is another one each time.
        return dynamodb_backends[self._account][self._region].tables[tables.ASSETS].stream_shard


def sequence_number(record: Mapping[str, Any]) -> int:
    """Place in the stream."""
    return int(record["dynamodb"]["SequenceNumber"])


def empty(shard: Any) -> None:
    """Forget all records of moto's shard; later ones are numbered on."""
    shard.starting_sequence_number += len(shard.items)
    shard.items.clear()


def _is_of_interest(record: Mapping[str, Any]) -> bool:
    """What the event source mapping's filter says."""
    if record["eventName"] == "INSERT":
        return True
    image = record["dynamodb"].get("NewImage", {})
    return record["eventName"] == "MODIFY" and image.get("status") == {"S": "pending"}


def _delivered(record: Mapping[str, Any]) -> dict[str, Any]:
    created: datetime = record["dynamodb"]["ApproximateCreationDateTime"]
    seconds = created.replace(tzinfo=UTC).timestamp()
    return {**record, "dynamodb": {**record["dynamodb"], "ApproximateCreationDateTime": seconds}}
