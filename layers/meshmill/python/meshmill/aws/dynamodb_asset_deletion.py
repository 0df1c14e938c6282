"""Deletion of asset records in DynamoDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshmill.aws.attributes import to_asset
from meshmill.aws.audit_items import put_of
from meshmill.aws.conditions import to_condition
from meshmill.aws.errors import cancellation_reasons, unavailable
from meshmill.domain.asset import Asset
from meshmill.domain.audit import AuditEntry
from meshmill.domain.transitions import unchanged

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_REFUSED = "ConditionalCheckFailed"


@dataclass(frozen=True, slots=True)
class DynamoDbAssetDeletion:
    """One transaction: the record goes if it stands as it was read, and its audit entry comes."""

    client: DynamoDBClient
    assets_table: str
    audit_table: str
    audit_days: int

    def delete(self, asset: Asset, entry: AuditEntry) -> Asset | None:
        """Delete the record as it was read, or change nothing and return what stands instead.

        When the SDK tries again after a lost response, the second try finds the record gone.
        """
        record = put_of(self.audit_table, entry, self.audit_days)
        writes: list[Any] = [self._delete_of(asset), record]
        try:
            with unavailable("DynamoDB"):
                self.client.transact_write_items(TransactItems=writes)
        except self.client.exceptions.TransactionCanceledException as cancelled:
            refusal = cancellation_reasons(cancelled)[0]
            if refusal.get("Code") != _REFUSED:
                raise
            return to_asset(refusal["Item"]) if refusal.get("Item") else None
        return None

    def _delete_of(self, asset: Asset) -> dict[str, Any]:
        return {
            "Delete": {
                "TableName": self.assets_table,
                "Key": {"asset_id": {"S": asset.asset_id}},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                **to_condition(unchanged(asset)).as_arguments(),
            }
        }
