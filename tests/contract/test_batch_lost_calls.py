"""What the SDK's retries, and other writers, do to batches: each write is made once, or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from meshmill.domain import batch_transitions as changes
from meshmill.domain.audit import Action
from meshmill.domain.batch import Batch, Chunk, Counts, Phase
from meshmill.domain.errors import DependencyUnavailable
from tests.contract import batch_samples as samples
from tests.contract.batch_samples import LEASE_MS, NOT_WAITING, PLAN, Stores, advanced, counted
from tests.contract.samples import NOW
from tests.support.backend import Backend
from tests.support.sdk_events import (
    FAILED_AFTER_EFFECT,
    LOST_RESPONSE,
    THROTTLED,
    UNREACHABLE,
    Fault,
    faults_on,
    refused,
)

_ATTEMPTS = 3
_TOOK_EFFECT = {"lost response": LOST_RESPONSE, "500 after effect": FAILED_AFTER_EFFECT}
_NO_EFFECT = {
    "throttled": THROTTLED,
    "500": refused(500, "InternalServerError"),
    "in progress": refused(400, "TransactionInProgressException"),
    "unreachable": UNREACHABLE,
}
_MEETS_ANOTHER = refused(400, "TransactionConflictException")
_TRIED_AGAIN = {name: fault for name, fault in _NO_EFFECT.items() if name != "in progress"}


def _each(faults: dict[str, Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults.values(), ids=faults)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's backoff between attempts, without the waiting."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


@pytest.fixture
def stores(moto: Backend) -> Iterator[Stores]:
    """Tables of their own: moto copies whole ones for each transaction."""
    with samples.stores_on(moto) as found:
        yield found


@pytest.fixture(scope="module")
def client(moto: Backend) -> Any:
    return moto.client("dynamodb")


WRITES: dict[str, Callable[[Stores, Batch, Chunk], object]] = {
    "create": lambda stores, batch, _: stores.batches.create(
        other := _stranger_to(batch), samples.entry(other)
    ),
    "change": lambda stores, batch, _: stores.batches.change(
        batch, changes.dispatched(batch, now=NOW + 1)
    ),
    "record_plan": lambda stores, batch, _: stores.batches.record_plan(
        batch, samples.planned(batch, now=NOW + 1), PLAN
    ),
    "open_chunk": lambda stores, batch, _: stores.batches.open_chunk(samples.new_chunk(batch, 1)),
    "change_chunk": lambda stores, _, chunk: stores.batches.change_chunk(
        chunk, changes.release(chunk, now=NOW + 1)
    ),
    "claim": lambda stores, _, chunk: stores.batches.change_chunk(
        chunk, changes.claim(chunk, "owner-2", now=NOW + LEASE_MS, lease_ms=LEASE_MS)
    ),
    "count": lambda stores, _, chunk: stores.batches.count(
        chunk, advanced(chunk, is_done=True), counted(1, 1, 1)
    ),
    "delete": lambda stores, batch, _: stores.batches.delete(
        batch, samples.entry(batch, Action.BATCH_DELETED, NOW + 1)
    ),
    "erase": lambda stores, batch, _: stores.batches.erase(batch.batch_id),
}
READS: dict[str, Callable[[Stores, Batch], object]] = {
    "get": lambda stores, batch: stores.batches.get(batch.batch_id),
    "plan": lambda stores, batch: stores.batches.plan(batch.batch_id),
    "state": lambda stores, batch: stores.batches.state(batch.batch_id),
    "states": lambda stores, batch: stores.batches.states([batch.batch_id]),
    "listed": lambda stores, batch: stores.batches.listed(batch.user_id, None, 10),
    "chunks": lambda stores, batch: stores.batches.chunks(batch.batch_id),
    "failures": lambda stores, batch: stores.batches.failures(batch.batch_id, None, 10),
    "overdue": lambda stores, batch: stores.batches.overdue(batch.due_shard, NOW, 10),
}
every_write = pytest.mark.parametrize("write", WRITES)
every_transaction = pytest.mark.parametrize(
    "name", ["create", "record_plan", "open_chunk", "count", "delete"]
)


def _stranger_to(batch: Batch) -> Batch:
    """The same id for the same batch, so that two runs of a write put the same."""
    return samples.new_batch(batch_id=batch.batch_id[::-1], user_id=batch.user_id)


@pytest.fixture
def batch(stores: Stores) -> Batch:
    return stores.ingesting()


@pytest.fixture
def chunk(stores: Stores, batch: Batch) -> Chunk:
    return stores.opened(batch)


def everything(stores: Stores, batch: Batch) -> dict[str, object]:
    """What is known of a batch, and of the one that ``create`` puts."""
    known = {name: read(stores, batch) for name, read in READS.items()}
    trail = stores.trail.of(batch.user_id, None, 10)
    return known | {"stranger": stores.batches.get(batch.batch_id[::-1]), "trail": trail}


def told(stores: Stores, batch: Batch) -> list[object]:
    """What is known of it, without what differs between two batches that went the same way."""
    state = stores.batches.state(batch.batch_id)
    stranger = stores.batches.get(batch.batch_id[::-1])
    return [
        None if state is None else (state.counts, state.batch.version, state.batch.phase),
        None if stranger is None else stranger.version,
        [(it.number, it.owner, it.version) for it in stores.batches.chunks(batch.batch_id)],
        [entry.action for entry in stores.trail.of(batch.user_id, None, 10)],
    ]


@every_write
@_each(_TOOK_EFFECT | _TRIED_AGAIN)
def test_a_write_leaves_the_same_whatever_became_of_its_first_try(
    stores: Stores, client: Any, write: str, fault: Fault
) -> None:
    left = []
    for planned in ([], [fault]):
        batch = stores.ingesting()
        chunk = stores.opened(batch)
        with faults_on(client) as faults:
            faults.plan(*planned)
            answer = WRITES[write](stores, batch, chunk)
        # Who puts a batch may find his own, which is no other answer than None.
        version = None if write == "create" else getattr(answer, "version", None)
        left.append((told(stores, batch), version))

    assert left[0] == left[1]


@every_write
@_each(_NO_EFFECT)
def test_when_no_attempt_gets_through_the_store_is_unavailable_and_nothing_has_changed(
    stores: Stores, batch: Batch, chunk: Chunk, client: Any, write: str, fault: Fault
) -> None:
    before = everything(stores, batch)
    with faults_on(client) as faults:
        faults.plan(*[fault] * _ATTEMPTS)
        with pytest.raises(DependencyUnavailable):
            WRITES[write](stores, batch, chunk)

    assert everything(stores, batch) == before


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@_each(_NO_EFFECT)
def test_what_cannot_be_read_is_unavailable(
    stores: Stores,
    batch: Batch,
    client: Any,
    read: Callable[[Stores, Batch], object],
    fault: Fault,
) -> None:
    with faults_on(client) as faults:
        faults.plan(*[fault] * _ATTEMPTS)
        with pytest.raises(DependencyUnavailable):
            read(stores, batch)


@every_transaction
def test_a_transaction_that_meets_others_is_tried_again_and_made_once(
    stores: Stores, batch: Batch, chunk: Chunk, client: Any, name: str
) -> None:
    with _meeting_others(client, NOT_WAITING.attempts - 1):
        WRITES[name](stores, batch, chunk)

    left = everything(stores, batch)
    WRITES[name](stores, batch, chunk)
    assert everything(stores, batch) == left


@every_transaction
def test_a_transaction_that_meets_others_each_time_is_given_up(
    stores: Stores, batch: Batch, chunk: Chunk, client: Any, name: str
) -> None:
    before = everything(stores, batch)

    with _meeting_others(client, NOT_WAITING.attempts), pytest.raises(DependencyUnavailable):
        WRITES[name](stores, batch, chunk)

    assert everything(stores, batch) == before


@pytest.mark.parametrize("name", ["change", "change_chunk", "claim"])
def test_a_change_that_meets_a_transaction_is_tried_again(
    stores: Stores, batch: Batch, chunk: Chunk, client: Any, name: str
) -> None:
    """As the header's do, while the first ingesters see that it stands."""
    with faults_on(client) as faults:
        faults.plan(*[_MEETS_ANOTHER] * (NOT_WAITING.attempts - 1))
        assert WRITES[name](stores, batch, chunk) is not None

    with faults_on(client) as faults:
        faults.plan(*[_MEETS_ANOTHER] * NOT_WAITING.attempts)
        with pytest.raises(DependencyUnavailable):
            WRITES[name](stores, batch, chunk)


