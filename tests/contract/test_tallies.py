from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from botocore.exceptions import ClientError

from meshmill.aws.backoff import Backoff
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.errors import PASSING_REASONS
from meshmill.domain import transitions
from meshmill.domain.asset import Asset, Status
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.origin import Origin
from meshmill.domain.tally import Failure
from meshmill.domain.transitions import Transition
from meshmill.ports import AssetStore
from tests.contract import samples
from tests.contract.cancelled import cancelled_transactions
from tests.contract.counted import LINE, Ledger, stored_counts, sums_of
from tests.contract.samples import ADA, CASES, ERROR, NOW, PATIENCE, Case
from tests.fakes.assets import InMemoryAssets
from tests.support.backend import Backend, assets_table
from tests.support.sdk_events import (
    FAILED_AFTER_EFFECT,
    LOST_RESPONSE,
    THROTTLED,
    UNREACHABLE,
    Fault,
    counted_calls,
    faults_on,
)

BATCH = LINE.batch_id
_NOT_WAITING = Backoff(attempts=5, base_seconds=0, pause=lambda _: None)
COUNTED = {"requeue": "redriven", "complete": "completed", "refuse": "failed", "exhaust": "failed"}
_each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
_each_counted = pytest.mark.parametrize(
    "case", [case for case in CASES if case.name in COUNTED], ids=lambda case: case.name
)


@dataclass(frozen=True)
class Stage:
    """A store of assets, and what it counts."""

    assets: AssetStore
    counts: Ledger

    def standing(self, state: str) -> Asset:
        """A stored asset that came from the batch."""
        asset = of_the_batch(samples.in_state(state))
        assert self.assets.create(asset) is None
        return asset


def of_the_batch(asset: Asset) -> Asset:
    return dataclasses.replace(asset, origin=LINE)


def transition_of(case: Case, asset: Asset) -> Transition:
    """Made from the reading that the case is about, of an asset that came from the batch."""
    return case.make(of_the_batch(samples.in_state(case.read_as, asset.user_id)))


@contextmanager
def stored(backend: Backend) -> Iterator[Stage]:
    client = backend.client("dynamodb")
    with assets_table(backend) as assets, stored_counts(backend) as counts:
        yield Stage(DynamoDbAssets(client, assets, counts.table, _NOT_WAITING), counts)


@pytest.fixture
def stage(platform: Backend | None) -> Iterator[Stage]:
    if platform is None:
        assets = InMemoryAssets()
        assets.counts.open(BATCH)
        yield Stage(assets, assets.counts)
        return
    with stored(platform) as stage:
        stage.counts.open(BATCH)
        yield stage


@_each_case
def test_a_transition_counts_what_it_is_about_and_changes_the_record_as_ever(
    stage: Stage, case: Case
) -> None:
    asset, without = stage.standing(case.read_as), samples.in_state(case.read_as)
    stage.assets.create(without)

    outcome = stage.assets.transition(asset.asset_id, transition_of(case, asset))

    plain = stage.assets.transition(without.asset_id, case.of(without))
    assert outcome.applied
    assert outcome.asset is not None
    assert plain.asset is not None
    assert outcome.asset == stage.assets.get(asset.asset_id)
    alike = dataclasses.replace(
        outcome.asset, origin=None, asset_id=without.asset_id, user_id=without.user_id
    )
    assert alike == plain.asset
    counted = {COUNTED[case.name]: 1} if case.name in COUNTED else {}
    assert sums_of(stage.counts.of(BATCH)) == counted
    assert stage.counts.of(BATCH).updated_at == (NOW if counted else 0)


@_each_counted
def test_repeated_it_counts_once(stage: Stage, case: Case) -> None:
    asset = stage.standing(case.read_as)
    transition = transition_of(case, asset)

    for _ in range(3):
        assert stage.assets.transition(asset.asset_id, transition).applied

    assert sums_of(stage.counts.of(BATCH)) == {COUNTED[case.name]: 1}


