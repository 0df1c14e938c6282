"""The side of the proxy that looks to the service."""

from __future__ import annotations

import http.client
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

_TIMEOUT_SECONDS = 60.0
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "trailer"})
_NOT_PASSED_ON = _HOP_BY_HOP | {"host", "content-length", "accept-encoding"}
_NOT_KEPT = _HOP_BY_HOP | {"content-length"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answers, whole."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def rewritten(self, addresses: Mapping[str, str]) -> Answer:
        """With other addresses for the service's own, in JSON and where it redirects to."""
        kinds = [value for name, value in self.headers if name.lower() == "content-type"]
        body = self.body
        if any("json" in kind for kind in kinds):
            body = _replaced(body.decode(), addresses).encode()
        headers = tuple(
            (name, _replaced(value, addresses) if name.lower() == "location" else value)
            for name, value in self.headers
        )
        return replace(self, headers=headers, body=body)


@dataclass(frozen=True, slots=True)
class Upstream:
    """A service by its address, ``http://host:port``."""

    address: str

    def answer(
        self, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes
    ) -> Answer:
        """What it answers; it is told its own host, which signatures are made for.

        Raises:
            OSError, http.client.HTTPException: it doesn't.
        """
        host = urlsplit(self.address).netloc
        connection = http.client.HTTPConnection(host, timeout=_TIMEOUT_SECONDS)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host)
            # What is compressed can't be rewritten.
            connection.putheader("Accept-Encoding", "identity")
            for name, value in headers:
                if name.lower() not in _NOT_PASSED_ON:
                    connection.putheader(name, value)
            if body or method == "POST":
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return _read(connection.getresponse())
        finally:
            connection.close()


def _read(response: http.client.HTTPResponse) -> Answer:
    kept = [pair for pair in response.getheaders() if pair[0].lower() not in _NOT_KEPT]
    return Answer(response.status, tuple(kept), response.read())


def _replaced(text: str, addresses: Mapping[str, str]) -> str:
    for own, other in addresses.items():
        text = text.replace(own, other)
    return text
