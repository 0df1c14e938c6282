"""Both clients with the face of the blocking one, so that a behaviour is tested once for both."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import Any, Protocol, Self, TypeVar, cast

import httpx

from meshmill_client import AsyncClient, Client, Clock, Credentials

T = TypeVar("T")

Answer = Callable[[httpx.Request], httpx.Response]


class Face(Protocol):
    """One of the two clients."""

    def client(
        self,
        base_url: str,
        credentials: Credentials | None,
        answer: Answer,
        clock: Clock,
        **further: Any,
    ) -> Client:
        """A client, or what looks like one, of a service that is a function."""
        ...

    def close(self) -> None:
        """Nothing is called any more."""
        ...


class Blocking:
    """``Client`` as it is."""

    def client(
        self,
        base_url: str,
        credentials: Credentials | None,
        answer: Answer,
        clock: Clock,
        **further: Any,
    ) -> Client:
        transport = httpx.MockTransport(answer)
        return Client(base_url, credentials, transport=transport, clock=clock, **further)

    def close(self) -> None:
        pass


class Asyncio:
    """``AsyncClient``, each of whose calls runs to its end in one event loop."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    def client(
        self,
        base_url: str,
        credentials: Credentials | None,
        answer: Answer,
        clock: Clock,
        **further: Any,
    ) -> Client:
        client = AsyncClient(
            base_url,
            credentials,
            transport=httpx.MockTransport(answer),
            clock=AsyncTime(clock),
            **further,
        )
        return self.blocking(client)

    def blocking(self, client: AsyncClient) -> Client:
        """Any client of this kind, with the face of the other."""
        return cast("Client", _Completed(client, self._completed))

    def close(self) -> None:
        self._runner.close()

    def _completed(self, awaitable: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await awaitable

        return self._runner.run(awaited())


class AsyncTime:
    """A clock whose sleep is awaited."""

    def __init__(self, clock: Clock) -> None:
        self.now = clock.now
        self.monotonic = clock.monotonic
        self._clock = clock

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self._clock.sleep(seconds)


class _Completed:
    def __init__(self, target: Any, completed: Callable[[Awaitable[Any]], Any]) -> None:
        self._target = target
        self._run = completed

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._target, name)
        if not callable(member):
            return _Completed(member, self._run)

        def call(*arguments: Any, **named: Any) -> Any:
            result = member(*arguments, **named)
            if isinstance(result, AsyncGenerator):
                return self._iterated(result)
            return self._run(result) if inspect.isawaitable(result) else result

        return call

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._run(self._target.aclose())

    def _iterated(self, items: AsyncGenerator[T, None]) -> Iterator[T]:
        try:
            while True:
                try:
                    item = self._run(items.__anext__())
                except StopAsyncIteration:
                    return
                yield item
        finally:
            self._run(items.aclose())


FACES: dict[str, type[Blocking | Asyncio]] = {"Client": Blocking, "AsyncClient": Asyncio}
