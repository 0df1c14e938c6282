"""What the SDK's retries do to each adapter: right results after lost responses and throttling."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from meshmill.aws.backoff import Backoff
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_limits import DynamoDbLineBudget, DynamoDbRateLimiter
from meshmill.aws.s3_artefacts import S3Artefacts
from meshmill.aws.s3_quarantine import S3Quarantine
from meshmill.aws.sqs_queue import SqsBacklog, SqsDelivery, SqsWorkQueue
from meshmill.domain import transitions
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.lanes import Lane
from meshmill.domain.transitions import Lease
from meshmill.domain.work import WorkItem
from meshmill.geometry.artefact import ArtefactFile
from meshmill.ports import Standing
from tests.contract import samples
from tests.contract.samples import CASES, Case
from tests.fakes.clock import FakeClock
from tests.support.backend import Backend, assets_table, bucket, queue, rate_limits_table
from tests.support.sdk_events import (
    FAILED_AFTER_EFFECT,
    LOST_RESPONSE,
    NO_FAULT,
    THROTTLED,
    UNREACHABLE,
    Fault,
    Faults,
    faults_on,
    refused,
)

_ATTEMPTS = 3
_TOOK_EFFECT = {"lost response": LOST_RESPONSE, "500 after effect": FAILED_AFTER_EFFECT}
_NO_EFFECT = {
    "throttled": THROTTLED,
    "500": refused(500, "InternalServerError"),
    "503": refused(503, "ServiceUnavailable"),
    "unreachable": UNREACHABLE,
}
_PASSING = _TOOK_EFFECT | _NO_EFFECT
_OURS = {
    "no permission": refused(400, "AccessDeniedException"),
    "no table": refused(400, "ResourceNotFoundException"),
    "wrong request": refused(400, "ValidationException"),
}
_NOT_WAITING = Backoff(attempts=5, base_seconds=0)


def _each(faults: dict[str, Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults.values(), ids=faults)


_each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's backoff between attempts, without the waiting."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


@pytest.fixture
def faults(request: pytest.FixtureRequest, moto: Backend) -> Iterator[Faults]:
    """On the client of the service that the test's class names."""
    with faults_on(moto.client(request.cls.service)) as faults:
        yield faults


