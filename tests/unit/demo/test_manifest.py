"""The demo's manifest: what is dropped, how it is followed, what is claimed of it."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from meshmill.domain.errors import InvalidRequest
from meshmill.domain.request import validate_request
from meshmill_client import Batch
from meshmill_local.demo.clock import InterruptibleClock
from meshmill_local.demo.display import PlainLines, Share, display_on
from meshmill_local.demo.drop import Drop, Reported
from meshmill_local.demo.errors import DemoError, Interrupted
from meshmill_local.demo.manifest import Manifest
from meshmill_local.demo.reports import errors_of, require_counted, require_reported
from meshmill_local.demo.together import both
from tests.unit.client.service import (
    BATCH_STATUS_URL,
    UPLOAD_URL,
    Service,
    awaiting_upload,
    batch_view,
    file_view,
    shown,
)

VILLAGE = Path(__file__).resolve().parents[3] / "events" / "manifests" / "village.jsonl"
STATUS = BATCH_STATUS_URL.partition("?")[0]
STORE = "https://store.example/batches"


def _specs(manifest: Manifest) -> list[str | None]:
    """What each line asks for; None where it asks for nothing."""
    specs: list[str | None] = []
    for line in manifest.lines:
        try:
            specs.append(validate_request(json.loads(line)).spec_id)
        except (ValueError, InvalidRequest):
            specs.append(None)
    return specs


class TestManifest:
    def test_the_first_run_drops_the_file_as_it_stands(self) -> None:
        assert Manifest.read(VILLAGE).of_run(1).content == VILLAGE.read_bytes()

    def test_another_run_asks_for_other_individuals_with_the_same_duplicates_and_mistakes(
        self,
    ) -> None:
        manifest = Manifest.read(VILLAGE)
        first, second = _specs(manifest), _specs(manifest.of_run(2))

        asked = set(first) - {None}
        assert (len(first), len(asked), first.count(None)) == (200, 187, 10)
        assert asked.isdisjoint(second)
        # The same lines are mistakes, and the same lines repeat each other.
        assert [first.index(spec) for spec in first] == [second.index(spec) for spec in second]

    @pytest.mark.parametrize(
        "line",
        [b"", b"[]", b"{", b'{"parameters": 3}', b'{"parameters": {"seed": true}}', b"\xff"],
    )
    def test_a_line_without_a_seed_stays_as_it_is(self, line: bytes) -> None:
        assert Manifest("a.jsonl", (line,)).of_run(9).lines == (line,)

    def test_one_that_is_not_there_is_one_line(self, tmp_path: Path) -> None:
        with pytest.raises(DemoError, match=r"can't be read: No such file.*git checkout events"):
            Manifest.read(tmp_path / "village.jsonl")


class TestDisplay:
    def test_without_a_terminal_each_status_and_each_tenth_is_a_line(self) -> None:
        seen = [("validating", 0.0), ("in progress", 0.0), ("in progress", 4.5)]
        seen += [("in progress", 13.0), ("in progress", 19.9), ("completed", 100.0)]
        console = Console(file=io.StringIO(), width=80, highlight=False, _environ={})

        with PlainLines(console) as display:
            for words, percent in seen:
                display.show_share("village", Share(words, percent, is_final=False))

        assert isinstance(console.file, io.StringIO)
        assert console.file.getvalue().splitlines() == [
            "  village: validating, 0 %",
            "  village: in progress, 0 %",
            "  village: in progress, 13 %",
            "  village: completed, 100 %",
        ]

    def test_on_a_terminal_it_has_a_bar_beside_the_assets(self) -> None:
        console = Console(file=io.StringIO(), force_terminal=True, width=120, _environ={})

        with display_on(console, ["island"], ["village"]) as display:
            display.show_share("village", Share("in progress", 50.0, is_final=False))

        assert isinstance(console.file, io.StringIO)
        assert "in progress, 50 %" in console.file.getvalue()


def _result(line: int, outcome: str = "accepted") -> dict[str, Any]:
    return {"line": line, "custom_id": None, "asset_id": None, "outcome": outcome}


def _error(line: int) -> dict[str, Any]:
    message = "parameters.quality must be one of low, medium, high"
    code = "VALIDATION_ERROR"
    return {"line": line, "custom_id": None, "code": code, "message": message, "field": None}


RESULTS = [_result(1), _result(2, "rejected"), _result(3, "duplicate")]
ERRORS = [_error(2)]
COUNTS = {"lines": 3, "accepted": 1, "duplicate": 1, "rejected": 1, "completed": 1}


def _lines(members: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in members)


def _reported(
    folder: Path,
    results: list[dict[str, Any]] = RESULTS,
    errors: list[dict[str, Any]] = ERRORS,
    counts: dict[str, int] = COUNTS,
) -> Reported:
    files = {"results": folder / "results.jsonl", "errors": folder / "errors.jsonl"}
    files["results"].write_bytes(_lines(results))
    files["errors"].write_bytes(_lines(errors))
    batch = Batch.model_validate(batch_view("completed_with_errors", **counts))
    return Reported(Manifest("village.jsonl", (b"a", b"b", b"c")), batch, files)


class TestReports:
    def test_what_is_told_is_what_was_counted(self, tmp_path: Path) -> None:
        reported = _reported(tmp_path)

        assert require_counted(reported) == (
            "3 lines of village.jsonl: 1 accepted and built, 1 duplicates, 1 rejected"
        )
        assert (
            require_reported(reported)
            == "reports of village: 3 results, each line once, and 1 errors"
        )

    @pytest.mark.parametrize(
        ("counts", "told"),
        [
            ({"accepted": 0}, "2 of 3 lines are counted"),
            ({"lines": 4}, "3 of 4 lines are counted: the manifest has 3"),
            ({"completed": 0, "failed": 1}, "0 of 1 assets are completed"),
        ],
    )
    def test_a_line_that_is_lost_is_told(
        self, tmp_path: Path, counts: dict[str, int], told: str
    ) -> None:
        with pytest.raises(DemoError, match=told):
            require_counted(_reported(tmp_path, counts=COUNTS | counts))

    @pytest.mark.parametrize(
        ("results", "errors", "told"),
        [
            (RESULTS[:2], ERRORS, "each line once, in order"),
            ([*RESULTS[:2], _result(2)], ERRORS, "each line once, in order"),
            ([*RESULTS[:2], _result(3)], ERRORS, "which is not what is counted"),
            (RESULTS, [], "each rejected line once"),
            (RESULTS, [_error(3)], "each rejected line once"),
        ],
    )
    def test_a_report_that_tells_otherwise_is_told(
        self,
        tmp_path: Path,
        results: list[dict[str, Any]],
        errors: list[dict[str, Any]],
        told: str,
    ) -> None:
        with pytest.raises(DemoError, match=told):
            require_reported(_reported(tmp_path, results, errors))

    def test_the_first_mistakes_are_shown_with_where_all_of_them_stand(
        self, tmp_path: Path
    ) -> None:
        reported = _reported(tmp_path, errors=[_error(line) for line in range(2, 9)])
        console = Console(file=io.StringIO(), width=80, highlight=False, _environ={})

        console.print(errors_of(reported, lambda path: path.relative_to(tmp_path)))

        assert isinstance(console.file, io.StringIO)
        text = console.file.getvalue()
        assert "What is wrong with 7 lines: errors.jsonl" in text
        assert "VALIDATION_ERROR" in text
        assert "… and 3 more" in text


class TestDrop:
    def test_it_is_announced_uploaded_followed_and_its_reports_are_downloaded(
        self, service: Service, tmp_path: Path
    ) -> None:
        report = _lines(RESULTS)
        file = file_view(report, name="results", filename="results.jsonl", url=f"{STORE}/r?s=1")
        service.on("POST", "/api/v1/batches", shown(awaiting_upload()))
        service.on("POST", UPLOAD_URL, httpx.Response(204))
        service.on("GET", STATUS, shown(batch_view("completed", files=[file], percent=100.0)))
        service.on("GET", f"{STORE}/r", httpx.Response(200, content=report))
        manifest = Manifest("village.jsonl", (b"{}", b"[]"))
        console = Console(file=io.StringIO(), width=80, highlight=False, _environ={})

        reported = Drop(service.client(), tmp_path, 60.0)(manifest, PlainLines(console))

        assert json.loads(service.sent("/api/v1/batches")[0].content)["size"] == 6
        assert (tmp_path / "village" / "village.jsonl").read_bytes() == b"{}\n[]\n"
        assert hashlib.sha256(reported.files["results"].read_bytes()).hexdigest() == file["sha256"]
        assert isinstance(console.file, io.StringIO)
        assert console.file.getvalue().splitlines() == [
            "  village: awaiting upload, 0 %",
            "  village: completed, 100 %",
        ]

    def test_a_manifest_that_comes_to_nothing_is_one_line(
        self, service: Service, tmp_path: Path
    ) -> None:
        error = {"code": "UNREADABLE_MANIFEST", "message": "It is compressed"}
        service.on("POST", "/api/v1/batches", shown(awaiting_upload()))
        service.on("POST", UPLOAD_URL, httpx.Response(204))
        service.on("GET", STATUS, shown(batch_view("failed", error=error)))
        console = Console(file=io.StringIO(), _environ={})

        with pytest.raises(DemoError, match="UNREADABLE_MANIFEST: It is compressed"):
            Drop(service.client(), tmp_path, 60.0)(
                Manifest("v.jsonl", (b"{}",)), PlainLines(console)
            )


def test_what_fails_first_ends_what_is_followed_beside_it() -> None:
    clock = InterruptibleClock(lambda: False)

    def wait() -> None:
        clock.sleep(3600)

    def fail() -> None:
        raise DemoError("no", where="here", next_step="there")

    with pytest.raises(DemoError):
        both(wait, fail, clock)
    with pytest.raises(Interrupted):
        clock.sleep(1)
