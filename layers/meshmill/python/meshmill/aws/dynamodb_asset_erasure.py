"""Erasure of asset records in DynamoDB, one conditional call each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshmill.aws.attributes import to_asset
from meshmill.aws.conditions import to_condition
from meshmill.aws.errors import item_of, unavailable
from meshmill.domain import transitions
from meshmill.domain.asset import Asset

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoDbAssetErasure:
    """Deletes records of the assets table that no worker has."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def erase(self, asset_id: str, run: str, now: int) -> Asset | None:
        """Delete a run that no worker has; None where it is gone, else the record that stands.

        When the SDK tries again after a lost response, the second try finds the record gone.
        """
        idle = to_condition(transitions.idle(run, now=now))
        try:
            with unavailable("DynamoDB"):
                self._client.delete_item(
                    TableName=self._table,
                    Key={"asset_id": {"S": asset_id}},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **idle.as_arguments(),
                )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            standing = item_of(refusal)
            return None if standing is None else to_asset(standing)
        return None
