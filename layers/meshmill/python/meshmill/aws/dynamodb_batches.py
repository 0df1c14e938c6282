"""Batches in DynamoDB as they come and go; their making and deletion are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshmill.aws import batch_items, transactions
from meshmill.aws.audit_items import put_of
from meshmill.aws.backoff import Backoff
from meshmill.aws.conditions import to_condition
from meshmill.aws.dynamodb_batch_erasure import BatchErasure
from meshmill.aws.dynamodb_batch_items import header_of, to_batch
from meshmill.aws.dynamodb_ongoing_batches import DynamoDbOngoingBatches
from meshmill.domain.audit import AuditEntry
from meshmill.domain.batch import Batch
from meshmill.domain.batch_transitions import unchanged

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoDbBatches(DynamoDbOngoingBatches):
    """All of a batch's life, in the tables of batches and of the audit trail."""

    def __init__(
        self,
        client: DynamoDBClient,
        batches_table: str,
        audit_table: str,
        audit_days: int,
        backoff: Backoff = transactions.BACKOFF,
    ) -> None:
        super().__init__(client, batches_table, backoff)
        self._audit_table = audit_table
        self._audit_days = audit_days

    def create(self, batch: Batch, entry: AuditEntry) -> Batch | None:
        """Put a new header and its audit entry; where one stands, change nothing and return it."""
        put = {
            "TableName": self._table,
            "Item": header_of(batch),
            "ConditionExpression": "attribute_not_exists(batch_id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        refusal = self._write({"Put": put}, self._written_down(entry))
        return None if refusal is None else to_batch(refusal["Item"])

    def delete(self, batch: Batch, entry: AuditEntry) -> Batch | None:
        """Delete a header of which nothing else stands, as it was read; its audit entry comes.

        None when it is gone; else the one that stands, and nothing changed.
        """
        deletion = {
            "TableName": self._table,
            "Key": batch_items.key(batch.batch_id, batch_items.HEADER),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **to_condition(unchanged(batch)).as_arguments(),
        }
        refusal = self._write({"Delete": deletion}, self._written_down(entry))
        standing = None if refusal is None else refusal.get("Item")
        return to_batch(standing) if standing else None

    def erase(self, batch_id: str) -> None:
        """Delete everything of a batch, the header last, without a trace."""
        BatchErasure(self._client, self._table, self._backoff).erase(batch_id)

    def _written_down(self, entry: AuditEntry) -> dict[str, Any]:
        return put_of(self._audit_table, entry, self._audit_days)
