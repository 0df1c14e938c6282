"""Serves an ASGI application from a thread of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any, Self

from hypercorn.asyncio import serve
from hypercorn.config import Config

from meshmill_local.errors import LocalStackError

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0
_KEEP_ALIVE_SECONDS = 75
_KEEP_ALIVE_REQUESTS = 1_000_000
_GRACE_SECONDS = 1.0


class FrontServer:
    """A running HTTP/1.1 server on a socket that is already bound."""

    def __init__(self, application: Any, front: socket.socket) -> None:
        """Prepare to serve; takes the socket over."""
        self.port = int(front.getsockname()[1])
        self._application = application
        self._config = Config()
        self._config.bind = [f"fd://{front.detach()}"]
        self._config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
        self._config.keep_alive_max_requests = _KEEP_ALIVE_REQUESTS
        self._config.graceful_timeout = _GRACE_SECONDS
        self._config.include_server_header = False
        self._config.loglevel = "ERROR"
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._serving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="meshmill-front", daemon=True)

    def start(self) -> Self:
        """Return once requests are accepted."""
        self._thread.start()
        if not self._serving.wait(_START_SECONDS):
            raise LocalStackError(
                "the front server did not start",
                where=f"port {self.port}",
                next_step="try again",
            )
        return self

    def stop(self) -> None:
        """Let requests in flight finish for a moment, then close everything."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        await serve(
            self._application, self._config, shutdown_trigger=self._wait_for_stop, mode="asgi"
        )

    async def _wait_for_stop(self) -> None:
        """Hypercorn awaits its trigger once the socket listens."""
        self._serving.set()
        await self._stop.wait()
