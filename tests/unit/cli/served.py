"""A scripted service that listens on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """A JSON value, or bytes as they are."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Served:
    """Answers of paths, query apart, in order, of which the last repeats; other paths are a 404."""

    url: str
    requests: list[Received] = field(default_factory=list)
    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)

    def on(self, method: str, path: str, status: int, body: Any, **headers: str) -> None:
        self.answers[method, path] = [Answer(status, body, headers)]

    def then(self, method: str, path: str, status: int, body: Any, **headers: str) -> None:
        self.answers[method, path].append(Answer(status, body, headers))

    def refuse(self, method: str, path: str, status: int, code: str, **details: Any) -> None:
        error = {"code": code, "message": "No.", "details": details}
        self.on(method, path, status, {"error": error, "request_id": "r-1"})

    def answer(self, method: str, path: str) -> Answer:
        script = self.answers.get((method, path), [MISSING])
        return script.pop(0) if len(script) > 1 else script[0]

    def asked(self, method: str, path: str) -> list[Received]:
        """The requests to a path, query apart."""
        return [
            request
            for request in self.requests
            if (request.method, request.path.partition("?")[0]) == (method, path)
        ]


MISSING = Answer(404, {"error": {"code": "NOT_FOUND", "message": "No.", "details": {}}})


@contextmanager
def served() -> Iterator[Served]:
    """The service, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = False
    server.block_on_close = True
    told = Served(f"http://127.0.0.1:{server.server_port}")
    server.told = told  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        told: Served = self.server.told  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        told.requests.append(Received(self.command, self.path, dict(self.headers), sent))
        answer = told.answer(self.command, path)
        body = answer.body
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815  # the base class's way of naming

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""
