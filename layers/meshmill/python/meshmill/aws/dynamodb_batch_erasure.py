"""Erasure of all that stands of a batch in DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshmill.aws import batch_items
from meshmill.aws.attributes import to_value
from meshmill.aws.backoff import Backoff
from meshmill.aws.errors import unavailable
from meshmill.domain.batch import COUNT_SHARDS, Phase
from meshmill.domain.errors import DependencyUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_SERVICE = "DynamoDB"
_MOST_DELETES = 25


@dataclass(frozen=True, slots=True)
class BatchErasure:
    """Deletes in an order in which nothing can be added behind its back.

    A header that has failed keeps chunks from being opened and plans from being recorded; without
    counts no asset is counted or marked, and no line. Whoever begins anew goes on where it
    stopped, as long as there is a header.
    """

    client: DynamoDBClient
    table: str
    backoff: Backoff

    def erase(self, batch_id: str) -> None:
        """Delete everything, the header last."""
        self._stop(batch_id)
        counts = [batch_items.count_item(shard) for shard in range(COUNT_SHARDS)]
        self._delete([batch_items.key(batch_id, item) for item in counts])
        while page := self._page_behind_the_header(batch_id):
            self._delete(page)
        self._delete([batch_items.key(batch_id, batch_items.HEADER)])

    def _stop(self, batch_id: str) -> None:
        """Fail the batch, whatever becomes of it; what was read of the header holds no more."""
        try:
            with unavailable(_SERVICE):
                self.client.update_item(
                    TableName=self.table,
                    Key=batch_items.key(batch_id, batch_items.HEADER),
                    UpdateExpression=(
                        "SET #phase = :failed, #version = #version + :one REMOVE due_at"
                    ),
                    ConditionExpression="attribute_exists(batch_id)",
                    ExpressionAttributeNames={"#phase": "phase", "#version": "version"},
                    ExpressionAttributeValues={
                        ":failed": to_value(Phase.FAILED),
                        ":one": to_value(1),
                    },
                )
        except self.client.exceptions.ConditionalCheckFailedException:
            return

    def _page_behind_the_header(self, batch_id: str) -> list[Any]:
        with unavailable(_SERVICE):
            answer = self.client.query(
                TableName=self.table,
                KeyConditionExpression="batch_id = :batch AND #item > :header",
                ProjectionExpression="batch_id, #item",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={
                    ":batch": to_value(batch_id),
                    ":header": to_value(batch_items.HEADER),
                },
                ConsistentRead=True,
            )
        return answer["Items"]

    def _delete(self, keys: Sequence[Any]) -> None:
        for start in range(0, len(keys), _MOST_DELETES):
            self._delete_some(keys[start : start + _MOST_DELETES])

    def _delete_some(self, keys: Sequence[Any]) -> None:
        requests: Any = [{"DeleteRequest": {"Key": key}} for key in keys]
        for _ in self.backoff.tries():
            with unavailable(_SERVICE):
                answer = self.client.batch_write_item(RequestItems={self.table: requests})
            requests = answer["UnprocessedItems"].get(self.table)
            if not requests:
                return
        raise DependencyUnavailable(f"{_SERVICE} left deletes of a batch unprocessed")
