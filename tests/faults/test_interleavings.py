"""Two actors at once: the second one acts at each call of the first one, in turn.

Each hole that earlier drafts had is a test of its own here, or in ``tests/unit/usecases``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest

from meshmill.domain.asset import Status
from meshmill.domain.work import UnbuildableSpec
from tests.faults.actors import (
    LEASE_MS,
    MARGIN_MS,
    Actor,
    ask,
    ask_and_dead_letter_it_too,
    ask_as_bulk,
    ask_urgently,
    bury,
    delete,
    elsewhere,
    in_another_process,
    outlive_the_lease_and_reconcile,
    outlive_the_lease_and_work,
    reconcile,
    wait_for_redelivery_and_work,
    work,
    work_on_bulk,
)
from tests.faults.injection import Mode, ProcessDied, representatives
from tests.faults.platform import Platform, platform
from tests.faults.scenarios import fail_for_good, lose_the_message, rock, take


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture
def stage(standing: Platform) -> Platform:
    standing.reset()
    return standing


def at_each_call(stage: Platform, prepare: Actor, first: Actor, second: Actor) -> None:
    """Let the second actor act before each call of the first one; all must end completed."""
    stage.reset()
    prepare(stage)
    stage.aws.arm({})
    first(stage)
    numbers = representatives(stage.aws.calls)
    assert len(numbers) > 1
    for number in numbers:
        stage.reset()
        prepare(stage)
        stage.aws.arm({number: in_another_process(stage, second)})
        first(stage)
        assert stage.aws.struck == [number]
        stage.run_to_rest()
        stage.check_at_rest()


PAIRS: dict[str, tuple[Actor, Actor, Actor]] = {
    "twins ask": (lambda stage: None, ask, ask),
    "a worker overtakes the answer": (lambda stage: None, ask, work),
    "the reconciler looks while it is asked": (lambda stage: None, ask, reconcile),
    "two workers on one message": (ask, work, wait_for_redelivery_and_work),
    "a worker takes over a lapsed lease": (ask, work, outlive_the_lease_and_work),
    "the reconciler sends while one works": (ask, work, outlive_the_lease_and_reconcile),
    "asked again while one works": (ask, work, ask),
    "urgent while one works": (ask_as_bulk, work_on_bulk, ask_urgently),
    "urgent twins": (ask_as_bulk, ask_urgently, ask_urgently),
    "a dead letter while one works": (ask_and_dead_letter_it_too, work, bury),
    "a worker while a dead letter is settled": (ask_and_dead_letter_it_too, bury, work),
    "two reconcilers": (lose_the_message, reconcile, reconcile),
    "asked again while it is reconciled": (lose_the_message, reconcile, ask),
    "deleted while it is asked for": (lambda stage: None, ask, delete),
    "asked again while it is deleted": (ask, delete, ask),
    "deleted while an urgent twin asks": (ask_as_bulk, ask_urgently, delete),
    "urgent while it is deleted": (ask_as_bulk, delete, ask_urgently),
    "deleted while one works": (ask, work, delete),
    "a worker while it is deleted": (ask, delete, work),
    "deleted twice at once": (ask, delete, delete),
    "a failed one is deleted while it is asked for again": (fail_for_good, ask, delete),
    "a failed one is asked for again while it is deleted": (fail_for_good, delete, ask),
    "deleted while it is reconciled": (lose_the_message, reconcile, delete),
    "reconciled while it is deleted": (lose_the_message, delete, reconcile),
    "deleted while a dead letter is settled": (ask_and_dead_letter_it_too, bury, delete),
    "a dead letter while it is deleted": (ask_and_dead_letter_it_too, delete, bury),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_two_actors_at_once_do_no_harm(stage: Platform, pair: str) -> None:
    at_each_call(stage, *PAIRS[pair])


def die_at(stage: Platform, number: int, invoke: Actor, mode: Mode = Mode.DIES_BEFORE) -> None:
    stage.aws.arm({number: mode})
    invoke(stage)
    assert stage.aws.struck == [number]
    stage.aws.arm({})


def test_a_message_delivered_twice_whose_loser_acknowledges_and_whose_winner_dies(
    stage: Platform,
) -> None:
    ask(stage)

    def lose_and_die() -> None:
        with elsewhere():
            wait_for_redelivery_and_work(stage)
        raise ProcessDied

    stage.aws.arm({2: lose_and_die})
    work(stage)
    stage.aws.arm({})
    assert stage.cloud.waiting() == 0
    stage.run_to_rest()
    stage.check_at_rest()


@pytest.mark.parametrize("number", range(6))
def test_a_worker_that_dies_between_any_two_calls_is_replaced(stage: Platform, number: int) -> None:
    ask(stage)
    die_at(stage, number, work)
    stage.run_to_rest()
    stage.check_at_rest()


def test_a_dead_letter_delivered_again_after_the_user_asked_again(stage: Platform) -> None:
    ask(stage)
    (body,) = take(stage, "standard")
    stage.cloud.sqs.send_message(QueueUrl=stage.cloud.queue_urls["standard"], MessageBody=body)
    stage.engine.fail_next(UnbuildableSpec("injected"))
    stage.run_to_rest()
    ask(stage)
    (again,) = stage.assets()
    stage.cloud.sqs.send_message(
        QueueUrl=stage.cloud.dead_letter_urls["standard"], MessageBody=body
    )
    bury(stage)
    assert stage.assets() == [again]
    stage.run_to_rest()
    stage.check_at_rest()


def test_a_record_deleted_between_its_put_and_its_failed_send_is_no_ghost(
    stage: Platform,
) -> None:
    """Calls of the API: limit, put, send (fails), update."""

    def interrupt() -> None:
        with elsewhere():
            delete(stage)

    stage.aws.arm({2: Mode.FAILS, 3: interrupt})
    ask(stage)
    assert [call.operation for call in stage.aws.calls[:3]] == [
        "UpdateItem",
        "PutItem",
        "SendMessage",
    ]
    assert stage.aws.struck == [2, 3]
    assert stage.assets() == []
    stage.run_to_rest()
    stage.check_at_rest()
    assert stage.assets() == []


def test_a_deleted_asset_that_is_asked_for_again_ignores_the_message_of_its_first_run(
    stage: Platform,
) -> None:
    ask(stage)
    (first,) = stage.assets()
    delete(stage)
    stage.clock.advance(1)
    ask(stage)
    (second,) = stage.assets()
    assert second.asset_id == first.asset_id
    assert second.run != first.run
    stage.run_to_rest()
    stage.check_at_rest()
    (asset,) = stage.assets()
    assert (asset.run, asset.attempts) == (second.run, 1)


def test_a_replaced_worker_that_comes_to_its_end_after_the_deletion_leaves_no_ghost(
    stage: Platform,
) -> None:
    """Its lease lapses, the last attempt is spent, and the failed asset is deleted."""
    ask(stage)
    for _ in range(2):
        die_at(stage, 1, work)
        stage.clock.advance(LEASE_MS)

    def fail_and_delete() -> None:
        stage.clock.advance(LEASE_MS + MARGIN_MS)
        with elsewhere():
            reconcile(stage)
            delete(stage)
        assert stage.assets() == []

    stage.aws.arm({5: fail_and_delete})
    work(stage)
    assert stage.aws.struck == [5]
    stage.run_to_rest()
    stage.check_at_rest()
    assert stage.assets() == []


def test_a_lapsed_lease_that_is_failed_is_not_completed_by_its_old_owner(stage: Platform) -> None:
    ask(stage)
    for _ in range(2):
        die_at(stage, 1, work)
        stage.clock.advance(LEASE_MS)

    def lapse() -> None:
        stage.clock.advance(LEASE_MS + MARGIN_MS)
        with elsewhere():
            reconcile(stage)
        (failed,) = stage.assets()
        assert failed.status is Status.FAILED

    stage.aws.arm({5: lapse})
    work(stage)
    stage.aws.arm({})
    (asset,) = stage.assets()
    assert (asset.status, asset.attempts) == (Status.FAILED, 3)
    stage.run_to_rest()
    assert stage.assets() == [asset]


def test_an_asset_that_kills_every_worker_fails_at_its_maximum(stage: Platform) -> None:
    """Poison that the reconciler would otherwise keep alive."""
    ask(stage)
    for _ in range(10):
        stage.aws.arm({1: Mode.DIES_BEFORE})
        work(stage)
        stage.aws.arm({})
        stage.clock.advance(LEASE_MS + MARGIN_MS)
        reconcile(stage)
    stage.run_to_rest()
    (asset,) = stage.assets()
    assert (asset.status, asset.attempts) == (Status.FAILED, 3)
    assert asset.error is not None
    assert asset.error.retryable


@pytest.mark.parametrize("mode", [Mode.DIES_BEFORE, Mode.FAILS])
def test_a_move_to_a_faster_lane_that_dies_before_its_send_is_sent(
    stage: Platform, mode: Mode
) -> None:
    """Calls of the API: limit, put, promotion, send."""
    ask_as_bulk(stage)
    take(stage, "bulk")
    stage.aws.arm({3: mode})
    ask_urgently(stage)
    assert stage.aws.calls[3].operation == "SendMessage"
    stage.run_to_rest()
    stage.check_at_rest()


def test_two_engine_versions_never_write_one_key(
    stage: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(stage)

    def deploy_and_work() -> None:
        with elsewhere(), monkeypatch.context() as deployed:
            deployed.setattr("meshmill.engine.ENGINE_VERSION", "9.9.9")
            outlive_the_lease_and_work(stage)

    stage.aws.arm({3: deploy_and_work})
    work(stage)
    stage.run_to_rest()
    stage.check_at_rest()
    (asset,) = stage.assets()
    assert asset.engine_version == "9.9.9"
    assert all("/9.9.9/" in file.key for file in asset.files)


def test_waiting_messages_are_not_sent_again_every_minute(stage: Platform) -> None:
    """The metric says how old the oldest message of the lane is."""
    for seed in range(5):
        stage.create(rock(seed))
        stage.clock.advance(1_000)
    put_age(stage, seconds=600)
    for _ in range(10):
        stage.clock.advance(30_000)
        reconcile(stage)
    assert stage.cloud.waiting() == 5
    stage.run_to_rest()
    stage.check_at_rest()


def put_age(stage: Platform, *, seconds: int) -> None:
    """What CloudWatch would say for the coming ten minutes."""
    client = boto3.client("cloudwatch")
    for minute in range(10):
        moment = stage.clock.now_ms() / 1000 + 60 * minute
        client.put_metric_data(
            Namespace="AWS/SQS",
            MetricData=[
                {
                    "MetricName": "ApproximateAgeOfOldestMessage",
                    "Dimensions": [{"Name": "QueueName", "Value": "standard"}],
                    "Timestamp": datetime.fromtimestamp(moment, UTC),
                    "Value": seconds,
                }
            ],
        )
