"""The client: one object that holds connections, credentials and what can be called."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx

from meshmill_client.assets import Assets
from meshmill_client.batches import Batches
from meshmill_client.clock import Clock, SystemClock
from meshmill_client.credentials import Credentials
from meshmill_client.retries import Retrier, RetryPolicy
from meshmill_client.session import Call, Session
from meshmill_client.transport import Transport
from meshmill_client.version import __version__

_DEFAULT_TIMEOUT = 30.0


class Client:
    """A Meshmill service. Use it as a context manager; threads may share it.

    ::

        with Client("https://meshmill.example", ApiKey("mm_…")) as client:
            asset = client.assets.create(format="gltf", parameters={"quality": "high"})
            asset = client.assets.wait(asset)
            files = client.assets.download(asset, "out")
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials | None = None,
        *,
        timeout: float = _DEFAULT_TIMEOUT,
        retries: RetryPolicy | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Nothing is sent before the first call.

        Args:
            base_url: of the service, for example ``http://localhost:8000``.
            credentials: an :class:`ApiKey` or :class:`ClientCredentials`; without them only what
                is public and what is signed can be called.
            timeout: seconds for a connection, and between two pieces of an answer.
            retries: how often and how patiently failed requests are repeated.
            transport: carries the requests, for tests and proxies.
            clock: time, for tests.

        Raises:
            ValueError: ``base_url`` is no HTTP address.
        """
        if httpx.URL(base_url).scheme not in {"http", "https"}:
            raise ValueError(f"base_url must begin with https:// or http://: {base_url!r}")
        clock = clock or SystemClock()
        self._http = httpx.Client(
            timeout=timeout,
            transport=transport,
            headers={
                "Accept": "application/json",
                "User-Agent": f"meshmill-client/{__version__} httpx/{httpx.__version__}",
            },
        )
        sender = Transport(self._http, Retrier(retries or RetryPolicy(), clock))
        self._session = Session(base_url.rstrip("/"), credentials, sender, clock)
        self.assets = Assets(self._session)
        self.batches = Batches(self._session)

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

        Args:
            method: of HTTP.
            path: on the service, from its first slash, for example ``/api/v1/generators``.
            params: the query.
            content: the body as it is sent; name its type in ``headers``.
            headers: further ones.

        Raises:
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        return self._session.send(
            Call(method=method, path=path, params=params, content=content, headers=headers)
        )

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

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
