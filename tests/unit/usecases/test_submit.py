"""Asking for an asset: recorded at most once, queued for as long as it takes."""

from __future__ import annotations

import pytest

from meshmill.domain.asset import Status
from meshmill.domain.errors import DependencyUnavailable, DuplicateRequest
from meshmill.domain.lanes import Lane
from meshmill.usecases.submit_asset import OnDuplicate
from tests.fakes.clock import START_MS
from tests.unit.usecases.world import ADA, GRACE, PATIENCE, World


def test_a_new_request_is_recorded_queued_and_watched(world: World) -> None:
    submitted = world.submit()
    asset = submitted.asset
    assert not submitted.deduplicated
    assert world.record(asset) == asset
    assert (asset.status, asset.user_id, asset.lane) == (Status.PENDING, ADA, Lane.STANDARD)
    assert asset.due_at == START_MS + PATIENCE[Lane.STANDARD]
    assert world.waiting() == 1


@pytest.mark.parametrize(("priority", "lane"), [(9, Lane.EXPRESS), (5, Lane.STANDARD), (1, "bulk")])
def test_the_priority_selects_the_lane_and_its_patience(
    world: World, priority: int, lane: Lane
) -> None:
    asset = world.submit(priority=priority).asset
    assert world.waiting(Lane(lane)) == 1
    assert asset.due_at == START_MS + PATIENCE[Lane(lane)]


def test_the_same_request_again_is_the_same_asset_and_no_second_message(world: World) -> None:
    first = world.submit(labels={"take": "one"}).asset
    again = world.submit(labels={"take": "two"}, custom_id="other")
    assert again.deduplicated
    assert again.asset == first
    assert world.waiting() == 1


def test_the_same_request_of_another_user_is_another_asset(world: World) -> None:
    mine, theirs = world.submit().asset, world.submit(user=GRACE)
    assert not theirs.deduplicated
    assert theirs.asset.asset_id != mine.asset_id
    assert theirs.asset.spec_id == mine.spec_id


def test_a_duplicate_is_refused_where_the_caller_wants_it_so(world: World) -> None:
    first = world.submit().asset
    with pytest.raises(DuplicateRequest) as caught:
        world.submit(on_duplicate=OnDuplicate.REJECT)
    assert caught.value.details == {"asset_id": first.asset_id}
    assert world.waiting() == 1


def test_a_refused_duplicate_does_not_move_to_a_faster_lane(world: World) -> None:
    first = world.submit().asset
    with pytest.raises(DuplicateRequest):
        world.submit(on_duplicate=OnDuplicate.REJECT, priority=9)
    assert world.record(first).lane is Lane.STANDARD


@pytest.mark.parametrize("on_duplicate", list(OnDuplicate))
def test_what_has_failed_is_queued_again_under_its_own_id(
    world: World, on_duplicate: OnDuplicate
) -> None:
    failed = world.exhaust()
    again = world.submit(on_duplicate=on_duplicate, priority=9)
    asset = again.asset
    assert not again.deduplicated
    assert (asset.asset_id, asset.created_at) == (failed.asset_id, failed.created_at)
    assert (asset.status, asset.attempts, asset.lane) == (Status.PENDING, 0, Lane.EXPRESS)
    assert asset.run > failed.run
    assert asset.error is None
    assert world.waiting(Lane.EXPRESS) == 1


def test_of_two_callers_who_queue_a_failure_again_one_sends(world: World) -> None:
    world.exhaust()
    world.flaky_assets.meanwhile("transition", world.submit)
    second = world.submit()
    assert second.deduplicated
    assert second.asset.status is Status.PENDING
    assert world.waiting() == 1


def test_a_failure_that_is_deleted_meanwhile_is_not_brought_back(world: World) -> None:
    failed = world.exhaust()
    world.flaky_assets.meanwhile("transition", lambda: world.assets.delete(failed.asset_id))
    with pytest.raises(DependencyUnavailable):
        world.submit()
    assert world.assets.all() == []
    assert world.waiting() == 0


def test_a_more_urgent_duplicate_moves_the_asset_up_once(world: World) -> None:
    world.submit(priority=1)
    world.clock.advance(1_000)
    moved = world.submit(priority=9)
    assert moved.deduplicated
    assert (moved.asset.lane, moved.asset.priority) == (Lane.EXPRESS, 9)
    assert moved.asset.due_at == world.clock.now_ms() + PATIENCE[Lane.EXPRESS]
    world.submit(priority=10)
    world.submit(priority=9)
    assert world.waiting(Lane.EXPRESS) == 1


