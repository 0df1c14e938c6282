"""Ingesting over budget, out of time, and through failures, up to the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from meshmill.domain.batch import BatchStatus, Counts, Phase
from meshmill.domain.chunk_work import ChunkItem
from tests.unit.usecases.batches.fates import Killed
from tests.unit.usecases.batches.steps import split, sums
from tests.unit.usecases.batches.world import INGEST, RESERVE_MS, BatchWorld, lines
from tests.unit.usecases.world import ADA, ASKED

_LEASE_MS, _ATTEMPTS = INGEST.chunk_lease_ms, INGEST.chunk_max_attempts


@pytest.fixture
def world() -> BatchWorld:
    return BatchWorld(chunk_lines=6, stretch_lines=2)


class TestPace:
    def test_over_budget_lines_wait_and_none_is_lost(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(10)))
        world.budget.is_empty = True
        begun = world.clock.now_ms()
        for _ in range(40):
            world.drain()
            world.clock.advance(3_000)
        assert sums(world, batch_id) == (0, 0, 0)
        world.budget.is_empty = False
        world.run_to_rest()
        assert sums(world, batch_id) == (10, 0, 0)
        assert world.clock.now_ms() - begun >= 120_000

    def test_waiting_for_the_budget_is_no_attempt(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(4)))
        world.budget.is_empty = True
        for _ in range(3 * _ATTEMPTS):
            world.drain()
            world.clock.advance(3_000)
        (chunk,) = world.batches.chunks(batch_id)
        assert chunk.attempts == 0

    def test_a_million_lines_a_second_are_not_ingested(self) -> None:
        world = BatchWorld(chunk_lines=2_000)
        batch_id = world.drop("rocks.jsonl", b"{no}\n" * 6_000)
        begun = world.clock.now_ms()
        world.run_to_rest()
        assert sums(world, batch_id) == (0, 0, 6_000)
        # A burst of 2,000 and 1,000 a second, waited for in whole seconds.
        assert world.clock.now_ms() - begun >= 4_000

    def test_out_of_time_the_rest_is_another_messages(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(6)))
        left = iter([RESERVE_MS, RESERVE_MS, RESERVE_MS - 1])
        message = world.batch_queue.receive(1)[0]
        world.ingester(message.body, None, lambda: next(left), world.done)  # type: ignore[arg-type]
        world.batch_queue.delete(message.message_id)
        assert world.counts(batch_id).accepted == 2
        world.run_to_rest()
        assert sums(world, batch_id) == (6, 0, 0)

    def test_with_no_time_at_all_the_message_goes_back_untouched(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(6)))
        world.invocation_ms = RESERVE_MS - 1
        world.ingest_next()
        assert not world.batches.chunks(batch_id)
        world.invocation_ms = 110_000
        world.run_to_rest()
        assert sums(world, batch_id) == (6, 0, 0)


class TestFailures:
    @pytest.mark.parametrize(
        ("port", "times"),
        [
            ("manifests.read", 3),
            ("budget.draw", 3),
            ("bulk.create_many", 3),
            ("reports.put_part", 3),
            ("batches.count", 3),
            ("batches.change_chunk", 2),
            ("reports.write", 3),
        ],
    )
    @pytest.mark.parametrize("way", ["fail_before", "fail_after"])
    def test_what_fails_a_few_times_is_tried_again(
        self, world: BatchWorld, port: str, times: int, way: str
    ) -> None:
        batch_id = split(world, lines(range(5)) + b"no\n")
        name, method = port.split(".")
        getattr(getattr(world, f"flaky_{name}"), way)(method, times=times)
        world.run_to_rest()
        assert sums(world, batch_id) == (5, 0, 1)

    def test_lines_that_can_never_be_ingested_are_rejected_and_counted(
        self, world: BatchWorld
    ) -> None:
        batch_id = split(world, lines(range(10)))
        world.flaky_bulk.fail_before("create_many", times=10_000)
        world.run_to_rest()
        assert sums(world, batch_id) == (0, 0, 10)
        errors = world.told(batch_id, "errors.jsonl")
        assert {error["code"] for error in errors} == {"INTERNAL_ERROR"}

    def test_lines_that_have_made_their_assets_are_accepted_though_they_were_given_up(
        self, world: BatchWorld
    ) -> None:
        batch_id = split(world, lines(range(6)))
        world.flaky_bulk.fail_after("create_many", times=_ATTEMPTS)
        world.flaky_bulk.fail_before("create_many", times=10_000)
        world.run_to_rest()
        assert sums(world, batch_id) == (2, 0, 4)
        assert world.counts(batch_id).completed == len(world.assets.all()) == 2

    def test_whose_report_could_not_be_written_for_long_are_still_accepted(
        self, world: BatchWorld
    ) -> None:
        batch_id = split(world, lines(range(2)))
        world.flaky_reports.fail_before("put_part", times=2 * _ATTEMPTS + 1)
        world.run_to_rest()
        assert sums(world, batch_id) == (2, 0, 0)
        assert world.counts(batch_id).completed == len(world.assets.all()) == 2

    def test_given_up_lines_sink_none_behind_them(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(6)))
        world.flaky_bulk.fail_before("create_many", times=_ATTEMPTS)
        world.run_to_rest()
        assert sums(world, batch_id) == (4, 0, 2)

    def test_a_chunk_that_can_never_be_read_is_rejected_as_a_whole(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(10)))
        world.flaky_manifests.fail_before("read", times=10_000)
        world.run_to_rest()
        assert sums(world, batch_id) == (0, 0, 10)
        assert [error["line"] for error in world.told(batch_id, "errors.jsonl")] == [*range(1, 11)]

    def test_a_process_that_dies_of_a_chunk_is_not_fed_with_it_for_ever(
        self, world: BatchWorld
    ) -> None:
        batch_id = split(world, lines(range(5)))

        def die(*_: Any) -> None:
            raise Killed

        for _ in range(50):
            world.flaky_bulk.meanwhile("create_many", die)
        world.run_to_rest()
        assert sums(world, batch_id) == (0, 0, 5)

    def test_attempts_count_only_while_nothing_is_counted(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(6)))
        for skip in (0, 1, 2):
            world.flaky_bulk.fail_before("create_many", skip=0 if skip == 0 else 1, times=2)
        world.run_to_rest()
        assert sums(world, batch_id) == (6, 0, 0)

    def test_failed_attempts_come_later_each_time(self, world: BatchWorld) -> None:
        split(world, lines(range(4)))
        world.flaky_bulk.fail_before("create_many", times=3)
        waits = []
        for _ in range(3):
            world.ingest_next()
            visible = world.batch_queue.next_visible_at()
            assert visible is not None
            waits.append((visible - world.clock.now_ms()) // 1000)
            world.clock.advance_to(visible)
        assert waits == [20, 40, 80]

    def test_a_lease_that_could_not_be_given_up_is_waited_for(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(4)))
        world.flaky_batches.fail_after("count")
        world.flaky_batches.fail_before("change_chunk")
        world.ingest_next()
        visible = world.batch_queue.next_visible_at()
        assert visible is not None
        assert visible - world.clock.now_ms() == _LEASE_MS
        world.run_to_rest()
        assert sums(world, batch_id) == (4, 0, 0)

    @pytest.mark.parametrize("body", ["{}", "chunk 1", '{"batch_id": 1}'])
    def test_poison_ends_in_quarantine(self, world: BatchWorld, body: str) -> None:
        world.batch_queue.put(body)
        world.run_to_rest()
        assert len(world.quarantine.kept) == 1


class TestReporting:
    @pytest.mark.parametrize(
        "meanwhile",
        [
            lambda world, batch_id: world.request_redrive(ADA, batch_id, ASKED),
            lambda world, batch_id: world.batches.erase(batch_id),
        ],
        ids=["redrive", "erasure"],
    )
    def test_the_header_may_change_while_the_files_are_written(
        self, world: BatchWorld, meanwhile: Callable[[BatchWorld, str], Any]
    ) -> None:
        batch_id = split(world, lines(range(5)))
        world.flaky_reports.meanwhile("write", lambda: meanwhile(world, batch_id), skip=3)
        world.run_to_rest()
        state = world.batches.state(batch_id)
        assert state is None or state.status is BatchStatus.COMPLETED

    def test_two_that_report_at_once_write_the_same(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(5)) + b"no\n")
        item = ChunkItem(batch_id=batch_id, user_id=ADA, chunk=0)
        world.batch_queue.put(item.model_dump_json())
        world.flaky_reports.meanwhile("write", world.ingest_next)
        world.run_to_rest()
        assert world.done["batches_reported"] == 1
        assert len(world.told(batch_id)) == 6

    def test_with_little_time_left_another_message_has_it_done(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(5)))
        world.invocation_ms = 2 * RESERVE_MS - 1
        world.ingest_next()
        assert world.counts(batch_id).counted == 5
        assert world.header(batch_id).phase is Phase.INGESTING
        world.drain()
        assert world.header(batch_id).phase is Phase.REPORTED

    def test_counts_of_assets_go_on_behind_the_report(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(5)))
        world.ingest_next()
        assert world.header(batch_id).phase is Phase.REPORTED
        assert world.state(batch_id).status is BatchStatus.IN_PROGRESS
        assert world.counts(batch_id) == Counts(
            accepted=5, chunks_done=1, updated_at=world.clock.now_ms()
        )
        world.run_to_rest()
        assert world.counts(batch_id).completed == 5
