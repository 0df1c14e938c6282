"""Dead letters of uploads and of work on batches: final, due, or kept for a person to look at."""

from __future__ import annotations

import json

import pytest

from meshmill.domain.batch import BatchStatus, Phase
from meshmill.domain.batch_request import BatchRequest
from meshmill.domain.chunk_work import ChunkItem, RedriveItem
from meshmill.usecases.bury_message import Burial
from tests.fakes.manifests import announcement
from tests.unit.usecases.batches.world import BatchWorld, lines
from tests.unit.usecases.world import ADA, ASKED

_REQUEST = BatchRequest(filename="rocks.jsonl", size=100, content_type="application/jsonl")


@pytest.fixture
def world() -> BatchWorld:
    return BatchWorld()


class TestUploads:
    def test_a_drop_that_no_splitter_has_seen_is_kept(self, world: BatchWorld) -> None:
        world.upload_letters.put(announcement(f"uploads/{ADA}/rocks.jsonl", "v1"))
        assert world.bury_batches() == [Burial.QUARANTINED]
        (kept,) = world.quarantine.kept.values()
        assert "rocks.jsonl" in json.loads(kept)["body"]

    def test_one_that_has_a_batch_is_carried_on_at_once(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(3)))
        world.flaky_batches.fail_before("change")
        world.split_next()
        world.upload_letters.put(announcement(f"uploads/{ADA}/rocks.jsonl", "v1"))
        assert world.bury_batches() == [Burial.REVIVED]
        assert world.header(batch_id).due_at == world.clock.now_ms()
        world.run_to_rest()
        assert world.counts(batch_id).accepted == 3

    def test_an_issued_upload_is_carried_on_too(self, world: BatchWorld) -> None:
        batch = world.issue_batch(ADA, _REQUEST, "key-1", ASKED).state.batch
        version_id = world.manifests.put(batch.upload_key, lines(range(3)))
        world.upload_letters.put(announcement(batch.upload_key, version_id))
        assert world.bury_batches() == [Burial.REVIVED]
        world.run_to_rest()
        assert world.counts(batch.batch_id).accepted == 3

    def test_a_batch_that_is_over_stays_over(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(3)))
        world.run_to_rest()
        world.upload_letters.put(announcement(f"uploads/{ADA}/rocks.jsonl", "v1"))
        assert world.bury_batches() == [Burial.OUTLIVED]
        assert world.header(batch_id).due_at is None

    @pytest.mark.parametrize(
        "key",
        [
            "uploads/somebody/rocks.jsonl",
            f"uploads/{ADA}/.batches/0d1f7c1e-52a4-5b0f-9c53-6f0f5a2d8f31/manifest.jsonl",
        ],
    )
    def test_what_a_splitter_would_leave_alone_is_let_go(self, world: BatchWorld, key: str) -> None:
        world.upload_letters.put(announcement(key, "v1"))
        assert world.bury_batches() == [Burial.OUTLIVED]

    def test_what_cannot_be_read_is_kept(self, world: BatchWorld) -> None:
        world.upload_letters.put("<order>1</order>")
        assert world.bury_batches() == [Burial.QUARANTINED]

    def test_s3s_test_event_is_let_go(self, world: BatchWorld) -> None:
        world.upload_letters.put('{"Service":"Amazon S3","Event":"s3:TestEvent"}')
        assert world.bury_batches() == [Burial.OUTLIVED]


class TestWork:
    def split(self, world: BatchWorld) -> str:
        batch_id = world.drop("rocks.jsonl", lines(range(3)))
        world.split_next()
        return batch_id

    def test_a_chunk_of_a_batch_that_is_ingested_makes_it_due(self, world: BatchWorld) -> None:
        batch_id = self.split(world)
        item = ChunkItem(batch_id=batch_id, user_id=ADA, chunk=0)
        world.batch_letters.put(item.model_dump_json())
        assert world.bury_batches() == [Burial.REVIVED]
        assert world.header(batch_id).due_at == world.clock.now_ms()
        world.run_to_rest()
        assert world.counts(batch_id).accepted == 3

    def test_a_chunk_of_a_batch_that_is_reported_is_let_go(self, world: BatchWorld) -> None:
        batch_id = self.split(world)
        world.run_to_rest()
        item = ChunkItem(batch_id=batch_id, user_id=ADA, chunk=0)
        world.batch_letters.put(item.model_dump_json())
        assert world.bury_batches() == [Burial.OUTLIVED]
        assert world.header(batch_id).due_at is None

    def test_a_redrive_under_way_makes_its_batch_due_and_another_does_not(
        self, world: BatchWorld
    ) -> None:
        batch_id = self.split(world)
        world.run_to_rest()
        world.request_redrive(ADA, batch_id, ASKED)
        now = world.clock.now_ms()
        for since in (now, now - 1):
            item = RedriveItem(batch_id=batch_id, user_id=ADA, redriving_since=since)
            world.batch_letters.put(item.model_dump_json())
        assert world.bury_batches() == [Burial.REVIVED, Burial.OUTLIVED]
        world.run_to_rest()
        assert world.state(batch_id).status is BatchStatus.COMPLETED

    def test_work_on_a_batch_that_is_gone_is_let_go(self, world: BatchWorld) -> None:
        batch_id = self.split(world)
        world.batches.erase(batch_id)
        item = ChunkItem(batch_id=batch_id, user_id=ADA, chunk=0)
        world.batch_letters.put(item.model_dump_json())
        assert world.bury_batches() == [Burial.OUTLIVED]

    def test_a_message_given_up_on_ends_in_a_finished_batch_all_the_same(
        self, world: BatchWorld
    ) -> None:
        batch_id = self.split(world)
        world.flaky_batches.fail_before("get", times=40)
        world.run_to_rest()
        assert world.header(batch_id).phase is Phase.REPORTED
        assert world.counts(batch_id).accepted == 3
