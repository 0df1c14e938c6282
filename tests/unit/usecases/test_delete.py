"""Deleting an asset's record, whatever else happens to it meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from meshmill.domain.asset import Asset, Status
from meshmill.domain.audit import AuditEntry
from meshmill.domain.errors import DependencyUnavailable, InvalidState, NotFound
from meshmill.domain.origin import Origin
from meshmill.domain.work import UnbuildableSpec
from tests.unit.usecases.world import ADA, ASKED, GRACE, World


def delete(world: World, asset: Asset, user: str = ADA) -> None:
    world.delete_asset(user, asset.asset_id, ASKED)


def written_down(world: World) -> list[AuditEntry]:
    return world.trail.of(ADA, None, 100)


def pending(world: World) -> Asset:
    return world.submit().asset


def completed(world: World) -> Asset:
    asset = world.submit().asset
    world.work()
    return world.record(asset)


def failed(world: World) -> Asset:
    world.engine.fail_next(UnbuildableSpec("injected"))
    return completed(world)


@pytest.mark.parametrize("make", [pending, completed, failed])
def test_what_nobody_works_on_can_be_deleted(world: World, make: Callable[[World], Asset]) -> None:
    asset = make(world)
    world.clock.advance(5)
    delete(world, asset)
    assert world.assets.all() == []
    (entry,) = written_down(world)
    assert (entry.action, entry.target) == ("asset.deleted", f"asset:{asset.asset_id}")
    assert (entry.actor, entry.request_id) == (ASKED.actor, ASKED.request_id)
    assert entry.at == world.clock.now_ms()
    assert entry.details == {
        "run": asset.run,
        "spec_id": asset.spec_id,
        "status": asset.status,
    }


def test_the_files_of_a_deleted_asset_stay(world: World) -> None:
    asset = completed(world)
    delete(world, asset)
    assert all(world.artefacts.read(file.key) is not None for file in asset.files)


def test_another_users_asset_is_as_absent_as_one_that_does_not_exist(world: World) -> None:
    asset = pending(world)
    told = []
    for user, asset_id in ((GRACE, asset.asset_id), (ADA, asset.asset_id[::-1])):
        with pytest.raises(NotFound) as caught:
            world.delete_asset(user, asset_id, ASKED)
        told.append((caught.value.message, caught.value.details))
    assert told[0] == told[1]
    assert world.assets.all() == [asset]
    assert written_down(world) == []


def test_an_asset_that_is_being_built_stays(world: World) -> None:
    asset = pending(world)
    met = []

    def build() -> None:
        with pytest.raises(InvalidState) as caught:
            delete(world, asset)
        met.append(caught.value.details)

    world.flaky_artefacts.meanwhile("read", build)
    world.work()
    assert met == [{"asset_id": asset.asset_id, "status": "processing"}]
    assert world.record(asset).status is Status.COMPLETED
    assert written_down(world) == []


def test_one_that_a_worker_claims_meanwhile_stays(world: World) -> None:
    asset = pending(world)

    def claim() -> None:
        world.flaky_assets.fail_before("transition", skip=1, times=2)
        world.work()

    world.flaky_deletion.meanwhile("delete", claim)
    with pytest.raises(InvalidState):
        delete(world, asset)
    assert world.record(asset).status is Status.PROCESSING
    assert written_down(world) == []


def test_one_that_moves_on_meanwhile_is_deleted_as_it_stands_then(world: World) -> None:
    asset = pending(world)
    world.flaky_deletion.meanwhile("delete", partial(world.submit, priority=9))
    delete(world, asset)
    assert world.assets.all() == []
    assert len(written_down(world)) == 1


def test_one_that_changes_at_every_try_is_left_for_another_request(world: World) -> None:
    asset = pending(world)
    for version in range(2, 6):
        change = partial(world.assets.replace, asset, version=version)
        world.flaky_deletion.meanwhile("delete", change)
    with pytest.raises(DependencyUnavailable):
        delete(world, asset)
    assert world.record(asset).version == 5
    assert written_down(world) == []


def test_one_that_somebody_else_deletes_meanwhile_is_deleted(world: World) -> None:
    asset = pending(world)
    world.flaky_deletion.meanwhile("delete", partial(delete, world, asset))
    delete(world, asset)
    assert world.assets.all() == []
    assert len(written_down(world)) == 1


def test_one_that_is_asked_for_anew_meanwhile_is_left_to_whoever_asked(world: World) -> None:
    asset = pending(world)

    def replace() -> None:
        delete(world, asset)
        world.clock.advance(1)
        world.submit()

    world.flaky_deletion.meanwhile("delete", replace)
    delete(world, asset)
    assert world.record(asset).created_at == world.clock.now_ms()
    assert len(written_down(world)) == 1


def test_after_a_deletion_the_same_request_makes_a_record_of_its_own(world: World) -> None:
    first = completed(world)
    delete(world, first)
    world.clock.advance(1_000)
    again = world.submit()
    assert not again.deduplicated
    assert again.asset.asset_id == first.asset_id
    assert again.asset.created_at == first.created_at + 1_000
    assert again.asset.run != first.run


def test_the_message_of_a_deleted_asset_is_acknowledged_and_leaves_no_ghost(world: World) -> None:
    asset = pending(world)
    delete(world, asset)
    assert world.work() == [True]
    assert world.assets.all() == []


def test_a_dead_letter_of_a_deleted_asset_leaves_no_ghost(world: World) -> None:
    asset = pending(world)
    (message,) = world.receive()
    delete(world, asset)
    assert world.bury_message("standard", message.message_id, message.body) == "outlived"
    assert world.assets.all() == []


def test_the_message_of_a_deleted_run_does_not_touch_the_next_one(world: World) -> None:
    asset = pending(world)
    (old,) = world.receive()
    delete(world, asset)
    again = world.submit().asset
    assert world.consume(old, world.worker())
    assert world.record(again) == again
    assert world.work() == [True]
    assert world.record(again).status is Status.COMPLETED


def test_a_worker_that_was_replaced_completes_no_deleted_asset(world: World) -> None:
    """Its lease lapses, its asset fails and is deleted, and then it comes to its end."""
    asset = pending(world)
    world.assets.replace(asset, attempts=2)

    def fail_and_delete() -> None:
        world.clock.advance(24 * 60 * 60_000)
        world.reconcile()
        delete(world, asset)

    world.flaky_artefacts.meanwhile("read", fail_and_delete)
    assert world.work() == [True]
    assert world.assets.all() == []


def test_a_failed_send_recreates_no_deleted_asset(world: World) -> None:
    world.flaky_queue.fail_before("send")

    def delete_it() -> None:
        (asset,) = world.assets.all()
        delete(world, asset)

    world.flaky_assets.meanwhile("transition", delete_it)
    world.submit()
    assert world.assets.all() == []


@pytest.mark.parametrize("fail", ["fail_before", "fail_after"])
def test_a_deletion_without_an_answer_is_told_and_can_be_repeated(world: World, fail: str) -> None:
    asset = pending(world)
    getattr(world.flaky_deletion, fail)("delete")
    with pytest.raises(DependencyUnavailable):
        delete(world, asset)
    try:
        delete(world, asset)
    except NotFound:
        assert fail == "fail_after"
    assert world.assets.all() == []
    assert len(written_down(world)) == 1


def test_an_asset_whose_line_is_not_counted_yet_cannot_go(world: World) -> None:
    asset = pending(world)
    world.assets.replace(asset, origin=Origin("1" * 36, 0, 3))
    world.assets.counts.open("1" * 36)
    world.assets.counts.advance("1" * 36, 0, 3)

    with pytest.raises(InvalidState, match="line of the manifest"):
        delete(world, asset)

    assert world.record(asset).status is Status.PENDING
    assert written_down(world) == []
    world.assets.counts.advance("1" * 36, 0, 4)
    delete(world, asset)
    assert world.assets.counts.of("1" * 36).deleted == 1
