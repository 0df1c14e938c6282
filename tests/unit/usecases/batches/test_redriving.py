"""Redriving: exactly what had failed and may succeed is asked for again, under its own id."""

from __future__ import annotations

from typing import Any

import pytest

from meshmill.domain.batch import BatchStatus
from meshmill.domain.chunk_work import RedriveItem
from meshmill.domain.work import UnbuildableSpec
from tests.unit.usecases.batches.fates import Killed
from tests.unit.usecases.batches.world import RESERVE_MS, BatchWorld, lines
from tests.unit.usecases.world import ADA, ASKED, ATTEMPTS


@pytest.fixture
def world() -> BatchWorld:
    return BatchWorld()


def failed(world: BatchWorld, count: int = 5, *, unbuildable: int = 0) -> str:
    """A batch whose assets have all failed, the last so many for good."""
    batch_id = world.drop("rocks.jsonl", lines(range(count)))
    world.split_next()
    world.ingest_next()
    attempts = (count - unbuildable) * ATTEMPTS.max_attempts
    world.engine.fail_next(*[UnbuildableSpec("no such rock")] * unbuildable)
    world.engine.fail_next(*[RuntimeError("no luck")] * attempts)
    world.run_to_rest()
    assert world.counts(batch_id).failed == count
    world.clock.advance(1_000)
    return batch_id


def redrive(world: BatchWorld, batch_id: str) -> None:
    world.request_redrive(ADA, batch_id, ASKED)


def test_what_had_failed_is_asked_for_again_with_ids_unchanged(world: BatchWorld) -> None:
    batch_id = failed(world)
    before = {asset.asset_id: asset.run for asset in world.assets.all()}
    redrive(world, batch_id)
    assert world.state(batch_id).status is BatchStatus.IN_PROGRESS
    world.run_to_rest()
    counts = world.counts(batch_id)
    assert (counts.failed, counts.redriven, counts.completed) == (5, 5, 5)
    assert world.state(batch_id).status is BatchStatus.COMPLETED
    assert {asset.asset_id for asset in world.assets.all()} == before.keys()
    assert all(asset.run != before[asset.asset_id] for asset in world.assets.all())
    assert world.done["assets_redriven"] == 5
    assert world.done["batches_redriven"] == 1


def test_what_cannot_succeed_is_left_as_it_is(world: BatchWorld) -> None:
    batch_id = failed(world, 5, unbuildable=2)
    redrive(world, batch_id)
    world.run_to_rest()
    counts = world.counts(batch_id)
    assert (counts.redriven, counts.completed) == (3, 3)
    assert world.state(batch_id).status is BatchStatus.COMPLETED_WITH_ERRORS


def test_what_fails_again_meanwhile_is_not_asked_for_a_second_time(world: BatchWorld) -> None:
    batch_id = failed(world)
    redrive(world, batch_id)
    world.clock.advance(1_000)
    world.flaky_batches.fail_before("change")
    world.ingest_next()
    assert world.header(batch_id).redriving_since is not None
    world.exhaust_all()
    world.run_to_rest()
    counts = world.counts(batch_id)
    assert (counts.failed, counts.redriven, counts.completed) == (10, 5, 0)


def test_a_message_of_an_earlier_redrive_changes_nothing(world: BatchWorld) -> None:
    batch_id = failed(world)
    since = world.clock.now_ms()
    redrive(world, batch_id)
    world.clock.advance(1_000)
    world.ingest_next()
    world.exhaust_all()
    world.run_to_rest()
    item = RedriveItem(batch_id=batch_id, user_id=ADA, redriving_since=since)
    world.batch_queue.put(item.model_dump_json())
    world.run_to_rest()
    assert world.counts(batch_id).redriven == 5


def test_redriven_by_two_at_once_each_is_asked_for_once(world: BatchWorld) -> None:
    batch_id = failed(world)
    redrive(world, batch_id)
    message = world.batch_queue.receive(1)[0]
    world.batch_queue.put(message.body)
    world.flaky_records.meanwhile("transition", world.ingest_next, skip=2)
    world.clock.advance(700_000)
    world.run_to_rest()
    assert world.counts(batch_id).redriven == 5


def test_over_budget_it_waits_and_goes_on(world: BatchWorld) -> None:
    batch_id = failed(world)
    redrive(world, batch_id)
    world.budget.is_empty = True
    for _ in range(10):
        world.drain()
        world.clock.advance(3_000)
    assert world.counts(batch_id).redriven == 0
    world.budget.is_empty = False
    world.run_to_rest()
    assert world.counts(batch_id).redriven == 5


def test_out_of_time_another_message_goes_on_where_it_was(
    world: BatchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshmill.usecases.batches.redrive_assets._PAGE", 2)
    batch_id = failed(world, 5)
    redrive(world, batch_id)
    left = iter([RESERVE_MS, RESERVE_MS, RESERVE_MS - 1])
    message = world.batch_queue.receive(1)[0]
    world.ingester(message.body, None, lambda: next(left), world.done)  # type: ignore[arg-type]
    world.batch_queue.delete(message.message_id)
    assert world.counts(batch_id).redriven == 2
    world.run_to_rest()
    assert world.counts(batch_id).redriven == 5
    assert world.state(batch_id).status is BatchStatus.COMPLETED


def test_for_a_fenced_user_nothing_is_asked_for(world: BatchWorld) -> None:
    batch_id = failed(world)
    redrive(world, batch_id)
    world.budget.fenced.add(ADA)
    world.drain()
    assert world.counts(batch_id).redriven == 0
    assert not len(world.batch_queue)


def test_what_could_not_be_sent_is_built_all_the_same(world: BatchWorld) -> None:
    batch_id = failed(world)
    redrive(world, batch_id)
    world.lanes.send_many = lambda lane, items: list(items)  # type: ignore[method-assign]
    world.run_to_rest()
    assert world.counts(batch_id).completed == 5


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call_it_ends_as_if_nothing_had_happened(after: bool) -> None:
    def begun() -> tuple[BatchWorld, str]:
        world = BatchWorld()
        batch_id = failed(world, 4, unbuildable=1)
        redrive(world, batch_id)
        world.clock.advance(1_000)
        return world, batch_id

    def end(world: BatchWorld, batch_id: str) -> Any:
        world.run_to_rest()
        counts = world.counts(batch_id)
        return counts.failed, counts.redriven, counts.completed, counts.outstanding

    world, batch_id = begun()
    first = len(world.fate.calls)
    assert end(world, batch_id) == (4, 3, 3, 0)
    for call in range(first, len(world.fate.calls)):
        world, batch_id = begun()
        world.fate.choose(call, Killed(), after=after)
        assert end(world, batch_id) == (4, 3, 3, 0), world.fate.calls[call]
