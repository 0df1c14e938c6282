from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest

from meshmill.domain.asset import Asset, Status
from meshmill.domain.attribution import Attribution
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.lanes import Lane
from meshmill.domain.origin import Origin
from meshmill.domain.request import AssetRequest
from meshmill.domain.work import WorkItem
from meshmill.usecases.submit_lines import LineOutcome, SubmitLines
from tests.unit.usecases.world import ADA, GRACE, PATIENCE, Flaky, World, rock

BATCH, ANOTHER_BATCH = "1" * 36, "2" * 36
S3 = Attribution("s3:uploader", "request-7", None)


class Ingester:
    """A world, and who submits lines in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.flaky_bulk: Any = Flaky(world.assets)
        self.submit_lines = SubmitLines(
            world.flaky_assets,
            self.flaky_bulk,
            world.flaky_queue,
            world.clock,
            world.entropy,
            PATIENCE,
        )
        world.assets.counts.open(BATCH)

    def submit(
        self,
        *requests: AssetRequest,
        user: str = ADA,
        batch: str = BATCH,
        first: int = 1,
    ) -> list[LineOutcome]:
        """Requests on lines one after the other."""
        return self.submit_lines(user, numbered(requests, batch, first), S3)

    def outcomes(self, *requests: AssetRequest, **place: Any) -> list[str]:
        return [line.outcome for line in self.submit(*requests, **place)]

    def messages(self, lane: Lane) -> list[WorkItem]:
        calls = iter(lambda: self.world.receive(lane), [])
        return [WorkItem.parse(message.body) for some in calls for message in some]

    def asset(self, line: LineOutcome) -> Asset:
        asset = self.world.assets.get(line.asset_id)
        assert asset is not None
        return asset


def numbered(
    requests: Sequence[AssetRequest], batch: str, first: int
) -> list[tuple[Origin, AssetRequest]]:
    return [(Origin(batch, 0, first + place), request) for place, request in enumerate(requests)]


@pytest.fixture
def ingester(world: World) -> Ingester:
    return Ingester(world)


def test_new_lines_are_recorded_with_their_origin_and_queued_in_their_lanes(
    ingester: Ingester,
) -> None:
    lines = ingester.submit(rock(1, priority=9), rock(2), rock(3, priority=1), rock(4))

    assets = [ingester.asset(line) for line in lines]
    assert {line.outcome for line in lines} == {"accepted"}
    assert [asset.origin for asset in assets] == [Origin(BATCH, 0, line) for line in (1, 2, 3, 4)]
    assert [asset.attribution for asset in assets] == [S3] * 4
    assert len({asset.run for asset in assets}) == 4
    for lane in Lane:
        queued = [WorkItem.of(asset) for asset in assets if asset.lane is lane]
        assert ingester.messages(lane) == queued


def test_no_lines_are_no_work(ingester: Ingester) -> None:
    assert ingester.submit() == []


def test_of_equal_lines_the_first_is_accepted_and_queued_once(ingester: Ingester) -> None:
    lines = ingester.submit(rock(1), rock(2), rock(1), rock(1))

    assert [line.outcome for line in lines] == ["accepted", "accepted", "duplicate", "duplicate"]
    assert len({line.asset_id for line in lines}) == 2
    assert len(ingester.messages(Lane.STANDARD)) == 2


def test_what_stands_is_a_duplicate_and_stays_what_it_is(ingester: Ingester) -> None:
    asked = ingester.world.submit(1).asset

    assert ingester.outcomes(rock(1), rock(2)) == ["duplicate", "accepted"]

    assert ingester.world.record(asked) == asked
    assert len(ingester.messages(Lane.STANDARD)) == 2


def test_a_line_that_meets_its_own_record_is_accepted_and_not_queued_again(
    ingester: Ingester,
) -> None:
    first = ingester.submit(rock(1), rock(2), rock(1))
    ingester.messages(Lane.STANDARD)
    ingester.world.clock.advance(1_000)

    assert ingester.submit(rock(1), rock(2), rock(1)) == first

    assert ingester.messages(Lane.STANDARD) == []


@pytest.mark.parametrize("place", [{"first": 9}, {"batch": ANOTHER_BATCH}])
def test_another_line_that_meets_the_record_is_a_duplicate(
    ingester: Ingester, place: dict[str, Any]
) -> None:
    ingester.submit(rock(1))

    assert ingester.outcomes(rock(1), **place) == ["duplicate"]


def test_users_do_not_meet_each_others_records(ingester: Ingester) -> None:
    ingester.submit(rock(1))

    assert ingester.outcomes(rock(1), user=GRACE) == ["accepted"]


def test_what_has_failed_is_asked_for_again_and_still_a_duplicate(ingester: Ingester) -> None:
    failed = ingester.world.exhaust(1)

    [line] = ingester.submit(rock(1, priority=1))

    asset = ingester.asset(line)
    assert line.outcome == "duplicate"
    assert (asset.status, asset.lane, asset.attribution) == (Status.PENDING, Lane.BULK, S3)
    assert asset.run != failed.run
    assert ingester.messages(Lane.BULK) == [WorkItem.of(asset)]


def test_what_its_own_line_has_made_and_has_failed_is_not_asked_for_again(
    ingester: Ingester,
) -> None:
    [line] = ingester.submit(rock(1))
    ingester.messages(Lane.STANDARD)
    failed = dataclasses.replace(ingester.asset(line), status=Status.FAILED)
    ingester.world.assets.replace(failed)

    assert ingester.submit(rock(1), rock(1))[0] == line

    assert ingester.asset(line) == failed
    assert ingester.messages(Lane.STANDARD) == []


@pytest.mark.parametrize("together", [True, False])
def test_a_line_that_wants_it_sooner_moves_it_to_a_faster_lane(
    ingester: Ingester, together: bool
) -> None:
    slow, fast = rock(1, priority=1), rock(1, priority=9)
    if together:
        line, again = ingester.submit(slow, fast)
    else:
        [line] = ingester.submit(slow)
        [again] = ingester.submit(fast, first=2)

    assert (line.outcome, again.outcome) == ("accepted", "duplicate")
    assert ingester.asset(line).lane is Lane.EXPRESS
    assert ingester.messages(Lane.EXPRESS) == [WorkItem.of(ingester.asset(line))]


def test_a_line_that_does_not_hurry_moves_nothing(ingester: Ingester) -> None:
    [line, _] = ingester.submit(rock(1, priority=9), rock(1, priority=1))

    assert ingester.asset(line).lane is Lane.EXPRESS
    assert ingester.messages(Lane.BULK) == []


def test_a_put_that_lost_its_answer_is_found_to_be_ours_and_queued(ingester: Ingester) -> None:
    world = ingester.world

    class Forgetful:
        def create_many(self, assets: Sequence[Asset]) -> list[Asset | None]:
            world.assets.create_many(assets)
            return world.assets.create_many(assets)

    submit = dataclasses.replace(ingester.submit_lines, bulk=Forgetful())

    [line] = submit(ADA, numbered([rock(1)], BATCH, 1), S3)

    assert line.outcome == "accepted"
    assert len(ingester.messages(Lane.STANDARD)) == 1


def test_messages_that_could_not_be_sent_are_left_to_the_reconciler(ingester: Ingester) -> None:
    submit = dataclasses.replace(ingester.submit_lines, queue=Jammed())

    lines = submit(ADA, numbered([rock(1), rock(2), rock(3)], BATCH, 1), S3)

    assert {line.outcome for line in lines} == {"accepted"}
    now = ingester.world.clock.now_ms()
    waiting = [(ingester.asset(line).due_at, ingester.asset(line).wait_ms) for line in lines]
    assert waiting == [(now, None), (now + PATIENCE[Lane.STANDARD], 600_000), (now, None)]


def test_where_even_that_fails_they_are_due_when_their_lane_is(ingester: Ingester) -> None:
    submit = dataclasses.replace(ingester.submit_lines, queue=Jammed())
    ingester.world.flaky_assets.fail_before("transition")

    lines = submit(ADA, numbered([rock(1), rock(2), rock(3)], BATCH, 1), S3)

    due = {ingester.asset(line).due_at for line in lines}
    assert due == {ingester.world.clock.now_ms() + PATIENCE[Lane.STANDARD]}


@pytest.mark.parametrize("fault", ["fail_before", "fail_after"])
def test_a_stretch_that_could_not_be_recorded_has_the_same_outcomes_the_next_time(
    ingester: Ingester, fault: str
) -> None:
    getattr(ingester.flaky_bulk, fault)("create_many")
    requests = rock(1), rock(2), rock(1)
    with pytest.raises(DependencyUnavailable):
        ingester.submit(*requests)
    ingester.world.clock.advance(1)

    assert ingester.outcomes(*requests) == ["accepted", "accepted", "duplicate"]


def test_what_is_new_is_queued_also_when_settling_the_rest_fails(ingester: Ingester) -> None:
    ingester.world.exhaust(1)
    ingester.world.flaky_assets.fail_before("transition")

    with pytest.raises(DependencyUnavailable):
        ingester.submit(rock(1), rock(2))

    assert len(ingester.messages(Lane.STANDARD)) == 1


class Jammed:
    """Takes the middle one of three."""

    def send_many(self, lane: Lane, items: Sequence[WorkItem]) -> list[WorkItem]:
        return [items[0], items[2]]
