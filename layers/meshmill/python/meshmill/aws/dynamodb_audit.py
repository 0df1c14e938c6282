"""The audit trail in DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from meshmill.aws.attributes import to_value
from meshmill.aws.audit_items import to_entry, to_item
from meshmill.aws.backoff import Backoff
from meshmill.aws.errors import unavailable
from meshmill.domain.audit import AuditEntry
from meshmill.domain.errors import DependencyUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_SERVICE = "DynamoDB"
_BATCH_BACKOFF = Backoff(attempts=5, base_seconds=0.05)
_MOST_PUTS = 25
# Positions begin with a digit, and so sort between these.
_BEGINNING, _END = "/", ":"


class DynamoDbAuditTrail:
    """Items of :func:`~meshmill.aws.audit_items.to_item`, dropped after ``keep_days``.

    ``backoff`` paces the tries of a batch that DynamoDB takes in part.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        keep_days: int,
        backoff: Backoff = _BATCH_BACKOFF,
    ) -> None:
        self._client = client
        self._table = table
        self._keep_days = keep_days
        self._backoff = backoff

    def record(self, entries: Sequence[AuditEntry]) -> None:
        """Put entries; one that stands there already is put over itself.

        Raises:
            DependencyUnavailable: some may have been put, and others not.
        """
        # A batch may not name an item twice.
        unique = {(entry.subject, entry.position): entry for entry in entries}
        items = [to_item(entry, self._keep_days) for entry in unique.values()]
        for start in range(0, len(items), _MOST_PUTS):
            self._put([{"PutRequest": {"Item": item}} for item in items[start:][:_MOST_PUTS]])

    def of(self, subject: str, after: str | None, limit: int) -> list[AuditEntry]:
        """A subject's entries strictly after a position, oldest first; ``limit`` in the hundreds.

        One page is enough: it holds thousands of entries.
        """
        later = "subject = :subject AND at_id > :position"
        return self._query(subject, later, after or _BEGINNING, limit, ScanIndexForward=True)

    def latest(self, subject: str, before: str | None, limit: int) -> list[AuditEntry]:
        """A subject's entries strictly before a position, newest first; likewise."""
        earlier = "subject = :subject AND at_id < :position"
        return self._query(subject, earlier, before or _END, limit, ScanIndexForward=False)

    def _put(self, requests: list[Any]) -> None:
        for _ in self._backoff.tries():
            with unavailable(_SERVICE):
                answer = self._client.batch_write_item(RequestItems={self._table: requests})
            requests = answer["UnprocessedItems"].get(self._table, [])
            if not requests:
                return
        raise DependencyUnavailable(f"{_SERVICE} left puts of a batch unprocessed")

    def _query(
        self, subject: str, condition: str, position: str, limit: int, **order: Any
    ) -> list[AuditEntry]:
        with unavailable(_SERVICE):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression=condition,
                ExpressionAttributeValues={
                    ":subject": to_value(subject),
                    ":position": to_value(position),
                },
                ConsistentRead=True,
                Limit=limit,
                **order,
            )
        return [to_entry(item) for item in answer["Items"]]