def test_a_lost_count_counts_once(stores: Stores, batch: Batch, chunk: Chunk, client: Any) -> None:
    with faults_on(client) as faults:
        faults.plan(LOST_RESPONSE)
        after = stores.batches.count(chunk, advanced(chunk, is_done=True), counted(4, 2, 1))

    state = stores.batches.state(batch.batch_id)
    assert state is not None
    assert state.counts == Counts(
        accepted=4, duplicate=2, rejected=1, chunks_done=1, updated_at=NOW
    )
    assert [after] == stores.batches.chunks(batch.batch_id)


def test_a_count_that_somebody_forestalls_between_two_tries_is_not_taken_for_ours(
    stores: Stores, batch: Batch, chunk: Chunk, client: Any
) -> None:
    claim = changes.claim(chunk, "owner-2", now=NOW + LEASE_MS, lease_ms=LEASE_MS)
    with faults_on(client) as faults:
        faults.plan(THROTTLED)
        with _meanwhile(client, lambda: stores.batches.change_chunk(chunk, claim)):
            assert stores.batches.count(chunk, advanced(chunk), counted(3)) is None

    state = stores.batches.state(batch.batch_id)
    assert state is not None
    assert state.counts == Counts()


@pytest.mark.parametrize("calls", range(1, 6))
def test_an_erasure_that_stops_anywhere_keeps_the_header_and_can_be_begun_anew(
    stores: Stores, batch: Batch, chunk: Chunk, client: Any, calls: int
) -> None:
    for _ in range(3):
        stores.failed(batch)
    with faults_on(client) as faults:
        faults.plan(*[None] * (calls - 1), *[THROTTLED] * _ATTEMPTS)
        with pytest.raises(DependencyUnavailable):
            stores.batches.erase(batch.batch_id)

    stopped = stores.batches.get(batch.batch_id)
    assert stopped is not None
    assert (stopped.phase is Phase.FAILED) == (calls > 1)

    stores.batches.erase(batch.batch_id)
    assert stores.batches.get(batch.batch_id) is None
    assert stores.batches.chunks(batch.batch_id) == []
    assert stores.batches.failures(batch.batch_id, None, 10) == []


