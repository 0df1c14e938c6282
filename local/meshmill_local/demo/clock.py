"""Time for the demo's client: its pauses end as soon as somebody asks for the end."""

from __future__ import annotations

import threading
from collections.abc import Callable

from meshmill_client import SystemClock
from meshmill_local.demo.errors import Interrupted

_GLANCE_SECONDS = 0.05

IsInterrupted = Callable[[], bool]
"""Whether a signal has asked for the end."""


class InterruptibleClock(SystemClock):
    """A clock whose sleepers, on whatever thread, are woken by a signal or by a failure."""

    def __init__(self, is_interrupted: IsInterrupted) -> None:
        self._is_interrupted = is_interrupted
        self._abandoned = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Do nothing for a while.

        Raises:
            Interrupted: it is not worth waiting any more.
        """
        end = self.monotonic() + seconds
        while (left := end - self.monotonic()) > 0:
            self.require_interest()
            self._abandoned.wait(min(left, _GLANCE_SECONDS))
        self.require_interest()

    def require_interest(self) -> None:
        """Check that somebody still wants to know.

        Raises:
            Interrupted: nobody does.
        """
        if self._is_interrupted() or self._abandoned.is_set():
            raise Interrupted

    def abandon(self) -> None:
        """End every sleep, those to come included."""
        self._abandoned.set()
