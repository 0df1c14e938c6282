from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from meshmill.aws.sqs_bulk import SqsWorkBulk
from meshmill.aws.sqs_queue import SqsBacklog, SqsDelivery, SqsWorkQueue
from meshmill.domain.lanes import Lane
from meshmill.domain.work import WorkItem
from meshmill.ports import Backlog, Clock, Delivery, WorkQueue
from meshmill.ports.batches import WorkBulk
from tests.contract import samples
from tests.fakes.clock import FakeClock
from tests.fakes.queues import InMemoryDelivery, InMemoryLanes
from tests.support.backend import Backend, queue


@dataclass(frozen=True)
class Received:
    """A message as its consumer sees it."""

    body: str
    group: str | None
    receive_count: int
    delivery: Delivery


class Lanes(Protocol):
    """Both ends of the lanes' queues."""

    work: WorkQueue
    bulk: WorkBulk
    backlog: Backlog

    def receive(self, lane: Lane) -> list[Received]: ...


class FakeLanes:
    def __init__(self, clock: FakeClock) -> None:
        self._lanes = InMemoryLanes(clock)
        self.work: WorkQueue = self._lanes
        self.bulk: WorkBulk = self._lanes
        self.backlog: Backlog = self._lanes

    def receive(self, lane: Lane) -> list[Received]:
        source = self._lanes.queues[lane]
        return [
            Received(
                message.body,
                message.group,
                message.receive_count,
                InMemoryDelivery(source, message.message_id),
            )
            for message in source.receive()
        ]


class SqsLanes:
    def __init__(self, aws: Backend, urls: dict[Lane, str], clock: Clock) -> None:
        self._client: Any = aws.client("sqs")
        self._urls = urls
        self.work: WorkQueue = SqsWorkQueue(self._client, urls)
        self.bulk: WorkBulk = SqsWorkBulk(self._client, urls)
        self.backlog: Backlog = SqsBacklog(self._client, aws.client("cloudwatch"), urls, clock)

    def receive(self, lane: Lane) -> list[Received]:
        answer = self._client.receive_message(
            QueueUrl=self._urls[lane],
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"],
        )
        return [self._received(lane, message) for message in answer.get("Messages", [])]

    def _received(self, lane: Lane, message: dict[str, Any]) -> Received:
        return Received(
            message["Body"],
            message["Attributes"].get("MessageGroupId"),
            int(message["Attributes"]["ApproximateReceiveCount"]),
            SqsDelivery(self._client, self._urls[lane], message["ReceiptHandle"]),
        )


@pytest.fixture
def lanes(platform: Backend | None, clock: FakeClock) -> Iterator[Lanes]:
    if platform is None:
        yield FakeLanes(clock)
        return
    with ExitStack() as stack:
        urls = {lane: stack.enter_context(queue(platform)) for lane in Lane}
        yield SqsLanes(platform, urls, clock)


@pytest.fixture
def item() -> WorkItem:
    return WorkItem.of(samples.new_asset())


@pytest.mark.parametrize("lane", Lane)
def test_what_is_sent_arrives_in_its_lane_alone(lanes: Lanes, item: WorkItem, lane: Lane) -> None:
    lanes.work.send(lane, item)

    arrived = {other: [WorkItem.parse(it.body) for it in lanes.receive(other)] for other in Lane}
    assert arrived == {other: [item] if other is lane else [] for other in Lane}


def test_a_message_belongs_to_its_users_group(lanes: Lanes, item: WorkItem) -> None:
    lanes.work.send(Lane.BULK, item)

    assert [received.group for received in lanes.receive(Lane.BULK)] == [item.user_id]


@pytest.mark.parametrize("number", [0, 1, 10, 23])
def test_many_are_sent_like_one_after_the_other(lanes: Lanes, number: int) -> None:
    items = [WorkItem.of(samples.new_asset()) for _ in range(number)]

    assert lanes.bulk.send_many(Lane.BULK, items) == []

    arrived = list(iter(lambda: lanes.receive(Lane.BULK), []))
    received = [received for some in arrived for received in some]
    assert {it.group: WorkItem.parse(it.body) for it in received} == {
        item.user_id: item for item in items
    }
    assert len(received) == number
    assert lanes.receive(Lane.EXPRESS) == []


def test_messages_of_one_user_do_not_wait_for_each_other(lanes: Lanes, item: WorkItem) -> None:
    lanes.work.send(Lane.EXPRESS, item)
    lanes.work.send(Lane.EXPRESS, item)

    first = lanes.receive(Lane.EXPRESS)

    assert len(first + lanes.receive(Lane.EXPRESS)) == 2


def test_a_message_that_is_being_worked_on_is_not_received_again(
    lanes: Lanes, item: WorkItem
) -> None:
    lanes.work.send(Lane.EXPRESS, item)
    lanes.receive(Lane.EXPRESS)

    assert lanes.receive(Lane.EXPRESS) == []


def test_a_message_handed_back_is_received_again_and_counted(lanes: Lanes, item: WorkItem) -> None:
    lanes.work.send(Lane.EXPRESS, item)
    [first] = lanes.receive(Lane.EXPRESS)

    first.delivery.retry_after(0)

    [second] = lanes.receive(Lane.EXPRESS)
    assert second.body == first.body
    assert (first.receive_count, second.receive_count) == (1, 2)


def test_a_message_handed_back_for_later_is_not_received_now(lanes: Lanes, item: WorkItem) -> None:
    lanes.work.send(Lane.EXPRESS, item)
    [first] = lanes.receive(Lane.EXPRESS)

    first.delivery.retry_after(900)

    assert lanes.receive(Lane.EXPRESS) == []