def test_what_a_read_leaves_over_is_asked_for_again(stores: Stores, client: Any) -> None:
    batches = {batch.batch_id: batch for batch in (stores.created() for _ in range(4))}

    with _in_part(client, "BatchGetItem", "UnprocessedKeys", 1):
        states = stores.batches.states(list(batches))

    assert {batch_id: state.batch for batch_id, state in states.items()} == batches


def test_what_a_deletion_leaves_over_is_deleted_again(
    stores: Stores, batch: Batch, chunk: Chunk, client: Any
) -> None:
    with _in_part(client, "BatchWriteItem", "UnprocessedItems", 7):
        stores.batches.erase(batch.batch_id)

    assert stores.batches.get(batch.batch_id) is None
    assert chunk not in stores.batches.chunks(batch.batch_id)


@pytest.mark.parametrize("name", ["states", "erase"])
def test_what_gets_nowhere_ends(
    stores: Stores, batch: Batch, chunk: Chunk, client: Any, name: str
) -> None:
    calls: dict[str, Callable[[], object]] = {
        "states": lambda: READS["states"](stores, batch),
        "erase": lambda: WRITES["erase"](stores, batch, chunk),
    }
    with (
        _in_part(client, "BatchGetItem", "UnprocessedKeys", 0),
        _in_part(client, "BatchWriteItem", "UnprocessedItems", 0),
        pytest.raises(DependencyUnavailable, match="unprocessed"),
    ):
        calls[name]()


