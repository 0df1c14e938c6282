from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Protocol
from urllib.parse import unquote_plus

import pytest
from botocore.exceptions import ClientError

from meshmill.aws.backoff import Backoff
from meshmill.aws.sqs_batches import SqsBatchQueue, SqsUploadAnnouncements
from meshmill.aws.sqs_bulk import Message, Sending, SqsWorkBulk
from meshmill.domain.chunk_work import ChunkItem, RedriveItem, parse_batch_work
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.lanes import Lane
from meshmill.domain.work import WorkItem
from meshmill.ports.batches import BatchQueue, UploadAnnouncements
from tests.contract import samples
from tests.fakes.batches import InMemoryBatchQueue
from tests.fakes.clock import FakeClock
from tests.fakes.manifests import BUCKET, InMemoryAnnouncements
from tests.support.backend import Backend, queue
from tests.support.sdk_events import (
    FAILED_AFTER_EFFECT,
    LOST_RESPONSE,
    THROTTLED,
    UNREACHABLE,
    Fault,
    counted_calls,
    faults_on,
    recorded_parameters,
    refused,
)

BATCH = "0f5f9d0e-6a0c-5c1e-8c57-2f9b7d1e4a60"
ADA, GRACE = samples.new_user(), samples.new_user()
_NOT_WAITING = Backoff(attempts=4, base_seconds=0, pause=lambda _: None)


class End(Protocol):
    """The receiving end: bodies and groups, ten at most."""

    def __call__(self) -> list[tuple[str, str | None]]: ...


class Ends(Protocol):
    """Both ends of the two queues."""

    @property
    def batches(self) -> BatchQueue: ...
    @property
    def uploads(self) -> UploadAnnouncements: ...
    @property
    def receive_batches(self) -> End: ...
    @property
    def receive_uploads(self) -> End: ...


class FakeEnds:
    def __init__(self, clock: FakeClock) -> None:
        self.batches = InMemoryBatchQueue(clock)
        self.uploads = InMemoryAnnouncements(clock)

    def receive_batches(self) -> list[tuple[str, str | None]]:
        return [(message.body, message.group) for message in self.batches.queue.receive()]

    def receive_uploads(self) -> list[tuple[str, str | None]]:
        return [(message.body, message.group) for message in self.uploads.queue.receive()]


class SqsEnds:
    def __init__(self, aws: Backend, batches: str, uploads: str) -> None:
        client = aws.client("sqs")
        self.batches = SqsBatchQueue(client, batches, _NOT_WAITING)
        self.uploads = SqsUploadAnnouncements(client, uploads, BUCKET)
        self.receive_batches = lambda: received(client, batches)
        self.receive_uploads = lambda: received(client, uploads)


def received(client: Any, url: str) -> list[tuple[str, str | None]]:
    answer = client.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )
    return [
        (message["Body"], message["Attributes"].get("MessageGroupId"))
        for message in answer.get("Messages", [])
    ]


@pytest.fixture
def ends(platform: Backend | None, clock: FakeClock) -> Iterator[Ends]:
    if platform is None:
        yield FakeEnds(clock)
        return
    with queue(platform) as batches, queue(platform) as uploads:
        yield SqsEnds(platform, batches, uploads)


def chunk(number: int, user_id: str = ADA) -> ChunkItem:
    return ChunkItem(batch_id=BATCH, user_id=user_id, chunk=number)


REDRIVE = RedriveItem(batch_id=BATCH, user_id=GRACE, redriving_since=7)


@pytest.mark.parametrize("number", [0, 1, 10, 23])
def test_all_that_is_sent_arrives(ends: Ends, number: int) -> None:
    items = [chunk(place) for place in range(number)]

    ends.batches.send(items)

    arrived = [
        parse_batch_work(body) for some in iter(ends.receive_batches, []) for body, _ in some
    ]
    assert sorted(arrived, key=lambda item: item.model_dump_json()) == sorted(
        items, key=lambda item: item.model_dump_json()
    )


def test_messages_belong_to_their_users_groups(ends: Ends) -> None:
    ends.batches.send([chunk(0), REDRIVE])

    arrived = {group: parse_batch_work(body) for body, group in ends.receive_batches()}
    assert arrived == {ADA: chunk(0), GRACE: REDRIVE}


