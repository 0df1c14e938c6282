"""Asset records in DynamoDB: every write is one conditional call."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from meshmill.aws.attributes import index_keys, to_asset, to_item, to_value
from meshmill.aws.backoff import Backoff
from meshmill.aws.conditions import to_expressions
from meshmill.aws.errors import item_of, unavailable
from meshmill.domain.asset import LISTING_SHARDS, Asset, listing_partition
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.transitions import Outcome, Transition

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from meshmill.domain.tally import Tally

_Answer = TypeVar("_Answer")

_SERVICE = "DynamoDB"
_BY_USER, _BY_DUE = "by_user", "by_due"
# Positions begin with a digit, and so sort before this.
_END = ":"
_BACKOFF = Backoff(attempts=5, base_seconds=0.05)


class DynamoDbAssets:
    """The assets table, and its indexes by_user and by_due, which hold keys only.

    What batches count of assets stands in ``batches_table``. ``backoff`` paces the tries of what
    DynamoDB answers in part, and of what meets other writers.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        batches_table: str,
        backoff: Backoff = _BACKOFF,
    ) -> None:
        self._client = client
        self._table = table
        self._batches_table = batches_table
        self._backoff = backoff

    def create(self, asset: Asset) -> Asset | None:
        """Put a new record; where one stands already, change nothing and return it."""
        try:
            with unavailable(_SERVICE):
                self._past_others(
                    self._client.put_item,
                    TableName=self._table,
                    Item=to_item(asset),
                    ConditionExpression="attribute_not_exists(asset_id)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            standing = item_of(refusal)
            if standing is None:
                # Refused, and yet nothing stands there: deleted at the same moment.
                raise DependencyUnavailable("The record is being deleted") from refusal
            return to_asset(standing)
        return None

    def get(self, asset_id: str) -> Asset | None:
        """The record as of now."""
        with unavailable(_SERVICE):
            answer = self._client.get_item(
                TableName=self._table, Key={"asset_id": {"S": asset_id}}, ConsistentRead=True
            )
        return to_asset(answer["Item"]) if "Item" in answer else None

    def get_many(self, asset_ids: Sequence[str]) -> dict[str, Asset]:
        """Up to 100 records by id.

        Raises:
            DependencyUnavailable: some are still missing after several tries.
        """
        if not asset_ids:
            return {}
        keys: Any = [{"asset_id": {"S": asset_id}} for asset_id in dict.fromkeys(asset_ids)]
        found: dict[str, Asset] = {}
        for _ in self._backoff.tries():
            items, keys = self._batch(keys)
            found |= {asset.asset_id: asset for asset in map(to_asset, items)}
            if not keys:
                return found
        raise DependencyUnavailable(f"{_SERVICE} left keys of a batch unprocessed")

    def transition(self, asset_id: str, transition: Transition) -> Outcome:
        """Apply a transition if its condition holds.

        When the SDK tries again after a lost response, the second try is refused by what the first
        one wrote: ``transition.already`` tells.
        """
        counted = None if transition.tally is None else self._counted(transition, transition.tally)
        return counted or self._transition(asset_id, transition)

    def _counted(self, transition: Transition, tally: Tally) -> Outcome | None:
        # Most processes meet no asset of a batch, and readers none that changes.
        from meshmill.aws.tallies import CountedTransitions  # noqa: PLC0415

        tables = self._table, self._batches_table
        return CountedTransitions(self._client, *tables, self._backoff).apply(transition, tally)

    def _transition(self, asset_id: str, transition: Transition) -> Outcome:
        expressions = to_expressions(transition, index_keys(asset_id, transition.assign))
        try:
            with unavailable(_SERVICE):
                answer = self._past_others(
                    self._client.update_item,
                    TableName=self._table,
                    Key={"asset_id": {"S": asset_id}},
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **expressions.as_arguments(),
                )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            item = item_of(refusal)
            return transition.refused_by(None if item is None else to_asset(item))
        return Outcome(applied=True, asset=to_asset(answer["Attributes"]))

    def _past_others(self, call: Callable[..., _Answer], **arguments: Any) -> _Answer:
        """Make a call, again if it meets a transaction, which the SDK takes for its last word."""
        try:
            return call(**arguments)
        except self._client.exceptions.TransactionConflictException:
            # As for tallies.
            from meshmill.aws.transactions import past_others  # noqa: PLC0415

            return past_others(self._client, partial(call, **arguments), self._backoff)

    def listed(self, user_id: str, before: str | None, limit: int) -> list[str]:
        """Positions, newest first, merged from the user's partitions; ``limit`` in the hundreds.

        One page of each partition is enough: a page holds thousands of keys.
        """
        partitions = [
            self._newest(listing_partition(user_id, shard), before, limit)
            for shard in range(LISTING_SHARDS)
        ]
        return list(islice(heapq.merge(*partitions, reverse=True), limit))

    def overdue(self, due_shard: int, now: int, limit: int) -> list[str]:
        """Ids of a shard's records with ``due_at <= now``, longest overdue first."""
        items = self._query(
            IndexName=_BY_DUE,
            KeyConditionExpression="due_shard = :shard AND due_at <= :now",
            ExpressionAttributeValues={":shard": to_value(due_shard), ":now": to_value(now)},
            Limit=limit,
        )
        return [item["asset_id"]["S"] for item in items]

    def _newest(self, partition: str, before: str | None, limit: int) -> list[str]:
        end = _END if before is None else before
        items = self._query(
            IndexName=_BY_USER,
            KeyConditionExpression="user_shard = :partition AND #position < :end",
            ProjectionExpression="#position",
            ExpressionAttributeNames={"#position": "position"},
            ExpressionAttributeValues={":partition": to_value(partition), ":end": to_value(end)},
            ScanIndexForward=False,
            Limit=limit,
        )
        return [item["position"]["S"] for item in items]

    def _query(self, **query: Any) -> list[Any]:
        with unavailable(_SERVICE):
            return self._client.query(TableName=self._table, **query)["Items"]

    def _batch(self, keys: Any) -> tuple[list[Any], Any]:
        """Items, and keys that are left to ask for."""
        with unavailable(_SERVICE):
            answer = self._client.batch_get_item(
                RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}}
            )
        left = answer["UnprocessedKeys"].get(self._table)
        return answer["Responses"].get(self._table, []), left["Keys"] if left else []
