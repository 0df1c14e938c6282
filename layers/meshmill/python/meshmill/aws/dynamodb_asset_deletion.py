"""Deletion of asset records in DynamoDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshmill.aws import batch_items, tallies, transactions
from meshmill.aws.attributes import to_asset, to_value
from meshmill.aws.audit_items import put_of
from meshmill.aws.backoff import Backoff
from meshmill.aws.conditions import to_condition
from meshmill.domain import tally
from meshmill.domain.asset import Asset
from meshmill.domain.audit import AuditEntry
from meshmill.domain.errors import uncounted_line
from meshmill.domain.origin import Origin
from meshmill.domain.transitions import unchanged

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoDbAssetDeletion:
    """One transaction: the record goes if it stands as it was read, and its audit entry comes.

    Where the record came from a batch, its line must have been counted, and the batch stops
    waiting for it, in the same transaction.
    """

    client: DynamoDBClient
    assets_table: str
    audit_table: str
    batches_table: str
    audit_days: int
    backoff: Backoff = transactions.BACKOFF

    def delete(self, asset: Asset, entry: AuditEntry) -> Asset | None:
        """Delete the record as it was read, or change nothing and return what stands instead.

        When the SDK tries again after a lost response, the second try finds the record gone.

        Raises:
            InvalidState: the line that it came from is not counted yet.
        """
        writes = [self._delete_of(asset), put_of(self.audit_table, entry, self.audit_days)]
        counted = self._counted(asset, entry.at)
        reasons = transactions.write(self.client, writes + counted, self.backoff)
        if reasons is None:
            return None
        if transactions.is_refused(reasons[0]):
            return to_asset(reasons[0]["Item"]) if reasons[0].get("Item") else None
        if asset.origin is not None and transactions.is_refused(reasons[-1]):
            raise uncounted_line(asset.asset_id, asset.origin.batch_id, asset.origin.line)
        # Of the batch nothing is left to count.
        return self._delete_alone(writes)

    def _delete_alone(self, writes: list[Any]) -> Asset | None:
        reasons = transactions.write(self.client, writes, self.backoff)
        standing = reasons[0].get("Item") if reasons else None
        return to_asset(standing) if standing else None

    def _counted(self, asset: Asset, at: int) -> list[Any]:
        """What the batch has to do with it, and last that it has counted the line."""
        gone = tally.deleted(asset, at)
        if gone is None:
            return []
        return [
            *tallies.writes_of(gone, self.batches_table),
            self._line_is_counted(gone.origin),
        ]

    def _line_is_counted(self, origin: Origin) -> dict[str, Any]:
        chunk = batch_items.chunk_item(origin.chunk)
        return {
            "ConditionCheck": {
                "TableName": self.batches_table,
                "Key": batch_items.key(origin.batch_id, chunk),
                "ConditionExpression": "attribute_not_exists(batch_id) OR next_line > :line",
                "ExpressionAttributeValues": {":line": to_value(origin.line)},
            }
        }

    def _delete_of(self, asset: Asset) -> dict[str, Any]:
        return {
            "Delete": {
                "TableName": self.assets_table,
                "Key": {"asset_id": {"S": asset.asset_id}},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                **to_condition(unchanged(asset)).as_arguments(),
            }
        }
