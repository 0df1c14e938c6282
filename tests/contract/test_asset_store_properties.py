"""The fake and DynamoDB are one store to whoever can only see outcomes."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshmill.aws.dynamodb_asset_deletion import DynamoDbAssetDeletion
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.domain import transitions
from meshmill.domain.asset import Asset, Status
from meshmill.domain.audit import Action, asset_entry
from meshmill.domain.conditions import AllOf, AnyOf, AtLeast, AtMost, Condition, Is, OneOf
from meshmill.domain.lanes import Lane
from meshmill.domain.origin import Origin
from meshmill.domain.transitions import Lease, Transition
from meshmill.ports import AssetDeletion, AssetStore
from tests.contract import samples
from tests.contract.counted import Ledger, stored_counts
from tests.contract.samples import ADA, ERROR, FILES, MAX_ATTEMPTS, NOW, PATIENCE, STATES, STATS
from tests.fakes.assets import InMemoryAssets
from tests.fakes.audit import InMemoryAssetDeletion, InMemoryAuditTrail
from tests.support.backend import Backend, assets_table, audit_table

_SETTINGS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_OWNERS = ("0" * 25 + "A", "0" * 25 + "B")


@pytest.fixture(scope="module")
def store(aws: Backend) -> Iterator[DynamoDbAssets]:
    with assets_table(aws) as table:
        yield DynamoDbAssets(aws.client("dynamodb"), table, "batches")


@dataclasses.dataclass(frozen=True)
class Step:
    """After ``wait`` ms somebody acts upon what he read ``stale`` steps ago."""

    action: str
    wait: int
    stale: int
    owner: str
    priority: int


_ACTIONS: dict[str, Callable[[Asset, Step, int], Transition]] = {
    "requeue": lambda it, step, now: transitions.requeue(
        it,
        priority=step.priority,
        run=f"{now:026d}",
        now=now,
        patience=PATIENCE,
        attribution=ADA,
    ),
    "promote": lambda it, step, now: transitions.promote(
        it, priority=step.priority, now=now, patience=PATIENCE, attribution=ADA
    ),
    "make_due": lambda it, _, now: transitions.make_due(it, now=now),
    "claim": lambda it, step, now: transitions.claim(
        it.run,
        Lease(owner=step.owner, until=now + 1_000, due_at=now + 1_500),
        now=now,
        max_attempts=MAX_ATTEMPTS,
    ),
    "release": lambda it, step, now: transitions.release(
        it.run, step.owner, now=now, due_at=now + 500
    ),
    "complete": lambda it, step, now: transitions.complete(
        it, step.owner, now=now, engine_version="1.0.0", stats=STATS, files=FILES
    ),
    "refuse": lambda it, step, now: transitions.refuse(it, step.owner, ERROR, now=now),
    "exhaust": lambda it, _, now: transitions.exhaust(
        it, ERROR, now=now, max_attempts=MAX_ATTEMPTS
    ),
    "surrender": lambda it, _, now: transitions.surrender(it, now=now),
    "resend": lambda it, _, now: transitions.resend(it, now=now, patience=PATIENCE),
    "postpone": lambda it, _, now: transitions.postpone(it, now=now, patience=PATIENCE),
}
# Most steps claim, or histories would seldom leave pending.
_NAMES = st.one_of(st.just("claim"), st.sampled_from(sorted(_ACTIONS)))
_STEPS = st.lists(
    st.builds(
        Step,
        action=_NAMES,
        wait=st.sampled_from([0, 1, 999, 1_000, 5_000]),
        stale=st.sampled_from([0, 0, 0, 1, 3]),
        owner=st.sampled_from(_OWNERS),
        priority=st.sampled_from([1, 5, 9]),
    ),
    min_size=1,
    max_size=15,
)


@_SETTINGS
@given(steps=_STEPS)
def test_any_history_of_transitions_ends_the_same(store: DynamoDbAssets, steps: list[Step]) -> None:
    fake, asset, now = InMemoryAssets(), samples.new_asset(), NOW
    assert fake.create(asset) == store.create(asset)
    readings = [asset]

    for step in steps:
        now += step.wait
        reading = readings[max(len(readings) - 1 - step.stale, 0)]
        transition = _ACTIONS[step.action](reading, step, now)
        expected = fake.transition(asset.asset_id, transition)
        assert store.transition(asset.asset_id, transition) == expected
        assert expected.asset is not None
        readings.append(expected.asset)

    assert store.get(asset.asset_id) == fake.get(asset.asset_id)
    for bound in (NOW, now, now + 10**8):
        assert (asset.asset_id in store.overdue(asset.due_shard, bound, 1000)) == (
            asset.asset_id in fake.overdue(asset.due_shard, bound, 1000)
        )


@dataclasses.dataclass(frozen=True)
class Counted:
    """Stores that count, and can delete."""

    assets: AssetStore
    deletion: AssetDeletion
    counts: Ledger

    def after(self, asset_id: str, reading: Asset, step: Step, now: int) -> object:
        """What comes of a step that somebody takes who has read the asset so."""
        if step.action != "delete":
            return self.assets.transition(asset_id, _ACTIONS[step.action](reading, step, now))
        entry = asset_entry(ADA, Action.ASSET_DELETED, reading, at=now)
        return self.deletion.delete(reading, entry)


@pytest.fixture(scope="module")
def counted(aws: Backend) -> Iterator[Counted]:
    client = aws.client("dynamodb")
    with (
        assets_table(aws) as assets,
        audit_table(aws) as audit,
        stored_counts(aws) as counts,
    ):
        yield Counted(
            DynamoDbAssets(client, assets, counts.table),
            DynamoDbAssetDeletion(client, assets, audit, counts.table, 400),
            counts,
        )


def _in_memory() -> Counted:
    assets = InMemoryAssets()
    return Counted(assets, InMemoryAssetDeletion(assets, InMemoryAuditTrail()), assets.counts)


# Nobody comes to look after the rest; and moto takes an attribute that is absent for NULL.
_OF_WHAT_IS_DUE = {"resend", "postpone", "surrender"}
# Most steps lead to an end or away from one: those are what is counted.
_COUNTED_NAMES = st.sampled_from(
    ["claim", "claim", "complete", "refuse", "refuse", "exhaust", "requeue", "requeue", "delete"]
)
_COUNTED_STEPS = st.lists(
    st.builds(
        Step,
        action=st.one_of(_COUNTED_NAMES, _NAMES),
        wait=st.sampled_from([0, 1, 1_000]),
        stale=st.sampled_from([0, 0, 0, 1, 3]),
        owner=st.just(_OWNERS[0]),
        priority=st.sampled_from([1, 9]),
    ),
    min_size=1,
    max_size=12,
)


@settings(_SETTINGS, max_examples=30)
@given(steps=_COUNTED_STEPS)
def test_any_history_of_an_asset_of_a_batch_is_counted_alike_and_right(
    counted: Counted, steps: list[Step]
) -> None:
    origin, fake = Origin(str(uuid.uuid4()), 0, 1), _in_memory()
    asset, now = dataclasses.replace(samples.new_asset(), origin=origin), NOW
    for stores in (fake, counted):
        stores.counts.open(origin.batch_id)
        stores.assets.create(asset)
    readings = [asset]

    for step in steps:
        now += step.wait
        reading = readings[max(len(readings) - 1 - step.stale, 0)]
        if reading.due_at is None and step.action in _OF_WHAT_IS_DUE:
            continue
        expected = fake.after(asset.asset_id, reading, step, now)
        assert counted.after(asset.asset_id, reading, step, now) == expected
        standing = fake.assets.get(asset.asset_id)
        readings.append(standing or reading)
        _is_right(fake.counts, origin, standing)

    assert counted.assets.get(asset.asset_id) == fake.assets.get(asset.asset_id)
    assert counted.counts.of(origin.batch_id) == fake.counts.of(origin.batch_id)
    assert counted.counts.failures(origin.batch_id) == fake.counts.failures(origin.batch_id)
    # moto copies all tables to undo a transaction.
    counted.counts.close(origin.batch_id)


def _is_right(counts: Ledger, origin: Origin, standing: Asset | None) -> None:
    """The batch waits for the asset while it is not final; its mark stands while it is failed."""
    waited_for = standing is not None and not standing.status.is_final
    sums = dataclasses.replace(counts.of(origin.batch_id), accepted=1)
    assert sums.outstanding == waited_for
    failed = standing is not None and standing.status is Status.FAILED
    assert len(counts.failures(origin.batch_id)) == failed


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "run": st.sampled_from([samples.RUN, samples.NEXT_RUN]),
    "status": st.sampled_from(list(Status)),
    "lane": st.sampled_from(list(Lane)),
    "owner": st.sampled_from([*_OWNERS, None]),
    "due_at": st.sampled_from([NOW - 10, NOW, NOW + 6_000, None]),
}
_BOUNDS = st.sampled_from([-1, 0, 1, MAX_ATTEMPTS, NOW - 10, NOW - 1, NOW, NOW + 5_000])
_NUMBERS = st.sampled_from(["attempts", "due_at", "lease_until", "completed_at", "version"])


def _leaf(attribute: str) -> st.SearchStrategy[Condition]:
    present = _VALUES[attribute].filter(lambda value: value is not None)
    return st.one_of(
        st.builds(Is, st.just(attribute), _VALUES[attribute]),
        st.builds(OneOf, st.just(attribute), st.lists(present, max_size=3).map(tuple)),
    )


_LEAVES = st.one_of(
    st.sampled_from(sorted(_VALUES)).flatmap(_leaf),
    st.builds(AtMost, _NUMBERS, _BOUNDS),
    st.builds(AtLeast, _NUMBERS, _BOUNDS),
)
_CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    _LEAVES,
    lambda parts: st.one_of(
        st.builds(AllOf, st.lists(parts, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(parts, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


@settings(_SETTINGS, max_examples=100)
@given(state=st.sampled_from(sorted(STATES)), requires=_CONDITIONS, already=_CONDITIONS)
def test_a_condition_holds_in_the_table_exactly_where_it_holds_in_the_domain(
    store: DynamoDbAssets, state: str, requires: Condition, already: Condition
) -> None:
    asset = samples.in_state(state)
    store.create(asset)
    touch = Transition(
        name="touch", requires=requires, already=already, assign={"updated_at": NOW + 1}
    )

    outcome = store.transition(asset.asset_id, touch)

    changed = outcome.asset != asset
    attributes = asset.attributes()
    assert changed == requires.holds(attributes)
    assert outcome.applied == (changed or already.holds(attributes))
