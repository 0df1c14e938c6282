"""The rate limiter that others are compared with."""

from __future__ import annotations

import threading

from meshmill.ports import Allowance, Clock

_US_PER_MS, _US_PER_MINUTE = 1_000, 60_000_000


class ReferenceRateLimiter:
    """A token bucket by its textbook definition, not by GCRA's: a level that rises with time.

    Integer microseconds; a token is ``cost`` of them, rounded up, and the bucket holds
    ``per_minute`` tokens. Times it tells are rounded up to milliseconds.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[str, tuple[int, int]] = {}

    def spend(self, bucket: str, per_minute: int) -> Allowance:
        cost = -(-_US_PER_MINUTE // per_minute)
        full = cost * per_minute
        with self._lock:
            now = self._clock.now_ms() * _US_PER_MS
            level, since = self._levels.get(bucket, (full, now))
            level = min(full, level + now - since)
            granted = level >= cost
            level -= cost if granted else 0
            self._levels[bucket] = level, now
        return Allowance(
            granted=granted,
            limit=per_minute,
            remaining=level // cost,
            full_in_ms=_milliseconds(full - level),
            retry_after_ms=0 if granted else _milliseconds(cost - level),
        )


def _milliseconds(microseconds: int) -> int:
    return -(-microseconds // _US_PER_MS)
