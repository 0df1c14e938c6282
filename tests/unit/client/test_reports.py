"""What became of a batch's lines; its listing; what failed is asked for again."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from meshmill_client import Batch, LineError, LineResult
from meshmill_client.errors import ChecksumMismatch, InvalidState, NotReady, UnexpectedAnswer
from tests.unit.client.service import (
    BATCH_ID,
    NO_RETRIES,
    Service,
    batch_view,
    file_view,
    refused,
    shown,
)

BATCHES = "/api/v1/batches"
BATCH = f"{BATCHES}/{BATCH_ID}"
STORE = "https://store.example/batches"
RESULTS: list[dict[str, Any]] = [
    {"line": 1, "custom_id": "a", "asset_id": "id-1", "outcome": "accepted", "newer": True},
    {"line": 2, "custom_id": None, "asset_id": "id-1", "outcome": "duplicate"},
    {"line": 3, "custom_id": "é", "asset_id": None, "outcome": "rejected"},
]
ERRORS: list[dict[str, Any]] = [
    {"line": 3, "custom_id": "é", "code": "VALIDATION_ERROR", "message": "No.", "field": "format"},
    {"line": 4, "custom_id": None, "code": "INVALID_JSON", "message": "No.", "field": None},
]


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _reported(service: Service, results: bytes = _lines(RESULTS), **changes: Any) -> Batch:
    contents = {"results": results, "errors": _lines(ERRORS)}
    files = [
        file_view(data, name=name, filename=f"{name}.jsonl", url=f"{STORE}/{name}?s=1")
        for name, data in contents.items()
    ]
    for name, data in contents.items():
        service.on("GET", f"{STORE}/{name}", httpx.Response(200, content=data))
    return Batch.model_validate(batch_view("completed_with_errors", files=files) | changes)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all temporary ones."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class TestLines:
    def test_results_come_in_order_and_nothing_stays(
        self, service: Service, temporary: Path
    ) -> None:
        results = list(service.client().batches.results(_reported(service)))

        assert results == [LineResult.model_validate(row) for row in RESULTS]
        assert [request.url.path for request in service.requests] == ["/batches/results"]
        assert list(temporary.iterdir()) == []

    def test_errors_tell_where_and_what(self, service: Service) -> None:
        errors = list(service.client().batches.errors(_reported(service)))

        assert errors == [LineError.model_validate(row) for row in ERRORS]

    def test_who_stops_early_leaves_nothing(self, service: Service, temporary: Path) -> None:
        results: Any = service.client().batches.results(_reported(service))

        assert next(results).line == 1
        assert len(list(temporary.iterdir())) == 1
        results.close()

        assert list(temporary.iterdir()) == []

    def test_nothing_is_asked_before_the_first_line_is(self, service: Service) -> None:
        service.client().batches.results(_reported(service))

        assert service.requests == []

    def test_a_batch_named_by_its_id_is_looked_up(self, service: Service) -> None:
        service.on("GET", BATCH, shown(_reported(service).model_dump(mode="json", by_alias=True)))

        assert len(list(service.client().batches.results(BATCH_ID))) == 3

    def test_links_that_have_expired_are_minted_anew(self, service: Service) -> None:
        batch = _reported(service)
        service.on("GET", BATCH, shown(batch.model_dump(mode="json", by_alias=True)))
        content = _lines(RESULTS)
        answers = httpx.Response(403), httpx.Response(200, content=content)
        service.on("GET", f"{STORE}/results", *answers)

        assert len(list(service.client().batches.results(batch))) == 3

    def test_a_report_that_is_not_what_was_written_is_not_read(
        self, service: Service, temporary: Path
    ) -> None:
        batch = _reported(service)
        changed = _lines(RESULTS).replace(b"accepted", b"rejected")
        service.on("GET", f"{STORE}/results", httpx.Response(200, content=changed))

        with pytest.raises(ChecksumMismatch):
            list(service.client(retries=NO_RETRIES).batches.results(batch))

        assert list(temporary.iterdir()) == []

    def test_there_are_none_before_every_line_is_counted(self, service: Service) -> None:
        service.on("GET", BATCH, shown(batch_view("in_progress")))

        with pytest.raises(NotReady, match="in_progress"):
            list(service.client().batches.results(BATCH_ID))

    def test_a_batch_without_this_report_is_told(self, service: Service) -> None:
        batch = _reported(service)
        without = batch.model_copy(update={"files": batch.files[1:]})

        with pytest.raises(UnexpectedAnswer, match="results"):
            list(service.client().batches.results(without))

    @pytest.mark.parametrize(
        "line", [b"[]\n", b"{\n", b'{"line": 1}\n'], ids=["a list", "cut", "too little"]
    )
    def test_a_line_that_the_contract_does_not_know_is_told(
        self, service: Service, temporary: Path, line: bytes
    ) -> None:
        batch = _reported(service, _lines(RESULTS[:1]) + line)
        results = service.client().batches.results(batch)
        next(results)

        with pytest.raises(UnexpectedAnswer, match=r"results\.jsonl, line 2"):
            next(results)

        assert list(temporary.iterdir()) == []


class TestRedrive:
    @pytest.mark.parametrize("by", ["id", "batch"])
    def test_the_batch_goes_on(self, service: Service, by: str) -> None:
        service.on("POST", f"{BATCH}/redrive", shown(batch_view("in_progress", redriven=2)))
        batch = BATCH_ID if by == "id" else _reported(service)

        redriven = service.client().batches.redrive(batch)

        assert redriven.counts.redriven == 2
        assert not redriven.is_final

    def test_it_is_sent_again_where_the_answer_is_lost(self, service: Service) -> None:
        lost = httpx.ReadTimeout("lost")
        service.on("POST", f"{BATCH}/redrive", lost, shown(batch_view()))

        service.client().batches.redrive(BATCH_ID)

        assert len(service.requests) == 2

    def test_before_all_lines_are_counted_it_is_refused(self, service: Service) -> None:
        service.on("POST", f"{BATCH}/redrive", refused(409, "INVALID_STATE"))

        with pytest.raises(InvalidState):
            service.client().batches.redrive(BATCH_ID)


def test_batches_are_listed_page_by_page(service: Service) -> None:
    pages = [
        {"data": [batch_view(filename="a"), batch_view(filename="b")], "next_cursor": "c1"},
        {"data": [batch_view(filename="c")], "next_cursor": None},
    ]
    service.on("GET", BATCHES, *(httpx.Response(200, json=page) for page in pages))

    listing = service.client().batches.list(page_size=2)
    first = next(listing).filename
    after_the_first = len(service.requests)

    assert [first, *(batch.filename for batch in listing)] == ["a", "b", "c"]
    assert after_the_first == 1
    assert [dict(request.url.params) for request in service.requests] == [
        {"limit": "2"},
        {"limit": "2", "cursor": "c1"},
    ]
