"""Boot on a thread and use the stack, while the main thread listens for signals."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import FrameType

from meshmill_local.boot import Source
from meshmill_local.processes import Children
from meshmill_local.progress import Progress
from meshmill_local.stack import LocalStack

STOPPED, INTERRUPTED = 0, 130
_POLL_SECONDS = 0.05


class Interruption:
    """Remembers SIGINT and SIGTERM.

    A handler that raised would sometimes do so inside a destructor or a callback of a library,
    where Python prints the exception and goes on: the signal would be lost.
    """

    def __init__(self) -> None:
        """Take over both signals."""
        self.requested = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._request)

    def _request(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True


Use = Callable[[LocalStack, Interruption, Progress], int]
"""What is done with a running stack; returns the exit code."""


def boot_and_use(
    use: Use, *, port: int, state_dir: Path, source: Source, progress: Progress
) -> int:
    """Boot, use the stack, and end it.

    Returns:
        The exit code: what ``use`` returns, or 130 when interrupted during the boot.

    Raises:
        LocalStackError: the boot failed, or ``use``; nothing is left running.
    """
    started = time.monotonic()
    interruption, children = Interruption(), Children()
    with ThreadPoolExecutor(1, "stack") as thread:
        booting = thread.submit(
            LocalStack.start,
            port=port,
            state_dir=state_dir,
            report=progress.step,
            source=source,
            children=children,
        )
        while not (booting.done() or interruption.requested):
            time.sleep(_POLL_SECONDS)
        if not booting.done():
            return _break_off(booting, children, progress)
    with booting.result() as stack:
        progress.step(f"ready in {time.monotonic() - started:.1f} s: {stack.base_url}")
        return use(stack, interruption, progress)


def serve(stack: LocalStack, interruption: Interruption, progress: Progress) -> int:
    """Say where everything is, and wait for the interruption.

    Raises:
        LocalStackError: the engine ended.
    """
    progress.plain(f"  contract       {stack.base_url}/api/v1/openapi.json")
    progress.plain(f"  credentials    {stack.state.local_json}")
    progress.plain("  Ctrl-C ends everything")
    while not interruption.requested:
        time.sleep(_POLL_SECONDS)
        stack.engine.require_running()
    progress.plain("stopping; the state is kept")
    return STOPPED


def _break_off(booting: Future[LocalStack], children: Children, progress: Progress) -> int:
    """Without its processes the boot fails, in whatever way, and cleans up after itself."""
    children.end_all()
    if booting.exception() is None:
        booting.result().close()
    progress.plain("interrupted; nothing is left running")
    return INTERRUPTED