class TestAssets:
    service = "dynamodb"

    @pytest.fixture
    def store(self, moto: Backend) -> Iterator[DynamoDbAssets]:
        with assets_table(moto) as table:
            yield DynamoDbAssets(moto.client("dynamodb"), table, "batches", _NOT_WAITING)

    @_each(_TOOK_EFFECT)
    def test_a_put_that_took_effect_finds_its_own_record(
        self, store: DynamoDbAssets, faults: Faults, fault: Fault
    ) -> None:
        asset = samples.new_asset()
        faults.plan(fault)

        assert store.create(asset) == asset

        assert faults.effects == 2

    @_each(_NO_EFFECT)
    def test_a_put_is_tried_again_and_stored_once(
        self, store: DynamoDbAssets, faults: Faults, fault: Fault
    ) -> None:
        asset = samples.new_asset()
        faults.plan(fault, fault)

        assert store.create(asset) is None

        assert (faults.requests, faults.effects) == (_ATTEMPTS, 1)
        assert store.get(asset.asset_id) == asset

    def test_a_put_and_a_transition_wait_for_a_transaction_that_they_meet(
        self, store: DynamoDbAssets, faults: Faults
    ) -> None:
        conflict = refused(400, "TransactionConflictException")
        asset = samples.new_asset()
        faults.plan(conflict, conflict)
        assert store.create(asset) is None
        faults.plan(conflict)
        claim = transitions.claim(
            asset.run, Lease(owner="me", until=2, due_at=3), now=1, max_attempts=3
        )
        assert store.transition(asset.asset_id, claim).applied

    @_each(_NO_EFFECT)
    def test_when_no_attempt_gets_through_the_store_is_unavailable(
        self, store: DynamoDbAssets, faults: Faults, fault: Fault
    ) -> None:
        asset = samples.new_asset()
        faults.plan(*[fault] * _ATTEMPTS)

        with pytest.raises(DependencyUnavailable) as caught:
            store.create(asset)

        assert caught.value.__cause__ is not None
        assert (faults.requests, faults.effects) == (_ATTEMPTS, 0)
        assert store.get(asset.asset_id) is None

    @_each(_TOOK_EFFECT)
    def test_when_no_answer_gets_through_the_record_may_stand_all_the_same(
        self, store: DynamoDbAssets, faults: Faults, fault: Fault
    ) -> None:
        asset = samples.new_asset()
        faults.plan(*[fault] * _ATTEMPTS)

        with pytest.raises(DependencyUnavailable):
            store.create(asset)

        assert store.get(asset.asset_id) == asset

    @_each(_OURS)
    def test_a_mistake_of_ours_stays_what_it_is_and_is_not_tried_again(
        self, store: DynamoDbAssets, faults: Faults, fault: Fault
    ) -> None:
        faults.plan(fault)

        with pytest.raises(ClientError) as caught:
            store.get("any")

        assert caught.value.response["Error"]["Code"] == fault.code
        assert faults.requests == 1

    def test_a_call_that_cannot_be_made_is_a_mistake_of_ours_too(
        self, store: DynamoDbAssets
    ) -> None:
        with pytest.raises(ParamValidationError):
            store.get(7)  # type: ignore[arg-type]

    @_each_case
    @_each(_PASSING)
    def test_a_transition_is_applied_once_whatever_became_of_its_first_try(
        self, store: DynamoDbAssets, faults: Faults, fault: Fault, case: Case
    ) -> None:
        asset, undisturbed = samples.in_state(case.read_as), samples.in_state(case.read_as)
        store.create(asset)
        store.create(undisturbed)
        expected = store.transition(undisturbed.asset_id, case.of(undisturbed)).asset
        faults.plan(fault)

        outcome = store.transition(asset.asset_id, case.of(asset))

        assert outcome.applied
        assert expected is not None
        assert outcome.asset is not None
        assert outcome.asset.attempts == expected.attempts
        assert outcome.asset.status == expected.status
        assert outcome.asset == store.get(asset.asset_id)

    @_each_case
    def test_a_transition_that_somebody_else_forestalled_is_not_taken_for_ours(
        self, store: DynamoDbAssets, faults: Faults, case: Case
    ) -> None:
        asset = samples.in_state("failed" if case.read_as != "failed" else "completed")
        store.create(asset)
        faults.plan(THROTTLED)

        outcome = store.transition(asset.asset_id, case.of(asset))

        assert outcome.applied == (asset.status.value in case.recognised)
        assert outcome.asset == asset

    def test_what_a_batch_read_leaves_over_is_asked_for_again(
        self, store: DynamoDbAssets, moto: Backend
    ) -> None:
        assets = {asset.asset_id: asset for asset in (samples.new_asset() for _ in range(7))}
        for asset in assets.values():
            store.create(asset)

        with _answering_in_part(moto.client("dynamodb"), keys=2) as answers:
            assert store.get_many(list(assets)) == assets

        assert len(answers) == 4

    def test_a_batch_read_that_gets_nowhere_ends(
        self, store: DynamoDbAssets, moto: Backend
    ) -> None:
        with (
            _answering_in_part(moto.client("dynamodb"), keys=0) as answers,
            pytest.raises(DependencyUnavailable),
        ):
            store.get_many(["any"])

        assert len(answers) == _NOT_WAITING.attempts


