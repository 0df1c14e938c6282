"""Time as the client sees it, so that tests can run years in a millisecond."""

from __future__ import annotations

import time
from typing import Protocol


class _Time(Protocol):
    def now(self) -> float:
        """Since 1970, UTC: what expiry of tokens is compared with."""
        ...

    def monotonic(self) -> float:
        """Since any beginning: what deadlines are measured with."""
        ...


class Clock(_Time, Protocol):
    """What :class:`~meshmill_client.Client` asks of time; all in seconds."""

    def sleep(self, seconds: float) -> None:
        """Do nothing for a while."""
        ...


class AsyncClock(_Time, Protocol):
    """What :class:`~meshmill_client.AsyncClient` asks of time; all in seconds."""

    async def sleep(self, seconds: float) -> None:
        """Let others run for a while."""
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


class AsyncSystemClock:
    """The machine's own time, for tasks of asyncio and trio."""

    def now(self) -> float:
        """Since 1970, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Since some moment before the process began."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let others run for a while."""
        import anyio  # noqa: PLC0415  # who only blocks need not load it

        await anyio.sleep(seconds)
