from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from meshmill.aws.dynamodb_asset_deletion import DynamoDbAssetDeletion
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.domain import transitions
from meshmill.domain.asset import Asset
from meshmill.domain.audit import Action, AuditEntry, asset_entry
from meshmill.domain.errors import InvalidState
from meshmill.domain.origin import Origin
from meshmill.ports import AssetDeletion, AssetStore, AuditTrail
from tests.contract import samples
from tests.contract.counted import Ledger, stored_counts, sums_of
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
    counts: Ledger


@contextmanager
def _stored(backend: Backend) -> Iterator[Stores]:
    client = backend.client("dynamodb")
    with (
        assets_table(backend) as assets,
        audit_table(backend) as audit,
        stored_counts(backend) as counts,
    ):
        yield Stores(
            DynamoDbAssets(client, assets, counts.table),
            DynamoDbAuditTrail(client, audit, KEEP_DAYS),
            DynamoDbAssetDeletion(client, assets, audit, counts.table, KEEP_DAYS),
            counts,
        )


@pytest.fixture(scope="module")
def stores(platform: Backend | None) -> Iterator[Stores]:
    """Shared by tests that each have users of their own."""
    if platform is None:
        records, trail = InMemoryAssets(), InMemoryAuditTrail()
        deletion = InMemoryAssetDeletion(records, trail)
        yield Stores(records, trail, deletion, records.counts)
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


@pytest.fixture
def line(stores: Stores) -> Origin:
    """A line of a batch of its own that is counted, up to and including this line."""
    line = Origin(str(uuid.uuid4()), 1, 3)
    stores.counts.open(line.batch_id)
    stores.counts.advance(line.batch_id, line.chunk, line.line + 1)
    return line


def _from(line: Origin, state: str) -> Asset:
    return dataclasses.replace(samples.in_state(state), origin=line)


@pytest.mark.parametrize("state", STATES)
def test_a_batch_stops_waiting_for_what_goes_before_it_is_final(
    stores: Stores, line: Origin, state: str
) -> None:
    asset = _from(line, state)
    stores.assets.create(asset)

    assert stores.deletion.delete(asset, entry(asset)) is None

    assert stores.assets.get(asset.asset_id) is None
    assert written_down(stores, asset) == [entry(asset)]
    counted = {} if asset.status.is_final else {"deleted": 1}
    assert sums_of(stores.counts.of(line.batch_id)) == counted


def test_of_what_is_deleted_no_mark_is_left_that_it_has_failed(
    stores: Stores, line: Origin
) -> None:
    asset = _from(line, "processing")
    stores.assets.create(asset)
    refusal = transitions.refuse(asset, samples.OWNER, samples.ERROR, now=NOW)
    failed = stores.assets.transition(asset.asset_id, refusal).asset
    assert failed is not None
    assert stores.counts.failures(line.batch_id)

    stores.deletion.delete(failed, entry(failed))

    assert stores.counts.failures(line.batch_id) == []
    assert sums_of(stores.counts.of(line.batch_id)) == {"failed": 1}


@pytest.mark.parametrize("state", ["pending", "completed", "failed"])
@pytest.mark.parametrize("next_line", [1, 3])
def test_an_asset_whose_line_is_not_counted_yet_stays(
    stores: Stores, line: Origin, state: str, next_line: int
) -> None:
    asset = _from(line, state)
    stores.assets.create(asset)
    stores.counts.advance(line.batch_id, line.chunk, next_line)

    with pytest.raises(InvalidState, match="not counted yet") as caught:
        stores.deletion.delete(asset, entry(asset))

    told = {"asset_id": asset.asset_id, "batch_id": line.batch_id, "line": line.line}
    assert caught.value.details == told
    assert stores.assets.get(asset.asset_id) == asset
    assert written_down(stores, asset) == []
    assert sums_of(stores.counts.of(line.batch_id)) == {}


def test_counted_lines_of_another_chunk_do_not_help(stores: Stores, line: Origin) -> None:
    asset = _from(dataclasses.replace(line, chunk=2), "pending")
    stores.assets.create(asset)
    stores.counts.advance(line.batch_id, 2, line.line)

    with pytest.raises(InvalidState):
        stores.deletion.delete(asset, entry(asset))


def test_a_record_that_has_moved_on_is_returned_whether_its_line_is_counted_or_not(
    stores: Stores, line: Origin
) -> None:
    asset = _from(line, "pending")
    moved = dataclasses.replace(asset, version=2)
    stores.assets.create(moved)
    for next_line in (line.line, line.line + 1):
        stores.counts.advance(line.batch_id, line.chunk, next_line)

        assert stores.deletion.delete(asset, entry(asset)) == moved

    assert sums_of(stores.counts.of(line.batch_id)) == {}


@pytest.mark.parametrize("state", ["pending", "failed"])
def test_what_came_from_a_batch_that_is_gone_goes_like_anything_else(
    stores: Stores, line: Origin, state: str
) -> None:
    asset = _from(line, state)
    stores.assets.create(asset)
    stores.counts.close(line.batch_id)

    assert stores.deletion.delete(asset, entry(asset)) is None

    assert stores.assets.get(asset.asset_id) is None
    assert written_down(stores, asset) == [entry(asset)]
    assert sums_of(stores.counts.of(line.batch_id)) == {}


def test_of_many_who_delete_an_asset_of_a_batch_one_is_counted(
    stores: Stores, line: Origin
) -> None:
    asset = _from(line, "pending")
    stores.assets.create(asset)

    with ThreadPoolExecutor(8) as pool:
        left = list(
            pool.map(lambda n: stores.deletion.delete(asset, entry(asset, NOW + n)), range(8))
        )

    assert left == [None] * 8
    assert sums_of(stores.counts.of(line.batch_id)) == {"deleted": 1}
