from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from botocore.exceptions import ClientError

from meshmill.aws.backoff import Backoff
from meshmill.aws.dynamodb_asset_bulk import DynamoDbAssetBulk
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.domain.asset import Asset
from meshmill.domain.errors import DependencyUnavailable
from meshmill.ports import AssetStore
from meshmill.ports.batches import AssetBulk
from tests.contract import samples
from tests.contract.cancelled import cancelled_transactions
from tests.contract.counted import LINE
from tests.contract.samples import NEXT_RUN
from tests.fakes.assets import InMemoryAssets
from tests.support.backend import Backend, assets_table
from tests.support.sdk_events import (
    FAILED_AFTER_EFFECT,
    LOST_RESPONSE,
    THROTTLED,
    UNREACHABLE,
    Fault,
    counted_calls,
    faults_on,
)

_NOT_WAITING = Backoff(attempts=4, base_seconds=0, pause=lambda _: None)
#: More than a transaction holds. moto copies all tables to undo one, so that they are small here.
MANY = 57


@dataclass(frozen=True)
class Stores:
    """One end puts many records, the other looks at them."""

    bulk: AssetBulk
    assets: AssetStore

    def found(self, assets: list[Asset]) -> list[Asset | None]:
        return [self.assets.get(asset.asset_id) for asset in assets]


@contextmanager
def _stored(backend: Backend) -> Iterator[Stores]:
    client = backend.client("dynamodb")
    with assets_table(backend) as table:
        bulk = DynamoDbAssetBulk(client, table, backoff=_NOT_WAITING)
        yield Stores(bulk, DynamoDbAssets(client, table, "batches"))


@pytest.fixture
def stores(platform: Backend | None) -> Iterator[Stores]:
    if platform is None:
        records = InMemoryAssets()
        yield Stores(records, records)
        return
    with _stored(platform) as stores:
        yield stores


def new_assets(number: int) -> list[Asset]:
    user_id = samples.new_user()
    return [
        dataclasses.replace(samples.new_asset(user_id, seed=seed), origin=LINE)
        for seed in range(number)
    ]


@pytest.mark.parametrize("number", [0, 1, 50, MANY])
def test_new_records_are_all_put(stores: Stores, number: int) -> None:
    assets = new_assets(number)

    assert stores.bulk.create_many(assets) == [None] * number

    assert stores.found(assets) == assets


def test_what_is_put_is_listed_as_if_it_were_put_alone(stores: Stores) -> None:
    assets = new_assets(3)

    stores.bulk.create_many(assets)

    positions = sorted((asset.position for asset in assets), reverse=True)
    assert stores.assets.listed(assets[0].user_id, None, 10) == positions
    assert assets[0].asset_id in stores.assets.overdue(assets[0].due_shard, 2**50, 1_000)


@pytest.mark.parametrize("standing", [range(MANY), range(0, MANY, 7), [0], [MANY - 1]], ids=str)
def test_what_stands_is_returned_unchanged_and_all_others_are_put(
    stores: Stores, standing: list[int]
) -> None:
    assets = new_assets(MANY)
    for place in standing:
        stores.assets.create(assets[place])
    again = [dataclasses.replace(asset, run=NEXT_RUN) for asset in assets]

    found = stores.bulk.create_many(again)

    expected = [assets[place] if place in standing else None for place in range(MANY)]
    assert found == expected
    assert stores.found(assets) == [
        there or put for there, put in zip(expected, again, strict=True)
    ]


def test_the_same_again_finds_its_own_records(stores: Stores) -> None:
    assets = new_assets(MANY)
    stores.bulk.create_many(assets)

    assert stores.bulk.create_many(assets) == assets


def test_of_two_who_put_the_same_at_once_each_record_is_put_by_one(stores: Stores) -> None:
    assets = new_assets(MANY)
    rivals = [assets, [dataclasses.replace(asset, run=NEXT_RUN) for asset in assets]]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(stores.bulk.create_many, rivals))

    for ours, first, second in zip(stores.found(assets), *answers, strict=True):
        assert [first, second].count(None) == 1
        assert (first or second) == ours


