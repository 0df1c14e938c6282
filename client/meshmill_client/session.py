"""Requests to the service's own paths, with the caller's credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from meshmill_client.clock import Clock
from meshmill_client.credentials import Credentials
from meshmill_client.errors import Unauthorized
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
        self,
        base_url: str,
        credentials: Credentials | None,
        transport: Transport,
        clock: Clock,
    ) -> None:
        self.transport = transport
        self.clock = clock
        self._base_url = base_url
        self._credentials = credentials

    def send(self, call: Call, worth_repeating: WorthRepeating = transient) -> httpx.Response:
        """The answer, read.

        A token that is refused before its time (a rotated key, a clock that slept) is fetched
        anew, once.

        Raises:
            ApiError, ConnectionFailed, TokenRefused: there is no good answer.
        """
        # Before the attempts, not in them: fetching a token has attempts of its own.
        used = self._authentication()
        try:
            return self.transport.send(self._request(call, used), worth_repeating)
        except Unauthorized:
            if self._credentials is None or not self._credentials.forget(used):
                raise
        renewed = self._request(call, self._authentication())
        return self.transport.send(renewed, worth_repeating)

    def _authentication(self) -> Mapping[str, str]:
        if self._credentials is None:
            return {}
        return self._credentials.headers(self.transport, self.clock)

    def _request(self, call: Call, authentication: Mapping[str, str]) -> httpx.Request:
        return self.transport.http.build_request(
            call.method,
            self._base_url + call.path,
            params=call.params,
            json=call.json,
            content=call.content,
            headers={**(call.headers or {}), **authentication},
        )
