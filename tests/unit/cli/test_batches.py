"""``meshmill batches`` as somebody types it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from meshmill_cli.frame.exits import Exit
from tests.unit.cli.pipeline import BATCHES, ERRORS, RESULTS, Pipeline
from tests.unit.cli.typed import Meshmill
from tests.unit.client.service import BATCH_ID, batch_view

WIDTH = 80
BATCH = f"{BATCHES}/{BATCH_ID}"
LINE = '{"format":"gltf","parameters":{}}\n'
ALL_WELL = ("completed", {"percent": 100.0, "completed": 200})
WITH_ERRORS = ("completed_with_errors", {"percent": 100.0, "rejected": 2, "failed": 3})
UNREADABLE = ("failed", {"error": {"code": "EMPTY_MANIFEST", "message": "There are no lines"}})


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Two lines."""
    path = tmp_path / "village.jsonl"
    path.write_text(LINE * 2)
    return path


def reported(pipeline: Pipeline, status: str = "completed") -> tuple[str, dict[str, Any]]:
    return (status, {"files": pipeline.reports()})


def test_the_id_alone_is_the_result(pipeline: Pipeline, meshmill: Meshmill, manifest: Path) -> None:
    pipeline.takes_a_manifest()
    ended = meshmill("batches", "submit", str(manifest), "--idempotency-key", "build-7")
    assert (ended.code, ended.out) == (0, f"{BATCH_ID}\n")
    assert ended.err.splitlines()[-1] == f"batch {BATCH_ID} is submitted"
    (created,) = pipeline.service.asked("POST", BATCHES)
    assert created.headers["Idempotency-Key"] == "build-7"
    assert json.loads(created.body)["size"] == manifest.stat().st_size
    (uploaded,) = pipeline.service.asked("POST", "/store/uploads")
    assert manifest.read_bytes() in uploaded.body


def test_a_key_that_came_out_empty_makes_no_batch_without_one(
    pipeline: Pipeline, meshmill: Meshmill, manifest: Path
) -> None:
    pipeline.takes_a_manifest()
    ended = meshmill("batches", "submit", str(manifest), "--idempotency-key", "")
    assert (ended.code, ended.out) == (Exit.REFUSED, "")
    assert "a key or token is empty" in ended.err
    assert pipeline.service.asked("POST", BATCHES) == []


def test_the_form_of_a_batch_is_for_nobodys_log(
    pipeline: Pipeline, meshmill: Meshmill, manifest: Path
) -> None:
    pipeline.takes_a_manifest()
    ended = meshmill("batches", "submit", str(manifest), "--json")
    told = json.loads(ended.out)
    assert (told["batch_id"], "upload" in told) == (BATCH_ID, False)


def test_a_key_that_has_its_manifest_already_is_told(
    pipeline: Pipeline, meshmill: Meshmill, manifest: Path
) -> None:
    pipeline.service.on("POST", BATCHES, 200, pipeline.batch(("in_progress", {})))
    ended = meshmill("batches", "submit", str(manifest))
    assert ended.code == 0
    assert ended.err == f"batch {BATCH_ID} stood there already, in_progress\n"


def test_waiting_tells_how_it_comes_along(
    pipeline: Pipeline, meshmill: Meshmill, manifest: Path
) -> None:
    pipeline.takes_a_manifest(("in_progress", {"percent": 40.0, "completed": 80}), ALL_WELL)
    ended = meshmill("batches", "submit", str(manifest), "--wait")
    assert (ended.code, ended.out) == (0, f"{BATCH_ID}\n")
    assert "in progress, 40 %, 80 completed of 200 lines" in ended.err


def test_quiet_leaves_the_id(pipeline: Pipeline, meshmill: Meshmill, manifest: Path) -> None:
    pipeline.takes_a_manifest(ALL_WELL)
    ended = meshmill("batches", "submit", str(manifest), "--wait", "-q")
    assert (ended.code, ended.out, ended.err) == (0, f"{BATCH_ID}\n", "")


def test_its_reports_are_downloaded_whatever_they_say(
    pipeline: Pipeline, meshmill: Meshmill, manifest: Path, tmp_path: Path
) -> None:
    status, changes = reported(pipeline, "completed_with_errors")
    pipeline.takes_a_manifest((status, changes | {"rejected": 1}))
    ended = meshmill("batches", "submit", str(manifest), "--download", str(tmp_path / "reports"))
    assert ended.code == 9
    paths = [tmp_path / "reports" / name for name in ("results.jsonl", "errors.jsonl")]
    assert ended.out.splitlines() == [str(path) for path in paths]
    assert json.loads(paths[1].read_text())["code"] == "INVALID_FORMAT"