def test_a_plan_that_no_item_could_hold_is_refused_before_anything_is_written(
    stores: Stores,
) -> None:
    batch = stores.created(phase=Phase.VALIDATING)
    endless = type(PLAN)(format=PLAN.format, chunks=PLAN.chunks * 20_000)

    with pytest.raises(ValueError, match="more than"):
        stores.batches.record_plan(batch, samples.planned(batch, endless), endless)

    assert stores.batches.get(batch.batch_id) == batch


def test_every_read_that_decides_is_consistent(stores: Stores, batch: Batch, client: Any) -> None:
    """The emulators answer each read as of now."""
    for read in ("get", "plan", "state", "chunks", "failures", "states"):
        sent: list[dict[str, Any]] = []

        def record(params: dict[str, Any], sent: list[dict[str, Any]] = sent, **_: Any) -> None:
            sent.append(params)

        client.meta.events.register("provide-client-params.dynamodb", record)
        READS[read](stores, batch)
        client.meta.events.unregister("provide-client-params.dynamodb", record)

        asked = [next(iter(it.get("RequestItems", {"": it}).values())) for it in sent]
        assert asked
        assert all(it["ConsistentRead"] for it in asked)


@contextmanager
def _meeting_others(client: Any, times: int) -> Iterator[None]:
    """So many transactions are cancelled, since another one is at work on the same items."""
    left = [times]

    def cancel(**_: Any) -> tuple[Any, dict[str, Any]] | None:
        if not left[0]:
            return None
        left[0] -= 1
        parsed = {
            "Error": {"Code": "TransactionCanceledException", "Message": "planned"},
            "ResponseMetadata": {"HTTPStatusCode": 400},
            "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
        }
        return SimpleNamespace(status_code=400), parsed

    event = "before-call.dynamodb.TransactWriteItems"
    client.meta.events.register(event, cancel)
    try:
        yield
    finally:
        client.meta.events.unregister(event, cancel)


@contextmanager
def _meanwhile(client: Any, act: Callable[[], object]) -> Iterator[None]:
    """Somebody acts once, between the first request and the SDK's second."""
    events = client.meta.events

    def strike(**_: Any) -> None:
        events.unregister("needs-retry.dynamodb", strike)
        act()

    events.register_first("needs-retry.dynamodb", strike)
    yield


@contextmanager
def _in_part(client: Any, operation: str, left_over: str, number: int) -> Iterator[None]:
    """A batch is answered for its first so many entries alone, as DynamoDB may."""
    left: dict[str, Any] = {}

    def shorten(params: dict[str, Any], **_: Any) -> None:
        [(table, asked)] = params["RequestItems"].items()
        shown, rest = _split(asked, number)
        left[left_over] = {table: rest} if rest else {}
        params["RequestItems"] = {table: shown}

    def add_the_rest(parsed: dict[str, Any], **_: Any) -> None:
        parsed[left_over] = left[left_over]

    before = f"provide-client-params.dynamodb.{operation}"
    after = f"after-call.dynamodb.{operation}"
    client.meta.events.register(before, shorten)
    client.meta.events.register(after, add_the_rest)
    try:
        yield
    finally:
        client.meta.events.unregister(before, shorten)
        client.meta.events.unregister(after, add_the_rest)


def _split(asked: Any, number: int) -> tuple[Any, Any]:
    """Writes are a list, keys a member of what is asked of a table; an empty request is none."""
    if isinstance(asked, list):
        return asked[: number or 1], asked[number:]
    shown, rest = asked["Keys"][: number or 1], asked["Keys"][number:]
    return {**asked, "Keys": shown}, {**asked, "Keys": rest} if rest else None