class TestCalls:
    """What the SDK, and other writers, do to the transactions."""

    @pytest.fixture
    def stores(self, moto: Backend, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
        backoff = "botocore.retries.standard.ExponentialBackoff.delay_amount"
        monkeypatch.setattr(backoff, lambda *_: 0)
        with _stored(moto) as stores:
            yield stores

    @pytest.fixture
    def cancelled(self, moto: Backend) -> Iterator[deque[list[str]]]:
        with cancelled_transactions(moto.client("dynamodb")) as planned:
            yield planned

    @pytest.mark.parametrize(("standing", "calls"), [(0, 2), (MANY, 2), (1, 3), (51, 3)], ids=str)
    def test_it_takes_a_call_for_fifty_and_one_more_where_some_of_them_stand(
        self, stores: Stores, moto: Backend, standing: int, calls: int
    ) -> None:
        assets = new_assets(MANY)
        stores.bulk.create_many(assets[:standing])

        with counted_calls(moto.client("dynamodb")) as counted:
            stores.bulk.create_many(assets)

        assert counted == {"TransactWriteItems": calls}

    @pytest.mark.parametrize("fault", [LOST_RESPONSE, FAILED_AFTER_EFFECT])
    def test_after_a_lost_response_it_finds_its_own_records(
        self, stores: Stores, moto: Backend, fault: Fault
    ) -> None:
        """DynamoDB would know the token, and answer as it did the first time."""
        assets = new_assets(10)
        with faults_on(moto.client("dynamodb")) as faults:
            faults.plan(fault)

            assert stores.bulk.create_many(assets) == assets

        assert stores.found(assets) == assets

    @pytest.mark.parametrize("fault", [THROTTLED, UNREACHABLE])
    def test_when_no_attempt_gets_through_the_store_is_unavailable(
        self, stores: Stores, moto: Backend, fault: Fault
    ) -> None:
        assets = new_assets(10)
        with faults_on(moto.client("dynamodb")) as faults:
            faults.plan(*[fault] * 3)

            with pytest.raises(DependencyUnavailable):
                stores.bulk.create_many(assets)

        assert stores.found(assets) == [None] * 10

    def test_what_meets_another_transaction_is_tried_again(
        self, stores: Stores, cancelled: deque[list[str]]
    ) -> None:
        assets = new_assets(3)
        cancelled.extend([["None", "TransactionConflict", "None"]] * 3)

        assert stores.bulk.create_many(assets) == [None] * 3

        assert stores.found(assets) == assets

    def test_what_meets_others_at_every_try_is_worth_another_one_later(
        self, stores: Stores, cancelled: deque[list[str]]
    ) -> None:
        cancelled.extend([["ThrottlingError"]] * _NOT_WAITING.attempts)

        with pytest.raises(DependencyUnavailable):
            stores.bulk.create_many(new_assets(1))

    def test_what_went_while_it_was_met_is_put(
        self, stores: Stores, cancelled: deque[list[str]]
    ) -> None:
        assets = new_assets(3)
        cancelled.append(["None", "ConditionalCheckFailed", "None"])

        assert stores.bulk.create_many(assets) == [None] * 3

    def test_what_goes_at_every_try_is_worth_another_one_later(
        self, stores: Stores, cancelled: deque[list[str]]
    ) -> None:
        cancelled.extend([["ConditionalCheckFailed"]] * 20)

        with pytest.raises(DependencyUnavailable):
            stores.bulk.create_many(new_assets(1))

    def test_what_can_never_succeed_is_a_mistake_of_ours(
        self, stores: Stores, cancelled: deque[list[str]]
    ) -> None:
        cancelled.append(["ValidationError"])

        with pytest.raises(ClientError, match="TransactionCanceled"):
            stores.bulk.create_many(new_assets(1))
