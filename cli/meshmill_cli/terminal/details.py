"""One thing in full, a line for each of its details."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meshmill_cli.terminal.columns import aligned, on_one_line
from meshmill_cli.terminal.counts import counted
from meshmill_cli.terminal.output import say

if TYPE_CHECKING:
    from meshmill_client import AssetFile

Detail = tuple[str, str]
"""A name, and a value as text."""


def say_details_of(details: Sequence[Detail]) -> None:
    """A line each; where a name is that of the line before, it isn't repeated."""
    names = [name for name, _ in details]
    before = ["", *names[:-1]]
    rows = [
        ("" if name == last else on_one_line(name), on_one_line(value))
        for last, (name, value) in zip(before, details, strict=True)
    ]
    for line in aligned(rows):
        say(line)


def files_of(files: Sequence[AssetFile]) -> Iterator[Detail]:
    """A line a file."""
    yield from (("files", f"{file.filename}, {counted(file.bytes, 'byte')}") for file in files)


def moment(time: datetime) -> str:
    """A time in UTC, to the second."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