@_each_counted
def test_refused_it_counts_nothing(stage: Stage, case: Case) -> None:
    asset = stage.standing("failed" if case.read_as != "failed" else "completed")

    outcome = stage.assets.transition(asset.asset_id, transition_of(case, asset))

    assert outcome.asset == asset
    assert sums_of(stage.counts.of(BATCH)) == {}
    assert stage.counts.failures(BATCH) == []


def test_of_a_record_that_is_gone_nothing_is_counted(stage: Stage) -> None:
    asset = of_the_batch(samples.in_state("processing"))

    outcome = stage.assets.transition(asset.asset_id, _completion(asset))

    assert (outcome.applied, outcome.asset) == (False, None)
    assert sums_of(stage.counts.of(BATCH)) == {}


@_each_counted
def test_where_the_batch_is_gone_the_asset_changes_all_the_same(stage: Stage, case: Case) -> None:
    asset = stage.standing(case.read_as)
    stage.counts.close(BATCH)

    outcome = stage.assets.transition(asset.asset_id, transition_of(case, asset))

    assert outcome.applied
    assert outcome.asset == stage.assets.get(asset.asset_id) != asset
    assert sums_of(stage.counts.of(BATCH)) == {}
    assert stage.counts.failures(BATCH) == []


def test_a_failed_asset_is_marked_until_it_is_asked_for_again(stage: Stage) -> None:
    asset = stage.standing("processing")
    refusal = transitions.refuse(asset, samples.OWNER, ERROR, now=NOW)

    failed = stage.assets.transition(asset.asset_id, refusal).asset

    assert failed is not None
    mark = Failure(asset_id=asset.asset_id, at=NOW, retryable=ERROR.retryable)
    assert stage.counts.failures(BATCH) == [mark]
    stage.assets.transition(asset.asset_id, _again(failed, NOW + 1))
    assert stage.counts.failures(BATCH) == []
    assert sums_of(stage.counts.of(BATCH)) == {"failed": 1, "redriven": 1}
    assert stage.counts.of(BATCH).updated_at == NOW + 1


def test_a_record_that_moved_on_since_it_was_read_is_changed_as_it_stands(stage: Stage) -> None:
    """A worker read it when it claimed it; then a reconciler watched it again."""
    asset = stage.standing("processing")
    watched = stage.assets.transition(
        asset.asset_id, transitions.resend(asset, now=NOW, patience=PATIENCE)
    )
    assert watched.applied

    outcome = stage.assets.transition(asset.asset_id, _completion(asset))

    assert outcome.applied
    assert outcome.asset is not None
    assert outcome.asset.version == asset.version + 2
    assert outcome.asset == stage.assets.get(asset.asset_id)
    assert sums_of(stage.counts.of(BATCH)) == {"completed": 1}


def test_of_many_who_finish_one_asset_one_is_counted(stage: Stage) -> None:
    asset = stage.standing("processing")

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(
            pool.map(
                lambda _: stage.assets.transition(asset.asset_id, _completion(asset)), range(8)
            )
        )

    assert all(outcome.applied for outcome in outcomes)
    assert sums_of(stage.counts.of(BATCH)) == {"completed": 1}


def test_assets_of_a_batch_that_finish_at_once_are_all_counted(stage: Stage) -> None:
    assets = [stage.standing("processing") for _ in range(24)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda it: stage.assets.transition(it.asset_id, _completion(it)), assets))

    assert sums_of(stage.counts.of(BATCH)) == {"completed": 24}


def test_batches_are_counted_apart(stage: Stage) -> None:
    other = Origin("1" * 36, 0, 1)
    stage.counts.open(other.batch_id)
    asset = dataclasses.replace(samples.in_state("processing"), origin=other)
    stage.assets.create(asset)

    stage.assets.transition(asset.asset_id, _completion(asset))

    assert sums_of(stage.counts.of(BATCH)) == {}
    assert sums_of(stage.counts.of(other.batch_id)) == {"completed": 1}


