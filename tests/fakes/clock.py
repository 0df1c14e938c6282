"""A clock that tests advance, and randomness that never repeats and can be replayed."""

from __future__ import annotations

import itertools
import threading

#: A fixed moment: 2027-01-15 08:00 UTC.
START_MS = 1_800_000_000_000


class FakeClock:
    """Stands still until it is told otherwise; never goes back."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self._now_ms = now_ms
        self._lock = threading.Lock()

    def now_ms(self) -> int:
        with self._lock:
            return self._now_ms

    def advance(self, milliseconds: int) -> None:
        if milliseconds < 0:
            raise ValueError("time does not go back")
        with self._lock:
            self._now_ms += milliseconds

    def advance_to(self, now_ms: int) -> None:
        """Go on to a moment, unless it has passed."""
        with self._lock:
            self._now_ms = max(self._now_ms, now_ms)


class CountingEntropy:
    """1, 2, 3, … as big-endian bytes."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def __call__(self, size: int, /) -> bytes:
        return next(self._numbers).to_bytes(size, "big")
