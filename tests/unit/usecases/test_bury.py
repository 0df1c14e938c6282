"""Dead letters: what is spent fails, what is not is revived, what nobody understands is kept."""

from __future__ import annotations

import dataclasses
import json

import pytest

from meshmill.domain.asset import Asset, Status
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.lanes import Lane
from meshmill.domain.work import WorkItem
from meshmill.usecases.bury_message import Burial
from tests.unit.usecases.world import ATTEMPTS, World


def bury(world: World, asset: Asset) -> Burial:
    return world.bury_message("standard-dead", "m-1", WorkItem.of(asset).model_dump_json())


def claimed(world: World, attempts: int = 1) -> Asset:
    """An asset whose workers have died ``attempts`` times, the last one just now."""
    asset = world.submit().asset
    for number in range(attempts):
        if number:
            world.clock.advance(ATTEMPTS.lease_ms)
        world.flaky_artefacts.fail_before("read")
        world.flaky_assets.fail_before("transition", skip=1)
        (message,) = world.receive()
        assert not world.consume(message, world.worker())
    return world.record(asset)


def test_a_dead_letter_of_a_waiting_asset_makes_it_due_at_once(world: World) -> None:
    asset = world.submit().asset
    world.clock.advance(1_000)
    assert bury(world, asset) is Burial.REVIVED
    assert world.record(asset).due_at == world.clock.now_ms()
    assert world.waiting() == 1


def test_a_dead_letter_of_an_asset_under_a_live_lease_waits_for_the_lease(world: World) -> None:
    asset = claimed(world)
    assert bury(world, asset) is Burial.REVIVED
    assert world.record(asset).due_at == asset.lease_until


def test_a_dead_letter_of_spent_attempts_fails_the_asset(world: World) -> None:
    asset = claimed(world, attempts=3)
    world.clock.advance(ATTEMPTS.lease_ms)
    assert bury(world, asset) is Burial.FAILED
    failed = world.record(asset)
    assert failed.status is Status.FAILED
    assert failed.error is not None
    assert failed.error.retryable


def test_spent_attempts_under_a_live_lease_are_left_to_their_owner(world: World) -> None:
    asset = claimed(world, attempts=3)
    assert bury(world, asset) is Burial.REVIVED
    assert world.record(asset).status is Status.PROCESSING


def test_a_lapsed_lease_that_dead_letter_fails_is_not_completed_by_its_old_owner(
    world: World,
) -> None:
    asset = world.submit().asset
    policy = dataclasses.replace(ATTEMPTS, max_attempts=1)
    burying = dataclasses.replace(world.bury_message, max_attempts=1)
    (message,) = world.receive()

    def lapse() -> None:
        world.clock.advance(ATTEMPTS.lease_ms)
        assert burying("q", "m", message.body) is Burial.FAILED

    world.flaky_artefacts.meanwhile("put_new", lapse)
    assert world.consume(message, world.worker(policy=policy))
    assert world.record(asset).status is Status.FAILED


@pytest.mark.parametrize("end", ["completed", "deleted", "asked for again"])
def test_a_dead_letter_of_what_has_moved_on_is_acknowledged(world: World, end: str) -> None:
    asset = world.submit().asset
    if end == "completed":
        world.work()
    elif end == "deleted":
        world.delete_everything()
    else:
        asset = world.exhaust(seed=1)
        world.submit(seed=1)
    before = world.assets.get(asset.asset_id)
    assert bury(world, asset) is Burial.OUTLIVED
    assert world.assets.get(asset.asset_id) == before


def test_the_same_dead_letter_twice_is_harmless(world: World) -> None:
    asset = world.submit().asset
    assert bury(world, asset) is Burial.REVIVED
    first = world.record(asset)
    assert bury(world, asset) is Burial.REVIVED
    assert world.record(asset).due_at == first.due_at


def test_of_a_burial_and_a_worker_at_once_the_worker_wins(world: World) -> None:
    asset = world.submit().asset
    world.flaky_assets.meanwhile("transition", world.work)
    world.clock.advance(1)
    assert bury(world, asset) is Burial.OUTLIVED
    assert world.record(asset).status is Status.COMPLETED


def test_of_two_burials_of_spent_attempts_one_fails_the_asset(world: World) -> None:
    asset = claimed(world, attempts=3)
    world.clock.advance(ATTEMPTS.lease_ms)
    world.flaky_assets.meanwhile("transition", lambda: bury(world, asset))
    assert bury(world, asset) in {Burial.FAILED, Burial.OUTLIVED}
    assert world.record(asset).status is Status.FAILED


@pytest.mark.parametrize("method", ["get", "transition"])
def test_a_store_that_fails_leaves_the_dead_letter_in_its_queue(world: World, method: str) -> None:
    asset = world.submit().asset
    world.flaky_assets.fail_before(method)
    with pytest.raises(DependencyUnavailable):
        bury(world, asset)


def test_a_dead_letter_that_nobody_understands_goes_to_quarantine(world: World) -> None:
    body = '{"asset_id": "../../x"}\ud800'
    assert world.bury_message("bulk-dead", "m-7", body) is Burial.QUARANTINED
    (kept,) = world.quarantine.kept.values()
    assert json.loads(kept) == {"queue": "bulk-dead", "message_id": "m-7", "body": body}


def test_poison_goes_the_whole_way_and_harms_nobody_else(world: World) -> None:
    asset = world.submit().asset
    world.lanes.queues[Lane.STANDARD].put("poison")
    for _ in range(6):
        world.work()
    assert world.bury() == [Burial.QUARANTINED]
    assert world.record(asset).status is Status.COMPLETED
    assert world.waiting() == 0
    assert len(world.lanes.dead_letters[Lane.STANDARD]) == 0