def test_an_empty_lane_has_no_backlog(lanes: Lanes) -> None:
    assert lanes.backlog.oldest_message_age_ms(Lane.BULK) == 0


class TestFakeLanes:
    """Time in the fake is the test's own."""

    @pytest.fixture
    def lanes(self, clock: FakeClock) -> InMemoryLanes:
        return InMemoryLanes(clock, visibility_ms=30_000, max_receives=2)

    def test_a_message_returns_when_its_visibility_ends(
        self, lanes: InMemoryLanes, item: WorkItem, clock: FakeClock
    ) -> None:
        lanes.send(Lane.EXPRESS, item)
        lane = lanes.queues[Lane.EXPRESS]
        lane.receive()

        clock.advance(29_999)
        assert lane.receive() == []
        clock.advance(1)
        assert [message.receive_count for message in lane.receive()] == [2]

    def test_a_message_received_too_often_becomes_a_dead_letter(
        self, lanes: InMemoryLanes, item: WorkItem, clock: FakeClock
    ) -> None:
        lanes.send(Lane.EXPRESS, item)
        lane = lanes.queues[Lane.EXPRESS]
        for _ in range(2):
            lane.receive()
            clock.advance(30_000)

        assert lane.receive() == []

        assert len(lane) == 0
        [dead] = lanes.dead_letters[Lane.EXPRESS].receive()
        assert WorkItem.parse(dead.body) == item

    def test_handing_back_what_waits_already_changes_nothing(
        self, lanes: InMemoryLanes, item: WorkItem
    ) -> None:
        lanes.send(Lane.EXPRESS, item)
        lane = lanes.queues[Lane.EXPRESS]
        delivery = InMemoryDelivery(lane, lane.receive()[0].message_id)
        delivery.retry_after(0)

        delivery.retry_after(900)

        assert len(lane.receive()) == 1

    def test_an_acknowledged_message_is_gone(self, lanes: InMemoryLanes, item: WorkItem) -> None:
        lanes.send(Lane.EXPRESS, item)
        lane = lanes.queues[Lane.EXPRESS]
        lane.delete(lane.receive()[0].message_id)

        assert lane.next_visible_at() is None

    def test_the_backlog_is_the_age_of_the_oldest_message_that_waits(
        self, lanes: InMemoryLanes, item: WorkItem, clock: FakeClock
    ) -> None:
        lanes.send(Lane.BULK, item)
        clock.advance(5_000)
        lanes.send(Lane.BULK, item)
        clock.advance(2_000)
        assert lanes.oldest_message_age_ms(Lane.BULK) == 7_000

        lanes.queues[Lane.BULK].receive(1)

        assert lanes.oldest_message_age_ms(Lane.BULK) == 2_000


class TestSqsBacklog:
    """The figure is CloudWatch's, whose emulators let anybody write AWS's own metrics."""

    @pytest.fixture
    def queue_url(self, aws: Backend) -> Iterator[str]:
        with queue(aws) as url:
            yield url

    @pytest.fixture
    def now(self) -> int:
        """A minute's beginning, in the present: emulators drop old figures."""
        return int(datetime.now(UTC).timestamp()) // 60 * 60_000

    @pytest.fixture
    def backlog(self, aws: Backend, queue_url: str, now: int) -> SqsBacklog:
        urls = dict.fromkeys(Lane, queue_url)
        return SqsBacklog(aws.client("sqs"), aws.client("cloudwatch"), urls, FakeClock(now))

    @pytest.fixture
    def waiting(self, aws: Backend, queue_url: str, item: WorkItem) -> None:
        SqsWorkQueue(aws.client("sqs"), {Lane.BULK: queue_url}).send(Lane.BULK, item)

    @pytest.mark.usefixtures("waiting")
    def test_it_is_the_highest_age_of_the_last_five_minutes(
        self, aws: Backend, queue_url: str, backlog: SqsBacklog, now: int
    ) -> None:
        for minutes_ago, seconds in ((1, 40.0), (3, 90.0), (4, 10.0), (9, 4_000.0)):
            _measure(aws, queue_url, now, minutes_ago, seconds)

        assert backlog.oldest_message_age_ms(Lane.BULK) == 90_000

    @pytest.mark.usefixtures("waiting")
    def test_it_is_nothing_without_a_figure(self, backlog: SqsBacklog) -> None:
        assert backlog.oldest_message_age_ms(Lane.BULK) == 0

    @pytest.mark.usefixtures("waiting")
    def test_another_queues_age_is_not_ours(
        self, aws: Backend, backlog: SqsBacklog, now: int
    ) -> None:
        _measure(aws, "https://sqs.test/1/other", now, 1, 40.0)

        assert backlog.oldest_message_age_ms(Lane.BULK) == 0

    def test_a_backlog_that_is_worked_off_is_over_before_its_metric_is(
        self, aws: Backend, queue_url: str, backlog: SqsBacklog, now: int
    ) -> None:
        _measure(aws, queue_url, now, 1, 40.0)

        assert backlog.oldest_message_age_ms(Lane.BULK) == 0


def _measure(aws: Backend, queue_url: str, now: int, minutes_ago: int, seconds: float) -> None:
    at = datetime.fromtimestamp(now / 1000, UTC) - timedelta(minutes=minutes_ago)
    aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": queue_url.rpartition("/")[2]}],
                "Timestamp": at,
                "Value": seconds,
                "Unit": "Seconds",
            }
        ],
    )
