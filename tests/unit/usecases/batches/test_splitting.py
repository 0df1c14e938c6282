"""Splitting: which uploads become batches, what is refused, and who goes on after whom."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from meshmill.domain.audit import Action
from meshmill.domain.batch import Batch, BatchStatus, Phase, Source
from meshmill.domain.batch_request import BatchRequest
from meshmill.ports.batches import ManifestObject
from tests.fakes.manifests import announcement
from tests.unit.usecases.batches.world import SPLIT, BatchWorld, line, lines
from tests.unit.usecases.world import ADA, ASKED, GRACE

_REQUEST = BatchRequest(filename="rocks.jsonl", size=100, content_type="application/jsonl")


@pytest.fixture
def world() -> BatchWorld:
    return BatchWorld(chunk_lines=4, stretch_lines=2)


def issued(world: BatchWorld) -> Batch:
    return world.issue_batch(ADA, _REQUEST, "key-1", ASKED).state.batch


def upload(world: BatchWorld, batch: Batch, data: bytes, *, told: bool = True) -> str:
    version_id = world.manifests.put(batch.upload_key, data)
    if told:
        world.upload_queue.put(announcement(batch.upload_key, version_id))
    return version_id


class TestDrops:
    def test_a_dropped_file_becomes_a_batch_of_the_user_in_its_key(self, world: BatchWorld) -> None:
        batch_id = world.drop("any/folder/a b+c(1).jsonl", lines(range(6)), user=GRACE)
        world.run_to_rest()
        batch = world.header(batch_id)
        assert (batch.user_id, batch.source) == (GRACE, Source.DROPPED)
        assert batch.filename == "a b+c(1).jsonl"
        assert world.counts(batch_id).accepted == 6
        assert {asset.user_id for asset in world.assets.all()} == {GRACE}

    def test_it_is_written_down_who_dropped_it(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines([1]))
        world.run_to_rest()
        (entry,) = world.trail.of(ADA, None, 10)
        assert entry.action == Action.BATCH_CREATED
        assert entry.target == f"batch:{batch_id}"
        assert (entry.actor, entry.request_id) == (
            "s3:AWS:AROAEXAMPLE:uploader",
            "C3D13FE58DE4C810",
        )

    def test_told_twice_it_is_one_batch_counted_once(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(6)))
        world.tell("rocks.jsonl", "v1")
        world.run_to_rest()
        world.tell("rocks.jsonl", "v1")
        world.run_to_rest()
        assert [batch.batch_id for batch in world.batches.all()] == [batch_id]
        assert world.counts(batch_id).accepted == 6
        assert world.done["manifests_split"] == 1

    def test_each_version_of_a_key_is_a_batch_also_when_told_out_of_order(
        self, world: BatchWorld
    ) -> None:
        first = world.drop("rocks.jsonl", lines([1, 2]), told=False)
        second = world.drop("rocks.jsonl", lines([2, 3, 4]))
        world.run_to_rest()
        world.tell("rocks.jsonl", "v1")
        world.run_to_rest()
        assert world.counts(second).accepted == 3
        assert (world.counts(first).accepted, world.counts(first).duplicate) == (1, 1)

    def test_several_records_of_one_message_are_all_handled(self, world: BatchWorld) -> None:
        dropped = [world.drop(f"{n}.jsonl", lines([n]), told=False) for n in range(3)]
        records = [
            json.loads(announcement(f"uploads/{ADA}/{n}.jsonl", f"v{n + 1}"))["Records"][0]
            for n in range(3)
        ]
        world.upload_queue.put(json.dumps({"Records": records}))
        world.flaky_manifests.fail_before("open", skip=1)
        world.split_next()
        phases = [world.header(batch_id).phase for batch_id in dropped]
        assert phases == [Phase.INGESTING, Phase.VALIDATING, Phase.INGESTING]
        world.run_to_rest()
        assert [world.counts(batch_id).accepted for batch_id in dropped] == [1, 1, 1]

    def test_nothing_is_made_for_a_version_that_was_erased_before_it_was_told_of(
        self, world: BatchWorld
    ) -> None:
        world.tell("rocks.jsonl", "v1")
        world.run_to_rest()
        assert not world.batches.all()
        assert world.done["uploads_ignored"] == 1

    def test_another_version_of_its_key_does_not_bring_an_erased_one_back(
        self, world: BatchWorld
    ) -> None:
        erased = world.drop("rocks.jsonl", lines([1]), told=False)
        world.manifests.remove(f"uploads/{ADA}/rocks.jsonl", "v1")
        anew = world.drop("rocks.jsonl", lines([2]))
        world.tell("rocks.jsonl", "v1")
        world.run_to_rest()
        assert erased != anew
        assert [batch.batch_id for batch in world.batches.all()] == [anew]
        assert len(world.trail.of(ADA, None, 10)) == 1

    def test_nothing_is_made_for_a_fenced_user(self, world: BatchWorld) -> None:
        world.budget.fenced.add(ADA)
        world.drop("rocks.jsonl", lines([1]))
        world.run_to_rest()
        assert not world.batches.all()

    @pytest.mark.parametrize(
        "key",
        [
            "uploads/somebody/rocks.jsonl",
            f"elsewhere/{ADA}/rocks.jsonl",
            f"uploads/{ADA}/folder/",
            f"uploads/{ADA}/.batches/rocks.jsonl",
            f"uploads/{ADA}/.batches/0d1f7c1e-52a4-5b0f-9c53-6f0f5a2d8f31/manifest.jsonl",
        ],
    )
    def test_what_is_no_users_upload_is_left_alone(self, world: BatchWorld, key: str) -> None:
        world.upload_queue.put(announcement(key, world.manifests.put(key, lines([1]))))
        world.run_to_rest()
        assert not world.batches.all()
        assert world.done["uploads_ignored"] == 1
        assert not world.quarantine.kept


class TestIssued:
    def test_the_first_version_counts_whichever_is_told_of(self, world: BatchWorld) -> None:
        batch = issued(world)
        upload(world, batch, lines([1]), told=False)
        upload(world, batch, lines([2, 3]))
        world.run_to_rest()
        assert world.header(batch.batch_id).version_id == "v1"
        assert world.counts(batch.batch_id).accepted == 1

    def test_a_later_version_changes_nothing(self, world: BatchWorld) -> None:
        batch = issued(world)
        upload(world, batch, lines([1]))
        world.run_to_rest()
        upload(world, batch, lines([2, 3]))
        world.run_to_rest()
        assert world.counts(batch.batch_id).accepted == 1
        assert len(world.assets.all()) == 1

    def test_another_key_beside_it_is_left_alone(self, world: BatchWorld) -> None:
        batch = issued(world)
        key = batch.upload_key.replace(".jsonl", ".csv")
        world.upload_queue.put(announcement(key, world.manifests.put(key, lines([1]))))
        world.drain()
        assert world.header(batch.batch_id).phase is Phase.AWAITING_UPLOAD
        assert world.done["uploads_ignored"] == 1

    def test_another_users_key_with_its_id_touches_neither(self, world: BatchWorld) -> None:
        batch = issued(world)
        upload(world, batch, lines([1]), told=False)
        key = batch.upload_key.replace(ADA, GRACE)
        version_id = world.manifests.put(key, lines([2]))
        world.upload_queue.put(announcement(key, version_id))
        world.drain()
        assert world.manifests.exists(batch.upload_key, "v1")
        assert world.manifests.exists(key, version_id)

    def test_what_comes_by_the_form_of_a_deleted_batch_is_deleted(self, world: BatchWorld) -> None:
        batch = issued(world)
        world.batches.erase(batch.batch_id)
        versions = [upload(world, batch, lines([n])) for n in range(2)]
        world.flaky_manifests.fail_before("remove")
        world.run_to_rest()
        assert not any(world.manifests.exists(batch.upload_key, each) for each in versions)
        assert not world.batches.all()
        assert world.done["uploads_ignored"] == 2
        assert not world.quarantine.kept

    def test_told_of_before_it_is_there_it_still_waits(self, world: BatchWorld) -> None:
        batch = issued(world)
        world.upload_queue.put(announcement(batch.upload_key, "v1"))
        world.drain()
        assert world.header(batch.batch_id).phase is Phase.AWAITING_UPLOAD

    def test_uploaded_and_never_told_of_it_is_found(self, world: BatchWorld) -> None:
        batch = issued(world)
        upload(world, batch, lines([1, 2]), told=False)
        world.run_to_rest()
        assert world.counts(batch.batch_id).accepted == 2

    def test_never_uploaded_it_expires(self, world: BatchWorld) -> None:
        batch = issued(world)
        world.run_to_rest()
        ended = world.header(batch.batch_id)
        assert ended.error is not None
        assert ended.error.code == "UPLOAD_EXPIRED"
        assert ended.due_at is None


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "code"),
        [(b"", "MANIFEST_EMPTY"), (b"\x1f\x8b\x08" + b"0" * 100, "UNSUPPORTED_COMPRESSION")],
    )
    def test_a_file_that_is_no_manifest_fails_the_batch_at_once(
        self, world: BatchWorld, data: bytes, code: str
    ) -> None:
        batch_id = world.drop("rocks.jsonl", data)
        world.drain()
        batch = world.header(batch_id)
        assert world.state(batch_id).status is BatchStatus.FAILED
        assert batch.error is not None
        assert batch.error.code == code
        assert (batch.due_at, batch.owner, batch.lease_until) == (None, None, None)
        assert world.done["manifests_refused"] == 1
        assert not len(world.upload_queue)

    def test_one_that_is_too_large_is_not_read(
        self, world: BatchWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def blocks() -> Iterator[bytes]:
            yield pytest.fail("it is read")

        huge = ManifestObject(2**40, blocks())
        monkeypatch.setattr(world.manifests, "open", lambda key, version_id: huge)
        batch_id = world.drop("rocks.jsonl", b"x")
        world.drain()
        error = world.header(batch_id).error
        assert error is not None
        assert error.code == "MANIFEST_TOO_LARGE"

    def test_a_version_that_is_gone_fails_the_batch(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines([1]))
        world.flaky_batches.meanwhile(
            "change", lambda: world.manifests.remove(f"uploads/{ADA}/rocks.jsonl", "v1")
        )
        world.run_to_rest()
        error = world.header(batch_id).error
        assert error is not None
        assert error.code == "MANIFEST_LOST"

    def test_what_can_never_be_split_fails_after_its_attempts(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines([1]))
        world.flaky_manifests.fail_before("open", times=100)
        world.run_to_rest()
        batch = world.header(batch_id)
        assert batch.error is not None
        assert batch.error.code == "INTERNAL_ERROR"
        assert batch.attempts == SPLIT.split_max_attempts


class TestOneAfterTheOther:
    def test_a_live_lease_keeps_others_away(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(6)))
        world.tell("rocks.jsonl", "v1")
        world.flaky_manifests.meanwhile("open", world.split_next)
        world.drain()
        assert world.header(batch_id).attempts == 1
        assert world.done["uploads_moved_on"] == 1
        assert world.done["manifests_split"] == 1

    def test_who_lost_the_lease_records_no_plan(self, world: BatchWorld) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(6)))
        world.tell("rocks.jsonl", "v1")

        def lapse() -> None:
            world.clock.advance(SPLIT.split_lease_ms)
            world.split_next()

        world.flaky_batches.meanwhile("record_plan", lapse)
        world.run_to_rest()
        assert world.header(batch_id).attempts == 2
        assert world.done["manifests_split"] == 1
        assert world.counts(batch_id).accepted == 6

    def test_deleted_while_it_is_split_nothing_comes_of_it(self, world: BatchWorld) -> None:
        batch = issued(world)
        upload(world, batch, lines([1]))
        world.flaky_batches.meanwhile("record_plan", lambda: world.batches.erase(batch.batch_id))
        world.run_to_rest()
        assert not world.batches.all()
        assert not world.assets.all()

    def test_a_failed_attempt_comes_back_soon_and_later_each_time(self, world: BatchWorld) -> None:
        world.drop("rocks.jsonl", lines([1]))
        world.flaky_manifests.fail_before("open", times=2)
        begun = world.clock.now_ms()
        waits = []
        for _ in range(2):
            world.split_next()
            visible = world.upload_queue.next_visible_at()
            assert visible is not None
            waits.append(visible - world.clock.now_ms())
            world.clock.advance_to(visible)
        assert waits == [20_000, 40_000]
        world.run_to_rest()
        assert world.clock.now_ms() == begun + 60_000

    def test_chunks_that_could_not_be_sent_are_sent_when_the_message_comes_back(
        self, world: BatchWorld
    ) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(10)))
        world.flaky_sender.fail_before("send")
        world.split_next()
        assert world.header(batch_id).dispatched_at is None
        world.clock.advance(20_000)
        world.split_next()
        assert world.header(batch_id).dispatched_at == world.clock.now_ms()
        assert len(world.batch_queue) == 3


class TestMessages:
    def test_s3s_test_event_is_acknowledged(self, world: BatchWorld) -> None:
        event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "uploads"}
        world.upload_queue.put(json.dumps(event))
        world.drain()
        assert not len(world.upload_queue)
        assert not world.quarantine.kept

    @pytest.mark.parametrize("body", ["<order>1</order>", "{}", '{"Records": []}', "[" * 100_000])
    def test_poison_ends_in_quarantine_and_harms_nothing(
        self, world: BatchWorld, body: str
    ) -> None:
        world.upload_queue.put(body)
        batch_id = world.drop("rocks.jsonl", line(1))
        world.run_to_rest()
        assert len(world.quarantine.kept) == 1
        assert world.counts(batch_id).accepted == 1

    def test_news_of_another_bucket_ends_in_quarantine(self, world: BatchWorld) -> None:
        body = announcement(f"uploads/{ADA}/rocks.jsonl", "v1").replace('"uploads"', '"foreign"')
        world.upload_queue.put(body)
        world.run_to_rest()
        assert len(world.quarantine.kept) == 1
        assert not world.batches.all()