class TestCalls:
    """What the SDK, and other writers, do to the transaction."""

    @pytest.fixture
    def stage(self, moto: Backend, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
        backoff = "botocore.retries.standard.ExponentialBackoff.delay_amount"
        monkeypatch.setattr(backoff, lambda *_: 0)
        with stored(moto) as stage:
            stage.counts.open(BATCH)
            yield stage

    @_each_counted
    @pytest.mark.parametrize("fault", [LOST_RESPONSE, FAILED_AFTER_EFFECT, THROTTLED, UNREACHABLE])
    def test_whatever_became_of_the_first_try_it_is_applied_and_counted_once(
        self, stage: Stage, moto: Backend, case: Case, fault: Fault
    ) -> None:
        """moto ignores the token by which DynamoDB knows a repetition."""
        asset = stage.standing(case.read_as)
        with faults_on(moto.client("dynamodb")) as faults:
            faults.plan(fault)

            outcome = stage.assets.transition(asset.asset_id, transition_of(case, asset))

        assert outcome.applied
        assert outcome.asset == stage.assets.get(asset.asset_id)
        assert sums_of(stage.counts.of(BATCH)) == {COUNTED[case.name]: 1}

    @pytest.mark.parametrize("fault", [LOST_RESPONSE, THROTTLED])
    def test_without_an_answer_both_or_none_have_happened(
        self, stage: Stage, moto: Backend, fault: Fault
    ) -> None:
        asset = stage.standing("processing")
        with faults_on(moto.client("dynamodb")) as faults:
            faults.plan(*[fault] * 3)

            with pytest.raises(DependencyUnavailable):
                stage.assets.transition(asset.asset_id, _completion(asset))

        standing = stage.assets.get(asset.asset_id)
        assert standing is not None
        completed = standing.status is Status.COMPLETED
        assert completed == fault.takes_effect
        assert sums_of(stage.counts.of(BATCH))["completed"] == completed

    @_each_case
    def test_it_is_one_call(self, stage: Stage, moto: Backend, case: Case) -> None:
        asset = stage.standing(case.read_as)
        with counted_calls(moto.client("dynamodb")) as calls:
            stage.assets.transition(asset.asset_id, transition_of(case, asset))

        assert calls == {"TransactWriteItems" if case.name in COUNTED else "UpdateItem": 1}

    def test_what_meets_another_transaction_is_tried_again(
        self, stage: Stage, cancelled: deque[list[str]]
    ) -> None:
        asset = stage.standing("processing")
        cancelled.extend([["None", code] for code in sorted(PASSING_REASONS)])

        assert stage.assets.transition(asset.asset_id, _completion(asset)).applied

        assert sums_of(stage.counts.of(BATCH)) == {"completed": 1}

    def test_what_meets_others_at_every_try_is_worth_another_one_later(
        self, stage: Stage, cancelled: deque[list[str]]
    ) -> None:
        asset = stage.standing("processing")
        cancelled.extend([["TransactionConflict", "None"]] * _NOT_WAITING.attempts)

        with pytest.raises(DependencyUnavailable):
            stage.assets.transition(asset.asset_id, _completion(asset))

        assert stage.assets.get(asset.asset_id) == asset

    def test_what_can_never_succeed_is_a_mistake_of_ours(
        self, stage: Stage, cancelled: deque[list[str]]
    ) -> None:
        asset = stage.standing("processing")
        cancelled.append(["ValidationError", "None"])

        with pytest.raises(ClientError, match="TransactionCanceled"):
            stage.assets.transition(asset.asset_id, _completion(asset))

    @pytest.fixture
    def cancelled(self, moto: Backend) -> Iterator[deque[list[str]]]:
        with cancelled_transactions(moto.client("dynamodb")) as planned:
            yield planned


def _completion(asset: Asset) -> Transition:
    return transitions.complete(
        asset,
        samples.OWNER,
        now=NOW,
        engine_version="1.0.0",
        stats=samples.STATS,
        files=samples.FILES,
    )


def _again(failed: Asset, now: int) -> Transition:
    return transitions.requeue(
        failed, priority=1, run=samples.NEXT_RUN, now=now, patience=PATIENCE, attribution=ADA
    )
