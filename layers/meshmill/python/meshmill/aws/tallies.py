"""What batches count, written in one transaction with the asset's own change."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshmill.aws import batch_items, transactions
from meshmill.aws.attributes import index_keys, to_asset, to_value
from meshmill.aws.backoff import Backoff
from meshmill.aws.conditions import to_expressions
from meshmill.domain.asset import Asset
from meshmill.domain.batch import count_shard
from meshmill.domain.conditions import Is, all_of
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.tally import Tally
from meshmill.domain.transitions import Outcome, Transition

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class CountedTransitions:
    """Transitions of assets that a batch counts.

    A transaction doesn't tell what it has written. So the record is changed as it was read, and
    read anew from the refusal where it has moved on; what it is afterwards is computed.
    """

    client: DynamoDBClient
    assets_table: str
    batches_table: str
    backoff: Backoff = transactions.BACKOFF

    def apply(self, transition: Transition, tally: Tally) -> Outcome | None:
        """Apply and count; None, and nothing happens, where the batch's counts are gone.

        When the SDK tries again after a lost response, DynamoDB recognises the transaction by its
        token; where it doesn't any more, ``transition.already`` tells.

        Raises:
            DependencyUnavailable: also when the record changed at every try.
        """
        seen = tally.asset
        for _ in range(_ROUNDS):
            writes = [self._update_of(seen, transition), *writes_of(tally, self.batches_table)]
            reasons = transactions.write(self.client, writes, self.backoff)
            if reasons is None:
                return Outcome(applied=True, asset=transition.applied_to(seen))
            if not transactions.is_refused(reasons[0]):
                return None
            standing = to_asset(reasons[0]["Item"]) if reasons[0].get("Item") else None
            if standing is None or not transition.requires.holds(standing.attributes()):
                return transition.refused_by(standing)
            seen = standing
        raise DependencyUnavailable("The record changed at every try")

    def _update_of(self, seen: Asset, transition: Transition) -> dict[str, Any]:
        unchanged = all_of(transition.requires, Is("version", seen.version))
        expressions = to_expressions(
            dataclasses.replace(transition, requires=unchanged),
            index_keys(seen.asset_id, transition.assign),
        )
        return {
            "Update": {
                "TableName": self.assets_table,
                "Key": {"asset_id": to_value(seen.asset_id)},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                **expressions.as_arguments(),
            }
        }


def writes_of(tally: Tally, table: str) -> list[Any]:
    """The part of a transaction that counts: sums to be added, if any, and then the mark."""
    batch_id, shard = tally.origin.batch_id, count_shard(tally.asset_id)
    sums = [addition(table, batch_id, shard, tally.add, tally.at)] if tally.add else []
    return [*sums, *_mark_of(tally, table)]


def addition(
    table: str, batch_id: str, shard: int, sums: Mapping[str, int], at: int
) -> dict[str, Any]:
    """A write that adds to a shard of a batch's counts, and is refused where they are gone."""
    added = ", ".join(f"#{name} :{name}" for name in sums)
    return {
        "Update": {
            "TableName": table,
            "Key": batch_items.key(batch_id, batch_items.count_item(shard)),
            "UpdateExpression": f"SET updated_at = :at ADD {added}",
            "ConditionExpression": "attribute_exists(batch_id)",
            "ExpressionAttributeNames": {f"#{name}": name for name in sums},
            "ExpressionAttributeValues": {
                ":at": to_value(at),
                **{f":{name}": to_value(amount) for name, amount in sums.items()},
            },
        }
    }


def _mark_of(tally: Tally, table: str) -> list[Any]:
    key = batch_items.key(tally.origin.batch_id, batch_items.failed_item(tally.asset_id))
    if tally.failed is not None:
        mark = {
            "at": to_value(tally.failed.at),
            "retryable": to_value(tally.failed.retryable),
        }
        return [{"Put": {"TableName": table, "Item": key | mark}}]
    return [{"Delete": {"TableName": table, "Key": key}}] if tally.mends else []
