"""API keys in DynamoDB, for who issues and revokes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshmill.aws import audit_items
from meshmill.aws.dynamodb_keys import to_item, to_key
from meshmill.aws.errors import cancellation_reasons, unavailable
from meshmill.domain.api_keys import ApiKey
from meshmill.domain.audit import AuditEntry
from meshmill.domain.errors import InvalidState

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_REFUSED = "ConditionalCheckFailed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoDbApiKeyStore:
    """Items of :func:`~meshmill.aws.dynamodb_keys.to_item`, beside the table of the audit trail.

    An entry's id is its own, so a transaction that meets its own entry took effect before.
    """

    client: DynamoDBClient
    keys_table: str
    audit_table: str
    audit_days: int

    def create(self, key: ApiKey, entry: AuditEntry) -> None:
        """Store a new key and the entry.

        Raises:
            InvalidState: another key has its id.
        """
        put = {
            "TableName": self.keys_table,
            "Item": to_item(key),
            "ConditionExpression": "attribute_not_exists(key_id)",
        }
        if not self._took_effect({"Put": put}, entry):
            raise InvalidState(f"There is a key {key.key_id} already")

    def get(self, key_id: str) -> ApiKey | None:
        """The key as of now, or None."""
        with unavailable("DynamoDB"):
            answer = self.client.get_item(
                TableName=self.keys_table, Key={"key_id": {"S": key_id}}, ConsistentRead=True
            )
        return to_key(answer["Item"]) if "Item" in answer else None

    def every(self) -> Iterator[ApiKey]:
        """All keys, in no order, a page at a time."""
        start: dict[str, Any] = {}
        while True:
            with unavailable("DynamoDB"):
                page = self.client.scan(TableName=self.keys_table, ConsistentRead=True, **start)
            yield from map(to_key, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def delete(self, key_id: str, entry: AuditEntry) -> bool:
        """Delete the key and store the entry; False where there is no such key."""
        delete = {
            "TableName": self.keys_table,
            "Key": {"key_id": {"S": key_id}},
            "ConditionExpression": "attribute_exists(key_id)",
        }
        return self._took_effect({"Delete": delete}, entry)

    def _took_effect(self, change: dict[str, Any], entry: AuditEntry) -> bool:
        """Whether both stand now; False where the change's condition refused it, and changed none.

        A later try of the SDK's meets what an earlier one, whose answer was lost, has written.
        """
        record: Any = audit_items.put_of(self.audit_table, entry, self.audit_days)
        record["Put"]["ConditionExpression"] = "attribute_not_exists(at_id)"
        writes: list[Any] = [change, record]
        try:
            with unavailable("DynamoDB"):
                self.client.transact_write_items(TransactItems=writes)
        except self.client.exceptions.TransactionCanceledException as cancelled:
            refused = [reason.get("Code") == _REFUSED for reason in cancellation_reasons(cancelled)]
            if not any(refused):
                raise
            return refused[1]
        return True
