"""What batches count, in the table of batches, as :class:`~tests.fakes.counts.InMemoryCounts`."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from meshmill.aws import batch_items
from meshmill.aws.attributes import from_value, to_value
from meshmill.domain.batch import COUNT_SHARDS, SUMS, Counts
from meshmill.domain.origin import Origin
from meshmill.domain.tally import Failure
from tests.support.backend import Backend, batches_table

#: Where a sample stands: at the third line of the second chunk.
LINE = Origin("0f5f9d0e-6a0c-5c1e-8c57-2f9b7d1e4a60", 1, 3)


class Ledger(Protocol):
    """What was counted, for a test to prepare and to look at."""

    def open(self, batch_id: str) -> None: ...
    def close(self, batch_id: str) -> None: ...
    def of(self, batch_id: str) -> Counts: ...
    def failures(self, batch_id: str) -> list[Failure]: ...
    def advance(self, batch_id: str, chunk: int, next_line: int) -> None: ...


@dataclass(frozen=True)
class StoredCounts:
    """A ``Ledger`` in a table."""

    client: Any
    table: str

    def open(self, batch_id: str) -> None:
        zero = {name: to_value(0) for name in (*SUMS, "updated_at")}
        for shard in range(COUNT_SHARDS):
            self._put(batch_id, batch_items.count_item(shard), zero)

    def close(self, batch_id: str) -> None:
        for item in self._items(batch_id):
            key = batch_items.key(batch_id, item["item"])
            self.client.delete_item(TableName=self.table, Key=key)

    def of(self, batch_id: str) -> Counts:
        shards = [
            {name: item.get(name, 0) for name in (*SUMS, "updated_at")}
            for item in self._items(batch_id)
            if item["item"].startswith(batch_items.COUNT_PREFIX)
        ]
        sums = {name: sum(shard[name] for shard in shards) for name in SUMS}
        return Counts(**sums, updated_at=max((it["updated_at"] for it in shards), default=0))

    def failures(self, batch_id: str) -> list[Failure]:
        return [
            Failure(
                asset_id=item["item"].removeprefix(batch_items.FAILED_PREFIX),
                at=item["at"],
                retryable=item["retryable"],
            )
            for item in self._items(batch_id)
            if item["item"].startswith(batch_items.FAILED_PREFIX)
        ]

    def advance(self, batch_id: str, chunk: int, next_line: int) -> None:
        self._put(batch_id, batch_items.chunk_item(chunk), {"next_line": to_value(next_line)})

    def _put(self, batch_id: str, item: str, members: dict[str, Any]) -> None:
        stored = batch_items.key(batch_id, item) | members
        self.client.put_item(TableName=self.table, Item=stored)

    def _items(self, batch_id: str) -> list[dict[str, Any]]:
        answer = self.client.query(
            TableName=self.table,
            KeyConditionExpression="batch_id = :batch_id",
            ExpressionAttributeValues={":batch_id": to_value(batch_id)},
            ConsistentRead=True,
        )
        return [
            {name: from_value(value) for name, value in item.items()} for item in answer["Items"]
        ]


@contextmanager
def stored_counts(backend: Backend) -> Iterator[StoredCounts]:
    """Counts in a table of their own."""
    with batches_table(backend) as table:
        yield StoredCounts(backend.client("dynamodb"), table)


def nothing_but(**sums: int) -> Counts:
    """Counts of which these are the sums."""
    return dataclasses.replace(Counts(), **sums)


def sums_of(counts: Counts) -> Counter[str]:
    """The sums that are not 0."""
    return +Counter({name: getattr(counts, name) for name in SUMS})
