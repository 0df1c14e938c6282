"""What ends a command early."""

from __future__ import annotations

from collections.abc import Sequence

#: Exit codes: the request is wrong; a file can't be read or written.
REFUSED, UNUSABLE_FILE = 2, 3


class CommandFailed(Exception):
    """A command that can't do what it was asked; ``lines`` say why and what to do."""

    def __init__(self, lines: Sequence[str], exit_code: int) -> None:
        super().__init__("; ".join(lines))
        self.lines = tuple(lines)
        self.exit_code = exit_code
