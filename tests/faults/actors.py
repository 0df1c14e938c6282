"""Who acts at the same time: callers, workers, the reconciler, and processes beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

from functions.dead_letter import handler as dead_letter_function
from functions.generate import handler as generate_function
from functions.ingest_manifest import handler as ingest_function
from functions.split_manifest import handler as split_function
from meshmill.domain.work import WorkItem
from tests.faults.emptied import forget
from tests.faults.platform import Platform
from tests.faults.scenarios import PATIENCE_MS, give_the_message_up, rock

LEASE_MS, MARGIN_MS, VISIBILITY_MS = 60_000, 1_000, 30_000

Actor = Callable[[Platform], Any]


@contextmanager
def elsewhere() -> Iterator[None]:
    """In another process, which shares nothing with the one that is interrupted."""
    consumers: tuple[Any, ...] = (
        generate_function,
        dead_letter_function,
        split_function,
        ingest_function,
    )
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


def in_another_process(stage: Platform, actor: Actor) -> Callable[[], None]:
    """What interrupts a process: another actor, from beginning to end."""

    def interrupt() -> None:
        with elsewhere():
            actor(stage)

    return interrupt


def ask(stage: Platform) -> None:
    stage.create(rock())


def ask_as_bulk(stage: Platform) -> None:
    stage.create(rock(priority=1))


def ask_urgently(stage: Platform) -> None:
    stage.create(rock(priority=9))


def delete(stage: Platform) -> None:
    """Whatever stands, if it may be."""
    for asset in stage.assets():
        assert stage.delete(asset.asset_id).status in {204, 404, 409}


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
