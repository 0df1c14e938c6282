"""Reconciling: what lost its message, its worker or its patience is found and carried on."""

from __future__ import annotations

import pytest

from meshmill.domain import batch_transitions
from meshmill.domain.batch import Batch, BatchStatus, Phase
from meshmill.domain.batch_request import BatchRequest
from meshmill.domain.chunk_work import ChunkItem, RedriveItem, parse_batch_work
from meshmill.usecases.batches.bury_upload import revive
from meshmill.usecases.batches.reconcile_batches import BatchCare
from meshmill.usecases.bury_message import Burial
from tests.unit.usecases.batches.world import INGEST, SPLIT, WATCH_MS, BatchWorld, lines
from tests.unit.usecases.world import ADA, ASKED

_REQUEST = BatchRequest(filename="rocks.jsonl", size=100, content_type="application/jsonl")


@pytest.fixture
def world() -> BatchWorld:
    return BatchWorld(chunk_lines=4, stretch_lines=2)


def waiting(world: BatchWorld) -> list[ChunkItem | RedriveItem]:
    return [parse_batch_work(message.body) for message in world.batch_queue.receive()]


def split(world: BatchWorld) -> str:
    """A batch of three chunks, whose messages wait."""
    batch_id = world.drop("rocks.jsonl", lines(range(10)))
    world.split_next()
    return batch_id


def due(world: BatchWorld, batch_id: str) -> Batch:
    """Go on to when the batch is looked after next."""
    batch = world.header(batch_id)
    assert batch.due_at is not None
    world.clock.advance_to(batch.due_at)
    return batch


class TestUploads:
    def test_a_drop_that_no_splitter_came_back_to_is_announced_again(
        self, world: BatchWorld
    ) -> None:
        batch_id = world.drop("a b+c(1).jsonl", lines(range(3)))
        world.flaky_batches.fail_before("change")
        world.split_next()
        world.upload_queue.purge()
        world.clock.advance(SPLIT.split_lease_ms + SPLIT.split_margin_ms)
        assert world.reconcile_batches() == {BatchCare.ANNOUNCED: 1}
        assert world.reconcile_batches() == {}
        world.run_to_rest()
        assert world.counts(batch_id).accepted == 3

    def test_announcements_are_spaced_out_up_to_an_hour(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(3)))
        world.flaky_batches.fail_before("change")
        world.split_next()
        waits = []
        for _ in range(9):
            world.upload_queue.purge()
            due(world, batch_id)
            world.reconcile_batches()
            next_at = world.header(batch_id).due_at
            assert next_at is not None
            waits.append((next_at - world.clock.now_ms()) // 60_000)
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]

    def test_an_announcement_that_fails_is_tried_in_the_next_round(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(3)))
        world.flaky_batches.fail_before("change")
        world.split_next()
        world.upload_queue.purge()
        due(world, batch_id)
        world.flaky_announcements.fail_before("announce")
        assert world.reconcile_batches() == {BatchCare.BROKEN: 1}
        assert world.reconcile_batches() == {BatchCare.ANNOUNCED: 1}

    def test_a_live_splitter_is_not_disturbed(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(3)))

        def look_early() -> None:
            batch = world.header(batch_id)
            assert revive(world.batches, batch, world.clock) is Burial.OUTLIVED
            assert world.reconcile_batches() == {}
            # A changed header would refuse the plan.
            assert world.header(batch_id) == batch

        world.flaky_manifests.meanwhile("open", look_early)
        world.split_next()
        assert world.header(batch_id).phase is Phase.INGESTING
        world.run_to_rest()
        assert world.counts(batch_id).accepted == 3

    def test_an_upload_made_due_too_early_is_not_taken_for_expired(self, world: BatchWorld) -> None:
        batch = world.issue_batch(ADA, _REQUEST, "key-1", ASKED).state.batch
        world.batches.change(batch, batch_transitions.make_due(batch, now=world.clock.now_ms()))
        assert world.reconcile_batches() == {BatchCare.WATCHED: 1}
        assert world.header(batch.batch_id).phase is Phase.AWAITING_UPLOAD
        world.run_to_rest()
        assert world.state(batch.batch_id).status is BatchStatus.FAILED

    def test_of_two_reconcilers_one_announces(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(3)))
        world.flaky_batches.fail_before("change")
        world.split_next()
        world.upload_queue.purge()
        due(world, batch_id)

        def another() -> None:
            world.clock.advance(1)
            world.reconcile_batches()

        world.flaky_batches.meanwhile("change", another)
        assert world.reconcile_batches() == {BatchCare.MOVED_ON: 1}
        assert len(world.upload_queue) == 1


