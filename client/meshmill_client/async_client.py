"""The same client for asyncio and trio."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from meshmill_client.assets import AsyncAssets
from meshmill_client.batches import AsyncBatches
from meshmill_client.clock import AsyncClock, AsyncSystemClock
from meshmill_client.connecting import DEFAULT_TIMEOUT, HEADERS, checked, sent, session_of
from meshmill_client.credentials import Credentials, Provided, credentials_of
from meshmill_client.generators import AsyncGenerators
from meshmill_client.retries import RetryPolicy
from meshmill_client.runtime import AsyncRuntime
from meshmill_client.session import Call


class AsyncClient:
    """A Meshmill service, for asyncio and trio. Use it as a context manager; tasks may share it.

    ::

        async with AsyncClient("https://meshmill.example", api_key="mm_…") as client:
            asset = await client.assets.create(format="gltf", parameters={"quality": "high"})
            asset = await client.assets.wait(asset)
            files = await client.assets.download(asset, "out")

    Its methods are those of :class:`Client`, awaited; what is listed is iterated over by
    ``async for``. Files are read and written without leaving the event loop.
    """

    assets: AsyncAssets
    """Assets, one by one."""
    batches: AsyncBatches
    """Many requests in one file."""
    generators: AsyncGenerators
    """What can be asked for."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials | Callable[[], Provided | Awaitable[Provided]] | None = None,
        *,
        api_key: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        retries: RetryPolicy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: AsyncClock | None = None,
    ) -> None:
        """Nothing is sent before the first call.

        Args:
            base_url: as of :class:`Client`.
            credentials: likewise; a function may be a coroutine function.
            api_key: short for ``ApiKey(api_key)``.
            timeout: seconds for a connection, and between two pieces of an answer.
            retries: how often and how patiently failed requests are repeated.
            transport: carries the requests, for tests and proxies.
            clock: time, for tests.

        Raises:
            ValueError: ``base_url`` is no HTTP address, or there are two credentials.
        """
        who, address = credentials_of(credentials, api_key), checked(base_url)
        http = httpx.AsyncClient(timeout=timeout, transport=transport, headers=HEADERS)
        self._runtime = AsyncRuntime(http, clock or AsyncSystemClock())
        self._session = session_of(address, who, self._runtime, retries)
        self.assets = AsyncAssets(self._session)
        self.batches = AsyncBatches(self._session)
        self.generators = AsyncGenerators(self._session)

    @classmethod
    def from_profile(cls, name: str | None = None, **further: Any) -> Self:
        """As :meth:`Client.from_profile`.

        Args:
            name: of the profile.
            further: as of :class:`AsyncClient`.

        Raises:
            ProfileError: there is none of this name, or none at all.
        """
        from meshmill_client.profiles import resolve  # noqa: PLC0415  # most never need it

        profile = resolve(name)
        return cls(profile.base_url, profile.credentials(), **further)

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """As :meth:`Client.request`.

        Args:
            method: of HTTP.
            path: on the service, from its first slash, for example ``/api/v1/generators``.
            params: the query.
            content: the body as it is sent; name its type in ``headers``.
            headers: further ones.

        Raises:
            ValueError: ``path`` does not begin with a slash.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        call = Call(method=method, path=path, params=params, content=content, headers=headers)
        return await sent(self._session, call)

    async def authentication(self) -> dict[str, str]:
        """As :meth:`Client.authentication`.

        Raises:
            ApiError, ConnectionFailed, TokenRefused: there is no token.
        """
        return dict(await self._session.authentication())

    async def aclose(self) -> None:
        """Close all connections."""
        await self._runtime.close()

    async def __aenter__(self) -> Self:
        """The client itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self.aclose()
