"""How a list is printed: as a table, unless another form is asked for."""

from __future__ import annotations

from enum import Enum, auto

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit


class Form(Enum):
    """For people, for a program, for a spreadsheet, for another command."""

    TABLE = auto()
    JSON = auto()
    CSV = auto()
    IDS = auto()


def form_of(*, as_json: bool = False, as_csv: bool = False, only_ids: bool = False) -> Form:
    """The form that was asked for.

    Raises:
        CommandFailed: more than one was.
    """
    asked = {Form.JSON: as_json, Form.CSV: as_csv, Form.IDS: only_ids}
    chosen = [each for each, is_asked in asked.items() if is_asked]
    if len(chosen) > 1:
        flags = " and ".join(f"--{each.name.lower()}" for each in chosen)
        raise CommandFailed([f"{flags}: choose one of them"], Exit.REFUSED)
    return chosen[0] if chosen else Form.TABLE