@pytest.mark.parametrize("path", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_announces_nothing(
    path: str, pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    ended = meshmill("batches", "submit", str(tmp_path / path))
    assert ended.code == 3
    assert str(tmp_path) in ended.err
    assert pipeline.service.requests == []


def test_an_empty_file_announces_nothing(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    ended = meshmill("batches", "submit", str(empty))
    assert (ended.code, ended.err) == (2, f"meshmill: {empty} is empty: it has no requests\n")
    assert pipeline.service.requests == []


def test_a_batch_whose_lines_all_came_out_well_ends_with_0(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.batch(("in_progress", {}), ALL_WELL)
    ended = meshmill("batches", "wait", BATCH_ID, "--quiet")
    assert (ended.code, ended.err) == (0, "")
    assert "village.jsonl, 100 bytes" in ended.out


def test_a_batch_with_errors_ends_with_9_and_says_where_to_look(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.batch(("in_progress", {}), WITH_ERRORS)
    ended = meshmill("batches", "wait", BATCH_ID, "--quiet", "--json")
    assert ended.code == 9
    assert json.loads(ended.out)["status"] == "completed_with_errors"
    assert ended.err.splitlines() == [
        f"meshmill: batch {BATCH_ID}: lines rejected 2, assets failed 3",
        f"meshmill: what is wrong with the lines: meshmill batches errors {BATCH_ID}",
        f"meshmill: to try those assets again: meshmill batches redrive {BATCH_ID}",
    ]


def test_a_batch_that_came_to_nothing_ends_with_1(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.batch(("validating", {}), UNREADABLE)
    ended = meshmill("batches", "wait", BATCH_ID, "--json")
    assert ended.code == 1
    assert json.loads(ended.out)["error"]["code"] == "EMPTY_MANIFEST"
    assert "EMPTY_MANIFEST: There are no lines" in ended.err


def test_a_batch_that_takes_too_long_ends_with_7(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.batch(("in_progress", {"percent": 50.0}))
    ended = meshmill("batches", "wait", BATCH_ID, "--timeout", "0.2", "--json")
    assert ended.code == 7
    assert json.loads(ended.out)["percent"] == 50.0


def test_a_batch_is_shown_in_full(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.batch(
        ("in_progress", {"percent": 45.2, "accepted": 190, "rejected": 2, "failed": 1,
                         "stalled": True, "eta": "2026-11-22T10:05:00.000Z"})
    )  # fmt: skip
    ended = meshmill("batches", "get", BATCH_ID)
    assert ended.code == 0
    told = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert "status in_progress, 45 %, stalled" in told
    assert "rejected 2" in told
    assert "expected 2026-11-22 10:05:00 UTC" in told


def test_a_list_is_a_table_of_eighty_columns(pipeline: Pipeline, meshmill: Meshmill) -> None:
    seen = [
        batch_view("completed_with_errors", filename="a-very-long-name-of-a-manifest.jsonl"),
        batch_view("in_progress", percent=7.0),
    ]
    pipeline.service.on("GET", BATCHES, 200, {"data": seen, "next_cursor": None})
    ended = meshmill("batches", "list")
    assert "in_progress, 7 %" in ended.out
    assert "a-very-long…" in ended.out
    assert max(map(len, ended.out.splitlines())) <= WIDTH
    assert meshmill("batches", "list", "--ids").out == f"{BATCH_ID}\n{BATCH_ID}\n"
    assert len(json.loads(meshmill("batches", "list", "--json").out)) == 2


def test_results_are_rows_for_people(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.batch(reported(pipeline))
    ended = meshmill("batches", "results", BATCH_ID)
    assert (ended.code, ended.err) == (0, "")
    assert [line.split() for line in ended.out.splitlines()] == [
        ["line", "outcome", "asset", "custom_id"],
        ["1", "accepted", "a-1", "oak"],
        ["2", "duplicate", "a-1", "=cmd()"],
        ["3", "rejected", "-", "-"],
    ]


def test_results_are_json_for_programs_also_of_one_outcome(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.batch(reported(pipeline))
    assert json.loads(meshmill("batches", "results", BATCH_ID, "--json").out) == RESULTS
    ended = meshmill("batches", "results", BATCH_ID, "--json", "--outcome", "rejected")
    assert json.loads(ended.out) == [RESULTS[2]]
    ended = meshmill("batches", "results", BATCH_ID, "--outcome", "accepted")
    assert [line.split()[0] for line in ended.out.splitlines()] == ["line", "1"]
    assert meshmill("batches", "results", BATCH_ID, "--outcome", "odd").code == 2


def test_results_are_csv_that_no_spreadsheet_runs(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.batch(reported(pipeline))
    ended = meshmill("batches", "results", BATCH_ID, "--csv")
    assert [*csv.reader(io.StringIO(ended.out))] == [
        ["line", "custom_id", "asset_id", "outcome"],
        ["1", "oak", "a-1", "accepted"],
        ["2", "'=cmd()", "a-1", "duplicate"],
        ["3", "", "", "rejected"],
    ]


def test_ids_of_results_can_be_piped_on(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.batch(reported(pipeline))
    assert meshmill("batches", "results", BATCH_ID, "--ids").out == "a-1\na-1\n"


def test_only_one_form_can_be_printed(pipeline: Pipeline, meshmill: Meshmill) -> None:
    ended = meshmill("batches", "results", BATCH_ID, "--csv", "--json")
    assert ended.code == 2
    assert "--json and --csv" in ended.err
    assert meshmill("batches", "list", "--ids", "--json").code == 2
    assert meshmill("assets", "list", "--ids", "--json").code == 2
    assert pipeline.service.requests == []


def test_errors_are_told_a_line_each(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.batch(reported(pipeline))
    ended = meshmill("batches", "errors", BATCH_ID)
    assert ended.out.splitlines()[1].split(maxsplit=1) == [
        "3",
        "INVALID_FORMAT: format must be one of gltf, obj, fbx",
    ]
    assert json.loads(meshmill("batches", "errors", BATCH_ID, "--json").out) == ERRORS
    rows = [*csv.DictReader(io.StringIO(meshmill("batches", "errors", BATCH_ID, "--csv").out))]
    assert rows[0]["field"] == "format"


def test_where_no_line_was_rejected_people_are_told_so(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.batch(("completed", {"files": [pipeline.file("errors", "errors.jsonl", b"")]}))
    ended = meshmill("batches", "errors", BATCH_ID)
    assert (ended.code, ended.out, ended.err) == (0, "", "there are no such lines\n")
    assert json.loads(meshmill("batches", "errors", BATCH_ID, "--json").out) == []


def test_a_batch_without_files_yet_is_worth_waiting_for(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.batch(("in_progress", {}))
    for command in ("results", "errors", "download"):
        ended = meshmill("batches", command, BATCH_ID)
        assert (ended.code, ended.out) == (2, "")
        assert "it has no files yet" in ended.err
        assert "wait" in ended.err


def test_reports_are_downloaded(pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path) -> None:
    pipeline.batch(reported(pipeline))
    out = tmp_path / "reports"
    ended = meshmill("batches", "download", BATCH_ID, "--out", str(out))
    assert (ended.code, ended.out.splitlines()[0]) == (0, str(out / "results.jsonl"))
    told = json.loads(meshmill("batches", "download", BATCH_ID, "--out", str(out), "--json").out)
    assert told["files"][1]["path"] == str(out / "errors.jsonl")


def test_a_redrive_may_be_waited_for(pipeline: Pipeline, meshmill: Meshmill) -> None:
    begun = pipeline.batch(("in_progress", {"redriven": 3}), ALL_WELL)
    pipeline.service.on("POST", f"{BATCH}/redrive", 202, begun)
    ended = meshmill("batches", "redrive", BATCH_ID)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == f"batch {BATCH_ID} is in_progress, 3 assets redriven\n"
    ended = meshmill("batches", "redrive", BATCH_ID, "--wait", "--json", "-q")
    assert (ended.code, json.loads(ended.out)["status"]) == (0, "completed")


def test_one_asset_is_one(pipeline: Pipeline, meshmill: Meshmill) -> None:
    begun = pipeline.batch(("in_progress", {"redriven": 1}), ALL_WELL)
    pipeline.service.on("POST", f"{BATCH}/redrive", 202, begun)
    ended = meshmill("batches", "redrive", BATCH_ID)
    assert ended.err == f"batch {BATCH_ID} is in_progress, 1 asset redriven\n"


def test_deleting_takes_a_yes_where_nobody_can_be_asked(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.service.on("DELETE", BATCH, 204, b"")
    assert meshmill("batches", "delete", BATCH_ID).code == 2
    assert pipeline.service.requests == []
    ended = meshmill("batches", "delete", BATCH_ID, "--yes", "--json")
    assert json.loads(ended.out) == {"batch_id": BATCH_ID, "deleted": True}
    pipeline.service.refuse("DELETE", BATCH, 409, "INVALID_STATE")
    assert meshmill("batches", "delete", BATCH_ID, "--yes").code == 2


def test_one_that_is_not_there_ends_with_6(pipeline: Pipeline, meshmill: Meshmill) -> None:
    for command in ("get", "wait", "results", "errors", "download", "redrive"):
        assert meshmill("batches", command, "missing").code == 6, command


def test_names_from_a_manifest_can_not_command_the_terminal(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    result = json.dumps({**RESULTS[0], "custom_id": "\x1b[2J"}).encode()
    error = json.dumps({**ERRORS[0], "custom_id": "\x1b[2J", "message": "\x1b[3J"}).encode()
    files = [
        pipeline.file("results", "results.jsonl", result + b"\n"),
        pipeline.file("errors", "errors.jsonl", error + b"\n"),
    ]
    pipeline.batch(("completed", {"files": files}))
    for command, shown in (("results", "\\x1b[2J"), ("errors", "\\x1b[3J (\\x1b[2J)")):
        ended = meshmill("batches", command, BATCH_ID)
        assert ended.code == 0
        assert shown in ended.out
        assert "\x1b" not in ended.out


def test_a_batch_that_is_done_takes_no_time(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.batch(ALL_WELL)
    ended = meshmill("batches", "wait", BATCH_ID, "--timeout", "0", "--quiet")
    assert (ended.code, ended.err) == (0, "")
