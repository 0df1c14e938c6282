"""Progress: live on a terminal, a line a change in a pipe, and never among the results."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meshmill_cli.terminal.progress import transferring, waiting_for_assets, waiting_for_batches
from meshmill_cli.terminal.steps import step_of_batch, step_of_transfer
from meshmill_client import Asset, Batch, Transfer
from tests.unit.cli.processes import on_terminal, piped
from tests.unit.client.service import ASSET_ID, batch_view, view

ESCAPE = "\x1b["

SCRIPT = """
from meshmill_cli.terminal.progress import transferring, waiting_for_assets
from meshmill_client import Asset, Transfer
from tests.unit.client.service import view
with waiting_for_assets(quiet={quiet}) as seen:
    for status in ("pending", "pending", "processing", "completed"):
        seen(Asset.model_validate(view(status)))
with transferring(quiet={quiet}) as moved:
    for done in range(0, 101, 10):
        moved(Transfer("model.glb", done, 100))
print("result")
"""


def script(*, quiet: bool = False) -> tuple[str, ...]:
    return (sys.executable, "-c", SCRIPT.format(quiet=quiet))


def asset(status: str, **changes: Any) -> Asset:
    return Asset.model_validate(view(status, **changes))


def batch(status: str = "in_progress", **changes: Any) -> Batch:
    return Batch.model_validate(batch_view(status, **changes))


def test_a_terminal_gets_live_rows_that_are_gone_at_the_end() -> None:
    code, shown = on_terminal(*script())
    assert code == 0
    assert ESCAPE in shown
    assert ASSET_ID in shown
    assert "model.glb" in shown
    assert shown.endswith("result\r\n")
    assert f"{ESCAPE}2K" in shown.rpartition("model.glb")[2], "the last row is wiped out"
    assert f"{ESCAPE}?25h" in shown, "the cursor is given back"


def test_results_that_are_printed_meanwhile_go_where_results_go(tmp_path: Path) -> None:
    results = tmp_path / "results"
    printing = SCRIPT.format(quiet=False).replace(
        "        seen(", '        print("meanwhile")\n        seen('
    )
    redirected = ("bash", "-c", f'"$@" > {results}', "bash", sys.executable, "-c", printing)
    code, shown = on_terminal(*redirected)
    assert (code, "meanwhile" in shown) == (0, False)
    assert results.read_text() == "meanwhile\n" * 4 + "result\n"


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_can_not_move_its_cursor_gets_plain_lines(term: str) -> None:
    code, shown = on_terminal(*script(), variables={"TERM": term})
    assert (code, ESCAPE in shown) == (0, False)
    assert f"asset {ASSET_ID}: processing" in shown


def test_without_colour_the_rows_are_live_and_uncoloured() -> None:
    code, shown = on_terminal(*script(), variables={"NO_COLOR": "1"})
    assert code == 0
    assert f"{ESCAPE}2K" in shown
    assert all(f"{ESCAPE}{style}" not in shown for style in ("1m", "3", "9"))


def test_a_pipe_gets_a_plain_line_for_each_change() -> None:
    ended = piped(*script())
    assert ended.stdout == "result\n"
    assert ended.stderr.splitlines() == [
        f"asset {ASSET_ID}: pending",
        f"asset {ASSET_ID}: processing",
        f"asset {ASSET_ID}: completed",
        "model.glb: 100 of 100 bytes",
    ]


def test_quiet_shows_nothing_anywhere() -> None:
    assert piped(*script(quiet=True)).stderr == ""
    assert on_terminal(*script(quiet=True)) == (0, "result\r\n")


def test_several_assets_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting_for_assets(quiet=False) as seen:
        for each in ("a", "b", "a", "b"):
            seen(asset("processing", asset_id=each))
    assert capsys.readouterr().err == "asset a: processing\nasset b: processing\n"


def test_a_batch_is_told_once_a_tenth_with_its_counts(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting_for_batches(quiet=False) as seen:
        for percent in (0, 4, 9, 10, 19, 20):
            seen(batch(percent=percent, completed=2 * percent, rejected=1))
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2] for line in told] == [
        "in progress, 0 %, 0 completed of 200 lines, 1 rejected",
        "in progress, 10 %, 20 completed of 200 lines, 1 rejected",
        "in progress, 20 %, 40 completed of 200 lines, 1 rejected",
    ]


def test_a_batch_on_its_way_has_a_pace_and_an_end_in_sight() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1000)
    words = step_of_batch(batch(rate=12.34, eta=soon.isoformat(), lines=None)).words
    assert words.startswith("in progress, 0 %, 0 completed, 12.3 lines/s, ")
    assert words.endswith(" s left")
    assert step_of_batch(batch(stalled=True)).words.endswith("stalled")
    assert "lines/s" not in step_of_batch(batch("completed", rate=12.3)).words


def test_an_empty_file_has_come_at_once() -> None:
    assert step_of_transfer(Transfer("empty", 0, 0)).is_final


def test_what_ends_the_waiting_gives_the_cursor_back() -> None:
    failing = SCRIPT.format(quiet=False).replace('"processing"', "1 / 0")
    code, shown = on_terminal(sys.executable, "-c", failing)
    assert code == 1
    assert shown.index(f"{ESCAPE}?25h") < shown.index("ZeroDivisionError")


def test_a_file_is_one_line_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with transferring(quiet=False) as moved:
        for done in (0, 65_536, 1_234_567):
            moved(Transfer("manifest.jsonl", done, 1_234_567))
    assert capsys.readouterr().err == "manifest.jsonl: 1,234,567 of 1,234,567 bytes\n"


def test_a_long_way_is_told_more_often(capsys: pytest.CaptureFixture[str]) -> None:
    total = 200 * 1024 * 1024
    with transferring(quiet=False) as moved:
        for done in range(0, total + 1, 1024 * 1024):
            moved(Transfer("manifest.jsonl", done, total))
    told = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in told] == [
        "67,108,864",
        "134,217,728",
        "201,326,592",
        "209,715,200",
    ]
