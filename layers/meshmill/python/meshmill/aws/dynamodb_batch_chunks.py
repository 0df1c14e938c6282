"""Chunks of batches in DynamoDB, and what is counted of their lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshmill.aws import batch_items, transactions
from meshmill.aws.attributes import to_value
from meshmill.aws.backoff import Backoff
from meshmill.aws.conditions import to_expressions
from meshmill.aws.dynamodb_batch_items import item_of, to_chunk
from meshmill.aws.errors import item_of as item_that_refused
from meshmill.aws.errors import unavailable
from meshmill.aws.tallies import addition
from meshmill.domain.batch import Chunk, Counted, Phase, count_shard
from meshmill.domain.batch_transitions import own_work
from meshmill.domain.transitions import Transition

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_SERVICE = "DynamoDB"


@dataclass(frozen=True, slots=True)
class BatchChunks:
    """Items ``chunk#…`` of the table; ``backoff`` paces the tries of what meets other writers."""

    client: DynamoDBClient
    table: str
    backoff: Backoff

    def open(self, chunk: Chunk) -> Chunk | None:
        """Put a chunk where none stands, as long as the batch is being ingested.

        A second try after a lost response is refused by the chunk itself, which then stands.
        """
        writes = [self._put_of(chunk), self._is_being_ingested(chunk.batch_id)]
        reasons = transactions.write(self.client, writes, self.backoff)
        if reasons is None:
            return chunk
        if transactions.is_refused(reasons[1]):
            return None
        return to_chunk(reasons[0]["Item"])

    def change(self, chunk: Chunk, transition: Transition) -> Chunk | None:
        """Apply a transition: the chunk after it, or None where it was refused."""
        try:
            answer = transactions.past_others(
                self.client,
                lambda: self.client.update_item(
                    ReturnValues="ALL_NEW", **self._update_of(chunk, transition)
                ),
                self.backoff,
            )
        except self.client.exceptions.ConditionalCheckFailedException as refusal:
            return _own_work(item_that_refused(refusal), transition)
        return to_chunk(answer["Attributes"])

    def count(self, chunk: Chunk, transition: Transition, counted: Counted) -> Chunk | None:
        """Apply and count, or neither; also refused where the batch's counts are gone.

        A transaction doesn't tell what it has written; the condition on the version makes it what
        follows from the chunk as it was read.
        """
        changed = transition.applied_to(chunk)
        done = {"chunks_done": 1} if changed.is_done else {}
        sums = dataclasses.asdict(counted) | done
        shard = count_shard(f"chunk#{chunk.number}")
        writes = [
            {"Update": self._update_of(chunk, transition)},
            addition(self.table, chunk.batch_id, shard, sums, changed.updated_at),
        ]
        reasons = transactions.write(self.client, writes, self.backoff)
        return changed if reasons is None else _own_work(reasons[0].get("Item"), transition)

    def all(self, batch_id: str) -> list[Chunk]:
        """Every chunk that was ever opened, in order."""
        chunks: list[Chunk] = []
        position: dict[str, Any] = {}
        while True:
            page = self._page(batch_id, position)
            chunks += map(to_chunk, page["Items"])
            if "LastEvaluatedKey" not in page:
                return chunks
            position = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _page(self, batch_id: str, position: Mapping[str, Any]) -> Any:
        with unavailable(_SERVICE):
            return self.client.query(
                TableName=self.table,
                KeyConditionExpression="batch_id = :batch AND begins_with(#item, :prefix)",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={
                    ":batch": to_value(batch_id),
                    ":prefix": to_value(batch_items.CHUNK_PREFIX),
                },
                ConsistentRead=True,
                **position,
            )

    def _put_of(self, chunk: Chunk) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self.table,
                "Item": item_of(chunk),
                "ConditionExpression": "attribute_not_exists(batch_id)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _is_being_ingested(self, batch_id: str) -> dict[str, Any]:
        return {
            "ConditionCheck": {
                "TableName": self.table,
                "Key": batch_items.key(batch_id, batch_items.HEADER),
                "ConditionExpression": "#phase = :ingesting",
                "ExpressionAttributeNames": {"#phase": "phase"},
                "ExpressionAttributeValues": {":ingesting": to_value(Phase.INGESTING)},
            }
        }

    def _update_of(self, chunk: Chunk, transition: Transition) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "Key": batch_items.key(chunk.batch_id, batch_items.chunk_item(chunk.number)),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **to_expressions(transition).as_arguments(),
        }


def _own_work(item: Mapping[str, Any] | None, transition: Transition) -> Chunk | None:
    return own_work(None if item is None else to_chunk(item), transition)
