"""Tries of ours, around the SDK's, for answers that are no error to it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Up to ``attempts`` tries with exponential backoff and full jitter between them.

    Source: *Exponential Backoff And Jitter*, AWS Architecture Blog; those who met once would
    otherwise meet again. ``pause`` waits for so many seconds.
    """

    attempts: int
    base_seconds: float
    pause: Callable[[float], None] = time.sleep

    def tries(self) -> Iterator[int]:
        """Number each try from 0; waits before all but the first."""
        for attempt in range(self.attempts):
            if attempt:
                longest = self.base_seconds * 2**attempt
                self.pause(random.uniform(0, longest))  # noqa: S311 - nothing to guess here
            yield attempt
