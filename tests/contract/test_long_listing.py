"""A listing of ten thousand assets, paged through while more are asked for.

The emulators look at every record of a partition for every page, so that theirs are shorter: the
time that it takes them grows with the square of the number.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

import pytest

from meshmill.aws.attributes import to_item
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.domain.asset import Asset
from meshmill.domain.attribution import Reader
from meshmill.http.requests import MAX_LIMIT
from meshmill.usecases.list_assets import ListAssets, Listing
from tests.contract import samples
from tests.fakes.assets import InMemoryAssets
from tests.fakes.credentials import RotatingSecret
from tests.support.backend import Backend, assets_table

_TEN_THOUSAND, _MOTOS, _ENGINES = 10_000, 400, 1_500
#: Assets of one millisecond: more than a page, so that pages end among them.
_AT_ONCE = 150
#: What one BatchWriteItem takes.
_BATCH = 25

Put = Callable[[Sequence[Asset]], None]


class Stage:
    """One user's assets, ``many`` to begin with; each is as new as the last or newer."""

    def __init__(self, assets: InMemoryAssets | DynamoDbAssets, put: Put, many: int) -> None:
        self._template = samples.new_asset()
        self._put = put
        self._made = 0
        self.many = many
        self._list_assets = ListAssets(assets, RotatingSecret(), _nobody_else_reads)

    def ask_for(self, many: int) -> list[Asset]:
        """Put further records as their creation leaves them."""
        numbers = range(self._made, self._made + many)
        added = [
            dataclasses.replace(
                self._template,
                asset_id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._template.user_id} {number}")),
                created_at=samples.NOW + number // _AT_ONCE,
            )
            for number in numbers
        ]
        self._made += many
        self._put(added)
        return added

    def pages(self) -> Iterator[list[str]]:
        """Ids, a page at a time, by the cursors."""
        user, cursor = self._template.user_id, None
        reader = Reader(user, samples.ADA)
        while True:
            page = self._list_assets(reader, user, Listing(limit=MAX_LIMIT, cursor=cursor))
            yield [asset.asset_id for asset in page.records]
            cursor = page.next_cursor
            if cursor is None:
                return


def _nobody_else_reads() -> NoReturn:
    pytest.fail("the user reads what is their own")


@pytest.fixture
def stage(platform: Backend | None) -> Iterator[Stage]:
    if platform is None:
        fake = InMemoryAssets()
        yield Stage(fake, lambda assets: _put_each(fake, assets), _TEN_THOUSAND)
        return
    client = platform.client("dynamodb")
    with assets_table(platform) as table:

        def put(assets: Sequence[Asset]) -> None:
            writes = [{"PutRequest": {"Item": to_item(asset)}} for asset in assets]
            for first in range(0, len(writes), _BATCH):
                client.batch_write_item(RequestItems={table: writes[first : first + _BATCH]})

        many = _MOTOS if platform.name == "moto" else _ENGINES
        yield Stage(DynamoDbAssets(client, table, "batches"), put, many)


def _put_each(store: InMemoryAssets, assets: Sequence[Asset]) -> None:
    for asset in assets:
        store.create(asset)


def test_thousands_are_paged_through_without_gap_or_repeat_while_more_are_added(
    stage: Stage,
) -> None:
    standing = sorted(stage.ask_for(stage.many), key=lambda asset: asset.position, reverse=True)
    found: list[str] = []

    for page in stage.pages():
        found += page
        stage.ask_for(2)

    assert found == [asset.asset_id for asset in standing]
