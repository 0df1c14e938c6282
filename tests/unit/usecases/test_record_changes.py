"""Which changes of assets callers have asked for, written down from the table's stream."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from meshmill.domain import transitions
from meshmill.domain.asset import Asset, AssetError, ErrorClass
from meshmill.domain.asset_change import AssetChange, UnreadableChange
from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import AuditEntry
from meshmill.domain.transitions import Lease
from meshmill.usecases.record_changes import Progress, RecordChanges
from tests.contract import samples
from tests.fakes.artefacts import InMemoryQuarantine
from tests.fakes.assets import InMemoryAssets
from tests.fakes.audit import InMemoryAuditTrail
from tests.unit.usecases.world import Flaky

NOW, LATER = samples.NOW, samples.NOW + 5
AGAIN = Attribution("key:mk_1", "request-2")


@dataclass(frozen=True)
class Told:
    """A change as a test's platform delivers it; None is one that nobody can read."""

    change_id: str
    change: AssetChange | None

    def read(self) -> AssetChange:
        if self.change is None:
            raise UnreadableChange("planned")
        return self.change

    def text(self) -> str:
        return "{}"


class Scene:
    def __init__(self) -> None:
        self.trail = InMemoryAuditTrail()
        self.flaky_trail: Any = Flaky(self.trail)
        self.quarantine = InMemoryQuarantine()
        self.flaky_quarantine: Any = Flaky(self.quarantine)
        self.record_changes = RecordChanges(self.flaky_trail, self.flaky_quarantine)

    def record(self, *changes: AssetChange | None) -> Progress:
        told: Sequence[Told] = [Told(f"{n}", change) for n, change in enumerate(changes)]
        return self.record_changes(told)

    def of(self, asset: Asset) -> list[AuditEntry]:
        return self.trail.of(asset.user_id, None, 1_000)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def changed(before: Asset, transition: transitions.Transition) -> AssetChange:
    """What a store makes of a transition."""
    store = InMemoryAssets()
    store.create(before)
    outcome = store.transition(before.asset_id, transition)
    assert outcome.applied
    assert outcome.asset is not None
    return AssetChange(before, outcome.asset)


def requeued(failed: Asset, attribution: Attribution = AGAIN) -> AssetChange:
    again = transitions.requeue(
        failed,
        priority=9,
        run=samples.NEXT_RUN,
        now=LATER,
        patience=samples.PATIENCE,
        attribution=attribution,
    )
    return changed(failed, again)


def promoted(waiting: Asset, attribution: Attribution = AGAIN) -> AssetChange:
    faster = transitions.promote(
        waiting, priority=9, now=LATER, patience=samples.PATIENCE, attribution=attribution
    )
    return changed(waiting, faster)


def test_a_new_record_was_asked_for(scene: Scene) -> None:
    asset = samples.new_asset()
    assert scene.record(AssetChange(None, asset)) == Progress(done=1, recorded=1)
    (entry,) = scene.of(asset)
    assert (entry.action, entry.target) == ("asset.created", f"asset:{asset.asset_id}")
    assert (entry.subject, entry.at) == (asset.user_id, NOW)
    assert (entry.actor, entry.request_id) == ("user:ada", "request-1")
    assert entry.details == {"run": asset.run, "spec_id": asset.spec_id, "priority": 1}


def test_a_failed_asset_under_a_new_run_was_asked_for_again(scene: Scene) -> None:
    failed = samples.in_state("failed")
    scene.record(requeued(failed))
    (entry,) = scene.of(failed)
    assert (entry.action, entry.at) == ("asset.requeued", LATER)
    assert (entry.actor, entry.request_id) == ("key:mk_1", "request-2")
    assert entry.details["run"] == samples.NEXT_RUN
    assert entry.details["previous_run"] == failed.run


def test_an_asset_on_a_faster_lane_was_promoted(scene: Scene) -> None:
    waiting = samples.in_state("pending")
    scene.record(promoted(waiting))
    (entry,) = scene.of(waiting)
    assert (entry.action, entry.at) == ("asset.promoted", LATER)
    assert (entry.details["previous_lane"], entry.details["priority"]) == ("bulk", 9)