def test_what_is_sent_with_a_delay_does_not_arrive_yet(ends: Ends) -> None:
    ends.batches.send([chunk(0)], 900)
    ends.batches.send([chunk(1)])

    assert [parse_batch_work(body) for body, _ in ends.receive_batches()] == [chunk(1)]


def test_an_upload_is_announced_as_s3_does(ends: Ends) -> None:
    key = f"uploads/{ADA}/a b+c(1)/Straße.csv"

    ends.uploads.announce(key, "version/1")

    [(body, _)] = ends.receive_uploads()
    [record] = json.loads(body)["Records"]
    assert record["eventSource"] == "aws:s3"
    assert record["eventName"].startswith("ObjectCreated:")
    assert record["s3"]["bucket"]["name"] == BUCKET
    told = record["s3"]["object"]
    assert (unquote_plus(told["key"]), told["versionId"]) == (key, "version/1")


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


@pytest.mark.usefixtures("_at_once")
class TestCalls:
    """What SQS leaves over, and what the SDK makes of its faults."""

    @pytest.fixture
    def url(self, moto: Backend) -> Iterator[str]:
        with queue(moto) as url:
            yield url

    @pytest.fixture
    def work(self, moto: Backend, url: str) -> SqsWorkBulk:
        # One call after the other, so that faults strike the first of them.
        urls = dict.fromkeys(Lane, url)
        return SqsWorkBulk(moto.client("sqs"), urls, threads=1, backoff=_NOT_WAITING)

    @pytest.fixture
    def items(self) -> list[WorkItem]:
        return [WorkItem.of(samples.new_asset()) for _ in range(23)]

    @pytest.fixture
    def arrived(self, moto: Backend, url: str) -> Callable[[], list[WorkItem]]:
        def receive() -> list[WorkItem]:
            calls = iter(lambda: received(moto.client("sqs"), url), [])
            return [WorkItem.parse(body) for some in calls for body, _ in some]

        return receive

    def test_ten_go_into_a_call(
        self, work: SqsWorkBulk, items: list[WorkItem], moto: Backend
    ) -> None:
        with counted_calls(moto.client("sqs")) as calls:
            work.send_many(Lane.BULK, items)

        assert calls == {"SendMessageBatch": 3}

    def test_no_call_is_longer_than_sqs_takes(self, moto: Backend, url: str) -> None:
        quarter, third = "ä" * 32_768, "x" * 87_382
        messages = [Message(body, ADA) for body in (*[quarter] * 5, *[third] * 3)]
        with recorded_parameters(moto.client("sqs"), "SendMessageBatch") as sent:
            assert Sending(moto.client("sqs"), url).send(messages) == []

        lengths = [[len(it["MessageBody"].encode()) for it in call["Entries"]] for call in sent]
        assert [len(call) for call in lengths] == [4, 3, 1]
        assert max(map(sum, lengths)) <= 256 * 1024

    def test_what_a_call_leaves_over_is_sent_again_and_nothing_else(
        self,
        work: SqsWorkBulk,
        items: list[WorkItem],
        arrived: Callable[[], list[WorkItem]],
        moto: Backend,
    ) -> None:
        with leaving_over(moto.client("sqs"), {"3", "4"}, code="InternalError"):
            assert work.send_many(Lane.BULK, items[:10]) == []

        assert sorted(arrived(), key=str) == sorted(items[:10], key=str)

    def test_a_throttled_entry_is_sent_again_whoevers_fault_that_is_called(
        self, work: SqsWorkBulk, items: list[WorkItem], moto: Backend
    ) -> None:
        with leaving_over(moto.client("sqs"), {"0"}, code="RequestThrottled", sender=True):
            assert work.send_many(Lane.BULK, items[:2]) == []

    def test_what_sqs_will_never_take_is_returned_at_once(
        self,
        work: SqsWorkBulk,
        items: list[WorkItem],
        arrived: Callable[[], list[WorkItem]],
        moto: Backend,
    ) -> None:
        refusing = leaving_over(moto.client("sqs"), {"1"}, code="InvalidParameter", sender=True)
        with refusing, counted_calls(moto.client("sqs")) as calls:
            assert work.send_many(Lane.BULK, items[:3]) == [items[1]]

        assert calls == {"SendMessageBatch": 1}
        assert sorted(arrived(), key=str) == sorted([items[0], items[2]], key=str)

    def test_what_is_left_over_at_every_try_is_returned(
        self, work: SqsWorkBulk, items: list[WorkItem], moto: Backend
    ) -> None:
        left = {"2", "11"}
        with leaving_over(moto.client("sqs"), left, code="InternalError", times=99):
            assert work.send_many(Lane.BULK, items) == [items[2], items[11]]

    @pytest.mark.parametrize("fault", [LOST_RESPONSE, FAILED_AFTER_EFFECT])
    def test_after_a_lost_response_messages_are_there_twice(
        self,
        work: SqsWorkBulk,
        items: list[WorkItem],
        arrived: Callable[[], list[WorkItem]],
        moto: Backend,
        fault: Fault,
    ) -> None:
        with faults_on(moto.client("sqs")) as faults:
            faults.plan(fault)
            assert work.send_many(Lane.BULK, items[:3]) == []

        assert sorted(arrived(), key=str) == sorted(items[:3] * 2, key=str)

    @pytest.mark.parametrize("fault", [THROTTLED, UNREACHABLE])
    def test_once_sqs_does_not_answer_the_rest_is_not_tried(
        self, work: SqsWorkBulk, items: list[WorkItem], moto: Backend, fault: Fault
    ) -> None:
        with faults_on(moto.client("sqs")) as faults:
            faults.plan(None, *[fault] * 3)
            assert work.send_many(Lane.BULK, items) == items[10:]

        assert faults.requests == 4

    def test_a_mistake_of_ours_stays_what_it_is(
        self, work: SqsWorkBulk, items: list[WorkItem], moto: Backend
    ) -> None:
        with faults_on(moto.client("sqs")) as faults:
            faults.plan(refused(400, "AccessDenied"))
            with pytest.raises(ClientError, match="AccessDenied"):
                work.send_many(Lane.BULK, items)

    @pytest.mark.parametrize("fault", [THROTTLED, UNREACHABLE])
    def test_chunks_that_cannot_be_sent_make_the_queue_unavailable(
        self, moto: Backend, url: str, fault: Fault
    ) -> None:
        batches = SqsBatchQueue(moto.client("sqs"), url, _NOT_WAITING)
        uploads = SqsUploadAnnouncements(moto.client("sqs"), url, BUCKET)
        calls: list[Callable[[], None]] = [
            lambda: batches.send([chunk(0)]),
            lambda: uploads.announce("key", "1"),
        ]
        for call in calls:
            with faults_on(moto.client("sqs")) as faults:
                faults.plan(*[fault] * 3)
                with pytest.raises(DependencyUnavailable):
                    call()


