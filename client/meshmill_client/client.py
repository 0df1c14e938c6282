"""The client: one object that holds connections, credentials and what can be called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from meshmill_client.assets import Assets
from meshmill_client.batches import Batches
from meshmill_client.blocking import completed
from meshmill_client.clock import Clock, SystemClock
from meshmill_client.connecting import DEFAULT_TIMEOUT, HEADERS, checked, sent, session_of
from meshmill_client.credentials import Credentials, Provided, credentials_of
from meshmill_client.generators import Generators
from meshmill_client.retries import RetryPolicy
from meshmill_client.runtime import BlockingRuntime
from meshmill_client.session import Call


class Client:
    """A Meshmill service. Use it as a context manager; threads may share it.

    ::

        with Client("https://meshmill.example", api_key="mm_…") as client:
            asset = client.assets.create(format="gltf", parameters={"quality": "high"})
            asset = client.assets.wait(asset)
            files = client.assets.download(asset, "out")
    """

    assets: Assets
    """Assets, one by one."""
    batches: Batches
    """Many requests in one file."""
    generators: Generators
    """What can be asked for."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials | Callable[[], Provided] | None = None,
        *,
        api_key: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        retries: RetryPolicy | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Nothing is sent before the first call.

        Args:
            base_url: of the service, for example ``http://localhost:8000``.
            credentials: :class:`ClientCredentials`, an :class:`ApiKey`, or a function that
                returns a bearer token; without them only what is public and what is signed can be
                called.
            api_key: short for ``ApiKey(api_key)``.
            timeout: seconds for a connection, and between two pieces of an answer.
            retries: how often and how patiently failed requests are repeated.
            transport: carries the requests, for tests and proxies.
            clock: time, for tests.

        Raises:
            ValueError: ``base_url`` is no HTTP address, or there are two credentials.
        """
        who, address = credentials_of(credentials, api_key), checked(base_url)
        http = httpx.Client(timeout=timeout, transport=transport, headers=HEADERS)
        self._runtime = BlockingRuntime(http, clock or SystemClock())
        self._session = session_of(address, who, self._runtime, retries)
        self.assets = Assets(self._session)
        self.batches = Batches(self._session)
        self.generators = Generators(self._session)

    @classmethod
    def from_profile(cls, name: str | None = None, **further: Any) -> Self:
        """A client of the service that ``meshmill login`` has remembered.

        Without a name it is what the environment names (``MESHMILL_PROFILE``, or
        ``MESHMILL_BASE_URL`` with credentials), else the pipeline that runs here, else the profile
        that was signed in last.

        Args:
            name: of the profile.
            further: as of :class:`Client`.

        Raises:
            ProfileError: there is none of this name, or none at all.
        """
        from meshmill_client.profiles import resolve  # noqa: PLC0415  # most never need it

        profile = resolve(name)
        return cls(profile.base_url, profile.credentials(), **further)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """A request that has no method of its own, with credentials, retries and errors.

        One that may have taken effect is sent again only where its method, or an
        ``Idempotency-Key`` among its headers, makes that harmless.

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
        return completed(sent(self._session, call))

    def authentication(self) -> dict[str, str]:
        """Headers that authenticate a request made now by other means than this client.

        Raises:
            ApiError, ConnectionFailed, TokenRefused: there is no token.
        """
        return dict(completed(self._session.authentication()))

    def close(self) -> None:
        """Close all connections."""
        completed(self._runtime.close())

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        self.close()