class TestChunks:
    def test_while_lines_are_counted_nothing_is_sent_again(self, world: BatchWorld) -> None:
        batch_id = split(world)
        world.clock.advance(WATCH_MS - 1_000)
        world.ingest_next()
        due(world, batch_id)
        assert world.reconcile_batches() == {BatchCare.WATCHED: 1}
        assert len(world.batch_queue) == 2

    def test_chunks_that_were_lost_are_sent_again_and_no_others(self, world: BatchWorld) -> None:
        batch_id = split(world)
        world.ingest_next()
        world.batch_queue.purge()
        due(world, batch_id)
        assert world.reconcile_batches() == {BatchCare.RESENT: 1}
        items = waiting(world)
        assert [item.chunk for item in items if isinstance(item, ChunkItem)] == [1, 2]
        assert world.header(batch_id).wait_ms == 2 * WATCH_MS

    def test_a_chunk_under_a_live_lease_is_left_to_whoever_has_it(self, world: BatchWorld) -> None:
        batch_id = split(world)

        def look() -> None:
            world.clock.advance(INGEST.chunk_lease_ms - 1)
            batch = world.header(batch_id)
            world.batches.change(batch, batch_transitions.make_due(batch, now=world.clock.now_ms()))
            world.batches.change(
                world.header(batch_id),
                batch_transitions.watch(world.header(batch_id), now=0, wait_ms=1),
            )
            world.batch_queue.purge()
            world.reconcile_batches()

        world.flaky_bulk.meanwhile("create_many", look)
        world.ingest_next()
        assert {item.chunk for item in waiting(world) if isinstance(item, ChunkItem)} == {1, 2}

    def test_a_splitter_that_died_before_the_last_message_is_made_up_for(
        self, world: BatchWorld
    ) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(10)))
        world.flaky_sender.fail_before("send")
        world.split_next()
        world.upload_queue.purge()
        due(world, batch_id)
        assert world.reconcile_batches() == {BatchCare.RESENT: 1}
        assert world.header(batch_id).dispatched_at is not None
        world.run_to_rest()
        assert world.counts(batch_id).accepted == 10

    def test_a_report_that_nobody_wrote_is_asked_for(self, world: BatchWorld) -> None:
        batch_id = split(world)
        world.flaky_reports.fail_before("write")
        while world.ingest_next():
            pass
        world.batch_queue.purge()
        world.clock.advance(2_000_000)
        world.batch_queue.purge()
        assert world.header(batch_id).phase is Phase.INGESTING
        assert world.reconcile_batches() == {BatchCare.RESENT: 1}
        world.run_to_rest()
        assert world.state(batch_id).status is BatchStatus.COMPLETED

    def test_of_two_reconcilers_one_sends(self, world: BatchWorld) -> None:
        batch_id = split(world)
        world.batch_queue.purge()
        due(world, batch_id)

        def another() -> None:
            world.clock.advance(1)
            world.reconcile_batches()

        world.flaky_batches.meanwhile("change", another)
        assert world.reconcile_batches() == {BatchCare.MOVED_ON: 1}
        assert len(world.batch_queue) == 3

    def test_a_send_that_fails_is_tried_in_the_next_round(self, world: BatchWorld) -> None:
        batch_id = split(world)
        world.batch_queue.purge()
        due(world, batch_id)
        world.flaky_sender.fail_before("send")
        assert world.reconcile_batches() == {BatchCare.BROKEN: 1}
        assert world.reconcile_batches() == {BatchCare.RESENT: 1}


class TestRounds:
    def test_a_redrive_that_lost_its_message_goes_on(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(3)))
        world.split_next()
        world.ingest_next()
        world.exhaust_all()
        world.run_to_rest()
        world.clock.advance(1_000)
        world.request_redrive(ADA, batch_id, ASKED)
        world.batch_queue.purge()
        due(world, batch_id)
        assert world.reconcile_batches() == {BatchCare.RESENT: 1}
        world.run_to_rest()
        assert world.counts(batch_id).redriven == 3

    def test_one_batch_that_cannot_be_helped_keeps_nobody_waiting(self, world: BatchWorld) -> None:
        for name in ("one.jsonl", "two.jsonl"):
            world.drop(name, lines(range(3)))
            world.split_next()
        world.batch_queue.purge()
        world.clock.advance(WATCH_MS)
        world.flaky_batches.fail_before("get")
        assert world.reconcile_batches() == {BatchCare.BROKEN: 1, BatchCare.RESENT: 1}

    def test_one_shard_that_cannot_be_read_keeps_nobody_waiting(self, world: BatchWorld) -> None:
        batch_id = split(world)
        world.batch_queue.purge()
        due(world, batch_id)
        world.flaky_batches.fail_before("overdue")
        done = world.reconcile_batches()
        assert done[BatchCare.BROKEN] == 1

    def test_a_record_that_the_index_has_left_behind_is_passed_over(
        self, world: BatchWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch_id = split(world)
        monkeypatch.setattr(
            world.batches, "overdue", lambda shard, now, limit: [batch_id, "gone"][shard:][:1]
        )
        assert world.reconcile_batches() == {BatchCare.MOVED_ON: 2}
