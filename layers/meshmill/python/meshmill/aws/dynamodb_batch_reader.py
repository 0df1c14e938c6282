"""Batches in DynamoDB for who shows them: headers and counts, and no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from meshmill.aws import batch_items
from meshmill.aws.attributes import to_value
from meshmill.aws.backoff import Backoff
from meshmill.aws.dynamodb_batch_items import to_batch, to_counts
from meshmill.aws.errors import unavailable
from meshmill.domain.batch import COUNT_SHARDS, BatchState
from meshmill.domain.errors import DependencyUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_SERVICE, _BY_USER = "DynamoDB", "by_user"
_MOST_KEYS = 100
# Positions begin with a digit, and so sort before this.
_END = ":"
_BACKOFF = Backoff(attempts=5, base_seconds=0.05)


class DynamoDbBatchReader:
    """The table of batches, and its index by_user.

    ``backoff`` paces the tries of what DynamoDB answers in part.
    """

    def __init__(self, client: DynamoDBClient, table: str, backoff: Backoff = _BACKOFF) -> None:
        self._client = client
        self._table = table
        self._backoff = backoff

    def state(self, batch_id: str) -> BatchState | None:
        """Header and counts, in one consistent query."""
        with unavailable(_SERVICE):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="batch_id = :batch AND #item BETWEEN :header AND :last",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={
                    ":batch": to_value(batch_id),
                    ":header": to_value(batch_items.HEADER),
                    ":last": to_value(batch_items.LAST_COUNT),
                },
                ConsistentRead=True,
            )
        return _to_state(answer["Items"])

    def states(self, batch_ids: Sequence[str]) -> dict[str, BatchState]:
        """Up to 100 batches by id.

        Headers are read before counts: the other way round, a batch could seem to have ended of
        which a line was counted in between.

        Raises:
            DependencyUnavailable: some are still missing after several tries.
        """
        headers = [batch_items.key(one, batch_items.HEADER) for one in dict.fromkeys(batch_ids)]
        batches = [to_batch(item) for item in self._items(headers)]
        shards = [batch_items.count_item(shard) for shard in range(COUNT_SHARDS)]
        planned = [batch.batch_id for batch in batches if batch.chunks is not None]
        counts: defaultdict[str, list[Any]] = defaultdict(list)
        for item in self._items(
            [batch_items.key(one, shard) for one in planned for shard in shards]
        ):
            counts[item["batch_id"]["S"]].append(item)
        return {
            batch.batch_id: BatchState(batch, to_counts(counts[batch.batch_id]))
            for batch in batches
        }

    def listed(self, user_id: str, before: str | None, limit: int) -> list[str]:
        """Positions, newest first; ``limit`` in the hundreds, so that one page is enough."""
        with unavailable(_SERVICE):
            answer = self._client.query(
                TableName=self._table,
                IndexName=_BY_USER,
                KeyConditionExpression="user_id = :user AND #position < :end",
                ProjectionExpression="#position",
                ExpressionAttributeNames={"#position": "position"},
                ExpressionAttributeValues={
                    ":user": to_value(user_id),
                    ":end": to_value(_END if before is None else before),
                },
                ScanIndexForward=False,
                Limit=limit,
            )
        return [item["position"]["S"] for item in answer["Items"]]

    def _items(self, keys: Sequence[Any]) -> Iterator[Any]:
        """Those that there are, in no order."""
        for start in range(0, len(keys), _MOST_KEYS):
            yield from self._page(keys[start : start + _MOST_KEYS])

    def _page(self, keys: Any) -> list[Any]:
        found: list[Any] = []
        for _ in self._backoff.tries():
            with unavailable(_SERVICE):
                answer = self._client.batch_get_item(
                    RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}}
                )
            found += answer["Responses"].get(self._table, [])
            left = answer["UnprocessedKeys"].get(self._table)
            if not left:
                return found
            keys = left["Keys"]
        raise DependencyUnavailable(f"{_SERVICE} left keys of a batch unprocessed")


def _to_state(items: Sequence[Mapping[str, Any]]) -> BatchState | None:
    """From items in order: the header comes first, unless it is gone."""
    if not items or items[0]["item"]["S"] != batch_items.HEADER:
        return None
    return BatchState(to_batch(items[0]), to_counts(items[1:]))
