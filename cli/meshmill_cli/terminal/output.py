"""What commands write: results to standard output, everything else to standard error.

A terminal gets tables with rules and colour, a pipe gets plain text without escape codes, and a
program that asks with ``--json`` gets one JSON value. How long work is shown while it goes on
stands in :mod:`meshmill_cli.terminal.progress`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from meshmill_cli.terminal.columns import aligned, on_one_line

if TYPE_CHECKING:
    from rich.console import Console


def stdout_console() -> Console:
    """Where results go."""
    return _console(sys.stdout)


def stderr_console() -> Console:
    """Where progress, advice and complaints go."""
    return _console(sys.stderr)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person sees the stream on something that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "") not in {"dumb", "unknown"}


def is_coloured(stream: TextIO) -> bool:
    """Whether the stream takes colour (https://no-color.org)."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def say(line: str) -> None:
    """A line of result, as it is."""
    sys.stdout.write(f"{line}\n")


def tell(line: str) -> None:
    """A line about what happens, for people."""
    sys.stderr.write(f"{on_one_line(line)}\n")


def say_json(value: Any) -> None:
    """The one JSON value of a command; indented where a person reads it."""
    say(json.dumps(value, indent=2 if sys.stdout.isatty() else None))


def say_json_array(values: Iterable[Any]) -> None:
    """One JSON array, an element a line, written as they come: there may be a million."""
    separator = "["
    for value in values:
        sys.stdout.write(f"{separator}{json.dumps(value)}")
        separator = ",\n "
    say("[]" if separator == "[" else "]")


def say_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """A row a line below a line of headings.

    Args:
        headings: of the columns.
        rows: as many cells each as there are headings.
        empty: what to tell people, on standard error, where there are no rows.
    """
    cells = [[on_one_line(cell) for cell in row] for row in rows]
    if not cells:
        tell(empty)
    elif is_terminal(sys.stdout):
        _say_rich_table(headings, cells)
    else:
        for line in aligned([headings, *cells]):
            say(line)


def _say_rich_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box  # noqa: PLC0415  # slow to load, and a pipe needs none of it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    # Two columns apart, as in a pipe: ids of 36 characters leave little room.
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    stdout_console().print(table)


def _console(stream: TextIO) -> Console:
    from rich.console import Console  # noqa: PLC0415

    # Where colour isn't wanted, bold text isn't either, so NO_COLOR is more than rich makes of it.
    return Console(
        file=stream, color_system="auto" if is_coloured(stream) else None, highlight=False
    )
