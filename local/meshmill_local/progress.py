"""Lines for people: with colour on a terminal, plain anywhere else."""

from __future__ import annotations

import sys

from rich.console import Console

from meshmill_local.errors import LocalStackError


class Progress:
    """Writes what happens to standard output and what went wrong to standard error."""

    def __init__(self) -> None:
        """Take the process's own streams."""
        self._out = Console(highlight=False, soft_wrap=True)
        self._errors = Console(file=sys.stderr, highlight=False, soft_wrap=True)

    def step(self, line: str) -> None:
        """A finished step."""
        self._out.print("✓", style="green", end=" ")
        self._out.print(line, markup=False)

    def plain(self, line: str) -> None:
        """A line as it is."""
        self._out.print(line, markup=False)

    def failure(self, error: LocalStackError) -> None:
        """One line: what, where, and what to do next."""
        self._errors.print("meshmill:", style="bold red", end=" ")
        self._errors.print(str(error), markup=False)
