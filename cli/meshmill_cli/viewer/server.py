"""A server for one page: what it answers is in memory, and the disk is never asked."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, ClassVar

_LOOPBACK = "127.0.0.1"
_OWN_NAMES = {_LOOPBACK, "localhost"}


@dataclass(frozen=True, slots=True)
class Resource:
    """The answer at one path."""

    media_type: str
    content: bytes


class PageServer(ThreadingHTTPServer):
    """Answers exactly the paths it is given, to this machine alone."""

    daemon_threads = True

    def __init__(self, port: int, resources: Mapping[str, Resource]) -> None:
        self.resources = resources
        super().__init__((_LOOPBACK, port), _Handler)

    @property
    def address(self) -> str:
        """The page's URL."""
        return f"http://{_LOOPBACK}:{self.server_address[1]}/"

    def server_bind(self) -> None:
        """Bind; the inherited method would also ask the network for this machine's name."""
        TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about browsers that go before the answer ends."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    server_version = "meshmill"
    sys_version = ""
    timeout = 60
    _guards: ClassVar = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }

    def do_GET(self) -> None:
        resource = self._resource()
        if resource is not None:
            self.wfile.write(resource.content)

    def do_HEAD(self) -> None:
        self._resource()

    def log_message(self, *_: Any) -> None:
        """Keep quiet: the terminal is the user's."""

    def _resource(self) -> Resource | None:
        """What is asked for, once its head is sent; otherwise the refusal is sent."""
        # A site whose name has been made to lead here (DNS rebinding) comes with that name.
        if self.headers.get("Host", "").partition(":")[0].lower() not in _OWN_NAMES:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        resource = self.server.resources.get(self.path)
        if resource is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", resource.media_type)
        self.send_header("Content-Length", str(len(resource.content)))
        for name, value in self._guards.items():
            self.send_header(name, value)
        self.end_headers()
        return resource
