"""Answers by a signed link: collapsible while something may change, private once it is final."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from meshmill.domain.asset import Status, StoredFile
from meshmill.domain.batch import Phase
from meshmill.http.answer import Answer
from meshmill.http.status import StatusRoute
from meshmill.usecases.read_status import ReadStatus
from tests.fakes.clock import FakeClock
from tests.fakes.credentials import RotatingSecret
from tests.unit.domain.batches import BATCH_ID, state
from tests.unit.domain.records import record
from tests.unit.http.links import minter

CLOCK, SECRET = FakeClock(), RotatingSecret()
LINKS = minter(CLOCK, SECRET)
PUBLIC, PRIVATE = "public, max-age=1", "private, no-cache"


def polled(kind: str, shown: Any, identifier: str = BATCH_ID) -> Answer:
    """The answer to a good link to a record of this kind."""
    route = StatusRoute(
        read=ReadStatus({kind: {identifier: shown}.get}, SECRET, CLOCK), links=LINKS
    )
    url = urlsplit(LINKS.signed_url(kind, identifier, 60))
    event = {
        "headers": {},
        "rawPath": url.path,
        "rawQueryString": url.query,
        "requestContext": {"requestId": "1", "http": {"method": "GET"}},
        "pathParameters": {"kind": kind, "id": identifier},
    }
    return route(event)


@pytest.mark.parametrize(
    ("kind", "shown", "wait"),
    [
        ("assets", record(), "1"),
        ("batches", state(Phase.AWAITING_UPLOAD), "2"),
        ("batches", state(Phase.INGESTING), "2"),
        ("batches", state(Phase.REPORTED, accepted=1), "2"),
    ],
)
def test_polls_are_collapsed_while_something_may_change(kind: str, shown: Any, wait: str) -> None:
    answer = polled(kind, shown)
    assert (answer.headers["Cache-Control"], answer.headers["Retry-After"]) == (PUBLIC, wait)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("assets", record(status=Status.COMPLETED)),
        ("batches", state(Phase.FAILED)),
        ("batches", state(Phase.REPORTED, accepted=1, completed=1)),
    ],
)
def test_final_answers_are_for_their_reader_alone(kind: str, shown: Any) -> None:
    assert polled(kind, shown).headers == {"Cache-Control": PRIVATE}


def test_reports_are_for_their_reader_alone_though_assets_are_still_built() -> None:
    file = StoredFile("results", "results.jsonl", "application/x-ndjson", 1, "ab" * 32, "key")
    building = state(Phase.REPORTED, accepted=1)
    reported = replace(building, batch=replace(building.batch, files=(file,)))
    answer = polled("batches", reported)
    assert answer.body["files"][0]["url"]
    assert (answer.headers["Cache-Control"], answer.headers["Retry-After"]) == (PRIVATE, "2")


def test_the_link_that_was_used_is_told_and_not_a_fresh_one() -> None:
    answer = polled("batches", state())
    assert answer.body["status_url"] == LINKS.signed_url("batches", BATCH_ID, 60)
    assert answer.body["object"] == "batch"


def test_what_is_gone_is_absent() -> None:
    assert polled("batches", None).code == "NOT_FOUND"
