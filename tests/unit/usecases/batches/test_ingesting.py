"""Ingesting: each line counts once, whoever dies, is too slow, or comes at the same time."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from meshmill.domain.batch import BatchStatus
from meshmill.domain.chunk_work import ChunkItem
from meshmill.domain.manifest.lines import read_line
from tests.unit.usecases.batches.fates import Killed
from tests.unit.usecases.batches.steps import split, sums
from tests.unit.usecases.batches.world import INGEST, BatchWorld, line, lines
from tests.unit.usecases.world import ADA, GRACE

_LEASE_MS, _ATTEMPTS = INGEST.chunk_lease_ms, INGEST.chunk_max_attempts


@pytest.fixture
def world() -> BatchWorld:
    return BatchWorld(chunk_lines=6, stretch_lines=2)


class TestOutcomes:
    def test_each_line_is_accepted_a_duplicate_or_rejected(self, world: BatchWorld) -> None:
        older = world.submit(7).asset
        batch_id = split(world, line(1) + b"{}\n" + line(7) + line(1, labels={"a": "b"}) + line(2))
        world.run_to_rest()
        assert sums(world, batch_id) == (2, 2, 1)
        told = world.told(batch_id)
        assert [record["outcome"] for record in told] == [
            "accepted",
            "rejected",
            "duplicate",
            "duplicate",
            "accepted",
        ]
        assert told[2]["asset_id"] == older.asset_id
        assert told[3]["asset_id"] == told[0]["asset_id"]
        (error,) = world.told(batch_id, "errors.jsonl")
        assert (error["line"], error["code"]) == (2, "VALIDATION_ERROR")
        assert world.done["lines_accepted"] == 2
        assert world.done["batches_reported"] == 1

    def test_a_batch_of_bad_lines_alone_ends_with_errors(self, world: BatchWorld) -> None:
        batch_id = split(world, b"{no}\n" * 20)
        world.run_to_rest()
        assert sums(world, batch_id) == (0, 0, 20)
        assert world.state(batch_id).status is BatchStatus.COMPLETED_WITH_ERRORS

    def test_blank_lines_count_nowhere(self, world: BatchWorld) -> None:
        batch_id = split(world, b"\n" * 30 + line(1) + b"\n \n" + line(2) + b"\n" * 30)
        world.run_to_rest()
        assert sums(world, batch_id) == (2, 0, 0)
        assert [record["line"] for record in world.told(batch_id)] == [31, 34]

    def test_a_csv_with_quoted_line_breaks_is_counted_by_records(self, world: BatchWorld) -> None:
        rows = [f'gltf,rock,{n},"two\nlines"' for n in range(14)]
        batch_id = split(world, "\n".join(["format,generator,seed,labels.note", *rows]).encode())
        world.run_to_rest()
        counts = world.counts(batch_id)
        assert counts.counted == 14
        assert [record["line"] for record in world.told(batch_id)] == list(range(2, 30, 2))

    def test_a_failed_asset_of_an_earlier_batch_is_asked_for_again_and_a_duplicate(
        self, world: BatchWorld
    ) -> None:
        asset = world.exhaust(5)
        batch_id = split(world, line(5) + line(6))
        world.run_to_rest()
        assert sums(world, batch_id) == (1, 1, 0)
        assert world.record(asset).status == "completed"
        assert world.record(asset).origin is None

    def test_a_line_whose_reading_breaks_down_sinks_no_other(
        self, world: BatchWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken(record: Any, plan: Any) -> Any:
            if record.line == 2:
                raise RuntimeError("bug: secret-canary")
            return read_line(record, plan)

        monkeypatch.setattr("meshmill.usecases.batches.stretches.read_line", broken)
        batch_id = split(world, lines(range(5)))
        world.run_to_rest()
        assert sums(world, batch_id) == (4, 0, 1)
        (error,) = world.told(batch_id, "errors.jsonl")
        assert error["code"] == "INTERNAL_ERROR"
        assert "secret-canary" not in caplog.text
        assert "Line not read" in caplog.messages


class TestSeveralAtOnce:
    def test_a_second_ingester_leaves_a_chunk_under_a_live_lease_alone(
        self, world: BatchWorld
    ) -> None:
        batch_id = split(world, lines(range(5)))
        (message,) = [m for m in world.batch_queue.receive() if m.body]
        world.batch_queue.put(message.body)
        world.flaky_bulk.meanwhile("create_many", world.ingest_next)
        world.clock.advance(700_000)
        world.run_to_rest()
        assert sums(world, batch_id) == (5, 0, 0)
        assert world.done["chunks_done"] == 1

    @pytest.mark.parametrize("port", ["bulk.create_many", "reports.put_part", "batches.count"])
    def test_a_stale_ingester_counts_nothing(self, world: BatchWorld, port: str) -> None:
        batch_id = split(world, lines(range(4)) + b"no\n")
        item = ChunkItem(batch_id=batch_id, user_id=ADA, chunk=0)

        def overtake() -> None:
            world.clock.advance(_LEASE_MS)
            world.batch_queue.put(item.model_dump_json())
            world.ingest_next()

        name, method = port.split(".")
        getattr(world, f"flaky_{name}").meanwhile(method, overtake)
        world.run_to_rest()
        assert sums(world, batch_id) == (4, 0, 1)
        assert world.done["lines_accepted"] == 4

    def test_what_a_stale_ingester_writes_replaces_nothing(self) -> None:
        world = BatchWorld(stretch_lines=2)
        batch_id = split(world, lines(range(6)))
        item = ChunkItem(batch_id=batch_id, user_id=ADA, chunk=0)

        def overtake() -> None:
            world.clock.advance(_LEASE_MS)
            policy = dataclasses.replace(world.ingester.ingest.policy, stretch_lines=5)
            ingest = dataclasses.replace(world.ingester.ingest, policy=policy)
            world.ingester = dataclasses.replace(world.ingester, ingest=ingest)
            world.batch_queue.put(item.model_dump_json())
            world.flaky_reports.fail_before("write")
            world.ingest_next()

        world.flaky_reports.meanwhile("put_part", overtake)
        world.run_to_rest()
        assert len(world.told(batch_id)) == 6

    def test_messages_of_chunks_that_are_done_and_reported_change_nothing(
        self, world: BatchWorld
    ) -> None:
        batch_id = split(world, lines(range(9)))
        world.run_to_rest()
        before = world.counts(batch_id), dict(world.reports.files)
        for chunk in (0, 1, 99):
            item = ChunkItem(batch_id=batch_id, user_id=ADA, chunk=chunk)
            world.batch_queue.put(item.model_dump_json())
        world.run_to_rest()
        assert (world.counts(batch_id), world.reports.files) == before

    def test_a_chunk_that_the_plan_does_not_have_is_acknowledged(self, world: BatchWorld) -> None:
        batch_id = split(world, lines([1]))
        item = ChunkItem(batch_id=batch_id, user_id=GRACE, chunk=99)
        world.batch_queue.put(item.model_dump_json())
        world.run_to_rest()
        assert sums(world, batch_id) == (1, 0, 0)

    def test_two_batches_with_the_same_lines_share_the_assets(self, world: BatchWorld) -> None:
        first = world.drop("one.jsonl", lines(range(8)))
        second = world.drop("two.jsonl", lines(range(8)))
        world.run_to_rest()
        accepted = [world.counts(batch_id).accepted for batch_id in (first, second)]
        duplicate = [world.counts(batch_id).duplicate for batch_id in (first, second)]
        assert sum(accepted) == sum(duplicate) == len(world.assets.all()) == 8
        assert [world.counts(batch_id).completed for batch_id in (first, second)] == accepted


class TestGoneMeanwhile:
    @pytest.mark.parametrize(
        "port",
        ["batches.plan", "batches.open_chunk", "bulk.create_many", "batches.count"],
    )
    def test_erased_meanwhile_nothing_of_the_batch_comes_back(
        self, world: BatchWorld, port: str
    ) -> None:
        batch_id = split(world, lines(range(5)))
        name, method = port.split(".")
        erase = lambda: world.batches.erase(batch_id)  # noqa: E731
        getattr(world, f"flaky_{name}").meanwhile(method, erase)
        world.run_to_rest()
        assert world.batches.state(batch_id) is None
        assert not world.batches.chunks(batch_id)
        assert not len(world.batch_queue)

    def test_a_batch_made_anew_after_an_erasure_is_read_by_its_own_plan(
        self, world: BatchWorld
    ) -> None:
        batch_id = world.drop("rocks.jsonl", lines(range(5)))
        world.run_to_rest()
        world.batches.erase(batch_id)
        world.delete_everything()
        world.clock.advance(1_000)
        key = f"uploads/{ADA}/rocks.jsonl"
        world.manifests.remove(key, "v1")
        world.manifests.put_version(key, "v1", lines(range(20, 30)))
        world.tell("rocks.jsonl", "v1")
        world.run_to_rest()
        assert sums(world, batch_id) == (10, 0, 0)

    def test_a_fenced_users_lines_wait_for_the_erasure(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(5)))
        world.budget.fenced.add(ADA)
        world.drain()
        assert sums(world, batch_id) == (0, 0, 0)
        assert not len(world.batch_queue)
        assert not world.assets.all()

    def test_a_manifest_lost_on_the_way_has_its_other_lines_rejected(
        self, world: BatchWorld
    ) -> None:
        batch_id = split(world, lines(range(14)))
        world.ingest_next()
        world.manifests.remove(f"uploads/{ADA}/rocks.jsonl", "v1")
        world.run_to_rest()
        assert sums(world, batch_id) == (6, 0, 8)
        errors = world.told(batch_id, "errors.jsonl")
        assert {error["code"] for error in errors} == {"MANIFEST_LOST"}
        assert [error["line"] for error in errors] == list(range(7, 15))

    def test_lost_within_a_chunk_the_lines_before_stay_counted(self, world: BatchWorld) -> None:
        batch_id = split(world, lines(range(6)))
        world.fate.choose(len(world.fate.calls) + 9, Killed(), after=False)
        world.ingest_next()
        assert world.counts(batch_id).accepted == 2
        world.manifests.remove(f"uploads/{ADA}/rocks.jsonl", "v1")
        world.run_to_rest()
        assert world.counts(batch_id).counted == 6
        assert world.counts(batch_id).rejected == 4
