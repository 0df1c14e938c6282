"""Tables and JSON: plain in a pipe, with rules on a terminal."""

from __future__ import annotations

import json
import sys

import pytest

from meshmill_cli.terminal.details import say_details_of
from meshmill_cli.terminal.output import say_json, say_json_array, say_table, tell
from tests.unit.cli.processes import on_terminal

ESCAPE = "\x1b["
TABLE = """
from meshmill_cli.terminal.output import say_json, say_table
say_table(("name", "status"), [("[red]a[/red]", "completed"), ("b", "failed")], empty="none")
say_json({"a": 1})
"""


def test_a_table_in_a_pipe_is_aligned_text(capsys: pytest.CaptureFixture[str]) -> None:
    say_table(("name", "status"), [("a", "completed"), ("long", "failed")], empty="none")
    assert capsys.readouterr().out == "name  status\na     completed\nlong  failed\n"


def test_no_rows_are_told_to_people_alone(capsys: pytest.CaptureFixture[str]) -> None:
    say_table(("name",), [], empty="there are no assets")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "there are no assets\n")


def test_a_table_on_a_terminal_has_a_rule_and_takes_cells_as_they_are() -> None:
    code, shown = on_terminal(sys.executable, "-c", TABLE)
    assert code == 0
    assert "───" in shown
    assert "[red]a[/red]" in shown
    assert '{\r\n  "a": 1\r\n}' in shown


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_table_has_no_escape_codes_where_none_are_wanted(variables: dict[str, str]) -> None:
    code, shown = on_terminal(sys.executable, "-c", TABLE, variables=variables)
    assert (code, ESCAPE in shown) == (0, False)
    assert "completed" in shown


def test_a_cell_can_neither_end_its_line_nor_command_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say_table(("name",), [("a\nb\x1b[2Jé",)], empty="none")
    assert capsys.readouterr().out == "name\na\\nb\\x1b[2Jé\n"


def test_json_in_a_pipe_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"a": [1, 2]})
    assert capsys.readouterr().out == '{"a": [1, 2]}\n'


@pytest.mark.parametrize("values", [[], [1], [{"a": 1}, {"b": "é"}, None]], ids=len)
def test_an_array_is_one_json_value_however_long(
    values: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    say_json_array(iter(values))
    assert json.loads(capsys.readouterr().out) == values


def test_what_is_told_can_neither_end_its_line_nor_command_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say_details_of([("labels.a\x1b[2J", "b\nc\x1b]0;d\x07")])
    tell("a\x1b[2J")
    told = capsys.readouterr()
    assert told.out == "labels.a\\x1b[2J  b\\nc\\x1b]0;d\\x07\n"
    assert told.err == "a\\x1b[2J\n"
