"""Commands at the ends of pipes, on a terminal, and interrupted."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.cli.pipeline import ASSETS, BATCHES, NOW, Pipeline
from tests.unit.cli.processes import COMMAND, environment, on_terminal, piped
from tests.unit.client.service import BATCH_ID, batch_view

ESCAPE = "\x1b"
PROFILE = ("--profile", "local")
#: Not getrusage: its peak is that of the process which has started this one, where it was higher.
_STATUS = Path("/proc/self/status")
_MEASURED = f"""
import sys
from meshmill_cli.app import main
try:
    main()
finally:
    sys.stderr.write(open("{_STATUS}").read())
"""


def interrupted(*arguments: str, once: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command that gets Ctrl-C once it has told something."""
    process = subprocess.Popen(
        (*COMMAND, *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    with process:
        assert process.stderr is not None
        told = ""
        while once not in told:
            line = process.stderr.readline()
            assert line, f"it ended after {told!r}"
            told += line
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    return process.returncode, out, told + err


def test_a_pipe_gets_no_escape_codes(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending", "processing", "completed"))
    pipeline.lists([pipeline.asset("a-1", "completed")])
    for arguments in (
        ["create", "--download", str(tmp_path)],
        ["list"],
        ["get", "a-1"],
        ["get", "missing"],
    ):
        ended = piped(*COMMAND, "assets", *arguments, FORCE_COLOR="1")
        assert ESCAPE not in ended.stdout + ended.stderr


def test_a_terminal_sees_how_a_wait_comes_along(pipeline: Pipeline) -> None:
    pipeline.asset("a-1", "pending", "processing", "completed")
    code, shown = on_terminal(*COMMAND, "assets", "wait", "a-1")
    assert code == 0
    assert ESCAPE in shown
    assert "processing" in shown
    assert "triangles 2,000" in shown


def test_what_goes_on_is_seen_also_below_much_that_is_over(pipeline: Pipeline) -> None:
    """A terminal of 24 lines; the last row is that of the one asset that isn't done."""
    ids = [f"done-{number}" for number in range(60)]
    for each in ids:
        pipeline.asset(each, "completed")
    pipeline.asset("last", "pending", *["processing"] * 9, "completed")
    code, shown = on_terminal(*COMMAND, "assets", "wait", *ids, "last", "--json")
    assert code == 0
    assert re.search(r"asset last\b[^\n]*processing", shown)


def test_tables_fit_a_terminal_of_eighty_columns(pipeline: Pipeline) -> None:
    # As long as ages get.
    long_ago = {"created_at": f"{datetime.now(UTC) - timedelta(days=700):%Y-%m-%dT%H:%M:%SZ}"}
    widest = pipeline.asset("a-1", "processing", **long_ago) | {"asset_id": BATCH_ID}
    pipeline.lists([widest])
    name = "a-very-long-name-of-a-manifest.jsonl"
    batch = batch_view("completed_with_errors", filename=name, **long_ago)
    pipeline.service.on("GET", BATCHES, 200, {"data": [batch], "next_cursor": None})
    for group in ("assets", "batches"):
        _, shown = on_terminal(*COMMAND, group, "list")
        (row,) = (line for line in shown.splitlines() if BATCH_ID in line)
        assert row.rstrip().endswith(" d"), "in one piece"


def test_a_person_is_asked_before_something_is_deleted(pipeline: Pipeline) -> None:
    pipeline.service.on("DELETE", f"{ASSETS}/a-1", 204, b"")
    question = "Delete asset a-1?"
    code, shown = on_terminal(*COMMAND, "assets", "delete", "a-1", answers=[(question, "n\n")])
    assert code == 1
    assert "nothing was deleted" in shown
    assert pipeline.service.requests == []
    code, shown = on_terminal(*COMMAND, "assets", "delete", "a-1", answers=[(question, "y\n")])
    assert code == 0
    assert "asset a-1 is deleted" in shown


@pytest.mark.parametrize(
    ("arguments", "again"),
    [
        (["wait", "a-1"], "meshmill assets wait a-1"),
        (["wait", "a-1", *PROFILE], "meshmill assets wait a-1 --profile local"),
        (["create", "--wait"], "meshmill assets wait a-1"),
        (["download", "a-1", "--wait"], "meshmill assets download --out . --wait a-1"),
        (["wait", "a-1", "a-2", "a-3", "a-4", "a-5"], "a-3 a-4 and the other ids"),
    ],
    ids=["one", "of-a-profile", "created", "before-a-download", "many"],
)
def test_an_interrupted_wait_says_how_to_go_on(
    arguments: Sequence[str], again: str, pipeline: Pipeline
) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending"))
    for number in range(2, 6):
        pipeline.asset(f"a-{number}", "pending")
    code, out, err = interrupted("assets", *arguments, once="asset a-1: pending")
    assert code == 130
    assert out == ("a-1\n" if arguments[0] == "create" else "")
    assert err.splitlines()[-2].startswith("meshmill: interrupted")
    assert err.splitlines()[-1].endswith(again)
    assert "Traceback" not in err


def test_an_interrupted_wait_for_files_says_where_they_were_to_go(pipeline: Pipeline) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending"))
    code, _, err = interrupted(
        "assets", "create", "--download", "my files", once="asset a-1: pending"
    )
    assert code == 130
    assert err.splitlines()[-1].endswith("meshmill assets download --out 'my files' --wait a-1")


def test_an_interrupted_wait_for_a_batch_says_how_to_go_on(pipeline: Pipeline) -> None:
    pipeline.batch(("in_progress", {}))
    code, out, err = interrupted("batches", "wait", BATCH_ID, once="in progress")
    assert (code, out) == (130, "")
    assert err.splitlines()[-1].endswith(f"meshmill batches wait {BATCH_ID}")


def test_who_reads_only_the_beginning_of_a_list_hears_no_complaint(pipeline: Pipeline) -> None:
    page = [pipeline.asset(f"a-{number:06}", "pending") for number in range(100)]
    pipeline.service.on("GET", ASSETS, 200, {"data": page, "next_cursor": "more"}, **NOW)
    for number in range(100):
        following = {"data": page, "next_cursor": f"more-{number}"}
        pipeline.service.then("GET", ASSETS, 200, following, **NOW)
    command = subprocess.Popen(
        (*COMMAND, "assets", "list", "--all", "--ids"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    with command:
        assert command.stdout is not None
        assert command.stderr is not None
        assert command.stdout.readline() == "a-000000\n"
        command.stdout.close()
        assert command.stderr.read() == ""
        assert command.wait(60) == 141


@pytest.mark.skipif(not _STATUS.exists(), reason="the kernel tells of no peak")
def test_a_million_lines_are_told_in_bounded_memory(pipeline: Pipeline) -> None:
    """The peak is that of ten lines, but for a few megabytes."""
    few, many = _peak_of_results(pipeline, 10), _peak_of_results(pipeline, 100_000)
    assert many < few + 16 * 1024


def _peak_of_results(pipeline: Pipeline, count: int) -> int:
    """Kibibytes that a command had in memory which has told so many results."""
    lines = b"".join(
        b'{"line":%d,"custom_id":null,"asset_id":"%036d","outcome":"accepted"}\n' % (line, line)
        for line in range(1, count + 1)
    )
    pipeline.batch(("completed", {"files": [pipeline.file("results", "results.jsonl", lines)]}))
    ended = piped(COMMAND[0], "-c", _MEASURED, "batches", "results", BATCH_ID, "--json")
    assert ended.returncode == 0, ended.stderr
    assert len(json.loads(ended.stdout)) == count
    (peak,) = re.findall(r"^VmHWM:\s+(\d+) kB$", ended.stderr, re.MULTILINE)
    return int(peak)


def test_an_upload_is_shown_on_a_terminal(pipeline: Pipeline, tmp_path: Path) -> None:
    manifest = tmp_path / "village.jsonl"
    manifest.write_text('{"format":"gltf","parameters":{}}\n' * 5000)
    pipeline.takes_a_manifest()
    code, shown = on_terminal(*COMMAND, "batches", "submit", str(manifest))
    assert code == 0
    assert "village.jsonl" in shown
    assert "kB" in shown
    assert len(pipeline.service.asked("POST", BATCHES)) == 1


def test_what_the_output_can_not_spell_is_escaped(pipeline: Pipeline) -> None:
    pipeline.asset("a-1", "pending", custom_id="дуб")
    ended = piped(*COMMAND, "assets", "get", "a-1", PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert r"\u0434\u0443\u0431" in ended.stdout