class TestLimiter:
    service = "dynamodb"

    @pytest.fixture
    def limiter(self, moto: Backend, clock: FakeClock) -> Iterator[DynamoDbRateLimiter]:
        with rate_limits_table(moto) as table:
            yield DynamoDbRateLimiter(moto.client("dynamodb"), table, clock)

    @_each(_PASSING)
    @pytest.mark.parametrize("spent_before", [0, 1, 2])
    def test_one_token_is_spent_and_granted_whatever_became_of_the_first_try(
        self, limiter: DynamoDbRateLimiter, faults: Faults, fault: Fault, spent_before: int
    ) -> None:
        for _ in range(spent_before):
            limiter.spend("user#a", 3)
        faults.plan(fault)

        answer = limiter.spend("user#a", 3)

        assert (answer.granted, answer.remaining) == (True, 2 - spent_before)
        left = [limiter.spend("user#a", 3).granted for _ in range(3 - spent_before)]
        assert left == [True] * (2 - spent_before) + [False]

    @_each(_PASSING)
    def test_lines_are_drawn_once_whatever_became_of_the_first_try(
        self,
        limiter: DynamoDbRateLimiter,
        moto: Backend,
        clock: FakeClock,
        faults: Faults,
        fault: Fault,
    ) -> None:
        client = moto.client("dynamodb")
        budget = DynamoDbLineBudget(client, limiter._table, clock, lines_per_second=10, burst=100)
        for left in (60, 20):
            faults.plan(fault)
            answer = budget.draw("ada", 40)
            assert (answer.granted, answer.remaining) == (True, left)

        assert not budget.draw("ada", 21).granted
        assert budget.draw("ada", 20).granted

    def test_a_token_spent_in_between_makes_it_two_and_never_too_many(
        self, limiter: DynamoDbRateLimiter, moto: Backend, clock: FakeClock, faults: Faults
    ) -> None:
        rival = DynamoDbRateLimiter(moto.client("dynamodb"), limiter._table, clock)
        faults.plan(LOST_RESPONSE)
        with _meanwhile(moto.client("dynamodb"), lambda: rival.spend("user#a", 5)):
            answer = limiter.spend("user#a", 5)

        assert (answer.granted, answer.remaining) == (True, 2)

    @pytest.mark.parametrize("seed", range(8))
    def test_no_more_than_the_bucket_is_granted_however_many_answers_are_lost(
        self,
        limiter: DynamoDbRateLimiter,
        moto: Backend,
        clock: FakeClock,
        faults: Faults,
        seed: int,
    ) -> None:
        chance = random.Random(seed)
        rival = DynamoDbRateLimiter(moto.client("dynamodb"), limiter._table, clock)
        fates = [NO_FAULT, NO_FAULT, LOST_RESPONSE, FAILED_AFTER_EFFECT, THROTTLED]
        granted = 0

        for _ in range(40):
            faults.planned.clear()
            faults.plan(*chance.choices(fates, k=4))
            with suppress(DependencyUnavailable):
                granted += chance.choice([limiter, rival]).spend("user#a", 12).granted

        # What was taken and never answered is lost to the caller, so that it may be fewer.
        assert 0 < granted <= 12

    @pytest.mark.parametrize("seed", range(3))
    def test_no_more_lines_than_the_budget_are_granted_however_many_answers_are_lost(
        self,
        limiter: DynamoDbRateLimiter,
        moto: Backend,
        clock: FakeClock,
        faults: Faults,
        seed: int,
    ) -> None:
        chance, client = random.Random(seed), moto.client("dynamodb")
        budgets = [
            DynamoDbLineBudget(client, limiter._table, clock, lines_per_second=10, burst=100)
            for _ in range(2)
        ]
        fates = [NO_FAULT, NO_FAULT, LOST_RESPONSE, FAILED_AFTER_EFFECT, THROTTLED]
        granted = 0

        for _ in range(40):
            faults.planned.clear()
            faults.plan(*chance.choices(fates, k=4))
            lines = chance.choice([1, 7, 20])
            with suppress(DependencyUnavailable):
                granted += lines * chance.choice(budgets).draw("ada", lines).granted

        assert 0 < granted <= 100

    def test_a_rejection_costs_one_call_when_the_guess_was_right(
        self, limiter: DynamoDbRateLimiter, faults: Faults
    ) -> None:
        limiter.spend("user#a", 1)
        made = faults.requests

        assert not limiter.spend("user#a", 1).granted

        assert faults.requests == made + 1

    def test_a_token_costs_one_call_to_who_has_seen_the_bucket_before(
        self, limiter: DynamoDbRateLimiter, clock: FakeClock, faults: Faults
    ) -> None:
        limiter.spend("user#a", 3)
        made = faults.requests

        assert limiter.spend("user#a", 3).granted
        clock.advance(60_000)
        assert limiter.spend("user#a", 3).granted

        assert faults.requests == made + 2

    def test_a_stranger_to_a_busy_bucket_needs_a_second_call_and_an_empty_one_does_not(
        self, limiter: DynamoDbRateLimiter, moto: Backend, clock: FakeClock, faults: Faults
    ) -> None:
        def cost_to_a_stranger() -> int:
            stranger = DynamoDbRateLimiter(moto.client("dynamodb"), limiter._table, clock)
            made = faults.requests
            stranger.spend("user#a", 2)
            return faults.requests - made

        assert [cost_to_a_stranger() for _ in range(3)] == [1, 2, 1]

    def test_a_limiter_that_gets_no_answer_is_unavailable(
        self, limiter: DynamoDbRateLimiter, faults: Faults
    ) -> None:
        faults.plan(*[THROTTLED] * _ATTEMPTS)

        with pytest.raises(DependencyUnavailable):
            limiter.spend("user#a", 3)


