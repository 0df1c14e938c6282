"""Two actors at once: the second one acts at each call of the first one, in turn.

Each hole that earlier drafts had is a test of its own here, or in ``tests/unit/usecases``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

from functions.dead_letter import handler as dead_letter_function
from functions.generate import handler as generate_function
from meshmill.domain.asset import Status
from meshmill.domain.work import UnbuildableSpec, WorkItem
from tests.faults.emptied import forget
from tests.faults.injection import Mode, ProcessDied, representatives
from tests.faults.platform import Platform, platform
from tests.faults.scenarios import PATIENCE_MS, give_the_message_up, lose_the_message, rock, take

LEASE_MS, MARGIN_MS, VISIBILITY_MS = 60_000, 1_000, 30_000


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture
def stage(standing: Platform) -> Platform:
    standing.reset()
    return standing


@contextmanager
def elsewhere() -> Iterator[None]:
    """In another process, which shares nothing with the one that is interrupted."""
    consumers: tuple[Any, ...] = (generate_function, dead_letter_function)
    processors = [consumer._processor for consumer in consumers]
    # Powertools keeps the event at hand on the class.
    router: Any = BaseRouter
    at_hand = router.current_event, router.lambda_context
    for consumer in consumers:
        consumer._processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    forget()
    try:
        yield
    finally:
        for consumer, processor in zip(consumers, processors, strict=True):
            consumer._processor = processor
        router.current_event, router.lambda_context = at_hand
        forget()


Actor = Callable[[Platform], Any]


def at_each_call(stage: Platform, prepare: Actor, first: Actor, second: Actor) -> None:
    """Let the second actor act before each call of the first one; all must end completed."""

    def interrupt() -> None:
        with elsewhere():
            second(stage)

    stage.reset()
    prepare(stage)
    stage.aws.arm({})
    first(stage)
    numbers = representatives(stage.aws.calls)
    assert len(numbers) > 1
    for number in numbers:
        stage.reset()
        prepare(stage)
        stage.aws.arm({number: interrupt})
        first(stage)
        assert stage.aws.struck == [number]
        stage.run_to_rest()
        stage.check_at_rest()


def ask(stage: Platform) -> None:
    stage.create(rock())


def ask_as_bulk(stage: Platform) -> None:
    stage.create(rock(priority=1))


def ask_urgently(stage: Platform) -> None:
    stage.create(rock(priority=9))


def work(stage: Platform) -> None:
    stage.attempt("generate", partial(stage.cloud.work, "standard"))


def work_on_bulk(stage: Platform) -> None:
    stage.attempt("generate", partial(stage.cloud.work, "bulk"))


def bury(stage: Platform) -> None:
    stage.attempt("dead_letter", stage.cloud.bury)


def reconcile(stage: Platform) -> None:
    stage.attempt("reconcile", stage.cloud.reconcile)


def wait_for_redelivery_and_work(stage: Platform) -> None:
    """The message turns visible while it is worked on; the lease lives."""
    stage.clock.advance(VISIBILITY_MS + 1)
    work(stage)


def outlive_the_lease_and_work(stage: Platform) -> None:
    stage.clock.advance(LEASE_MS)
    work(stage)


def outlive_the_lease_and_reconcile(stage: Platform) -> None:
    stage.clock.advance(LEASE_MS + MARGIN_MS + PATIENCE_MS)
    reconcile(stage)
    work(stage)


def ask_and_dead_letter_it_too(stage: Platform) -> None:
    """The message waits in its lane and among the dead letters."""
    give_the_message_up(stage)
    (asset,) = stage.assets()
    stage.cloud.sqs.send_message(
        QueueUrl=stage.cloud.queue_urls["standard"],
        MessageBody=WorkItem.of(asset).model_dump_json(),
    )


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

    def delete() -> None:
        (asset,) = stage.assets()
        key = {"asset_id": {"S": asset.asset_id}}
        stage.cloud.dynamodb.delete_item(TableName="assets", Key=key)

    stage.aws.arm({2: Mode.FAILS, 3: delete})
    ask(stage)
    assert [call.operation for call in stage.aws.calls[:4]] == [
        "UpdateItem",
        "PutItem",
        "SendMessage",
        "UpdateItem",
    ]
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
