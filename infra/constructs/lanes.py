"""The lanes: a queue each, a dead-letter queue each, and the functions that they feed."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import StageConfig
from infra.stage_parts import LANES, Delivery, Lane

_DEAD_LETTER_BATCH = 10
_DEAD_LETTER_CONCURRENCY = 2


class WorkLane(Construct):
    """A standard queue (its senders set ``MessageGroupId``, which makes it fair) and its DLQ."""

    def __init__(
        self, scope: Construct, construct_id: str, *, lane: Lane, delivery: Delivery
    ) -> None:
        super().__init__(scope, construct_id)
        self._lane = lane
        self._delivery = delivery
        self.dead_letters = _queue(
            self,
            "DeadLetters",
            visibility=delivery.dead_letter_visibility,
            retention=delivery.retention,
        )
        self.queue = _queue(
            self,
            "Queue",
            visibility=delivery.visibility,
            retention=delivery.retention,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=delivery.max_receive_count
            ),
        )

    def feed(self, worker: lambda_.Function) -> None:
        """Hand this lane's messages to ``worker``, which answers for each by itself."""
        lambda_.EventSourceMapping(
            self,
            "Work",
            target=worker,
            event_source_arn=self.queue.queue_arn,
            batch_size=self._lane.batch_size,
            max_batching_window=Duration.seconds(self._delivery.batching_window),
            max_concurrency=self._lane.maximum_concurrency,
            report_batch_item_failures=True,
        )

    def feed_dead_letters(self, undertaker: lambda_.Function) -> None:
        """Hand what this lane gave up to ``undertaker``."""
        lambda_.EventSourceMapping(
            self,
            "Undertaking",
            target=undertaker,
            event_source_arn=self.dead_letters.queue_arn,
            batch_size=_DEAD_LETTER_BATCH,
            max_concurrency=_DEAD_LETTER_CONCURRENCY,
            report_batch_item_failures=True,
        )


class Lanes(Construct):
    """All lanes of a stage."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageConfig) -> None:
        super().__init__(scope, construct_id)
        self.by_name = {
            name: WorkLane(self, name.capitalize(), lane=stage.lanes[name], delivery=stage.delivery)
            for name in LANES
        }

    @property
    def queues(self) -> list[sqs.Queue]:
        """The work queues, fastest lane first."""
        return [lane.queue for lane in self.by_name.values()]

    @property
    def dead_letters(self) -> list[sqs.Queue]:
        """The dead-letter queues, fastest lane first."""
        return [lane.dead_letters for lane in self.by_name.values()]


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
