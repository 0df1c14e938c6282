from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, count

import pytest

from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.domain.asset import DUE_SHARDS, Asset
from meshmill.domain.conditions import OneOf
from meshmill.domain.transitions import Outcome, Transition
from meshmill.ports import AssetStore
from tests.contract import samples
from tests.contract.samples import CASES, NEXT_RUN, NOW, STATES, Case
from tests.fakes.assets import InMemoryAssets
from tests.support.backend import Backend, assets_table
from tests.support.sdk_events import recorded_parameters

_THREADS = 32


@contextmanager
def _new_store(platform: Backend | None) -> Iterator[AssetStore]:
    if platform is None:
        yield InMemoryAssets()
        return
    with assets_table(platform) as table:
        yield DynamoDbAssets(platform.client("dynamodb"), table, "batches")


@pytest.fixture(scope="module")
def store(platform: Backend | None) -> Iterator[AssetStore]:
    """Shared by tests that each have users of their own."""
    with _new_store(platform) as store:
        yield store


@pytest.fixture
def empty_store(platform: Backend | None) -> Iterator[AssetStore]:
    with _new_store(platform) as store:
        yield store


@pytest.mark.parametrize("state", STATES)
def test_a_record_is_read_back_as_it_was_put(store: AssetStore, state: str) -> None:
    asset = samples.in_state(state)

    assert store.create(asset) is None

    assert store.get(asset.asset_id) == asset


def test_a_second_put_changes_nothing_and_returns_what_stands(store: AssetStore) -> None:
    first = samples.new_asset()
    second = dataclasses.replace(first, run=NEXT_RUN, labels={}, custom_id=None)
    store.create(first)

    assert store.create(second) == first

    assert store.get(first.asset_id) == first


def test_of_many_simultaneous_puts_one_wins_and_all_others_see_it(store: AssetStore) -> None:
    asset = samples.new_asset()
    rivals = [dataclasses.replace(asset, run=f"{number:026d}") for number in range(_THREADS)]

    with ThreadPoolExecutor(_THREADS) as pool:
        standing = list(pool.map(store.create, rivals))

    winner = store.get(asset.asset_id)
    assert standing.count(None) == 1
    assert winner == rivals[standing.index(None)]
    assert [found for found in standing if found is not None] == [winner] * (_THREADS - 1)


def test_an_absent_record_is_none(store: AssetStore) -> None:
    assert store.get(samples.new_asset().asset_id) is None


def test_a_batch_read_leaves_out_what_is_absent_and_takes_repeated_ids(store: AssetStore) -> None:
    user = samples.new_user()
    assets = {asset.asset_id: asset for asset in _put_many(store, user, 100)}
    absent = samples.new_asset().asset_id

    assert store.get_many(list(assets)) == assets
    some = list(assets)[:3]
    assert store.get_many([*some, absent, *some]) == {name: assets[name] for name in some}


def test_a_batch_read_of_nothing_is_empty(store: AssetStore) -> None:
    assert store.get_many([]) == {}


def test_records_are_read_as_of_now(aws: Backend) -> None:
    """No emulator's read lags, so this looks at the requests."""
    client = aws.client("dynamodb")
    with (
        assets_table(aws) as table,
        recorded_parameters(client, "GetItem") as single,
        recorded_parameters(client, "BatchGetItem") as batch,
    ):
        DynamoDbAssets(client, table, "batches").get("any")
        DynamoDbAssets(client, table, "batches").get_many(["any"])

    assert [request["ConsistentRead"] for request in single] == [True]
    assert [request["RequestItems"][table]["ConsistentRead"] for request in batch] == [True]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_transition_applies_in_its_states_and_changes_nothing_in_others(
    store: AssetStore, case: Case, state: str
) -> None:
    asset = samples.in_state(state)
    store.create(asset)

    outcome = store.transition(asset.asset_id, case.of(asset))

    assert outcome.applied == (state in case.applies or state in case.recognised)
    assert outcome.asset == store.get(asset.asset_id)
    if state in case.applies:
        _assert_changed(asset, outcome.asset, case.of(asset))
    else:
        assert outcome.asset == asset


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_transition_of_an_earlier_run_is_refused(store: AssetStore, case: Case) -> None:
    asset = samples.in_state(case.read_as)
    later = dataclasses.replace(asset, run="3" * 26)
    store.create(later)

    assert store.transition(asset.asset_id, case.of(asset)) == Outcome(applied=False, asset=later)

    assert store.get(asset.asset_id) == later


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_transition_never_creates_a_record(store: AssetStore, case: Case) -> None:
    asset = samples.in_state(case.read_as)

    assert store.transition(asset.asset_id, case.of(asset)) == Outcome(applied=False, asset=None)

    assert store.get(asset.asset_id) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_transition_whose_response_was_lost_is_recognised_by_what_it_wrote(
    store: AssetStore, case: Case
) -> None:
    asset = samples.in_state(case.read_as)
    store.create(asset)
    transition = case.of(asset)
    first = store.transition(asset.asset_id, transition)

    again = store.transition(asset.asset_id, transition)

    assert again.applied
    # Only the version may move on, where doing it again is harmless; nothing is counted twice.
    assert _but_version(again.asset) == _but_version(first.asset)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_of_many_simultaneous_transitions_the_record_shows_the_work_of_one(
    store: AssetStore, case: Case
) -> None:
    asset = samples.in_state(case.read_as)
    store.create(asset)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(
            pool.map(lambda _: store.transition(asset.asset_id, case.of(asset)), range(8))
        )

    assert all(outcome.applied for outcome in outcomes)
    expected = _but_version(outcomes[0].asset)
    assert _but_version(store.get(asset.asset_id)) == expected


