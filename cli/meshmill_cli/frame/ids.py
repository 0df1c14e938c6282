"""Ids on the command line, one or several, or from another command by a pipe."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.terminal.output import tell

_STANDARD_INPUT = "-"
#: They become names of folders, too.
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")

AssetIds = Annotated[
    list[str],
    typer.Argument(metavar="ID...", help="Ids of assets; - reads them from stdin, one a line."),
]
BatchId = Annotated[str, typer.Argument(metavar="ID", help="Id of a batch.")]
OnlyIds = Annotated[bool, typer.Option("--ids", help="Print ids alone, one a line, for a pipe.")]


@dataclass(frozen=True, slots=True)
class Ids:
    """What a command is about; ``is_single`` where exactly one id was typed.

    A single one's answer stands alone. Of ids that come by a pipe nobody knows how many there
    are, so that their answer is a list however many come.
    """

    every: tuple[str, ...]
    is_single: bool


def read_ids(arguments: Sequence[str]) -> Ids:
    """Each id once, in order.

    Raises:
        CommandFailed: one can't be an id.
    """
    found = tuple(dict.fromkeys(_every(arguments)))
    if not found:
        # As often as not that is good news: nothing has failed that could be deleted.
        tell("standard input has no ids: there is nothing to do")
    wrong = [each for each in found if not _ID.fullmatch(each)]
    if wrong:
        raise CommandFailed([f"{each!r} is no id" for each in wrong], Exit.REFUSED)
    return Ids(found, is_single=len(arguments) == 1 and arguments[0] != _STANDARD_INPUT)


def _every(arguments: Sequence[str]) -> Iterator[str]:
    for argument in arguments:
        if argument == _STANDARD_INPUT:
            yield from filter(None, map(str.strip, sys.stdin))
        else:
            yield argument.strip()
