"""What may happen to messages between two functions, and what a lane says of its own age.

A standard queue delivers at least once and in any order, and keeps nothing beyond its retention.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3

from meshmill.domain.work import UnreadableMessage, WorkItem
from tests.faults import insides
from tests.support.cloud import LANES, Cloud

#: moto's retention, which is SQS's by default.
_RETENTION_MS = 4 * 24 * 60 * 60 * 1000
_MOST_COPIES = 3


def send(cloud: Cloud, lane: str, body: str) -> None:
    """Put a message into a lane, as anybody with the permission can."""
    cloud.sqs.send_message(QueueUrl=cloud.queue_urls[lane], MessageBody=body)


def copy(cloud: Cloud, lane: str) -> None:
    """Let the first messages of a lane be delivered once more each."""
    for message in list(insides.queue(lane)._messages[:_MOST_COPIES]):
        send(cloud, lane, message.body)


def turn_round(lane: str) -> None:
    """Let the last message be the first."""
    insides.queue(lane)._messages.reverse()


def lose(lane: str) -> None:
    """Forget a lane's messages, as a purge does, or their retention."""
    _drop(lane, lambda _: True)


def give_up(lane: str) -> None:
    """Move a lane's messages to its dead letters, as after too many receives."""
    queue = insides.queue(lane)
    for message in queue._messages:
        message.visible_at = 0.0
        queue.dead_letter_queue.add_message(message)
    lose(lane)


def expire(now_ms: int) -> None:
    """Forget what is past its retention."""
    for name in insides.queues():
        _drop(name, lambda message: message.sent_timestamp + _RETENTION_MS <= now_ms)


def bodies(name: str) -> list[str]:
    """What waits in a queue, in flight or not."""
    return [str(message.body) for message in insides.queue(name)._messages]


def contents(name: str) -> dict[str, WorkItem | None]:
    """What a queue's messages say, by their ids; None where nobody understands it."""
    return {message.id: _read(message.body) for message in insides.queue(name)._messages}


def unreadable() -> int:
    """How many messages on their way nobody will understand."""
    return sum(list(contents(name).values()).count(None) for name in insides.queues())


def busy_lanes() -> list[str]:
    """Lanes with a message, in flight or not."""
    return [lane for lane in LANES if insides.queue(lane)._messages]


def visible_lanes(now_ms: int) -> list[str]:
    """Lanes with a message that may be delivered now."""
    visible = {name for name, at in insides.messages() if at <= now_ms}
    return [lane for lane in LANES if lane in visible]


def dead_letters() -> list[str]:
    """Lanes with dead letters."""
    return [lane for lane in LANES if insides.queue(f"{lane}-dead")._messages]


def publish_ages(now_ms: int) -> None:
    """What SQS tells CloudWatch once a minute: how old the oldest message of each lane is."""
    moment = datetime.fromtimestamp(now_ms / 1000 - 1, UTC)
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": lane}],
                "Timestamp": moment,
                "Value": _age_ms(lane, now_ms) / 1000,
            }
            for lane in LANES
        ],
    )


def _drop(name: str, forgotten: Callable[[Any], bool]) -> None:
    queue = insides.queue(name)
    queue._messages = [message for message in queue._messages if not forgotten(message)]
    queue._pending_messages = set()


def _age_ms(lane: str, now_ms: int) -> int:
    sent = [int(message.sent_timestamp) for message in insides.queue(lane)._messages]
    return now_ms - min(sent, default=now_ms)


def _read(body: str) -> WorkItem | None:
    try:
        return WorkItem.parse(body)
    except UnreadableMessage:
        return None
