"""When requests are meant to begin.

In a closed loop each worker asks again as soon as it has its answer, so that a slow server is
asked less often. In an open loop requests arrive at a rate of their own: one that has to wait for
a free worker began when it was meant to, and its latency says so. Measured from the moment of
sending, a stall would look like a single slow request ("coordinated omission", Gil Tene).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

Clock = Callable[[], float]
"""Seconds that only ever go forward."""


class Pace(Protocol):
    """Shared by all workers of a run; times are the clock's seconds."""

    def next(self) -> float | None:
        """When the next request is meant to begin, or None when there are no more."""
        ...

    def pause(self, until: float) -> None:
        """Let no request begin before ``until``: the server has asked for that."""
        ...

    @property
    def unsent(self) -> int:
        """Requests that were meant to begin and never did, for want of a free worker."""
        ...


class ClosedLoop:
    """At once, until the time is over."""

    unsent = 0

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._ends_at = clock() + seconds
        self._paused_until = -math.inf

    def next(self) -> float | None:
        """Now, or when the pause is over."""
        at = max(self._clock(), self._paused_until)
        return at if at < self._ends_at else None

    def pause(self, until: float) -> None:
        """The longest pause counts."""
        self._paused_until = max(self._paused_until, until)


class OpenLoop:
    """``rate`` requests a second, evenly apart, whatever becomes of them."""

    def __init__(self, clock: Clock, seconds: float, rate: float) -> None:
        self._clock = clock
        self._starts_at = clock()
        self._ends_at = self._starts_at + seconds
        self._rate = rate
        self._planned = math.ceil(seconds * rate)
        self._begun = 0

    def next(self) -> float | None:
        """The next moment of the plan, often past already when the server is slow."""
        if self._begun >= self._planned or self._clock() >= self._ends_at:
            return None
        at = self._starts_at + self._begun / self._rate
        self._begun += 1
        return at

    def pause(self, until: float) -> None:
        """What was planned for the pause is left out, and counts neither as sent nor as unsent."""
        left_out = math.ceil((until - self._starts_at) * self._rate)
        self._begun = min(max(self._begun, left_out), self._planned)

    @property
    def unsent(self) -> int:
        """What the plan still held when the time was over."""
        return self._planned - self._begun