def test_a_caller_that_sends_one_request_id_with_everything_is_written_down_each_time(
    scene: Scene,
) -> None:
    failed = samples.in_state("failed")
    scene.record(requeued(failed, samples.ADA))
    waiting = samples.in_state("pending")
    scene.record(promoted(waiting, samples.ADA))
    assert len(scene.of(failed)) == len(scene.of(waiting)) == 1


def test_what_callers_write_into_an_asset_is_not_copied(scene: Scene) -> None:
    asset = samples.new_asset()
    scene.record(AssetChange(None, asset))
    told = str(dataclasses.asdict(scene.of(asset)[0]))
    assert asset.custom_id is not None
    assert asset.custom_id not in told
    assert not any(text in told for text in asset.labels.values() if len(text) > 1)


@pytest.mark.parametrize(
    "name", ["claim", "release", "complete", "refuse", "make_due", "surrender", "resend"]
)
def test_what_no_caller_asked_for_is_not_written_down(scene: Scene, name: str) -> None:
    (case,) = (case for case in samples.CASES if case.name == name)
    asset = samples.in_state(case.read_as)
    assert scene.record(changed(asset, case.of(asset))) == Progress(done=1)
    assert scene.of(asset) == []


def test_a_record_of_a_version_without_attribution_is_left_aside(scene: Scene) -> None:
    asset = dataclasses.replace(samples.new_asset(), attribution=None)
    assert scene.record(AssetChange(None, asset)) == Progress(done=1)
    assert scene.of(asset) == []


def test_changes_that_are_told_twice_are_written_down_once(scene: Scene) -> None:
    waiting = samples.in_state("pending")
    changes = [AssetChange(None, waiting), promoted(waiting)]
    scene.record(*changes)
    written = scene.of(waiting)
    scene.record(*changes, changes[0])
    assert scene.of(waiting) == written
    assert len(written) == 2


def test_two_changes_of_one_millisecond_are_two_entries(scene: Scene) -> None:
    waiting = samples.new_asset(now=LATER)
    scene.record(AssetChange(None, waiting), promoted(waiting))
    assert {entry.action for entry in scene.of(waiting)} == {"asset.created", "asset.promoted"}


def test_what_nobody_can_read_is_kept_and_stops_nothing(scene: Scene) -> None:
    asset = samples.new_asset()
    progress = scene.record(None, AssetChange(None, asset))
    assert progress == Progress(done=2, recorded=1, quarantined=1)
    assert list(scene.quarantine.kept) == ["quarantine/asset_changes/0.json"]
    assert len(scene.of(asset)) == 1


def many(number: int) -> list[AssetChange]:
    return [AssetChange(None, samples.new_asset()) for _ in range(number)]


def test_a_trail_that_fails_leaves_the_changes_from_there_on(scene: Scene) -> None:
    changes = many(60)
    scene.flaky_trail.fail_before("record", skip=1)
    assert scene.record(*changes) == Progress(done=25, recorded=25)
    written = [bool(scene.of(change.after)) for change in changes]
    assert written == [True] * 25 + [False] * 35
    assert scene.record(*changes[25:]) == Progress(done=35, recorded=35)
    assert all(len(scene.of(change.after)) == 1 for change in changes)


def test_a_trail_that_writes_and_does_not_answer_is_written_to_again(scene: Scene) -> None:
    (change,) = many(1)
    scene.flaky_trail.fail_after("record")
    assert scene.record(change) == Progress()
    assert scene.record(change) == Progress(done=1, recorded=1)
    assert len(scene.of(change.after)) == 1


def test_a_quarantine_that_fails_leaves_the_changes_from_there_on(scene: Scene) -> None:
    scene.flaky_quarantine.fail_before("keep")
    assert scene.record(None).done == 0


def test_a_failure_is_no_request(scene: Scene) -> None:
    asset = samples.in_state("processing")
    error = AssetError("GENERATION_FAILED", "", ErrorClass.SYSTEM, retryable=True)
    refuse = transitions.refuse(asset, samples.OWNER, error, now=LATER)
    assert scene.record(changed(asset, refuse)).recorded == 0


def test_a_claim_after_a_request_in_one_batch_is_passed_over(scene: Scene) -> None:
    asset = samples.new_asset()
    lease = Lease(owner=samples.OWNER, until=LATER, due_at=LATER)
    claim = changed(asset, transitions.claim(asset.run, lease, now=LATER, max_attempts=3))
    assert scene.record(AssetChange(None, asset), claim) == Progress(done=2, recorded=1)
