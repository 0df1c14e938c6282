"""What ends a command early."""

from __future__ import annotations

from collections.abc import Sequence

from meshmill.domain.errors import Violation

#: Exit codes: the request is wrong; a file can't be read or written; a stage can't be reached.
REFUSED, UNUSABLE_FILE, UNREACHABLE = 2, 3, 4


class CommandFailed(Exception):
    """A command that can't do what it was asked; ``lines`` say why and what to do."""

    def __init__(self, lines: Sequence[str], exit_code: int) -> None:
        super().__init__("; ".join(lines))
        self.lines = tuple(lines)
        self.exit_code = exit_code


def told(violation: Violation) -> str:
    """What is wrong, and what was probably meant."""
    hint = f"; {violation.hint}" if violation.hint else ""
    return f"{violation.message}{hint}"
