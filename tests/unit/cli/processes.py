"""``meshmill`` as a process of its own: in pipes, or on a terminal that the test plays."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping, Sequence

_LONGEST_SECONDS = 60
COMMAND = (sys.executable, "-m", "meshmill_cli")

#: A session's leader that opens a terminal makes it the one that controls it, where passwords are
#: read from.
_TAKE_TERMINAL = (
    "import os, sys; os.open(os.ttyname(0), os.O_RDWR); os.execvp(sys.argv[1], sys.argv[1:])"
)


def environment(**further: str) -> dict[str, str]:
    """The test's own, in which the process finds our packages; streams and a terminal as usual."""
    paths = os.pathsep.join(path for path in sys.path if path)
    own = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {**own, "PYTHONPATH": paths, "TERM": "xterm-256color", **further}


def piped(*command: str, stdin: str = "", **further: str) -> subprocess.CompletedProcess[str]:
    """The ended process, whose streams were pipes."""
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=_LONGEST_SECONDS,
        check=False,
        env=environment(**further),
    )


def on_terminal(
    *command: str,
    answers: Sequence[tuple[str, str]] = (),
    variables: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Exit code, and all that the terminal has shown; each answer is typed after its question."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        (sys.executable, "-c", _TAKE_TERMINAL, *command),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env=environment(**(variables or {})),
    )
    os.close(theirs)
    try:
        shown = _played(ours, [*answers])
        return process.wait(_LONGEST_SECONDS), shown
    finally:
        os.close(ours)
        process.kill()
        process.wait()


def _played(terminal: int, answers: list[tuple[str, str]]) -> str:
    shown = ""
    while piece := _read(terminal):
        shown += piece
        if answers and answers[0][0] in shown:
            os.write(terminal, answers.pop(0)[1].encode())
    return shown


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 4096).decode(errors="replace")
    except OSError:  # Linux says so when the last one has hung up
        return ""
