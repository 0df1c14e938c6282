"""SQS in memory: visibility, receive counts, dead letters and redelivery, by a fake clock."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from meshmill.domain.lanes import Lane
from meshmill.domain.work import WorkItem
from tests.fakes.clock import FakeClock

VISIBILITY_MS = 60_000
MAX_RECEIVES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as its consumer receives it."""

    message_id: str
    body: str
    group: str | None
    sent_at: int
    receive_count: int = 0
    visible_at: int = 0


@dataclass(slots=True)
class InMemoryQueue:
    """A standard queue. With ``dead_letters``, a message that was received ``max_receives`` times
    without being deleted goes there at the next attempt to receive it.
    """

    name: str
    clock: FakeClock
    visibility_ms: int = VISIBILITY_MS
    max_receives: int = MAX_RECEIVES
    dead_letters: InMemoryQueue | None = None
    _messages: dict[str, Message] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, body: str, group: str | None = None, delay_seconds: int = 0) -> str:
        """Send any body, to be received after a delay; returns the message's id."""
        with self._lock:
            message_id, now = f"{self.name}-{next(self._ids)}", self.clock.now_ms()
            self._messages[message_id] = Message(
                message_id=message_id,
                body=body,
                group=group,
                sent_at=now,
                visible_at=now + delay_seconds * 1000,
            )
            return message_id

    def receive(self, limit: int = 10) -> list[Message]:
        """Up to ``limit`` visible messages, which turn invisible; those given up on go away."""
        with self._lock:
            received: list[Message] = []
            for message in self._visible():
                if self.dead_letters is not None and message.receive_count >= self.max_receives:
                    del self._messages[message.message_id]
                    self.dead_letters.put(message.body, message.group)
                elif len(received) < limit:
                    received.append(self._take(message))
            return received

    def delete(self, message_id: str) -> None:
        """Acknowledge; what is gone already is no error."""
        with self._lock:
            self._messages.pop(message_id, None)

    def purge(self) -> None:
        """Delete everything, what is in flight too."""
        with self._lock:
            self._messages.clear()

    def change_visibility(self, message_id: str, seconds: int) -> None:
        """Let a message that is in flight be received again in so many seconds."""
        with self._lock:
            message = self._messages.get(message_id)
            if message is not None and message.visible_at > self.clock.now_ms():
                visible_at = self.clock.now_ms() + seconds * 1000
                self._messages[message_id] = replace(message, visible_at=visible_at)

    def oldest_age_ms(self) -> int:
        """Age of the oldest message that waits; 0 when none does."""
        with self._lock:
            sent = [message.sent_at for message in self._visible()]
            return self.clock.now_ms() - min(sent) if sent else 0

    def next_visible_at(self) -> int | None:
        """When there may be something to receive; None while the queue is empty."""
        with self._lock:
            return min((message.visible_at for message in self._messages.values()), default=None)

    def __len__(self) -> int:
        with self._lock:
            return len(self._messages)

    def _visible(self) -> list[Message]:
        now = self.clock.now_ms()
        return [message for message in self._messages.values() if message.visible_at <= now]

    def _take(self, message: Message) -> Message:
        taken = replace(
            message,
            receive_count=message.receive_count + 1,
            visible_at=self.clock.now_ms() + self.visibility_ms,
        )
        self._messages[message.message_id] = taken
        return taken


class InMemoryLanes:
    """A queue and its dead-letter queue for each lane: ``WorkQueue``, ``WorkBulk``, ``Backlog``."""

    def __init__(
        self,
        clock: FakeClock,
        visibility_ms: int = VISIBILITY_MS,
        max_receives: int = MAX_RECEIVES,
    ) -> None:
        self.dead_letters: Mapping[Lane, InMemoryQueue] = {
            lane: InMemoryQueue(f"{lane}-dead-letters", clock, visibility_ms) for lane in Lane
        }
        self.queues: Mapping[Lane, InMemoryQueue] = {
            lane: InMemoryQueue(lane, clock, visibility_ms, max_receives, self.dead_letters[lane])
            for lane in Lane
        }

    def send(self, lane: Lane, item: WorkItem) -> None:
        self.queues[lane].put(item.model_dump_json(), item.user_id)

    def send_many(self, lane: Lane, items: Sequence[WorkItem]) -> list[WorkItem]:
        for item in items:
            self.send(lane, item)
        return []

    def oldest_message_age_ms(self, lane: Lane) -> int:
        return self.queues[lane].oldest_age_ms()


@dataclass(frozen=True, slots=True)
class InMemoryDelivery:
    """A ``Delivery`` of a received message."""

    queue: InMemoryQueue
    message_id: str

    def retry_after(self, seconds: int) -> None:
        self.queue.change_visibility(self.message_id, seconds)