def test_one_of_none_holds_for_no_record(store: AssetStore) -> None:
    asset = samples.new_asset()
    store.create(asset)
    never = Transition(
        name="never",
        requires=OneOf("lane", ()),
        already=OneOf("lane", ()),
        assign={"updated_at": 1},
    )

    assert store.transition(asset.asset_id, never) == Outcome(applied=False, asset=asset)


def test_a_listing_is_newest_first_over_all_partitions(store: AssetStore) -> None:
    user = samples.new_user()
    assets = _put_many(store, user, 40)

    positions = store.listed(user, None, 100)

    assert positions == [asset.position for asset in reversed(assets)]
    assert len({asset.user_shard for asset in assets}) > 1


def test_pages_of_a_listing_join_without_gap_or_overlap(store: AssetStore) -> None:
    user = samples.new_user()
    _put_many(store, user, 23)
    pages, before = [], None

    while page := store.listed(user, before, 5):
        pages.append(page)
        before = page[-1]

    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert list(chain.from_iterable(pages)) == store.listed(user, None, 100)


def test_assets_of_one_millisecond_have_places_of_their_own(store: AssetStore) -> None:
    user = samples.new_user()
    for seed in range(6):
        store.create(samples.new_asset(user, seed=seed))

    first = store.listed(user, None, 3)

    assert sorted(first + store.listed(user, first[-1], 3), reverse=True) == store.listed(
        user, None, 6
    )


def test_a_listing_shows_nobody_elses_assets(store: AssetStore) -> None:
    _put_many(store, samples.new_user(), 2)

    assert store.listed(samples.new_user(), None, 10) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_transition_leaves_the_place_in_the_listing(store: AssetStore, case: Case) -> None:
    asset = samples.in_state(case.read_as)
    store.create(asset)

    store.transition(asset.asset_id, case.of(asset))

    assert store.listed(asset.user_id, None, 2) == [asset.position]


def test_overdue_are_those_due_by_now_the_longest_overdue_first(
    empty_store: AssetStore,
) -> None:
    shard = samples.new_asset().due_shard
    dues = [5, 3, 4, 1, 2]
    ids = {due: _put_due(empty_store, shard, due) for due in dues}
    lane, place = divmod(shard, DUE_SHARDS)
    _put_due(empty_store, lane * DUE_SHARDS + (place + 1) % DUE_SHARDS, 1)

    assert empty_store.overdue(shard, 0, 10) == []
    assert empty_store.overdue(shard, 4, 10) == [ids[1], ids[2], ids[3], ids[4]]
    assert empty_store.overdue(shard, 9, 2) == [ids[1], ids[2]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_record_is_watched_exactly_while_it_has_a_due_date(store: AssetStore, case: Case) -> None:
    asset = samples.in_state(case.read_as)
    store.create(asset)

    after = store.transition(asset.asset_id, case.of(asset)).asset

    assert after is not None
    watched = asset.asset_id in store.overdue(after.due_shard, NOW + 10**9, 1000)
    assert watched == (after.due_at is not None)
    assert watched == (not after.status.is_final)
    if after.lane is not asset.lane:
        assert asset.asset_id not in store.overdue(asset.due_shard, NOW + 10**9, 1000)


def _put_many(store: AssetStore, user: str, number: int) -> list[Asset]:
    """Oldest first, a second apart."""
    assets = [samples.new_asset(user, seed=seed, now=NOW + 1000 * seed) for seed in range(number)]
    for asset in assets:
        assert store.create(asset) is None
    return assets


def _put_due(store: AssetStore, shard: int, due_at: int) -> str:
    """Put a record of some user that stands in this shard; returns its id."""
    candidates = (dataclasses.replace(samples.new_asset(), due_at=due_at) for _ in count())
    asset = next(candidate for candidate in candidates if candidate.due_shard == shard)
    store.create(asset)
    return asset.asset_id


def _but_version(asset: Asset | None) -> Asset:
    assert asset is not None
    return dataclasses.replace(asset, version=0)


def _assert_changed(before: Asset, after: Asset | None, transition: Transition) -> None:
    assert after is not None
    old, new = before.attributes(), after.attributes()
    sums = {"version": 1, **transition.add}
    counted = {name: old[name] + amount for name, amount in sums.items()}
    kept = {name: value for name, value in old.items() if name not in transition.remove}
    assert new == kept | dict(transition.assign) | counted
