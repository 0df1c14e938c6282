"""One request with its retries, and nothing of what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from meshmill_client.errors import ConnectionFailed, UnexpectedAnswer
from meshmill_client.refusals import error_of
from meshmill_client.retries import Retrier, WorthRepeating, transient
from meshmill_client.runtime import Runtime

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Transport:
    """Sends requests as they are given: it adds no credentials, so links stay without."""

    def __init__(self, runtime: Runtime, retrier: Retrier) -> None:
        self.runtime = runtime
        self.retrier = retrier

    async def send(
        self, request: httpx.Request, worth_repeating: WorthRepeating = transient
    ) -> httpx.Response:
        """The answer, read.

        Raises:
            ApiError: the answer is an error.
            ConnectionFailed: there is no answer.
            UnexpectedAnswer: the address is none of HTTP.
        """

        async def attempt() -> httpx.Response:
            return await self.send_once(request)

        return await self.retrier.run(attempt, worth_repeating)

    async def send_once(self, request: httpx.Request) -> httpx.Response:
        """As :meth:`send`, without another try."""
        with reported_as_ours():
            response = await self.runtime.send(request)
        if response.is_error:
            raise error_of(response)
        return response

    def get(self, url: str, headers: Mapping[str, str], timeout: float) -> httpx.Request:
        """A request for a signed address."""
        return self.runtime.request("GET", url, headers=dict(headers), timeout=timeout)


@contextmanager
def reported_as_ours() -> Iterator[None]:
    """Turn httpx's errors into :class:`ConnectionFailed`, without the query of a signed link.

    An address that nobody can ever be asked by is an :class:`UnexpectedAnswer`: no try is worth it.
    """
    try:
        yield
    except httpx.UnsupportedProtocol as error:
        raise UnexpectedAnswer(f"the service names an address that is none: {error}") from error
    except httpx.RequestError as error:
        url = error.request.url.copy_with(query=None)
        reason = str(error) or type(error).__name__
        raise ConnectionFailed(
            f"no answer from {url}: {reason}", was_sent=not isinstance(error, _NEVER_SENT)
        ) from error
