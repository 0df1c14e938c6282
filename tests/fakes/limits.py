"""The rate limiters that others are compared with."""

from __future__ import annotations

import threading

from meshmill.domain.identity import batch_bucket
from meshmill.ports import Allowance, Clock

_US_PER_MS, _US_PER_SECOND, _US_PER_MINUTE = 1_000, 1_000_000, 60_000_000


class _Levels:
    """Token buckets by their textbook definition, not by GCRA's: a level that rises with time.

    Integer microseconds; a token is ``token`` of them, and a bucket holds ``burst`` tokens. Times
    it tells are rounded up to milliseconds.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[str, tuple[int, int]] = {}

    def take(self, bucket: str, burst: int, token: int, tokens: int) -> Allowance:
        full, cost = token * burst, token * tokens
        with self._lock:
            now = self._clock.now_ms() * _US_PER_MS
            level, since = self._levels.get(bucket, (full, now))
            level = min(full, level + now - since)
            granted = level >= cost
            level -= cost if granted else 0
            self._levels[bucket] = level, now
        return Allowance(
            granted=granted,
            limit=burst,
            remaining=level // token,
            full_in_ms=_rounded_up(full - level, _US_PER_MS),
            retry_after_ms=0 if granted else _rounded_up(cost - level, _US_PER_MS),
        )


class ReferenceRateLimiter:
    """A ``RateLimiter``; a token is rounded up to whole microseconds."""

    def __init__(self, clock: Clock) -> None:
        self._levels = _Levels(clock)

    def spend(self, bucket: str, per_minute: int) -> Allowance:
        token = _rounded_up(_US_PER_MINUTE, per_minute)
        return self._levels.take(bucket, per_minute, token, 1)


class ReferenceLineBudget:
    """A ``LineBudget``, likewise."""

    def __init__(self, clock: Clock, lines_per_second: int, burst: int = 2_000) -> None:
        self._levels = _Levels(clock)
        self._burst, self._token = burst, _rounded_up(_US_PER_SECOND, lines_per_second)

    def draw(self, user_id: str, lines: int) -> Allowance:
        if not 1 <= lines <= self._burst:
            raise ValueError("never as many at once")
        return self._levels.take(batch_bucket(user_id), self._burst, self._token, lines)


def _rounded_up(amount: int, unit: int) -> int:
    return -(-amount // unit)
