"""One request with its retries, and nothing of what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from meshmill_client.errors import ConnectionFailed
from meshmill_client.refusals import error_of
from meshmill_client.retries import Retrier, WorthRepeating, transient

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Transport:
    """Sends requests as they are given: it adds no credentials, so links stay without."""

    def __init__(self, http: httpx.Client, retrier: Retrier) -> None:
        self.http = http
        self.retrier = retrier

    def send(
        self, request: httpx.Request, worth_repeating: WorthRepeating = transient
    ) -> httpx.Response:
        """The answer, read.

        Raises:
            ApiError: the answer is an error.
            ConnectionFailed: there is no answer.
        """

        def attempt() -> httpx.Response:
            with reported_as_ours():
                response = self.http.send(request)
            if response.is_error:
                raise error_of(response)
            return response

        return self.retrier.run(attempt, worth_repeating)

    def get(self, url: str) -> httpx.Response:
        """The answer of a signed address."""
        return self.send(self.http.build_request("GET", url))


@contextmanager
def reported_as_ours() -> Iterator[None]:
    """Turn httpx's errors into :class:`ConnectionFailed`, without the query of a signed link."""
    try:
        yield
    except httpx.RequestError as error:
        url = error.request.url.copy_with(query=None)
        reason = str(error) or type(error).__name__
        raise ConnectionFailed(
            f"no answer from {url}: {reason}", was_sent=not isinstance(error, _NEVER_SENT)
        ) from error
