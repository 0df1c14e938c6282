"""Every call to AWS on a manifest's way goes wrong in every way, and nothing is lost or doubled.

Counts, reports and assets are those of an undisturbed run. ``MESHMILL_NIGHTLY=1`` gives each call
each of the twelve modes. A normal run takes the first or the last call of each operation with one
of the modes, the next one with another.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import pytest

from meshmill.domain.work import UnbuildableSpec
from tests.faults import insides
from tests.faults.batch_actors import (
    UNBUILDABLE,
    WATCH_MS,
    die_at,
    drop,
    ingest,
    line,
    set_up,
    split,
)
from tests.faults.batch_oracle import outcome
from tests.faults.batch_scenarios import (
    BATCH_SCENARIOS,
)
from tests.faults.depth import IS_NIGHTLY, TIMEOUT_SECONDS, planned_faults, thinned
from tests.faults.injection import Call, Happening, Mode, representatives
from tests.faults.platform import Platform, platform
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.shards import one_shard_each

#: What a failure may cost of those who are given messages: a lease, or some redeliveries.
_REDELIVERY_MS = 3 * 60_000
#: Of others, and of a death: the message is back before the lease has lapsed, which on AWS it is
#: not. So it costs that somebody looks after the batch, the second time after twice as long.
_CARE_MS = 4 * WATCH_MS
_DEATHS = {Mode.DIES_BEFORE, Mode.DIES_AFTER}
_GIVEN_MESSAGES = {"dead_letter", "generate", "ingest_manifest", "split_manifest"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with (
        pytest.MonkeyPatch.context() as patch,
        platform(tmp_path_factory.mktemp("cloud")) as running,
    ):
        one_shard_each(patch)
        set_up(patch)
        yield running


def play(stage: Platform, scenario: Scenario, plan: Mapping[int, Mode | Happening]) -> int:
    """One schedule, from an empty cloud to rest; milliseconds that it took."""
    stage.reset()
    scenario.prepare(stage)
    began = stage.clock.now_ms()
    stage.aws.arm(plan)
    scenario.play(stage)
    stage.run_to_rest()
    stage.check_at_rest()
    return stage.clock.now_ms() - began


def points_of(scenario: Scenario, calls: list[Call]) -> Sequence[int]:
    """Numbers of the calls that get faults: in a normal run half of each kind's first and last."""
    points = [number for number in representatives(calls) if scenario.concerns(calls[number])]
    if IS_NIGHTLY:
        return points
    by_call: dict[Call, list[int]] = {}
    for number in points:
        by_call.setdefault(calls[number], []).append(number)
    ends = ({numbers[0], numbers[-1]} for numbers in by_call.values())
    return thinned(sorted(itertools.chain.from_iterable(ends)), 2, BATCH_SCENARIOS.index(scenario))


def _allowed_ms(call: Call, mode: Mode) -> int:
    if mode.is_mended_by_the_sdk:
        return 0
    is_returned = call.function in _GIVEN_MESSAGES and mode not in _DEATHS
    return _REDELIVERY_MS if is_returned else _CARE_MS


@pytest.mark.timeout(TIMEOUT_SECONDS)
@pytest.mark.parametrize("scenario", BATCH_SCENARIOS, ids=lambda scenario: scenario.name)
def test_any_single_fault_changes_neither_counts_nor_reports(
    stage: Platform, scenario: Scenario
) -> None:
    undisturbed, expected = play(stage, scenario, {}), outcome()
    assert undisturbed <= _REDELIVERY_MS
    points = points_of(scenario, list(stage.aws.calls))
    assert points
    played = longest = 0
    for number, mode in planned_faults(points, 1):
        took = play(stage, scenario, {number: mode})
        assert stage.aws.struck == [number], "the fault never struck"
        assert outcome() == expected, f"{mode} at {number}"
        allowed = undisturbed + _allowed_ms(stage.aws.calls[number], mode)
        assert took <= allowed, f"{mode} at {number}: {took} ms to recover"
        played, longest = played + 1, max(longest, took)
    print(f"{scenario.name}: {played} schedules, longest {longest / 1000:.0f} s")


def test_an_asset_that_failed_before_its_line_was_counted_is_not_asked_for_again(
    stage: Platform,
) -> None:
    stage.reset()
    stage.engine.doomed = {UNBUILDABLE: UnbuildableSpec("no")}
    drop(stage, line(UNBUILDABLE))
    split(stage)
    die_at(stage, "PutObject", ingest)
    stage.run_to_rest()
    stage.check_at_rest()
    (state,) = insides.batches()
    assert (state.counts.accepted, state.counts.failed, state.counts.redriven) == (1, 1, 0)


def test_every_operation_that_batches_take_is_met_by_faults(stage: Platform) -> None:
    made: set[Call] = set()
    met: set[Call] = set()
    for scenario in (*SCENARIOS, *BATCH_SCENARIOS):
        play(stage, scenario, {})
        calls = list(stage.aws.calls)
        made |= set(calls)
        met |= {call for call in calls if scenario.concerns(call)}
    assert made <= met, f"calls that no fault ever meets: {made - met}"
    assert {call.operation for call in met if call.function == "split_manifest"} == {
        "ChangeMessageVisibility",
        "DeleteObject",
        "GetItem",
        "GetObject",
        "HeadObject",
        "ListObjectVersions",
        "SendMessageBatch",
        "TransactWriteItems",
        "UpdateItem",
    }
    assert {call.operation for call in met if call.function == "ingest_manifest"} == {
        "BatchGetItem",
        "ChangeMessageVisibility",
        "CompleteMultipartUpload",
        "CreateMultipartUpload",
        "GetItem",
        "GetObject",
        "PutObject",
        "Query",
        "SendMessageBatch",
        "TransactWriteItems",
        "UpdateItem",
        "UploadPart",
    }
