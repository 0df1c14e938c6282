"""Messages in SQS, many in a call."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from meshmill.aws.backoff import Backoff
from meshmill.aws.errors import PASSING, unavailable
from meshmill.aws.side_by_side import each
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.lanes import Lane
from meshmill.domain.work import WorkItem

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

#: Tries of the entries that SQS did not take out of a call that it answered.
BACKOFF = Backoff(attempts=5, base_seconds=0.05)

# What SQS takes in one call: so many messages, and so many bytes of all their bodies together.
_MOST_MESSAGES, _MOST_BYTES = 10, 256 * 1024
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A body, and the message group that it waits in."""

    body: str
    group: str


class SqsWorkBulk:
    """The lanes' queues, ``threads`` calls at a time."""

    def __init__(
        self,
        client: SQSClient,
        queue_urls: Mapping[Lane, str],
        threads: int = 4,
        backoff: Backoff = BACKOFF,
    ) -> None:
        self._client = client
        self._queue_urls = queue_urls
        self._threads = threads
        self._backoff = backoff

    def send_many(self, lane: Lane, items: Sequence[WorkItem]) -> list[WorkItem]:
        """Enqueue all; those that could not be, after retries, are returned.

        Once SQS doesn't answer at all, the rest isn't tried.
        """
        messages = [Message(item.model_dump_json(), item.user_id) for item in items]
        sending = Sending(self._client, self._queue_urls[lane], backoff=self._backoff)
        return [items[place] for place in sending.send(messages, self._threads)]


@dataclass(slots=True)
class Sending:
    """Messages on their way to a queue, to be received after ``delay_seconds``."""

    client: SQSClient
    queue_url: str
    delay_seconds: int | None = None
    backoff: Backoff = BACKOFF
    _gone: threading.Event = field(default_factory=threading.Event)

    def send(self, messages: Sequence[Message], threads: int = 1) -> list[int]:
        """Send all; the places of those that could not be, in order."""
        unsent = each(self._send, list(_packets(messages)), threads)
        return sorted(place for packet in unsent for place in packet)

    def _send(self, packet: Mapping[int, Message]) -> list[int]:
        """Send what fits into one call; the places of what could not be sent."""
        left, hopeless = dict(packet), list[int]()
        for _ in self.backoff.tries():
            answer = self._try(left)
            if answer is None:
                break
            for entry in answer.get("Successful", []):
                del left[int(entry["Id"])]
            for entry in answer.get("Failed", []):
                if not _may_pass(entry):
                    _logger.error("Message refused", extra={"context": {"code": entry["Code"]}})
                    del left[int(entry["Id"])]
                    hopeless.append(int(entry["Id"]))
            if not left:
                break
        return [*hopeless, *left]

    def _try(self, packet: Mapping[int, Message]) -> Any:
        """SQS's answer; None where it gives none any more."""
        if self._gone.is_set():
            return None
        try:
            return self._call(packet)
        except DependencyUnavailable:
            _logger.warning("Messages not sent", exc_info=True)
            self._gone.set()
            return None

    def _call(self, packet: Mapping[int, Message]) -> Any:
        delay = {} if self.delay_seconds is None else {"DelaySeconds": self.delay_seconds}
        entries: Any = [
            {
                "Id": str(place),
                "MessageBody": message.body,
                "MessageGroupId": message.group,
                **delay,
            }
            for place, message in packet.items()
        ]
        with unavailable("SQS"):
            return self.client.send_message_batch(QueueUrl=self.queue_url, Entries=entries)


def _packets(messages: Sequence[Message]) -> Iterator[dict[int, Message]]:
    """Messages by their place, in stretches that fit into one call."""
    packet: dict[int, Message] = {}
    size = 0
    for place, message in enumerate(messages):
        length = len(message.body.encode())
        if packet and (len(packet) == _MOST_MESSAGES or size + length > _MOST_BYTES):
            yield packet
            packet, size = {}, 0
        packet[place] = message
        size += length
    if packet:
        yield packet


def _may_pass(entry: Mapping[str, Any]) -> bool:
    return not entry["SenderFault"] or entry["Code"] in PASSING
