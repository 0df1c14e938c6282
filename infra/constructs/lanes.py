"""The lanes: a queue each, a dead-letter queue each, and the functions that they feed."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.queues import WorkQueue, feed, feed_dead_letters
from infra.stage_parts import LANES, Delivery, Lane


class WorkLane(WorkQueue):
    """A standard queue (its senders set ``MessageGroupId``, which makes it fair) and its DLQ."""

    def __init__(
        self, scope: Construct, construct_id: str, *, lane: Lane, delivery: Delivery
    ) -> None:
        super().__init__(scope, construct_id, visibility=delivery.visibility, delivery=delivery)
        self._lane = lane
        self._delivery = delivery

    def feed(self, worker: lambda_.Function) -> None:
        """Hand this lane's messages to ``worker``."""
        feed(
            self,
            "Work",
            queue=self.queue,
            function=worker,
            batch_size=self._lane.batch_size,
            maximum_concurrency=self._lane.maximum_concurrency,
            window=self._delivery.batching_window,
        )

    def feed_dead_letters(self, undertaker: lambda_.Function) -> None:
        """Hand what this lane gave up to ``undertaker``."""
        feed_dead_letters(self, "Undertaking", work=self, undertaker=undertaker)


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
