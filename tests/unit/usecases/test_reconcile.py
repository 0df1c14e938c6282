"""What lost its message, its worker or its patience is looked after; a backlog is no loss."""

from __future__ import annotations

import pytest

from meshmill.domain.asset import Status
from meshmill.domain.lanes import Lane
from meshmill.usecases.reconcile import Care
from tests.unit.usecases.world import ATTEMPTS, GRACE, PATIENCE, World

WAIT = PATIENCE[Lane.STANDARD]
HOUR, DAY = 3_600_000, 86_400_000


def test_nothing_is_done_before_its_time(world: World) -> None:
    world.submit()
    world.lose_messages()
    world.clock.advance(WAIT - 1)
    assert world.reconcile() == {}
    assert world.waiting() == 0


def test_a_lost_message_is_sent_again_when_patience_ends(world: World) -> None:
    asset = world.submit().asset
    world.lose_messages()
    world.clock.advance(WAIT)
    assert world.reconcile() == {Care.RESENT: 1}
    assert world.work() == [True]
    assert world.record(asset).status is Status.COMPLETED


@pytest.mark.parametrize("lane", list(Lane))
def test_it_is_sent_to_the_lane_of_its_asset(world: World, lane: Lane) -> None:
    priority = {Lane.EXPRESS: 9, Lane.STANDARD: 5, Lane.BULK: 1}[lane]
    world.submit(priority=priority)
    world.lose_messages(lane)
    world.clock.advance(PATIENCE[lane])
    world.reconcile()
    assert {name: world.waiting(name) for name in Lane} == {
        name: int(name is lane) for name in Lane
    }


def test_each_further_loss_waits_twice_as_long_up_to_an_hour(world: World) -> None:
    asset = world.submit().asset
    waits = []
    for _ in range(5):
        world.lose_messages()
        due_at = world.record(asset).due_at
        assert due_at is not None
        world.clock.advance_to(due_at)
        assert world.reconcile() == {Care.RESENT: 1}
        waits.append((world.record(asset).due_at or 0) - world.clock.now_ms())
    assert waits == [2 * WAIT, 4 * WAIT, HOUR, HOUR, HOUR]


def test_a_worker_that_died_is_replaced_when_lease_and_margin_have_passed(world: World) -> None:
    asset = world.submit().asset
    world.flaky_artefacts.fail_before("read")
    world.flaky_assets.fail_before("transition", skip=1)
    world.work()
    world.clock.advance(ATTEMPTS.lease_ms + ATTEMPTS.lease_margin_ms - 1)
    world.lose_messages()
    assert world.reconcile() == {}
    world.clock.advance(1)
    assert world.reconcile() == {Care.RESENT: 1}
    assert world.work() == [True]
    assert world.record(asset).status is Status.COMPLETED


def test_spent_attempts_fail_instead_of_being_kept_alive(world: World) -> None:
    asset = world.submit().asset
    for _ in range(ATTEMPTS.max_attempts):
        world.flaky_artefacts.fail_before("read")
        world.flaky_assets.fail_before("transition", skip=1)
        world.work()
        world.clock.advance(ATTEMPTS.lease_ms)
    world.lose_messages()
    world.clock.advance(ATTEMPTS.lease_margin_ms)
    assert world.reconcile() == {Care.FAILED: 1}
    failed = world.record(asset)
    assert failed.error is not None
    assert failed.error.code == "GENERATION_FAILED"
    world.clock.advance(DAY)
    assert world.reconcile() == {}


def test_a_backlog_is_not_a_loss(world: World) -> None:
    world.submit(seed=1, user=GRACE)
    world.clock.advance(1)
    asset = world.submit(seed=2).asset
    world.clock.advance(WAIT - 1)
    assert world.reconcile() == {Care.RESENT: 1}
    world.clock.advance(1)
    assert world.reconcile() == {Care.POSTPONED: 1}
    postponed = world.record(asset)
    assert postponed.due_at == world.clock.now_ms() + 2 * WAIT
    assert world.waiting() == 3


def test_a_million_waiting_messages_are_not_sent_every_minute(world: World) -> None:
    for seed in range(40):
        world.submit(seed=seed)
        world.clock.advance(1)
    sent = 0
    for _ in range(120):
        world.clock.advance(60_000)
        sent += world.reconcile()[Care.RESENT]
    # Only the oldest, whose own message is the measure, is sent again, ever more rarely.
    assert sent <= 5


def test_a_backlog_explains_a_day_of_waiting_and_no_more(world: World) -> None:
    oldest = world.submit(seed=1).asset
    world.clock.advance(1)
    asset = world.submit(seed=2).asset
    world.assets.delete(oldest.asset_id)  # its message stays, and is the measure
    due_at, looks = asset.due_at, 0
    while due_at is not None and due_at < asset.queued_at + DAY:
        world.clock.advance_to(due_at)
        assert world.reconcile() == {Care.POSTPONED: 1}
        due_at, looks = world.record(asset).due_at, looks + 1
    assert looks > 20
    assert due_at is not None
    world.clock.advance_to(due_at)
    assert world.reconcile() == {Care.RESENT: 1}


def test_an_empty_lane_explains_nothing(world: World) -> None:
    world.submit(priority=1)
    world.submit(seed=1)
    world.lose_messages()
    world.clock.advance(WAIT)
    assert world.reconcile() == {Care.RESENT: 1}


def test_what_moved_on_while_the_index_lagged_is_left_alone(world: World) -> None:
    asset = world.submit().asset
    world.clock.advance(WAIT)
    stale = world.assets.overdue(asset.due_shard, world.clock.now_ms(), 10)
    world.work()
    world.assets.overdue = (  # type: ignore[method-assign]
        lambda due_shard, now, limit: stale if due_shard == asset.due_shard else []
    )
    assert world.reconcile() == {Care.MOVED_ON: 1}
    world.delete_everything()
    assert world.reconcile() == {Care.MOVED_ON: 1}
    assert world.waiting() == 0


