"""What a terminal shows once a command has ended, without what was erased on the way."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

_ROWS, _COLUMNS = 30, 80
#: A control sequence (ECMA-48, 5.4) with its parameter and its final byte, or what is no part of
#: one: carriage return, line feed, a character.
_TOKEN = re.compile(r"\x1b\[([0-?]*)([@-~])|(\r)|(\n)|([^\x1b\r\n])")


def shown_by(
    command: Sequence[str], directory: Path, environment: Mapping[str, str], seconds: float
) -> tuple[int, str]:
    """Exit code of a command on a terminal of 80 columns, and the lines that stay there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    process = subprocess.Popen(
        command,
        cwd=directory,
        env={**environment, "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        printed = b"".join(iter(lambda: _read(ours), b"")).decode(errors="replace")
        return process.wait(seconds), screen_of(printed)
    finally:
        os.close(ours)
        process.kill()
        process.wait()


def screen_of(printed: str) -> str:
    """The lines that stay: of control sequences, upwards (A) and erasing of a line (K) count.

    Lines are as long as they were printed: a real terminal wraps them.
    """
    lines: dict[int, dict[int, str]] = {}
    row = column = 0
    for sequence in _TOKEN.finditer(printed):
        parameter, final, carriage_return, line_feed, character = sequence.groups()
        if character:
            lines.setdefault(row, {})[column] = character
            column += 1
        elif carriage_return:
            column = 0
        elif line_feed:
            row += 1
        elif final == "A":
            row -= int(parameter or 1)
        elif final == "K":
            kept = lines.get(row, {})
            lines[row] = {at: kept[at] for at in kept if at < column and parameter != "2"}
    return "".join(_text(lines.get(at, {})) + "\n" for at in range(max(lines, default=-1) + 1))


def _text(line: Mapping[int, str]) -> str:
    return "".join(line.get(at, " ") for at in range(max(line, default=-1) + 1)).rstrip()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the last one has hung up
        return b""