class TestArtefacts:
    service = "s3"
    file = ArtefactFile("model", "model.glb", "model/gltf-binary", b"glTF")
    standing = Standing(4, hashlib.sha256(b"glTF").hexdigest())

    @pytest.fixture
    def store(self, moto: Backend) -> Iterator[S3Artefacts]:
        with bucket(moto) as name:
            yield S3Artefacts(moto.client("s3"), name, _NOT_WAITING)

    @_each(_TOOK_EFFECT)
    def test_a_put_that_took_effect_meets_its_own_object(
        self, store: S3Artefacts, faults: Faults, fault: Fault
    ) -> None:
        faults.plan(fault)

        assert store.put_new("artefacts/m", self.file) == self.standing

    @_each(_NO_EFFECT | {"slow down": refused(503, "SlowDown")})
    def test_a_put_is_tried_again_and_stored_once(
        self, store: S3Artefacts, faults: Faults, fault: Fault
    ) -> None:
        faults.plan(fault)

        assert store.put_new("artefacts/m", self.file) is None

        assert store.read("artefacts/m") == b"glTF"

    def test_a_put_that_meets_others_is_tried_until_one_of_them_stands(
        self, store: S3Artefacts, faults: Faults
    ) -> None:
        faults.plan(*[refused(409, "ConditionalRequestConflict")] * 3)

        assert store.put_new("artefacts/m", self.file) is None

        assert faults.effects == 1

    def test_a_put_that_meets_others_for_ever_gives_up(
        self, store: S3Artefacts, faults: Faults
    ) -> None:
        faults.plan(*[refused(409, "ConditionalRequestConflict")] * 9)

        with pytest.raises(DependencyUnavailable):
            store.put_new("artefacts/m", self.file)

        assert faults.requests == _NOT_WAITING.attempts

    def test_what_stood_and_is_gone_when_looked_at_is_put_again(
        self, store: S3Artefacts, faults: Faults
    ) -> None:
        faults.plan(refused(412, "PreconditionFailed"))

        assert store.put_new("artefacts/m", self.file) is None

        assert store.read("artefacts/m") == b"glTF"

    def test_a_mistake_of_ours_stays_what_it_is(self, store: S3Artefacts, faults: Faults) -> None:
        faults.plan(refused(403, "AccessDenied"))

        with pytest.raises(ClientError, match="AccessDenied"):
            store.put_new("artefacts/m", self.file)

    @_each(_NO_EFFECT)
    def test_when_no_attempt_gets_through_the_store_is_unavailable(
        self, store: S3Artefacts, moto: Backend, faults: Faults, fault: Fault
    ) -> None:
        quarantine = S3Quarantine(moto.client("s3"), "any")
        for call in (
            lambda: store.read("artefacts/m"),
            lambda: store.put_new("artefacts/m", self.file),
            lambda: quarantine.keep("bulk", "message-1", "?"),
        ):
            faults.plan(*[fault] * _ATTEMPTS)
            with pytest.raises(DependencyUnavailable):
                call()