@pytest.mark.parametrize("step", ["get", "transition"])
def test_of_two_reconcilers_one_sends(world: World, step: str) -> None:
    world.submit()
    world.lose_messages()
    world.clock.advance(WAIT)

    def another_round() -> None:
        world.clock.advance(1)
        assert world.reconcile() == {Care.RESENT: 1}

    world.flaky_assets.meanwhile(step, another_round)
    assert world.reconcile() == {Care.MOVED_ON: 1}
    assert world.waiting() == 1


def test_a_round_whose_send_fails_leaves_the_asset_to_the_next_round(world: World) -> None:
    asset = world.submit().asset
    world.lose_messages()
    world.clock.advance(WAIT)
    world.flaky_queue.fail_before("send")
    assert world.reconcile() == {Care.BROKEN: 1}
    assert world.record(asset).due_at == world.clock.now_ms()
    assert world.reconcile() == {Care.RESENT: 1}


def test_a_round_that_dies_before_its_send_costs_one_wait(world: World) -> None:
    asset = world.submit().asset
    world.lose_messages()
    world.clock.advance(WAIT)
    world.flaky_queue.fail_before("send")
    world.flaky_assets.fail_before("transition", skip=1)
    world.reconcile()
    assert world.record(asset).due_at == world.clock.now_ms() + 2 * WAIT
    world.clock.advance(2 * WAIT)
    assert world.reconcile() == {Care.RESENT: 1}


@pytest.mark.parametrize("call", ["get", "transition", "overdue"])
def test_what_goes_wrong_with_one_asset_stops_nobody_elses_recovery(
    world: World, call: str
) -> None:
    for seed in range(20):
        world.submit(seed=seed)
    while world.waiting():
        world.lose_messages()
    world.clock.advance(WAIT)
    # The standard lane's partitions come second in each round of lanes.
    world.flaky_assets.fail_before(call, skip=1 if call == "overdue" else 0)
    done = world.reconcile()
    assert done[Care.BROKEN] == 1
    assert done[Care.RESENT] >= 10
    assert done[Care.RESENT] + world.reconcile()[Care.RESENT] == 20


def test_a_backlog_that_cannot_be_asked_for_delays_no_recovery(world: World) -> None:
    world.submit()
    world.lose_messages()
    world.clock.advance(WAIT)
    world.flaky_backlog.fail_before("oldest_message_age_ms")
    assert world.reconcile() == {Care.RESENT: 1}


def test_a_round_ends_before_its_time_does_and_the_next_one_goes_on(world: World) -> None:
    for seed in range(3):
        world.submit(seed=seed)
    while world.waiting():
        world.lose_messages()
    world.clock.advance(WAIT)
    time_left = iter([60_000, 9_999])
    assert world.reconcile(remaining_ms=lambda: next(time_left)) == {Care.RESENT: 1}
    assert world.reconcile() == {Care.RESENT: 2}


def test_a_backlog_in_one_lane_hides_no_loss_in_another(world: World) -> None:
    for seed in range(300):
        world.submit(seed=seed, priority=1)
    world.clock.advance(PATIENCE[Lane.BULK])
    lost = world.submit(seed=1_000, priority=9).asset
    world.lose_messages(Lane.EXPRESS)
    world.clock.advance(PATIENCE[Lane.EXPRESS])
    world.reconcile(max_sends=48)
    assert world.waiting(Lane.EXPRESS) == 1
    assert (world.record(lost).due_at or 0) > world.clock.now_ms()


def test_a_message_that_was_never_sent_is_not_taken_for_one_in_a_backlog(world: World) -> None:
    world.submit(seed=1)
    world.clock.advance(1)
    world.flaky_queue.fail_before("send")
    world.submit(seed=2)
    waiting = world.waiting()
    assert world.reconcile() == {Care.RESENT: 1}
    assert world.waiting() == waiting + 1


def test_a_round_sends_no_more_than_it_may_and_the_next_goes_on(world: World) -> None:
    for seed in range(100):
        world.submit(seed=seed)
    world.lose_messages()
    while world.waiting():
        world.lose_messages()
    world.clock.advance(WAIT)
    sent = []
    for _ in range(20):
        done = world.reconcile(max_sends=32)
        sent.append(done[Care.RESENT])
        while world.waiting():
            world.lose_messages()
    assert max(sent) <= 32
    assert sum(sent) == 100


def test_the_longest_overdue_comes_first(world: World) -> None:
    assets = []
    for seed in range(60):
        assets.append(world.submit(seed=seed).asset)
        world.clock.advance(1)
    while world.waiting():
        world.lose_messages()
    shard = assets[0].due_shard
    oldest = next(asset for asset in assets if asset.due_shard == shard)
    world.clock.advance(WAIT)
    world.reconcile(max_sends=1)
    assert (world.record(oldest).due_at or 0) > world.clock.now_ms()


def test_a_lane_move_that_dies_before_its_send_is_sent_by_the_reconciler(world: World) -> None:
    asset = world.submit(priority=1).asset
    world.clock.advance(1)
    world.flaky_queue.fail_before("send")
    world.flaky_assets.fail_before("transition", skip=1)
    world.submit(priority=9)
    assert world.record(asset).lane is Lane.EXPRESS
    world.clock.advance(PATIENCE[Lane.EXPRESS])
    assert world.reconcile() == {Care.RESENT: 1}
    assert world.work(Lane.EXPRESS) == [True]
