"""Waiting, in two ways: by blocking a thread, or by giving way to other tasks.

What the client does is written once, as coroutines over a :class:`Runtime`. Those of the blocking
one never suspend, so that :mod:`meshmill_client.blocking` can run them to their end without an
event loop.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol, TypeVar, cast

import httpx

from meshmill_client.clock import AsyncClock, Clock
from meshmill_client.errors import UnexpectedAnswer

T = TypeVar("T")


class Lock(Protocol):
    """Lets one in at a time; what it guards may wait."""

    def locked(self) -> bool:
        """Whether somebody is in."""
        ...

    async def __aenter__(self) -> object: ...

    async def __aexit__(self, *raised: Any) -> object: ...


class Body(Protocol):
    """An answer whose body is still to come."""

    @property
    def head(self) -> httpx.Response:
        """Status and headers."""
        ...

    async def read(self) -> httpx.Response:
        """The answer with its whole body."""
        ...

    def pieces(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes, decompressed where it was sent compressed."""
        ...


class Runtime(Protocol):
    """What the client does with the world outside of it."""

    def request(self, method: str, url: str, **parts: Any) -> httpx.Request:
        """A request as :meth:`httpx.Client.build_request` makes it.

        Raises:
            UnexpectedAnswer: the address, which an answer named, is none.
        """
        ...

    async def send(self, request: httpx.Request) -> httpx.Response:
        """The answer, read."""
        ...

    def stream(self, request: httpx.Request) -> AbstractAsyncContextManager[Body]:
        """The answer as far as its headers; the body comes while it is read."""
        ...

    async def awaited(self, given: Awaitable[T]) -> T:
        """What a coroutine of the caller's own returns.

        Raises:
            RuntimeError: there is no event loop to run it in.
        """
        ...

    def lock(self) -> Lock:
        """A new lock, open."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Do nothing for a while."""
        ...

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since any beginning."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class BlockingRuntime:
    """Blocks the calling thread; threads may share it."""

    def __init__(self, http: httpx.Client, clock: Clock) -> None:
        self._http = http
        self._clock = clock
        self.now = clock.now
        self.monotonic = clock.monotonic

    def request(self, method: str, url: str, **parts: Any) -> httpx.Request:
        """As httpx makes it."""
        return _built(self._http, method, url, parts)

    async def send(self, request: httpx.Request) -> httpx.Response:
        """The answer, read."""
        return self._http.send(request)

    @asynccontextmanager
    async def stream(self, request: httpx.Request) -> AsyncIterator[Body]:
        """The answer as far as its headers."""
        response = self._http.send(request, stream=True)
        try:
            yield _BlockingBody(response)
        finally:
            response.close()

    async def awaited(self, given: Awaitable[T]) -> T:
        """Nothing: whose coroutine it is means it to wait in an event loop."""
        if inspect.iscoroutine(given):
            given.close()
        raise RuntimeError("a coroutine function needs an event loop: use AsyncClient")

    def lock(self) -> Lock:
        """One that keeps threads apart."""
        return _ThreadLock()

    async def sleep(self, seconds: float) -> None:
        """Block the thread for a while."""
        self._clock.sleep(seconds)

    async def close(self) -> None:
        """Close all connections."""
        self._http.close()


class AsyncRuntime:
    """Gives way to other tasks, of asyncio or of trio."""

    def __init__(self, http: httpx.AsyncClient, clock: AsyncClock) -> None:
        self._http = http
        self._clock = clock
        self.now = clock.now
        self.monotonic = clock.monotonic

    def request(self, method: str, url: str, **parts: Any) -> httpx.Request:
        """As httpx makes it."""
        return _built(self._http, method, url, parts)

    async def send(self, request: httpx.Request) -> httpx.Response:
        """The answer, read."""
        return await self._http.send(request)

    @asynccontextmanager
    async def stream(self, request: httpx.Request) -> AsyncIterator[Body]:
        """The answer as far as its headers."""
        response = await self._http.send(request, stream=True)
        try:
            yield _AsyncBody(response)
        finally:
            await response.aclose()

    async def awaited(self, given: Awaitable[T]) -> T:
        """What it returns."""
        return await given

    def lock(self) -> Lock:
        """One that keeps tasks apart."""
        import anyio  # noqa: PLC0415  # who only blocks need not load it

        return anyio.Lock()

    async def sleep(self, seconds: float) -> None:
        """Give way for a while."""
        await self._clock.sleep(seconds)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()


def _built(
    http: httpx.Client | httpx.AsyncClient, method: str, url: str, parts: dict[str, Any]
) -> httpx.Request:
    try:
        return http.build_request(method, url, **parts)
    except httpx.InvalidURL as error:
        raise UnexpectedAnswer(f"the service names an address that is none: {error}") from None


class _BlockingBody:
    def __init__(self, response: httpx.Response) -> None:
        self.head = response

    async def read(self) -> httpx.Response:
        self.head.read()
        return self.head

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        for piece in self.head.iter_bytes():
            yield piece


class _AsyncBody:
    def __init__(self, response: httpx.Response) -> None:
        self.head = response

    async def read(self) -> httpx.Response:
        await self.head.aread()
        return self.head

    def pieces(self) -> AsyncGenerator[bytes, None]:
        return cast("AsyncGenerator[bytes, None]", self.head.aiter_bytes())


class _ThreadLock:
    def __init__(self) -> None:
        self._lock = threading.Lock()

    def locked(self) -> bool:
        return self._lock.locked()

    async def __aenter__(self) -> None:
        self._lock.acquire()

    async def __aexit__(self, *raised: object) -> None:
        self._lock.release()
