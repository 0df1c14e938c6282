"""New asset records in DynamoDB, many in a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from meshmill.aws import transactions
from meshmill.aws.attributes import to_asset, to_item
from meshmill.aws.backoff import Backoff
from meshmill.aws.side_by_side import each
from meshmill.domain.asset import Asset
from meshmill.domain.errors import DependencyUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# DynamoDB takes 100 writes, and 4 MiB: a record is as long as a line, 64 KiB, and a little more.
_MOST_PUTS = 50
# Each round finds at least one record that stands, or meets one that goes.
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class DynamoDbAssetBulk:
    """Transactions of conditional puts, ``threads`` of them at a time.

    A put that meets a standing record undoes the whole transaction and tells all of those that
    stand; then those are left out. A call costs the fewer the longer it is, whatever it finds.
    """

    client: DynamoDBClient
    table: str
    threads: int = 4
    backoff: Backoff = transactions.BACKOFF

    def create_many(self, assets: Sequence[Asset]) -> list[Asset | None]:
        """Put new records; where one stands already, change nothing and return it.

        Those that are put, and those that are not, are told apart for each; when it fails, some
        may have been put. No two of them have the same id.

        Raises:
            DependencyUnavailable: also when records went while they were met.
        """
        groups = [assets[start:][:_MOST_PUTS] for start in range(0, len(assets), _MOST_PUTS)]
        return list(chain.from_iterable(each(self._create, groups, self.threads)))

    def _create(self, assets: Sequence[Asset]) -> list[Asset | None]:
        puts = {asset.asset_id: self._put_of(asset) for asset in assets}
        standing: dict[str, Asset] = {}
        for _ in range(_ROUNDS):
            met = self._write(puts)
            standing |= met
            for asset_id in met:
                del puts[asset_id]
            if not puts:
                return [standing.get(asset.asset_id) for asset in assets]
        raise DependencyUnavailable("Records are being deleted")

    def _write(self, puts: dict[str, Any]) -> dict[str, Asset]:
        """Put all of them, and so empty the map; or none, because of the records returned."""
        reasons = transactions.write(self.client, list(puts.values()), self.backoff)
        if reasons is None:
            puts.clear()
            return {}
        return {
            asset_id: to_asset(reason["Item"])
            for asset_id, reason in zip(puts, reasons, strict=True)
            # Refused, and yet nothing stands there: deleted at the same moment.
            if transactions.is_refused(reason) and reason.get("Item")
        }

    def _put_of(self, asset: Asset) -> Any:
        return {
            "Put": {
                "TableName": self.table,
                "Item": to_item(asset),
                "ConditionExpression": "attribute_not_exists(asset_id)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }
