"""Asking before something is gone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]


def confirm(question: str) -> None:
    """Go on only if somebody says yes.

    Raises:
        CommandFailed: they say no, or there is nobody to ask.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        lines = [f"{question} There is no terminal to ask on", "say so with --yes"]
        raise CommandFailed(lines, Exit.REFUSED)
    if not typer.confirm(question, err=True):
        raise CommandFailed(["nothing was deleted"], Exit.FAILED)
