"""The lanes' queues in SQS: sending, handing back, and how far a lane is behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from meshmill.aws.errors import unavailable
from meshmill.domain.lanes import Lane
from meshmill.domain.work import WorkItem
from meshmill.ports import Clock

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_sqs import SQSClient

_SERVICE = "SQS"
_WINDOW, _PERIOD_SECONDS = timedelta(minutes=5), 60
_MS_PER_SECOND = 1000


class SqsWorkQueue:
    """A standard queue a lane. A send repeated after a lost response is a second message."""

    def __init__(self, client: SQSClient, queue_urls: Mapping[Lane, str]) -> None:
        self._client = client
        self._queue_urls = queue_urls

    def send(self, lane: Lane, item: WorkItem) -> None:
        """Enqueue; the message group makes a standard queue fair between users."""
        with unavailable(_SERVICE):
            self._client.send_message(
                QueueUrl=self._queue_urls[lane],
                MessageBody=item.model_dump_json(),
                MessageGroupId=item.user_id,
            )


class SqsDelivery:
    """One received message, by its receipt handle."""

    def __init__(self, client: SQSClient, queue_url: str, receipt_handle: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._receipt_handle = receipt_handle

    def retry_after(self, seconds: int) -> None:
        """Let the message be delivered again in so many seconds (0 … 43,200)."""
        try:
            with unavailable(_SERVICE):
                self._client.change_message_visibility(
                    QueueUrl=self._queue_url,
                    ReceiptHandle=self._receipt_handle,
                    VisibilityTimeout=seconds,
                )
        except self._client.exceptions.MessageNotInflight:
            # Its visibility has lapsed: it is being delivered again already.
            return


class SqsBacklog:
    """A lane's backlog, from its queue's count and CloudWatch's ``ApproximateAgeOfOldestMessage``.

    The metric comes a minute or more late, so an empty queue is asked of SQS itself first: after a
    backlog is worked off it must not explain a lost message.
    """

    def __init__(
        self,
        sqs: SQSClient,
        cloudwatch: CloudWatchClient,
        queue_urls: Mapping[Lane, str],
        clock: Clock,
    ) -> None:
        self._sqs = sqs
        self._cloudwatch = cloudwatch
        self._queue_urls = queue_urls
        self._clock = clock

    def oldest_message_age_ms(self, lane: Lane) -> int:
        """Maximum of the last five minutes; 0 when nothing waits or there is no figure."""
        queue_url = self._queue_urls[lane]
        if self._waiting(queue_url) == 0:
            return 0
        return self._oldest_age_ms(queue_url.rpartition("/")[2])

    def _waiting(self, queue_url: str) -> int:
        with unavailable(_SERVICE):
            answer = self._sqs.get_queue_attributes(
                QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"]
            )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def _oldest_age_ms(self, queue_name: str) -> int:
        now = datetime.fromtimestamp(self._clock.now_ms() / _MS_PER_SECOND, UTC)
        with unavailable("CloudWatch"):
            answer = self._cloudwatch.get_metric_statistics(
                Namespace="AWS/SQS",
                MetricName="ApproximateAgeOfOldestMessage",
                Dimensions=[{"Name": "QueueName", "Value": queue_name}],
                StartTime=now - _WINDOW,
                EndTime=now,
                Period=_PERIOD_SECONDS,
                Statistics=["Maximum"],
            )
        seconds = max((point["Maximum"] for point in answer["Datapoints"]), default=0.0)
        return int(seconds * _MS_PER_SECOND)