class TestQueue:
    service = "sqs"

    @pytest.fixture
    def url(self, moto: Backend) -> Iterator[str]:
        with queue(moto) as url:
            yield url

    @pytest.fixture
    def work(self, moto: Backend, url: str) -> SqsWorkQueue:
        return SqsWorkQueue(moto.client("sqs"), dict.fromkeys(Lane, url))

    @_each(_PASSING)
    def test_a_message_is_sent_at_least_once_whatever_became_of_the_first_try(
        self, work: SqsWorkQueue, url: str, moto: Backend, faults: Faults, fault: Fault
    ) -> None:
        item = WorkItem.of(samples.new_asset())
        faults.plan(fault)

        work.send(Lane.BULK, item)

        received = moto.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        bodies = [WorkItem.parse(message["Body"]) for message in received["Messages"]]
        assert bodies == [item] * (1 + fault.takes_effect)

    @_each(_NO_EFFECT)
    def test_when_no_attempt_gets_through_the_queue_is_unavailable(
        self,
        work: SqsWorkQueue,
        url: str,
        moto: Backend,
        clock: FakeClock,
        faults: Faults,
        fault: Fault,
    ) -> None:
        client, urls = moto.client("sqs"), dict.fromkeys(Lane, url)
        backlog = SqsBacklog(client, moto.client("cloudwatch"), urls, clock)
        for call in (
            lambda: work.send(Lane.BULK, WorkItem.of(samples.new_asset())),
            lambda: SqsDelivery(client, url, "receipt").retry_after(1),
            lambda: backlog.oldest_message_age_ms(Lane.BULK),
        ):
            faults.plan(*[fault] * _ATTEMPTS)
            with pytest.raises(DependencyUnavailable):
                call()

    def test_handing_back_what_is_no_longer_in_flight_is_no_error(
        self, moto: Backend, url: str, faults: Faults
    ) -> None:
        """Both emulators change a visibility that has lapsed, where SQS refuses."""
        faults.plan(refused(400, "MessageNotInflight"))

        SqsDelivery(moto.client("sqs"), url, "receipt").retry_after(5)

        assert faults.effects == 0


@contextmanager
def _answering_in_part(client: Any, keys: int) -> Iterator[list[int]]:
    """BatchGetItem answers for the first ``keys`` keys alone, as DynamoDB may."""
    answers: list[int] = []
    left: dict[str, Any] = {}

    def shorten(params: dict[str, Any], **_: Any) -> None:
        [(table, request)] = params["RequestItems"].items()
        left["UnprocessedKeys"] = {table: request | {"Keys": request["Keys"][keys:]}}
        # An empty request is none: ask for something absent instead.
        shown = request["Keys"][:keys] or [{"asset_id": {"S": "absent"}}]
        params["RequestItems"] = {table: request | {"Keys": shown}}

    def add_the_rest(parsed: dict[str, Any], **_: Any) -> None:
        [(table, request)] = left["UnprocessedKeys"].items()
        parsed["UnprocessedKeys"] = {table: request} if request["Keys"] else {}
        answers.append(len(request["Keys"]))

    events = client.meta.events
    before, after = (
        "provide-client-params.dynamodb.BatchGetItem",
        "after-call.dynamodb.BatchGetItem",
    )
    events.register(before, shorten)
    events.register(after, add_the_rest)
    try:
        yield answers
    finally:
        events.unregister(before, shorten)
        events.unregister(after, add_the_rest)


@contextmanager
def _meanwhile(client: Any, act: Callable[[], object]) -> Iterator[None]:
    """Somebody acts once, between the first request and the SDK's second."""
    events = client.meta.events

    def strike(**_: Any) -> None:
        events.unregister("needs-retry.dynamodb", strike)
        act()

    events.register_first("needs-retry.dynamodb", strike)
    yield