@contextmanager
def leaving_over(
    client: Any, places: set[str], *, code: str, sender: bool = False, times: int = 1
) -> Iterator[None]:
    """SQS takes all of a call but the entries with these ids, so many times."""
    struck: list[dict[str, Any]] = []
    left: list[list[str]] = []

    def shorten(params: dict[str, Any], **_: Any) -> None:
        found = [entry["Id"] for entry in params["Entries"] if entry["Id"] in places]
        left.append(found if len(struck) < times else [])
        if left[-1]:
            struck.append(params)
            params["Entries"] = [it for it in params["Entries"] if it["Id"] not in places]

    def without_a_call(params: dict[str, Any], **_: Any) -> Any:
        """A call of none is no call, and yet has an answer."""
        if json.loads(params["body"])["Entries"]:
            return None
        return SimpleNamespace(status_code=200), {"Successful": []}

    def tell(parsed: dict[str, Any], **_: Any) -> None:
        failed = [
            {"Id": place, "SenderFault": sender, "Code": code, "Message": "planned"}
            for place in left[-1]
        ]
        if failed:
            parsed["Failed"] = failed

    events = client.meta.events
    handlers: dict[str, Callable[..., Any]] = {
        "provide-client-params.sqs.SendMessageBatch": shorten,
        "before-call.sqs.SendMessageBatch": without_a_call,
        "after-call.sqs.SendMessageBatch": tell,
    }
    for event, handler in handlers.items():
        events.register(event, handler)
    try:
        yield
    finally:
        for event, handler in handlers.items():
            events.unregister(event, handler)
