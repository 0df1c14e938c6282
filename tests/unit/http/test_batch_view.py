"""The Batch object, its files' names, and the tag that tells of its changes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from meshmill.domain.asset import StoredFile
from meshmill.domain.batch import BatchError, BatchState, Counts, Phase
from meshmill.domain.signing import verify_status_link
from meshmill.domain.times import iso
from meshmill.http.batch_view import batch_answer, batch_view, form_view
from meshmill.http.links import LINK_WINDOW_MS, save_report_as
from meshmill.ports.batches import UploadForm
from tests.fakes.clock import FakeClock
from tests.fakes.credentials import RotatingSecret
from tests.unit.domain.batches import BATCH_ID, NOW, batch, state
from tests.unit.http.links import minter

RESULTS = StoredFile("results", "results.jsonl", "application/jsonl", 9, "ab" * 32, "batches/r")
ERRORS = StoredFile("errors_csv", "errors.csv", "text/csv", 0, "cd" * 32, "batches/e")
ALWAYS = {
    "object", "batch_id", "status", "source", "filename", "size", "content_type", "format",
    "created_at", "updated_at", "started_at", "completed_at", "counts", "percent", "rate", "eta",
    "stalled", "error", "status_url", "links",
}  # fmt: skip
SECRET = RotatingSecret()


def links_at(now: int) -> Any:
    return minter(FakeClock(now), SECRET)


def view(shown: BatchState, now: int = NOW) -> dict[str, Any]:
    return batch_view(shown, links_at(now), "https://api.example/status")


def tag(shown: BatchState, now: int = NOW) -> str:
    etag = batch_answer(shown, links_at(now), "https://api.example/status").etag
    assert etag is not None
    return etag


@pytest.mark.parametrize("phase", Phase)
def test_a_batch_has_the_contracts_members_and_files_once_it_is_reported(phase: Phase) -> None:
    files = {"files"} if phase is Phase.REPORTED else set()
    assert set(view(state(phase))) == ALWAYS | files


def test_counts_are_told_by_name_and_nothing_of_how_they_are_kept() -> None:
    shown = view(state(accepted=3, chunks_done=1, updated_at=NOW))
    assert shown["counts"] == {
        "lines": 100, "accepted": 3, "duplicate": 0, "rejected": 0, "completed": 0, "failed": 0,
        "redriven": 0, "deleted": 0,
    }  # fmt: skip


def test_a_batch_that_was_put_into_the_bucket_declares_no_type() -> None:
    header = {"content_type": None, "size": None, "format": None, "lines": None}
    shown = view(state(Phase.VALIDATING, header=header))
    assert (shown["content_type"], shown["size"], shown["counts"]["lines"]) == (None, None, None)


def test_a_failed_batch_tells_why_in_words_for_its_owner() -> None:
    failed = state(Phase.FAILED, header={"error": BatchError("EMPTY", "The file is empty")})
    assert view(failed)["error"] == {"code": "EMPTY", "message": "The file is empty"}
    assert view(state())["error"] is None


def test_files_carry_links_that_live_for_minutes() -> None:
    (shown,) = view(state(Phase.REPORTED, header={"files": (RESULTS,)}))["files"]
    assert (shown["name"], shown["bytes"], shown["sha256"]) == ("results", 9, "ab" * 32)
    assert shown["expires_at"] == iso(NOW + 900_000)
    assert "rocks-results.jsonl" in shown["url"]


@pytest.mark.parametrize(
    ("filename", "file", "name"),
    [
        ("rocks.jsonl", RESULTS, "rocks-results.jsonl"),
        ("rocks", ERRORS, "rocks-errors.csv"),
        ("a.b.csv", ERRORS, "a.b-errors.csv"),
        (".jsonl", RESULTS, ".jsonl-results.jsonl"),
        ("Größe 1.csv", RESULTS, "Größe_1-results.jsonl"),
        ('a";b/..\\c\r\n.csv', RESULTS, "a_b_.._c_-results.jsonl"),
        ("x" * 255, RESULTS, "x" * 100 + "-results.jsonl"),
    ],
)
def test_downloads_are_saved_under_the_manifests_name(
    filename: str, file: StoredFile, name: str
) -> None:
    assert save_report_as(batch(filename=filename), file) == name


def test_a_tag_stays_as_long_as_the_batch_does_and_changes_with_whatever_is_shown() -> None:
    running = state(accepted=1, updated_at=NOW)
    changed = [
        state(accepted=2, updated_at=NOW),
        state(accepted=1, updated_at=NOW + 1),
        state(header={"version": 2}, accepted=1, updated_at=NOW),
        state(header={"created_at": NOW + 1}, accepted=1, updated_at=NOW),
    ]
    assert tag(running) == tag(running, NOW + 1)
    assert tag(running) != tag(running, NOW + LINK_WINDOW_MS)
    assert len({tag(one) for one in (running, *changed)}) == 5


def test_a_tag_changes_when_a_batch_comes_to_be_stalled() -> None:
    window = NOW - NOW % LINK_WINDOW_MS + LINK_WINDOW_MS
    running = BatchState(batch(started_at=1), Counts(accepted=1, updated_at=window - 290_000))
    before, after = (links_at(window + late) for late in (1_000, 20_000))
    tags = {batch_answer(running, links, "").etag for links in (before, after)}
    assert len(tags) == 2


@pytest.mark.parametrize("phase", [Phase.AWAITING_UPLOAD, Phase.VALIDATING, Phase.INGESTING])
def test_a_batch_that_is_not_over_is_worth_another_look_in_two_seconds(phase: Phase) -> None:
    headers = batch_answer(state(phase), links_at(NOW), "").headers
    assert headers == {"Cache-Control": "private, no-cache", "Retry-After": "2"}


def test_one_that_is_over_is_not() -> None:
    for over in (state(Phase.FAILED), state(Phase.REPORTED, accepted=1, completed=1)):
        assert "Retry-After" not in batch_answer(over, links_at(NOW), "").headers


def test_its_link_is_good_for_seven_days() -> None:
    url = urlsplit(links_at(NOW).batch_status_url(BATCH_ID))
    expires, signature = (member.partition("=")[2] for member in url.query.split("&"))
    assert int(expires) == NOW // 1000 + 604_800
    assert url.path == f"/api/v1/status/batches/{BATCH_ID}"
    verify_status_link(SECRET.keys(), "batches", BATCH_ID, expires, signature, NOW // 1000)


def test_a_form_is_told_as_it_is_posted() -> None:
    form = UploadForm("https://uploads.example/", {"key": "k", "policy": "p"}, NOW)
    assert form_view(form) == {
        "url": "https://uploads.example/",
        "fields": {"key": "k", "policy": "p"},
        "expires_at": "2027-01-15T08:00:00.000Z",
    }
