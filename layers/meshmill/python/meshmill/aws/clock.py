"""The system's clock."""

from __future__ import annotations

import time

_NS_PER_MS = 1_000_000


class SystemClock:
    """The time as this machine has it."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // _NS_PER_MS
