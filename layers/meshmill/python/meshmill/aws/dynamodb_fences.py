"""Fences around accounts that are being erased, in the items of their rate-limit buckets.

There every request of theirs meets them at no further call. ``fenced_until``, in seconds since
1970, ends a fence that nobody lifts, and keeps its item until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshmill.aws.attributes import to_value
from meshmill.aws.errors import unavailable
from meshmill.ports import Clock

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_SERVICE = "DynamoDB"
_MS_PER_SECOND = 1_000
# An erasure fences again with each pass, so this only has to outlast an outage.
_LONGEST_SECONDS = 7 * 24 * 60 * 60
# By then every bucket is full, which is as good as none: one fills up in a minute.
_FULL_SECONDS = 2 * 60


class DynamoDbFences:
    """Beside :class:`~meshmill.aws.dynamodb_limits.DynamoDbRateLimiter`, in the same table."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def put(self, bucket: str) -> None:
        """Refuse whoever pays from this bucket, for a week or until it is lifted."""
        until = self._clock.now_ms() // _MS_PER_SECOND + _LONGEST_SECONDS
        with unavailable(_SERVICE):
            self._client.update_item(
                TableName=self._table,
                Key={"bucket": to_value(bucket)},
                UpdateExpression="SET fenced_until = :until, expires_at = :until",
                ExpressionAttributeValues={":until": to_value(until)},
            )

    def lift(self, bucket: str) -> None:
        """Take the fence away and leave the tokens as they are; where there is none, do nothing."""
        expires_at = self._clock.now_ms() // _MS_PER_SECOND + _FULL_SECONDS
        try:
            with unavailable(_SERVICE):
                self._client.update_item(
                    TableName=self._table,
                    Key={"bucket": to_value(bucket)},
                    UpdateExpression="REMOVE fenced_until SET expires_at = :expires_at",
                    # An update would else make the item.
                    ConditionExpression="attribute_exists(fenced_until)",
                    ExpressionAttributeValues={":expires_at": to_value(expires_at)},
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
