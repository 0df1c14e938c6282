"""The worker: claimed under a lease, stored once, completed by its owner alone."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from meshmill.domain.asset import Asset, ErrorClass, Status
from meshmill.domain.lanes import Lane
from meshmill.domain.work import UnbuildableSpec, WorkItem
from meshmill.geometry.artefact import Artefact, ArtefactFile
from meshmill.geometry.spec import AssetSpec
from meshmill.ports import Standing
from meshmill.usecases.consume import ConsumeWork, Returned
from meshmill.usecases.generate_asset import AttemptPolicy
from tests.fakes.engine import CountingEngine
from tests.fakes.queues import InMemoryDelivery
from tests.unit.usecases.world import ATTEMPTS, GRACE, PATIENCE, World


class InterruptedEngine(CountingEngine):
    """Lets something happen while it builds, once."""

    def __init__(self, happening: Callable[[], Any]) -> None:
        super().__init__()
        self._happenings = [happening]

    def generate(self, spec: AssetSpec) -> Artefact:
        artefact = super().generate(spec)
        while self._happenings:
            self._happenings.pop()()
        return artefact


def assert_stored_as_recorded(world: World, asset: Asset) -> None:
    objects = world.artefacts.objects()
    assert asset.files
    for file in asset.files:
        stored = objects[file.key]
        assert (file.size, file.sha256) == (len(stored.data), stored.sha256)


def test_a_message_becomes_a_completed_asset_with_every_file_as_recorded(world: World) -> None:
    asset = world.submit().asset
    world.clock.advance(500)
    assert world.work() == [True]
    done = world.record(asset)
    assert (done.status, done.attempts, done.started_at) == (
        Status.COMPLETED,
        1,
        asset.created_at + 500,
    )
    assert [file.name for file in done.files] == ["model", "preview", "provenance"]
    assert (done.triangles, done.engine_version) == (12, "1.0.0")
    assert_stored_as_recorded(world, done)
    assert world.waiting() == 0


def test_provenance_is_stored_last_as_the_commit_mark(world: World) -> None:
    world.submit()
    stored: list[str] = []
    original = world.artefacts.put_new

    def put_new(key: str, file: ArtefactFile) -> Any:
        stored.append(file.filename)
        return original(key, file)

    world.artefacts.put_new = put_new  # type: ignore[method-assign]
    world.work()
    assert stored == ["model.glb", "preview.png", "provenance.json"]


def test_what_another_user_had_built_is_adopted_and_not_built_again(world: World) -> None:
    mine, theirs = world.submit().asset, world.submit(user=GRACE).asset
    assert world.work() == [True, True]
    assert sum(world.engine.built.values()) == 1
    assert world.record(mine).files == world.record(theirs).files
    assert_stored_as_recorded(world, world.record(theirs))


def test_another_engine_version_has_files_of_its_own(world: World) -> None:
    world.submit()
    world.work()
    theirs = world.submit(user=GRACE).asset
    (message,) = world.receive()
    assert world.consume(message, world.worker(CountingEngine("2.0.0")))
    done = world.record(theirs)
    assert done.engine_version == "2.0.0"
    assert all("/2.0.0/" in file.key for file in done.files)
    assert_stored_as_recorded(world, done)


def test_a_spec_that_cannot_be_built_fails_at_once_with_the_reason(world: World) -> None:
    asset = world.submit().asset
    world.engine.fail_next(UnbuildableSpec("The rock would be hollow"))
    assert world.work() == [True]
    failed = world.record(asset)
    assert (failed.status, failed.attempts) == (Status.FAILED, 1)
    assert failed.error is not None
    assert (failed.error.error_class, failed.error.retryable) == (ErrorClass.INPUT, False)
    assert failed.error.message == "The rock would be hollow"


def test_a_failed_attempt_returns_the_message_and_releases_the_asset(world: World) -> None:
    asset = world.submit().asset
    world.engine.fail_next(MemoryError())
    assert world.work() == [False]
    waiting = world.record(asset)
    assert (waiting.status, waiting.attempts, waiting.owner) == (Status.PENDING, 1, None)
    assert waiting.due_at == world.clock.now_ms() + 10_000 + PATIENCE[Lane.STANDARD]


def test_each_failed_attempt_waits_twice_as_long(world: World) -> None:
    asset = world.submit().asset
    queue = world.lanes.queues[Lane.STANDARD]
    for seconds in (10, 20):
        world.engine.fail_next(RuntimeError())
        world.work()
        assert queue.next_visible_at() == world.clock.now_ms() + seconds * 1000
        world.clock.advance(seconds * 1000 - 1)
        assert world.work() == []
        world.clock.advance(1)
    assert world.work() == [True]
    assert (world.record(asset).status, world.record(asset).attempts) == (Status.COMPLETED, 3)


def test_the_wait_between_attempts_never_exceeds_a_quarter_of_an_hour() -> None:
    policy = dataclasses.replace(ATTEMPTS, max_attempts=50)
    assert [policy.retry_seconds(attempts) for attempts in (0, 1, 2, 3)] == [10, 10, 20, 40]
    assert policy.retry_seconds(50) == 900


def test_after_the_last_attempt_the_asset_fails_with_a_reason(world: World) -> None:
    failed = world.exhaust()
    assert (failed.status, failed.attempts) == (Status.FAILED, 3)
    assert failed.error is not None
    assert (failed.error.error_class, failed.error.retryable) == (ErrorClass.SYSTEM, True)
    assert world.waiting() == 0


def test_a_store_that_fails_in_the_middle_costs_an_attempt_and_nothing_else(world: World) -> None:
    asset = world.submit().asset
    world.flaky_artefacts.fail_before("put_new", skip=1)
    assert world.work() == [False]
    world.clock.advance(10_000)
    assert world.work() == [True]
    done = world.record(asset)
    assert done.status is Status.COMPLETED
    assert_stored_as_recorded(world, done)


def test_a_claim_that_fails_returns_the_message(world: World) -> None:
    asset = world.submit().asset
    world.flaky_assets.fail_before("transition")
    assert world.work() == [False]
    assert world.record(asset).attempts == 0


def test_a_live_lease_of_another_worker_is_left_alone(world: World) -> None:
    asset = world.submit().asset
    (message,) = world.receive()

    def deliver_again() -> None:
        assert world.consume(message, world.worker())
        assert world.record(asset).attempts == 1

    assert world.consume(message, world.worker(InterruptedEngine(deliver_again)))
    assert world.record(asset).status is Status.COMPLETED
    assert sum(world.engine.built.values()) == 0


def test_a_message_delivered_twice_whose_winner_dies_is_sent_again(world: World) -> None:
    """The loser acknowledges; the lease is watched."""
    asset = world.submit().asset
    (message,) = world.receive()

    class Death(BaseException):
        """The process is gone."""

    def die() -> None:
        assert world.consume(message, world.worker())
        raise Death

    with pytest.raises(Death):
        world.consume(message, world.worker(InterruptedEngine(die)))
    assert world.waiting() == 0
    world.clock.advance(ATTEMPTS.lease_ms + ATTEMPTS.lease_margin_ms)
    world.reconcile()
    assert world.work() == [True]
    assert (world.record(asset).status, world.record(asset).attempts) == (Status.COMPLETED, 2)


def test_a_lapsed_lease_is_taken_over_and_its_old_owner_is_fenced_off(world: World) -> None:
    asset = world.submit().asset
    (message,) = world.receive()

    def take_over() -> None:
        world.clock.advance(ATTEMPTS.lease_ms)
        assert world.consume(message, world.worker())
        assert world.record(asset).status is Status.COMPLETED

    assert world.consume(message, world.worker(InterruptedEngine(take_over)))
    done = world.record(asset)
    # Claim, claim, complete: the old owner's completion changed nothing.
    assert (done.attempts, done.version) == (2, 4)


def test_an_old_owner_cannot_complete_what_another_is_building(world: World) -> None:
    asset = world.submit().asset
    (message,) = world.receive()

    def take_over_and_die() -> None:
        world.clock.advance(ATTEMPTS.lease_ms)
        world.flaky_assets.fail_before("transition", skip=1, times=2)
        assert not world.consume(message, world.worker())

    assert world.consume(message, world.worker(InterruptedEngine(take_over_and_die)))
    held = world.record(asset)
    assert (held.status, held.attempts) == (Status.PROCESSING, 2)
    world.clock.advance(ATTEMPTS.lease_ms + ATTEMPTS.lease_margin_ms)
    world.reconcile()
    world.work()
    assert world.record(asset).status is Status.COMPLETED


def test_an_old_owner_cannot_release_what_another_has_taken_over(world: World) -> None:
    asset = world.submit().asset
    (message,) = world.receive()
    held: list[Asset] = []

    def take_over_and_fail() -> None:
        world.clock.advance(ATTEMPTS.lease_ms)
        world.flaky_artefacts.meanwhile("read", lambda: held.append(world.record(asset)))
        world.consume(message, world.worker())
        raise RuntimeError("the old owner's attempt")

    assert not world.consume(message, world.worker(InterruptedEngine(take_over_and_fail)))
    assert held[0].status is Status.PROCESSING
    assert world.record(asset).status is Status.COMPLETED


def test_a_message_of_an_earlier_run_is_acknowledged_and_changes_nothing(world: World) -> None:
    failed = world.exhaust()
    again = world.submit().asset
    world.lose_messages()
    world.lanes.send(Lane.STANDARD, WorkItem.of(failed))
    assert world.work() == [True]
    assert world.record(again) == again


@pytest.mark.parametrize("end", ["complete", "delete"])
def test_a_message_of_what_is_final_or_gone_is_acknowledged(world: World, end: str) -> None:
    asset = world.submit().asset
    if end == "complete":
        world.work()
    else:
        world.delete_everything()
        world.lose_messages()
    before = world.assets.get(asset.asset_id)
    world.lanes.send(Lane.STANDARD, WorkItem.of(asset))
    assert world.work() == [True]
    assert world.assets.get(asset.asset_id) == before


def test_whoever_meets_spent_attempts_without_a_live_lease_fails_them(world: World) -> None:
    asset = world.submit().asset
    policy = dataclasses.replace(ATTEMPTS, max_attempts=0)
    (message,) = world.receive()
    assert world.consume(message, world.worker(policy=policy))
    assert world.record(asset).status is Status.FAILED


def test_spent_attempts_under_a_live_lease_are_left_to_their_owner(world: World) -> None:
    asset = world.submit().asset
    policy = dataclasses.replace(ATTEMPTS, max_attempts=1)
    (message,) = world.receive()

    def deliver_again() -> None:
        assert world.consume(message, world.worker(policy=policy))
        assert world.record(asset).status is Status.PROCESSING

    worker = world.worker(InterruptedEngine(deliver_again), policy)
    assert world.consume(message, worker)
    assert world.record(asset).status is Status.COMPLETED


def test_a_release_that_fails_leaves_the_asset_to_the_reconciler(world: World) -> None:
    asset = world.submit().asset
    world.engine.fail_next(RuntimeError())
    world.flaky_assets.fail_before("transition", skip=1)
    assert world.work() == [False]
    world.lose_messages()
    world.clock.advance(ATTEMPTS.lease_ms + ATTEMPTS.lease_margin_ms)
    world.reconcile()
    world.clock.advance(PATIENCE[Lane.STANDARD])
    world.work()
    assert world.record(asset).status is Status.COMPLETED


def test_a_completion_that_fails_costs_an_attempt_that_adopts(world: World) -> None:
    asset = world.submit().asset
    world.flaky_assets.fail_before("transition", skip=1)
    assert world.work() == [False]
    world.clock.advance(10_000)
    assert world.work() == [True]
    assert world.record(asset).status is Status.COMPLETED
    assert sum(world.engine.built.values()) == 1


def test_a_completion_whose_answer_was_lost_is_final(world: World) -> None:
    asset = world.submit().asset
    world.flaky_assets.fail_after("transition", skip=1)
    assert world.work() == [False]
    done = world.record(asset)
    assert done.status is Status.COMPLETED
    world.clock.advance(60_000)
    assert world.work() == [True]
    assert world.record(asset) == done


def test_files_that_stand_with_other_bytes_are_recorded_as_they_stand(world: World) -> None:
    """Another architecture encodes the same content in other bytes; it died before its mark."""
    asset = world.submit().asset
    key = world.artefacts.key(asset.spec_id, "1.0.0", "model.glb")
    theirs = ArtefactFile("model", "model.glb", "model/gltf-binary", b"their encoding")
    world.artefacts.put_new(key, theirs)
    assert world.work() == [True]
    done = world.record(asset)
    assert world.artefacts.objects()[key].data == b"their encoding"
    assert_stored_as_recorded(world, done)
    mark = world.artefacts.read(world.artefacts.key(asset.spec_id, "1.0.0", "provenance.json"))
    assert mark is not None
    recorded = {file["filename"]: file for file in json.loads(mark)["files"]}
    assert recorded["model.glb"]["bytes"] == len(b"their encoding")
    assert recorded["model.glb"]["sha256"] == done.files[0].sha256


def test_of_two_workers_who_race_for_the_mark_both_record_what_stands(world: World) -> None:
    mine, theirs = world.submit().asset, world.submit(user=GRACE).asset
    first, second = world.receive()
    overtake = InterruptedEngine(lambda: world.consume(second, world.worker()))
    assert world.consume(first, world.worker(overtake))
    assert world.record(mine).files == world.record(theirs).files
    assert_stored_as_recorded(world, world.record(mine))


def test_a_mark_that_is_gone_when_it_is_read_is_recorded_by_nobody(world: World) -> None:
    asset = world.submit().asset
    original = world.artefacts.put_new

    def put_new(key: str, file: ArtefactFile) -> Any:
        found = original(key, file)
        return Standing(1, "0" * 64) if file.name == "provenance" else found

    world.artefacts.put_new = put_new  # type: ignore[method-assign]
    world.artefacts.read = lambda key: None  # type: ignore[method-assign]
    assert world.work() == [False]
    assert world.record(asset).status is Status.PENDING


def test_an_artefact_found_in_place_has_the_same_provenance_as_one_just_built(
    world: World,
) -> None:
    """As when our own put took effect and its answer was lost."""
    first = world.submit().asset
    world.work()
    built = {file.name: file.sha256 for file in world.record(first).files}
    world.artefacts.remove(world.artefacts.key(first.spec_id, "1.0.0", "provenance.json"))
    second = world.submit(user=GRACE).asset
    world.work()
    assert {file.name: file.sha256 for file in world.record(second).files} == built


def test_a_request_that_this_version_no_longer_takes_fails_at_once(world: World) -> None:
    asset = world.submit().asset
    world.assets.replace(asset, request=asset.request.replace('"rock"', '"glacier"'))
    assert world.work() == [True]
    failed = world.record(asset)
    assert failed.error is not None
    assert failed.error.code == "UNBUILDABLE_SPEC"
    assert (failed.error.error_class, failed.error.retryable) == (ErrorClass.INPUT, False)


def test_a_worker_that_dies_between_two_files_leaves_nothing_that_hinders_the_next(
    world: World,
) -> None:
    asset = world.submit().asset
    spec = AssetSpec.model_validate(asset.canonical_request)
    model = CountingEngine().generate(spec).files[0]
    world.artefacts.put_new(world.artefacts.key(asset.spec_id, "1.0.0", "model.glb"), model)
    assert world.work() == [True]
    assert_stored_as_recorded(world, world.record(asset))


def test_a_message_that_does_not_fit_into_the_invocation_goes_back_unclaimed(world: World) -> None:
    asset = world.submit().asset
    (message,) = world.receive()
    queue = world.lanes.queues[Lane.STANDARD]
    consume = ConsumeWork(generate=world.worker(), attempt_reserve_ms=5_000)
    with pytest.raises(Returned):
        consume(message.body, InMemoryDelivery(queue, message.message_id), lambda: 4_999)
    assert world.record(asset) == asset
    assert queue.next_visible_at() == world.clock.now_ms()


def test_a_message_that_nobody_understands_hurries_to_the_dead_letters(world: World) -> None:
    world.lanes.queues[Lane.STANDARD].put("not ours")
    for _ in range(5):
        assert world.work() == [False]
    assert world.work() == []
    assert len(world.lanes.dead_letters[Lane.STANDARD]) == 1


def test_a_lease_is_watched_only_after_its_margin() -> None:
    policy = AttemptPolicy(max_attempts=3, lease_ms=100, lease_margin_ms=10, retry_delay_seconds=1)
    lease = policy.lease("owner", 1_000)
    assert (lease.until, lease.due_at) == (1_100, 1_110)
