"""Queues with our defaults, each with the queue of what it gave up."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.stage_parts import Delivery

_DEAD_LETTER_BATCH = 10
_DEAD_LETTER_CONCURRENCY = 2


class WorkQueue(Construct):
    """A standard queue and its dead letters: encrypted, and over TLS alone.

    ``visibility`` is of the queue itself; everything else is every queue's.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, visibility: int, delivery: Delivery
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = _queue(
            self,
            "DeadLetters",
            visibility=delivery.dead_letter_visibility,
            retention=delivery.retention,
        )
        self.queue = _queue(
            self,
            "Queue",
            visibility=visibility,
            retention=delivery.retention,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=delivery.max_receive_count
            ),
        )


def feed(
    scope: Construct,
    construct_id: str,
    *,
    queue: sqs.Queue,
    function: lambda_.Function,
    batch_size: int,
    maximum_concurrency: int,
    window: int = 0,
) -> None:
    """Hand a queue's messages to ``function``, which answers for each by itself.

    ``window`` is for how many seconds a batch may be waited for.
    """
    lambda_.EventSourceMapping(
        scope,
        construct_id,
        target=function,
        event_source_arn=queue.queue_arn,
        batch_size=batch_size,
        max_batching_window=Duration.seconds(window),
        max_concurrency=maximum_concurrency,
        report_batch_item_failures=True,
    )


def feed_dead_letters(
    scope: Construct, construct_id: str, *, work: WorkQueue, undertaker: lambda_.Function
) -> None:
    """Hand what a queue gave up to ``undertaker``."""
    lambda_.EventSourceMapping(
        scope,
        construct_id,
        target=undertaker,
        event_source_arn=work.dead_letters.queue_arn,
        batch_size=_DEAD_LETTER_BATCH,
        max_concurrency=_DEAD_LETTER_CONCURRENCY,
        report_batch_item_failures=True,
    )


def _queue(
    scope: Construct,
    construct_id: str,
    *,
    visibility: int,
    retention: int,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    return sqs.Queue(
        scope,
        construct_id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        visibility_timeout=Duration.seconds(visibility),
        retention_period=Duration.seconds(retention),
        dead_letter_queue=dead_letter_queue,
    )
