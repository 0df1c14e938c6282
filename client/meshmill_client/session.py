"""Requests to the service's own paths, with the caller's credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from meshmill_client.credentials import Authenticator
from meshmill_client.errors import (
    ConnectionFailed,
    MeshmillError,
    NotFound,
    ServiceUnavailable,
    Unauthorized,
    UnexpectedAnswer,
)
from meshmill_client.retries import WorthRepeating, transient
from meshmill_client.transport import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request as the caller means it: ``path`` begins with a slash, ``content`` is the body."""

    method: str
    path: str
    params: Mapping[str, str] | None = None
    json: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] | None = None


class Session:
    """A service's address, and who is calling it; nobody in particular without credentials."""

    def __init__(
        self, base_url: str, authenticator: Authenticator | None, transport: Transport
    ) -> None:
        self.transport = transport
        self._base_url = base_url
        self._authenticator = authenticator

    async def send(self, call: Call, worth_repeating: WorthRepeating = transient) -> httpx.Response:
        """The answer, read.

        A token that is refused before its time (a rotated key, a clock that slept) is fetched
        anew, once.

        Raises:
            ApiError, ConnectionFailed, TokenRefused: there is no good answer.
        """
        # Before the attempts, not in them: fetching a token has attempts of its own.
        used = await self.authentication()
        try:
            return await self.transport.send(self._request(call, used), worth_repeating)
        except Unauthorized:
            if self._authenticator is None or not await self._authenticator.forget(used):
                raise
        renewed = self._request(call, await self.authentication())
        return await self.transport.send(renewed, worth_repeating)

    async def read_public(self, path: str) -> httpx.Response:
        """What anybody may read, asked for by nobody in particular.

        Raises:
            ApiError, ConnectionFailed: there is no good answer.
        """
        return await self.transport.send(self._request(Call(method="GET", path=path), {}))

    async def delete(self, path: str) -> None:
        """Delete what stands at a path.

        Raises:
            NotFound: nothing stood there; not where an answer was lost that may have said so.
            UnexpectedAnswer: it does not say that it is gone, as a redirection doesn't.
            ApiError, ConnectionFailed, TokenRefused: it may stand there still.
        """
        may_be_gone = False

        def worth_repeating(error: MeshmillError) -> bool:
            nonlocal may_be_gone
            may_be_gone = may_be_gone or _may_have_taken_effect(error)
            return transient(error)

        try:
            answer = await self.send(Call(method="DELETE", path=path), worth_repeating)
        except NotFound:
            if not may_be_gone:
                raise
        else:
            if not answer.is_success:
                raise UnexpectedAnswer(f"{path} answered {answer.status_code} to DELETE")

    async def authentication(self) -> Mapping[str, str]:
        """Headers that authenticate a request made now; none without credentials.

        Raises:
            ApiError, ConnectionFailed, TokenRefused: there is no token.
        """
        return {} if self._authenticator is None else await self._authenticator.headers()

    def _request(self, call: Call, authentication: Mapping[str, str]) -> httpx.Request:
        return self.transport.runtime.request(
            call.method,
            self._base_url + call.path,
            params=call.params,
            json=call.json,
            content=call.content,
            headers={**(call.headers or {}), **authentication},
        )


def _may_have_taken_effect(error: MeshmillError) -> bool:
    if isinstance(error, ConnectionFailed):
        return error.was_sent
    return isinstance(error, ServiceUnavailable)
