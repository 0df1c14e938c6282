"""Time as the client sees it, so that tests can run years in a millisecond."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What the client asks of time; all in seconds."""

    def now(self) -> float:
        """Since 1970, UTC: what expiry of tokens is compared with."""
        ...

    def monotonic(self) -> float:
        """Since any beginning: what deadlines are measured with."""
        ...

    def sleep(self, seconds: float) -> None:
        """Do nothing for a while."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Since 1970, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Since some moment before the process began."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Do nothing for a while."""
        time.sleep(seconds)
