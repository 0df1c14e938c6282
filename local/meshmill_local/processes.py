"""Child processes that never outlive the stack that started them.

Two nets: ``end_all`` kills every process group that was started, whichever thread asks; and the
engine watches its standard input, which the kernel closes when this process dies in whatever way.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO


class ChildrenEndedError(Exception):
    """Asked to start a process after the stack began to stop."""


class Children:
    """The process groups of one stack."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._ended = False

    def spawn(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        output: IO[bytes] | int,
    ) -> subprocess.Popen[bytes]:
        """Start a process as the leader of its own group, with both outputs in ``output``.

        Its standard input is a pipe that closes with this process.

        Raises:
            ChildrenEndedError: the stack is stopping.
            OSError: the program can't be started.
        """
        with self._lock:
            if self._ended:
                raise ChildrenEndedError
            process = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=directory,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._processes.append(process)
            return process

    def end_all(self) -> None:
        """Kill every group and start no more; returns when all are gone.

        Nothing that they do needs an orderly end: what they leave on disk half done is not
        believed by the next run.
        """
        with self._lock:
            self._ended = True
            processes, self._processes = self._processes, []
        for process in processes:
            kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a process's group, its leader included, and reap the leader.

    The closed pipe marks a group that is gone: its id may belong to somebody else by then.
    """
    if _is_gone(process):
        return
    # A group keeps its id while any member lives, also after its leader was reaped.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _standard_input(process).close()


def _is_gone(process: subprocess.Popen[bytes]) -> bool:
    return _standard_input(process).closed


def _standard_input(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdin is None:
        raise TypeError("every child has a pipe as its standard input")
    return process.stdin
