"""The front on localhost: an ASGI application before the engine's HTTP API.

It answers what the engine can't (tokens, keys, CORS, API Gateway's limit on a body) and passes on
everything else, as API Gateway would. Requests beyond the limit on concurrency wait their turn:
the engine starts a process for each call that finds no idle worker.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import httpcore

from meshmill_local.cors import CorsPolicy, Headers
from meshmill_local.issuer import JWKS_PATH, TOKEN_PATH, Answer, Issuer

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MAX_BODY_BYTES = 10 * 1024 * 1024
"""API Gateway's payload quota."""

_DRAIN_BYTES = 64 * 1024 * 1024
_KEEP_ALIVE_SECONDS = 60.0
_TIMEOUT = {"connect": 5.0, "read": 35.0, "write": 35.0, "pool": None}
_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_NOT_KEPT = _HOP_BY_HOP | {b"date"}
_JSON = {"content-type": "application/json"}
_TOO_LONG = Answer(413, _JSON, b'{"message":"Request Too Long"}')
_UNAVAILABLE = Answer(503, _JSON | {"retry-after": "1"}, b'{"message":"Service Unavailable"}')


class BodyTooLongError(Exception):
    """The request's body is over API Gateway's quota."""


class ClientGoneError(Exception):
    """The client closed the connection before its body was complete."""


class Proxy:
    """The ASGI application."""

    def __init__(
        self, upstream: str, issuer: Issuer, cors: CorsPolicy, max_concurrency: int
    ) -> None:
        """Pass requests on to ``upstream``, an address without a final slash."""
        url = httpcore.URL(upstream)
        self._scheme, self._host, self._port = url.scheme, url.host, url.port
        self._prefix = url.target
        self._issuer = issuer
        self._cors = cors
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=max_concurrency, keepalive_expiry=_KEEP_ALIVE_SECONDS
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "lifespan":
            await self._serve_lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve_lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            event = (await receive())["type"]
            if event == "lifespan.shutdown":
                await self._pool.aclose()
            await send({"type": f"{event}.complete"})
            if event == "lifespan.shutdown":
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = joined_headers(scope["headers"])
        preflight = self._cors.preflight(scope["method"], headers)
        if preflight is not None:
            await _answer(send, preflight)
            return
        send = self._with_cors(headers, send)
        try:
            body = await _read_body(headers, receive)
        except BodyTooLongError:
            await _answer(send, _TOO_LONG)
            return
        except ClientGoneError:
            return
        own = self._own_answer(scope, headers, body)
        if own is None:
            await self._forward(scope, headers, body, send)
        else:
            await _answer(send, own)

    def _with_cors(self, headers: Mapping[bytes, bytes], send: Send) -> Send:
        async def send_with_cors(event: dict[str, Any]) -> None:
            if event["type"] == "http.response.start":
                event["headers"] = self._cors.apply(headers, event["headers"])
            await send(event)

        return send_with_cors

    def _own_answer(
        self, scope: Scope, headers: Mapping[bytes, bytes], body: bytes
    ) -> Answer | None:
        """The issuer's routes."""
        path, method = scope["path"], scope["method"]
        if path == TOKEN_PATH:
            if method != "POST":
                return _method_not_allowed("POST")
            decoded = {
                name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()
            }
            return self._issuer.token(decoded, body)
        if path == JWKS_PATH:
            return self._issuer.jwks() if method == "GET" else _method_not_allowed("GET")
        return None

    async def _forward(
        self,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        body: bytes,
        send: Send,
    ) -> None:
        started = False
        try:
            async with self._pool.stream(
                scope["method"],
                self._upstream_url(scope),
                headers=_forwarded_headers(scope, headers, body),
                content=body,
                extensions={"timeout": _TIMEOUT},
            ) as response:
                started = True
                await _start(send, response.status, _kept_headers(response.headers))
                async for chunk in response.aiter_stream():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
            if started:
                raise
            await _answer(send, _UNAVAILABLE)
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _upstream_url(self, scope: Scope) -> httpcore.URL:
        """The client's own spelling of path and query behind the API's prefix."""
        target = self._prefix + scope["raw_path"]
        if scope["query_string"]:
            target += b"?" + scope["query_string"]
        return httpcore.URL(scheme=self._scheme, host=self._host, port=self._port, target=target)


def joined_headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Lower-case names, the values of a repeated one joined by commas, as an HTTP API does."""
    joined: dict[bytes, bytes] = {}
    for raw_name, value in pairs:
        name = raw_name.lower()
        separator = b"; " if name == b"cookie" else b","
        joined[name] = joined[name] + separator + value if name in joined else value
    return joined


async def _read_body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """The whole body; one that is too long is read on, so that the client sees the answer."""
    announced = int(headers.get(b"content-length", b"0"))
    chunks: list[bytes] = []
    length = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGoneError
        chunk = event.get("body", b"")
        length += len(chunk)
        if max(length, announced) <= MAX_BODY_BYTES:
            chunks.append(chunk)
        elif not event.get("more_body") or length > _DRAIN_BYTES:
            raise BodyTooLongError
        if not event.get("more_body"):
            return b"".join(chunks)


def _forwarded_headers(scope: Scope, headers: Mapping[bytes, bytes], body: bytes) -> Headers:
    """End-to-end headers, and those that API Gateway adds about the client."""
    client = (scope.get("client") or ("127.0.0.1", 0))[0].encode()
    before = headers.get(b"x-forwarded-for")
    sent = {name: value for name, value in headers.items() if name not in _HOP_BY_HOP}
    if body:
        sent[b"content-length"] = str(len(body)).encode()  # a chunked body has none yet
    sent[b"x-forwarded-for"] = before + b", " + client if before else client
    sent[b"x-forwarded-proto"] = scope["scheme"].encode()
    return list(sent.items())


def _kept_headers(pairs: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The server dates answers itself."""
    lowered = [(name.lower(), value) for name, value in pairs]
    return [(name, value) for name, value in lowered if name not in _NOT_KEPT]


def _method_not_allowed(allowed: str) -> Answer:
    body = json.dumps({"error": "invalid_request", "error_description": f"use {allowed}"})
    return Answer(405, _JSON | {"allow": allowed}, body.encode())


async def _answer(send: Send, answer: Answer) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await _start(send, answer.status, headers)
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


async def _start(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