def test_of_two_urgent_duplicates_one_sends(world: World) -> None:
    world.submit()

    def another() -> None:
        world.clock.advance(1)
        world.submit(priority=9)

    world.flaky_assets.meanwhile("transition", another)
    world.submit(priority=9)
    assert world.waiting(Lane.EXPRESS) == 1


def test_a_less_urgent_duplicate_changes_nothing(world: World) -> None:
    first = world.submit(priority=9).asset
    assert world.submit(priority=1).asset == first
    assert world.waiting(Lane.BULK) == 0


def test_what_is_being_built_does_not_change_lanes(world: World) -> None:
    asset = world.submit().asset
    world.flaky_artefacts.fail_before("read", times=1)
    world.flaky_assets.fail_before("transition", skip=1)
    world.work()
    assert world.record(asset).status is Status.PROCESSING
    assert world.submit(priority=9).asset.lane is Lane.STANDARD
    assert world.waiting(Lane.EXPRESS) == 0


def test_a_completed_asset_is_answered_as_it_is(world: World) -> None:
    world.submit()
    world.work()
    again = world.submit(priority=9)
    assert again.deduplicated
    assert again.asset.status is Status.COMPLETED
    assert world.waiting(Lane.EXPRESS) == 0


@pytest.mark.parametrize("lose", ["fail_before", "fail_after"])
def test_a_failed_send_is_due_at_once_and_still_accepted(world: World, lose: str) -> None:
    getattr(world.flaky_queue, lose)("send")
    submitted = world.submit()
    assert not submitted.deduplicated
    assert world.record(submitted.asset).due_at == world.clock.now_ms()


def test_a_failed_send_and_a_failed_update_are_due_when_patience_ends(world: World) -> None:
    world.flaky_queue.fail_before("send")
    world.flaky_assets.fail_before("transition")
    asset = world.submit().asset
    assert world.record(asset).due_at == START_MS + PATIENCE[Lane.STANDARD]
    world.clock.advance(PATIENCE[Lane.STANDARD])
    world.reconcile()
    world.work()
    assert world.record(asset).status is Status.COMPLETED


def test_a_failed_send_of_a_promotion_is_due_at_once(world: World) -> None:
    world.submit()
    world.clock.advance(1)
    world.flaky_queue.fail_before("send")
    asset = world.submit(priority=9).asset
    assert world.record(asset).due_at == world.clock.now_ms()
    world.reconcile()
    assert world.waiting(Lane.EXPRESS) == 1


def test_a_failed_send_of_a_second_run_is_due_at_once(world: World) -> None:
    world.exhaust()
    world.flaky_queue.fail_before("send")
    asset = world.submit().asset
    assert world.record(asset).due_at == world.clock.now_ms()


def test_a_record_deleted_between_put_and_failed_send_does_not_come_back(world: World) -> None:
    world.flaky_queue.fail_before("send")
    world.flaky_assets.meanwhile("transition", world.delete_everything)
    world.submit()
    assert world.assets.all() == []


def test_a_put_that_failed_is_not_accepted(world: World) -> None:
    world.flaky_assets.fail_before("create")
    with pytest.raises(DependencyUnavailable):
        world.submit()
    assert world.assets.all() == []
    assert world.waiting() == 0


def test_a_put_whose_answer_was_lost_is_watched_although_nobody_was_told(world: World) -> None:
    world.flaky_assets.fail_after("create")
    with pytest.raises(DependencyUnavailable):
        world.submit()
    (asset,) = world.assets.all()
    assert asset.due_at == START_MS + PATIENCE[Lane.STANDARD]
    assert world.submit().deduplicated


def test_our_own_record_from_a_lost_answer_is_recognised_and_sent(world: World) -> None:
    """The SDK's second try is refused by what the first one wrote."""
    original = world.assets.create

    def answer_lost_then_repeated(asset: object) -> object:
        original(asset)  # type: ignore[arg-type]
        return original(asset)  # type: ignore[arg-type]

    world.assets.create = answer_lost_then_repeated  # type: ignore[assignment, method-assign]
    submitted = world.submit()
    assert not submitted.deduplicated
    assert world.waiting() == 1
