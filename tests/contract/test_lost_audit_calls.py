"""What the SDK's retries do to deletions and to the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from meshmill.aws.backoff import Backoff
from meshmill.aws.dynamodb_asset_deletion import DynamoDbAssetDeletion
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.domain.audit import Action, AuditEntry, asset_entry
from meshmill.domain.errors import DependencyUnavailable
from tests.contract import samples
from tests.contract.samples import ADA, NOW
from tests.support.backend import Backend, assets_table, audit_table
from tests.support.sdk_events import (
    FAILED_AFTER_EFFECT,
    LOST_RESPONSE,
    THROTTLED,
    UNREACHABLE,
    Fault,
    Faults,
    faults_on,
    recorded_parameters,
    refused,
)

_ATTEMPTS, _KEEP_DAYS = 3, 400
_TOOK_EFFECT = {"lost response": LOST_RESPONSE, "500 after effect": FAILED_AFTER_EFFECT}
_NO_EFFECT = {
    "throttled": THROTTLED,
    "500": refused(500, "InternalServerError"),
    "in progress": refused(400, "TransactionInProgressException"),
    "unreachable": UNREACHABLE,
}
_NOT_WAITING = Backoff(attempts=5, base_seconds=0)


def _each(faults: dict[str, Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults.values(), ids=faults)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's backoff between attempts, without the waiting."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


@pytest.fixture
def faults(moto: Backend) -> Iterator[Faults]:
    with faults_on(moto.client("dynamodb")) as faults:
        yield faults


@pytest.fixture
def trail(moto: Backend) -> Iterator[DynamoDbAuditTrail]:
    with audit_table(moto) as table:
        yield DynamoDbAuditTrail(moto.client("dynamodb"), table, _KEEP_DAYS, _NOT_WAITING)


def _entries(number: int) -> list[AuditEntry]:
    asset = samples.new_asset()
    return [
        asset_entry(ADA, Action.ASSET_DELETED, asset, at=NOW + moment) for moment in range(number)
    ]


class TestDeletion:
    @pytest.fixture
    def assets(self, moto: Backend) -> Iterator[DynamoDbAssets]:
        with assets_table(moto) as table:
            yield DynamoDbAssets(moto.client("dynamodb"), table, "batches")

    @pytest.fixture
    def deletion(
        self, moto: Backend, assets: DynamoDbAssets, trail: DynamoDbAuditTrail
    ) -> DynamoDbAssetDeletion:
        tables = assets._table, trail._table, assets._batches_table
        return DynamoDbAssetDeletion(moto.client("dynamodb"), *tables, _KEEP_DAYS)

    @_each(_TOOK_EFFECT | _NO_EFFECT)
    def test_a_record_goes_once_whatever_became_of_the_first_try(
        self,
        assets: DynamoDbAssets,
        deletion: DynamoDbAssetDeletion,
        trail: DynamoDbAuditTrail,
        faults: Faults,
        fault: Fault,
    ) -> None:
        asset = samples.new_asset()
        assets.create(asset)
        (entry,) = _entries(1)
        faults.plan(fault)

        assert deletion.delete(asset, entry) is None

        assert assets.get(asset.asset_id) is None
        assert trail.of(entry.subject, None, 10) == [entry]

    @_each(_TOOK_EFFECT | _NO_EFFECT)
    def test_without_an_answer_record_and_entry_stay_or_go_together(
        self,
        assets: DynamoDbAssets,
        deletion: DynamoDbAssetDeletion,
        trail: DynamoDbAuditTrail,
        faults: Faults,
        fault: Fault,
    ) -> None:
        asset = samples.new_asset()
        assets.create(asset)
        (entry,) = _entries(1)
        faults.plan(*[fault] * _ATTEMPTS)

        with pytest.raises(DependencyUnavailable):
            deletion.delete(asset, entry)

        gone = assets.get(asset.asset_id) is None
        assert gone == fault.takes_effect
        assert trail.of(entry.subject, None, 10) == [entry] * gone

    @pytest.mark.parametrize(
        "code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
    )
    def test_a_transaction_that_meets_another_is_worth_another_try(
        self, deletion: DynamoDbAssetDeletion, moto: Backend, code: str
    ) -> None:
        with _cancelled(moto.client("dynamodb"), code), pytest.raises(DependencyUnavailable):
            deletion.delete(samples.new_asset(), _entries(1)[0])

    def test_a_transaction_that_can_never_succeed_is_a_mistake_of_ours(
        self, deletion: DynamoDbAssetDeletion, moto: Backend
    ) -> None:
        with (
            _cancelled(moto.client("dynamodb"), "ValidationError"),
            pytest.raises(ClientError, match="TransactionCanceled"),
        ):
            deletion.delete(samples.new_asset(), _entries(1)[0])

    def test_the_sdk_repeats_it_under_a_token(
        self, deletion: DynamoDbAssetDeletion, moto: Backend
    ) -> None:
        """By which DynamoDB knows a repetition; moto does not look at it."""
        with recorded_parameters(moto.client("dynamodb"), "TransactWriteItems") as sent:
            deletion.delete(samples.new_asset(), _entries(1)[0])

        assert sent[0]["ClientRequestToken"]


class TestAuditTrail:
    @_each(_TOOK_EFFECT | _NO_EFFECT)
    def test_entries_are_recorded_once_whatever_became_of_the_first_try(
        self, trail: DynamoDbAuditTrail, faults: Faults, fault: Fault
    ) -> None:
        entries = _entries(3)
        faults.plan(fault)

        trail.record(entries)

        assert trail.of(entries[0].subject, None, 10) == entries

    @_each(_NO_EFFECT)
    def test_when_no_attempt_gets_through_the_trail_is_unavailable(
        self, trail: DynamoDbAuditTrail, faults: Faults, fault: Fault
    ) -> None:
        for call in (
            lambda: trail.record(_entries(1)),
            lambda: trail.of("u", None, 1),
            lambda: trail.latest("u", None, 1),
        ):
            faults.plan(*[fault] * _ATTEMPTS)
            with pytest.raises(DependencyUnavailable):
                call()

    def test_what_a_call_leaves_over_is_put_again(
        self, trail: DynamoDbAuditTrail, moto: Backend
    ) -> None:
        entries = _entries(7)

        with _taking(moto.client("dynamodb"), 2) as answers:
            trail.record(entries)

        assert len(answers) == 4
        assert trail.of(entries[0].subject, None, 10) == entries

    def test_a_call_that_gets_nowhere_ends(self, trail: DynamoDbAuditTrail, moto: Backend) -> None:
        with (
            _taking(moto.client("dynamodb"), 0) as answers,
            pytest.raises(DependencyUnavailable),
        ):
            trail.record(_entries(1))

        assert len(answers) == _NOT_WAITING.attempts


@contextmanager
def _cancelled(client: Any, code: str) -> Iterator[None]:
    """DynamoDB cancels a transaction, since one of its two writes met this."""

    def answer(parsed: dict[str, Any], http_response: Any, **_: Any) -> None:
        http_response.status_code = 400
        parsed.clear()
        parsed |= {
            "Error": {"Code": "TransactionCanceledException", "Message": "planned"},
            "ResponseMetadata": {"HTTPStatusCode": 400},
            "CancellationReasons": [{"Code": code}, {"Code": "None"}],
        }

    event = "after-call.dynamodb.TransactWriteItems"
    client.meta.events.register(event, answer)
    try:
        yield
    finally:
        client.meta.events.unregister(event, answer)


@contextmanager
def _taking(client: Any, number: int) -> Iterator[list[int]]:
    """BatchWriteItem takes the first so many puts alone, as DynamoDB may."""
    answers: list[int] = []
    left: dict[str, Any] = {}

    def shorten(params: dict[str, Any], **_: Any) -> None:
        [(table, puts)] = params["RequestItems"].items()
        left["UnprocessedItems"] = {table: puts[number:]} if puts[number:] else {}
        # An empty request is none: put one of them all the same.
        params["RequestItems"] = {table: puts[: max(number, 1)]}

    def add_the_rest(parsed: dict[str, Any], **_: Any) -> None:
        parsed["UnprocessedItems"] = left["UnprocessedItems"]
        answers.append(len(left["UnprocessedItems"]))

    events = client.meta.events
    before, after = (
        "provide-client-params.dynamodb.BatchWriteItem",
        "after-call.dynamodb.BatchWriteItem",
    )
    events.register(before, shorten)
    events.register(after, add_the_rest)
    try:
        yield answers
    finally:
        events.unregister(before, shorten)
        events.unregister(after, add_the_rest)
