from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from meshmill.aws.dynamodb_asset_deletion import DynamoDbAssetDeletion
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.domain.asset import Asset
from meshmill.domain.audit import Action, AuditEntry, asset_entry
from meshmill.ports import AssetDeletion, AssetStore, AuditTrail
from tests.contract import samples
from tests.contract.samples import ADA, CASES, NEXT_RUN, NOW, STATES, Case
from tests.fakes.assets import InMemoryAssets
from tests.fakes.audit import InMemoryAssetDeletion, InMemoryAuditTrail
from tests.support.backend import Backend, assets_table, audit_table

KEEP_DAYS = 400


@dataclass(frozen=True)
class Stores:
    """A deletion between the store that it takes from and the trail that it writes to."""

    assets: AssetStore
    trail: AuditTrail
    deletion: AssetDeletion


@contextmanager
def _stored(backend: Backend) -> Iterator[Stores]:
    client = backend.client("dynamodb")
    with assets_table(backend) as assets, audit_table(backend) as audit:
        yield Stores(
            DynamoDbAssets(client, assets),
            DynamoDbAuditTrail(client, audit, KEEP_DAYS),
            DynamoDbAssetDeletion(client, assets, audit, KEEP_DAYS),
        )


@pytest.fixture(scope="module")
def stores(platform: Backend | None) -> Iterator[Stores]:
    """Shared by tests that each have users of their own."""
    if platform is None:
        records, trail = InMemoryAssets(), InMemoryAuditTrail()
        yield Stores(records, trail, InMemoryAssetDeletion(records, trail))
        return
    with _stored(platform) as found:
        yield found


def entry(asset: Asset, at: int = NOW) -> AuditEntry:
    return asset_entry(ADA, Action.ASSET_DELETED, asset, at=at)


def written_down(stores: Stores, asset: Asset) -> list[AuditEntry]:
    return stores.trail.of(asset.user_id, None, 100)


@pytest.mark.parametrize("state", STATES)
def test_a_record_that_stands_as_it_was_read_goes_and_its_entry_comes(
    stores: Stores, state: str
) -> None:
    asset = samples.in_state(state)
    stores.assets.create(asset)

    assert stores.deletion.delete(asset, entry(asset)) is None

    assert stores.assets.get(asset.asset_id) is None
    assert stores.assets.listed(asset.user_id, None, 10) == []
    assert written_down(stores, asset) == [entry(asset)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_record_that_has_changed_since_stays_and_is_returned(stores: Stores, case: Case) -> None:
    asset = samples.in_state(case.read_as)
    stores.assets.create(asset)
    changed = stores.assets.transition(asset.asset_id, case.of(asset)).asset

    assert stores.deletion.delete(asset, entry(asset)) == changed

    assert stores.assets.get(asset.asset_id) == changed
    assert written_down(stores, asset) == []


@pytest.mark.parametrize("changed", [{"run": NEXT_RUN}, {"version": 2}, {"status": "failed"}])
def test_run_status_and_version_must_all_be_those_that_were_read(
    stores: Stores, changed: dict[str, str]
) -> None:
    asset = samples.new_asset()
    standing = dataclasses.replace(asset, **changed)  # type: ignore[arg-type]
    stores.assets.create(standing)

    assert stores.deletion.delete(asset, entry(asset)) == standing

    assert written_down(stores, asset) == []


def test_a_record_that_is_gone_makes_no_entry(stores: Stores) -> None:
    asset = samples.new_asset()

    assert stores.deletion.delete(asset, entry(asset)) is None

    assert written_down(stores, asset) == []


def test_deleted_again_there_is_one_entry(stores: Stores) -> None:
    asset = samples.new_asset()
    stores.assets.create(asset)
    stores.deletion.delete(asset, entry(asset))

    assert stores.deletion.delete(asset, entry(asset, NOW + 1)) is None

    assert written_down(stores, asset) == [entry(asset)]


def test_of_many_who_delete_at_once_one_makes_its_entry(stores: Stores) -> None:
    asset = samples.new_asset()
    stores.assets.create(asset)

    with ThreadPoolExecutor(8) as pool:
        left = list(
            pool.map(lambda n: stores.deletion.delete(asset, entry(asset, NOW + n)), range(8))
        )

    assert left == [None] * 8
    assert len(written_down(stores, asset)) == 1


def test_another_users_record_of_the_same_spec_stays(stores: Stores) -> None:
    asset, theirs = samples.new_asset(), samples.new_asset()
    stores.assets.create(asset)
    stores.assets.create(theirs)

    stores.deletion.delete(asset, entry(asset))

    assert stores.assets.get(theirs.asset_id) == theirs


def test_a_deleted_record_can_be_made_anew(stores: Stores) -> None:
    asset = samples.new_asset()
    stores.assets.create(asset)
    stores.deletion.delete(asset, entry(asset))
    again = dataclasses.replace(asset, run=NEXT_RUN, created_at=NOW + 5)

    assert stores.assets.create(again) is None

    assert stores.assets.get(asset.asset_id) == again
    assert stores.assets.listed(asset.user_id, None, 10) == [again.position]
