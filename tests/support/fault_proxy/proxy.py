"""A reverse proxy on this machine that disturbs what it passes on."""

from __future__ import annotations

import contextlib
import http.client
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from tests.support.fault_proxy.canned import Canned, canned
from tests.support.fault_proxy.faults import KEPT_BACK, LOST, Asked, Fault, distorted
from tests.support.fault_proxy.schedules import Schedule
from tests.support.fault_proxy.upstream import Answer, Upstream

_PAUSE_SECONDS = 1
_DRIPS, _DRIP_SECONDS = 8, 0.005
_BODYLESS = {204, 304}
_ABORT_ON_CLOSE = struct.pack("ii", 1, 0)


class FaultProxy:
    """Listens on one port for each service, and rewrites their addresses in what they answer.

    A connection can't be refused by who listens, and nobody waits for a client's timeout:
    :attr:`Fault.REFUSED` and :attr:`Fault.SILENT_AFTER` are resets here. An error of the proxy's
    own is raised at its end.

    Args:
        addresses: of the services, ``http://host:port`` each, as their answers spell them.
        schedule: decides what happens to which request.
    """

    def __init__(self, addresses: Sequence[str], schedule: Schedule) -> None:
        self.schedule = schedule
        self.errors: list[BaseException] = []
        self._listeners = {address: _Listener(Upstream(address), self) for address in addresses}

    def __enter__(self) -> Self:
        for listener in self._listeners.values():
            listener.start()
        return self

    def __exit__(self, *raised: object) -> None:
        for listener in self._listeners.values():
            listener.end()
        if self.errors:
            raise self.errors[0]

    @property
    def addresses(self) -> Mapping[str, str]:
        """The services' addresses, and those that stand for them here."""
        return {own: listener.address for own, listener in self._listeners.items()}

    def address_of(self, own: str) -> str:
        """Where a service is reached through this proxy."""
        return self._listeners[own].address


class _Listener(socketserver.ThreadingTCPServer):
    # A burst of tasks connects at once.
    request_queue_size = 128

    def __init__(self, upstream: Upstream, proxy: FaultProxy) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.upstream = upstream
        self.proxy = proxy
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self.shutdown()
        self._thread.join()
        # Who keeps a connection for later would keep its thread waiting.
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        # Not shut down before it is closed, or a reset would begin as an orderly end.
        self._open.discard(request)
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Remembered, unless it is that the client has gone."""
        error = sys.exception()
        if not isinstance(error, OSError | None):
            self.proxy.errors.append(error)


class _Exchange(BaseHTTPRequestHandler):
    """The requests of one connection, one after the other."""

    protocol_version = "HTTP/1.1"
    server: _Listener

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
        """Nothing: the schedule remembers."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        bearer = self.headers.get("Authorization", "").startswith("Bearer ")
        asked = Asked(self.command, self.path.partition("?")[0], bearer)
        fault = self.server.proxy.schedule.next(asked)
        instead = canned(fault, asked, time.time(), _PAUSE_SECONDS)
        if fault in KEPT_BACK:
            self._answer_instead(instead)
            return
        answer = self._upstream_answer(fault, body)
        if instead is not None or answer is None or fault in LOST:
            self._answer_instead(instead)
            return
        self._pass_on(answer, fault)

    def _upstream_answer(self, fault: Fault, body: bytes) -> Answer | None:
        headers = list(self.headers.items())
        if fault is Fault.RANGE_IGNORED:
            headers = [pair for pair in headers if pair[0].lower() != "range"]
        try:
            answer = self.server.upstream.answer(self.command, self.path, headers, body)
        except (OSError, http.client.HTTPException):
            return None
        return answer.rewritten(self.server.proxy.addresses)

    def _answer_instead(self, instead: Canned | None) -> None:
        if instead is None:
            self._reset()
        else:
            self._send_head(instead.status, instead.headers.items(), len(instead.body))
            self.wfile.write(instead.body)

    def _pass_on(self, answer: Answer, fault: Fault) -> None:
        body = distorted(fault, answer.body)
        length = None if answer.status in _BODYLESS else len(body)
        if fault is Fault.CUT:
            # What breaks off without a body is the head.
            if not body:
                self._reset()
                return
            body = body[: len(body) // 2]
        self._send_head(answer.status, answer.headers, length)
        for piece in _drips(body) if fault is Fault.SLOW else [body]:
            self.wfile.write(piece)
            self.wfile.flush()
        if fault in {Fault.CUT, Fault.STALE}:
            self.close_connection = True

    def _send_head(
        self, status: int, headers: Iterable[tuple[str, str]], length: int | None
    ) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _reset(self) -> None:
        """Closed with nothing said, so that the client's kernel tells of a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT_ON_CLOSE)
        self.close_connection = True


def _drips(body: bytes) -> Iterable[bytes]:
    size = len(body) // _DRIPS + 1
    for start in range(0, len(body), size):
        time.sleep(_DRIP_SECONDS)
        yield body[start : start + size]
