"""Batches in DynamoDB as they are worked on: every write is one conditional call or transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from meshmill.aws import batch_items, transactions
from meshmill.aws.attributes import from_value, to_value
from meshmill.aws.backoff import Backoff
from meshmill.aws.conditions import to_expressions
from meshmill.aws.dynamodb_batch_chunks import BatchChunks
from meshmill.aws.dynamodb_batch_items import empty_counts, to_batch
from meshmill.aws.dynamodb_batch_plan import plan_item, to_plan
from meshmill.aws.dynamodb_batch_reader import DynamoDbBatchReader
from meshmill.aws.errors import item_of, unavailable
from meshmill.domain.batch import COUNT_SHARDS, Batch, Chunk, Counted
from meshmill.domain.batch_transitions import own_work
from meshmill.domain.manifest.plan import Plan
from meshmill.domain.tally import Failure
from meshmill.domain.transitions import Transition

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_SERVICE, _BY_DUE = "DynamoDB", "by_due"
# Ids of assets sort between these.
_BEFORE_IDS, _BEHIND_IDS = "", "~"
_BEHIND_ONE = " "


class DynamoDbOngoingBatches(DynamoDbBatchReader):
    """The table of batches, and its indexes by_user and by_due, which hold keys only.

    Where a transaction refuses its second try, after the response to the first one got lost, what
    stands tells that it was ours. ``backoff`` paces the tries of what meets other writers, or is
    answered in part.
    """

    def __init__(
        self, client: DynamoDBClient, table: str, backoff: Backoff = transactions.BACKOFF
    ) -> None:
        super().__init__(client, table, backoff)
        self._chunks = BatchChunks(client, table, backoff)

    def get(self, batch_id: str) -> Batch | None:
        """The header as of now."""
        item = self._item(batch_id, batch_items.HEADER)
        return None if item is None else to_batch(item)

    def change(self, batch: Batch, transition: Transition) -> Batch | None:
        """Apply a transition to the header: the one after it, or None where it was refused."""
        try:
            answer = transactions.past_others(
                self._client,
                lambda: self._client.update_item(
                    ReturnValues="ALL_NEW", **self._update_of(batch, transition)
                ),
                self._backoff,
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            return _own_work(item_of(refusal), transition)
        return to_batch(answer["Attributes"])

    def record_plan(self, batch: Batch, transition: Transition, plan: Plan) -> Batch | None:
        """Likewise, together with the plan and counts of nothing yet.

        Raises:
            ValueError: the plan takes more than an item can.
        """
        items = [
            plan_item(batch.batch_id, plan),
            *(empty_counts(batch.batch_id, shard) for shard in range(COUNT_SHARDS)),
        ]
        puts = [{"Put": {"TableName": self._table, "Item": item}} for item in items]
        refusal = self._write({"Update": self._update_of(batch, transition)}, *puts)
        if refusal is None:
            return transition.applied_to(batch)
        return _own_work(refusal.get("Item"), transition)

    def plan(self, batch_id: str) -> Plan | None:
        """The plan, once it is recorded."""
        item = self._item(batch_id, batch_items.PLAN)
        return None if item is None else to_plan(item)

    def open_chunk(self, chunk: Chunk) -> Chunk | None:
        """Put a chunk that nobody had taken yet, of a batch that is being ingested.

        The chunk itself when put, or the one that stands; None where no such batch is ingested.
        """
        return self._chunks.open(chunk)

    def change_chunk(self, chunk: Chunk, transition: Transition) -> Chunk | None:
        """Apply a transition to a chunk: the one after it, or None where it was refused."""
        return self._chunks.change(chunk, transition)

    def count(self, chunk: Chunk, transition: Transition, counted: Counted) -> Chunk | None:
        """Likewise, and add what was counted, and the chunk itself once it is done."""
        return self._chunks.count(chunk, transition, counted)

    def chunks(self, batch_id: str) -> list[Chunk]:
        """Every chunk that was ever taken, in order."""
        return self._chunks.all(batch_id)

    def failures(self, batch_id: str, after: str | None, limit: int) -> list[Failure]:
        """Assets that stand failed, by id, strictly after one; ``limit`` in the thousands."""
        begin = _BEFORE_IDS if after is None else f"{after}{_BEHIND_ONE}"
        with unavailable(_SERVICE):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="batch_id = :batch AND #item BETWEEN :begin AND :end",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={
                    ":batch": to_value(batch_id),
                    ":begin": to_value(batch_items.failed_item(begin)),
                    ":end": to_value(batch_items.failed_item(_BEHIND_IDS)),
                },
                ConsistentRead=True,
                Limit=limit,
            )
        return list(map(_to_failure, answer["Items"]))

    def overdue(self, due_shard: int, now: int, limit: int) -> list[str]:
        """Ids of a shard's batches with ``due_at <= now``, longest overdue first."""
        with unavailable(_SERVICE):
            answer = self._client.query(
                TableName=self._table,
                IndexName=_BY_DUE,
                KeyConditionExpression="due_shard = :shard AND due_at <= :now",
                ExpressionAttributeValues={":shard": to_value(due_shard), ":now": to_value(now)},
                Limit=limit,
            )
        return [item["batch_id"]["S"] for item in answer["Items"]]

    def _item(self, batch_id: str, item: str) -> Any:
        with unavailable(_SERVICE):
            answer = self._client.get_item(
                TableName=self._table, Key=batch_items.key(batch_id, item), ConsistentRead=True
            )
        return answer.get("Item")

    def _write(self, header: dict[str, Any], *others: Any) -> Mapping[str, Any] | None:
        """One transaction: None when it is made, else by what the header refused it."""
        reasons = transactions.write(self._client, [header, *others], self._backoff)
        return None if reasons is None else reasons[0]

    def _update_of(self, batch: Batch, transition: Transition) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Key": batch_items.key(batch.batch_id, batch_items.HEADER),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **to_expressions(transition).as_arguments(),
        }


def _own_work(item: Mapping[str, Any] | None, transition: Transition) -> Batch | None:
    return own_work(None if item is None else to_batch(item), transition)


def _to_failure(item: Mapping[str, Any]) -> Failure:
    asset_id = item["item"]["S"].removeprefix(batch_items.FAILED_PREFIX)
    return Failure(
        asset_id=asset_id, at=from_value(item["at"]), retryable=from_value(item["retryable"])
    )
