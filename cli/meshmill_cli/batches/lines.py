"""The lines of a batch, one after the other: there may be a million."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator

from meshmill_cli.frame.connection import connected
from meshmill_cli.terminal.columns import on_one_line
from meshmill_cli.terminal.forms import Form
from meshmill_cli.terminal.output import say, say_json_array, tell
from meshmill_cli.terminal.views import view_of
from meshmill_client import LineError, LineResult

Line = LineResult | LineError
# Columns are as wide as what may come, since nobody has seen all of it when the first is printed.
_RESULT = "{:>9}  {:9}  {:36}  {}"
_ERROR = "{:>9}  {}"

ToCsv = Callable[[Iterable[bytes]], Iterator[bytes]]


def say_results(batch_id: str, outcome: str | None, form: Form, profile: str | None) -> None:
    """What became of each line, or of those alone that ended in one way."""
    with connected(profile) as client:
        every = client.batches.results(batch_id)
        lines = (line for line in every if outcome is None or line.outcome == outcome)
        match form:
            case Form.JSON:
                _say_json(lines)
            case Form.CSV:
                from meshmill.domain.line_results import results_csv  # noqa: PLC0415  # slow

                _say_csv(lines, results_csv)
            case Form.IDS:
                _say_ids(lines)
            case Form.TABLE:
                _say_below(
                    _RESULT.format("line", "outcome", "asset", "custom_id"), map(_result, lines)
                )


def say_errors(batch_id: str, form: Form, profile: str | None) -> None:
    """What is wrong with each line that was rejected."""
    with connected(profile) as client:
        lines = client.batches.errors(batch_id)
        match form:
            case Form.JSON:
                _say_json(lines)
            case Form.CSV:
                from meshmill.domain.line_results import errors_csv  # noqa: PLC0415  # slow

                _say_csv(lines, errors_csv)
            case _:
                _say_below(_ERROR.format("line", "error"), map(_error, lines))


def _say_json(lines: Iterator[Line]) -> None:
    say_json_array(map(view_of, lines))


def _say_csv(lines: Iterator[Line], to_csv: ToCsv) -> None:
    for rows in to_csv(f"{line.model_dump_json()}\n".encode() for line in lines):
        sys.stdout.write(rows.decode())


def _say_ids(lines: Iterator[LineResult]) -> None:
    """One asset may come several times, of duplicate lines: who reads ids takes each once."""
    for line in lines:
        if line.asset_id is not None:
            say(line.asset_id)


def _say_below(heading: str, lines: Iterator[str]) -> None:
    """The heading comes with the first line, for there may be an error in its place."""
    number = 0
    for number, line in enumerate(lines, 1):
        if number == 1:
            say(heading)
        say(on_one_line(line))
    if number == 0:
        tell("there are no such lines")


def _result(line: LineResult) -> str:
    asset, custom_id = line.asset_id or "-", line.custom_id or "-"
    return _RESULT.format(line.line, line.outcome, asset, custom_id)


def _error(line: LineError) -> str:
    name = "" if line.custom_id is None else f" ({line.custom_id})"
    return _ERROR.format(line.line, f"{line.code}: {line.message}{name}")
