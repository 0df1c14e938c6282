"""What ends a command early."""

from __future__ import annotations

from collections.abc import Sequence

from meshmill.domain.errors import Violation
from meshmill_cli.frame.exits import Exit


class CommandFailed(Exception):
    """A command that can't do what it was asked; ``lines`` say what went wrong and what to do.

    Commands raise it for what they know themselves. What the client raises, and
    :class:`OSError`, they let pass: :mod:`meshmill_cli.frame.failures` translates it for all of
    them.
    """

    def __init__(self, lines: Sequence[str], exit_code: Exit) -> None:
        super().__init__("; ".join(lines))
        self.lines = tuple(lines)
        self.exit_code = exit_code


def told(violation: Violation) -> str:
    """What is wrong, and what was probably meant."""
    hint = f"; {violation.hint}" if violation.hint else ""
    return f"{violation.message}{hint}"
