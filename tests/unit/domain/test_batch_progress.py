"""How far a batch has come: never ahead of itself, and the same as long as nothing changes."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain.batch import BatchState, Counts, Phase
from meshmill.domain.batch_progress import STALLED_AFTER_MS, progress
from tests.unit.domain.batches import NOW, state

BEGUN = NOW + 1_000


def percent(**sums: int) -> float:
    return progress(state(**sums), NOW).percent


@pytest.mark.parametrize("phase", [Phase.AWAITING_UPLOAD, Phase.VALIDATING])
def test_before_its_plan_nothing_of_a_batch_is_settled(phase: Phase) -> None:
    seen = progress(state(phase), NOW + 10 * STALLED_AFTER_MS)
    assert (seen.percent, seen.rate, seen.eta, seen.completed_at) == (0.0, 0.0, None, None)
    assert not seen.stalled


def test_duplicates_and_rejected_lines_are_settled_at_once_and_assets_when_they_are_final() -> None:
    assert percent(accepted=50, duplicate=3, rejected=2) == 5.0
    assert percent(accepted=50, duplicate=3, rejected=2, completed=10, failed=4, deleted=1) == 20.0


def test_an_asset_that_is_asked_for_again_is_open_again() -> None:
    assert percent(accepted=100, completed=90, failed=10, redriven=10) == 90.0


def test_assets_that_are_done_before_their_lines_are_counted_do_not_run_ahead() -> None:
    assert percent(completed=40) == 0.0
    assert percent(accepted=10, completed=40) == 10.0


def test_a_hundred_percent_are_told_at_the_end_alone() -> None:
    sums = {"accepted": 100, "completed": 100, "updated_at": NOW + 5_000}
    assert progress(state(**sums), NOW).percent == 99.9
    assert progress(state(Phase.REPORTED, **sums), NOW).percent == 100.0


def test_percents_are_cut_to_tenths() -> None:
    lines = {"lines": 3_000}
    assert progress(state(header=lines, rejected=2_999), NOW).percent == 99.9
    assert progress(state(header=lines, rejected=1), NOW).percent == 0.0
    assert progress(state(header={"lines": 1_000}, rejected=29), NOW).percent == 2.9


def test_a_batch_that_failed_as_a_whole_is_over_and_not_done() -> None:
    seen = progress(state(Phase.FAILED, header={"updated_at": NOW + 7}), NOW + 9)
    assert (seen.percent, seen.completed_at, seen.eta) == (0.0, NOW + 7, None)


def test_rate_and_end_follow_from_what_was_settled_since_the_batch_began() -> None:
    seen = progress(state(rejected=25, updated_at=BEGUN + 10_000), NOW + 99_999)
    assert seen.rate == 2.5
    assert seen.eta == BEGUN + 40_000


def test_while_nothing_is_settled_nobody_knows_when_it_ends() -> None:
    seen = progress(state(accepted=10, updated_at=BEGUN + 10_000), NOW)
    assert (seen.rate, seen.eta) == (0.0, None)


def test_a_batch_of_which_only_the_report_is_missing_tells_no_end() -> None:
    assert progress(state(rejected=100, updated_at=BEGUN + 10_000), NOW).eta is None


def test_a_batch_ends_when_its_last_line_or_asset_is_counted() -> None:
    sums = {"accepted": 100, "completed": 100, "updated_at": NOW + 60_000}
    seen = progress(state(Phase.REPORTED, **sums), NOW + 99_000)
    assert (seen.completed_at, seen.updated_at, seen.eta) == (NOW + 60_000, NOW + 60_000, None)


def test_a_batch_is_stalled_when_nothing_was_counted_for_five_minutes() -> None:
    running = state(accepted=10, updated_at=BEGUN + 5_000)
    heard = BEGUN + 5_000
    assert not progress(running, heard + STALLED_AFTER_MS).stalled
    assert progress(running, heard + STALLED_AFTER_MS + 1).stalled


def test_being_looked_after_is_no_progress() -> None:
    running = state(header={"updated_at": NOW + 10 * STALLED_AFTER_MS}, accepted=1, updated_at=NOW)
    assert progress(running, NOW + 10 * STALLED_AFTER_MS).stalled


def test_a_redrive_begins_to_count_anew() -> None:
    since = NOW + 10 * STALLED_AFTER_MS
    sums = {"accepted": 100, "failed": 100, "updated_at": NOW + 1}
    redriven = state(Phase.REPORTED, header={"redriving_since": since}, **sums)
    assert not progress(redriven, since + STALLED_AFTER_MS).stalled
    assert progress(redriven, since + STALLED_AFTER_MS + 1).stalled
    assert progress(redriven, since).completed_at is None


def test_what_is_over_is_never_stalled() -> None:
    done = state(Phase.REPORTED, accepted=100, completed=100, updated_at=NOW)
    assert not progress(done, NOW + 10**9).stalled


@st.composite
def _counted(draw: st.DrawFn) -> Counts:
    """Sums that a batch of a hundred lines can have."""
    lines = draw(st.integers(0, 100))
    accepted = draw(st.integers(0, lines))
    duplicate = draw(st.integers(0, lines - accepted))
    redriven = draw(st.integers(0, 20))
    failed = draw(st.integers(redriven, redriven + 20))
    return Counts(
        accepted=accepted,
        duplicate=duplicate,
        rejected=lines - accepted - duplicate,
        completed=draw(st.integers(0, 100)),
        failed=failed,
        redriven=redriven,
        deleted=draw(st.integers(0, 5)),
        updated_at=draw(st.integers(NOW, NOW + 10**6)),
    )


@given(_counted(), st.sampled_from([Phase.INGESTING, Phase.REPORTED]), st.integers(0, 10**7))
def test_figures_stay_within_their_bounds_and_follow_from_the_record_alone(
    counts: Counts, phase: Phase, later: int
) -> None:
    seen = progress(BatchState(state(phase).batch, counts), NOW)
    assert 0 <= seen.percent <= 100
    assert seen.rate >= 0
    assert seen.eta is None or seen.eta >= counts.updated_at
    again = progress(BatchState(state(phase).batch, counts), NOW + later)
    assert dataclasses.replace(again, stalled=seen.stalled) == seen
