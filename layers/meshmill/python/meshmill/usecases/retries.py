"""How long work that failed waits for its next attempt."""

from __future__ import annotations

_LONGEST_SECONDS = 900


def retry_seconds(first: int, attempts: int) -> int:
    """Exponential backoff: ``first`` after one attempt, doubled with each, up to 15 minutes."""
    return min(first << max(attempts - 1, 0), _LONGEST_SECONDS)
