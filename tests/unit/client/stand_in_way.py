"""The way between a client and the service in memory, on which faults happen."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator

import anyio
import httpx

from meshmill_client import ApiKey, AsyncClient, Client, Credentials
from tests.support.fault_proxy.canned import canned
from tests.support.fault_proxy.faults import KEPT_BACK, LOST, Asked, Fault, distorted
from tests.support.fault_proxy.schedules import Schedule
from tests.unit.client.faces import AsyncTime, Blocking, Face
from tests.unit.client.service import BASE_URL, FakeClock
from tests.unit.client.stand_in import API_KEY, StandIn

_PAUSE_SECONDS = 7
_PIECES = 7


class Disturbed:
    """The way to a service: what a schedule decides happens here. Clients of it may be shared.

    ``undercut`` lists requests that came before the time that their client was asked to wait.

    Args:
        schedule: of the faults.
        face: of which kind its clients are.
        pause: seconds that ``Retry-After`` asks for.
    """

    def __init__(
        self, schedule: Schedule, face: Face | None = None, pause: int = _PAUSE_SECONDS
    ) -> None:
        self._face = face or Blocking()
        self.clock = FakeClock()
        self.service = StandIn(self.clock)
        self.schedule = schedule
        self.undercut: list[str] = []
        self._pause = pause
        self._not_before: dict[tuple[str, str], float] = {}
        # A schedule may let another request overtake the one that it is asked about.
        self._lock = threading.RLock()

    def client(self, credentials: Credentials | None = None) -> Client:
        """A client of the service; an API key's holder unless said otherwise."""
        who = credentials or ApiKey(API_KEY)
        return self._face.client(BASE_URL, who, self._carry, self.clock)

    def client_of_tasks(self, credentials: Credentials) -> AsyncClient:
        """A client whose requests give way to others."""
        carried, clock = httpx.MockTransport(self._carry_among_others), AsyncTime(self.clock)
        return AsyncClient(BASE_URL, credentials, transport=carried, clock=clock)

    async def _carry_among_others(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0)
        response = self._carry(request)
        await anyio.sleep(0)
        return response

    def _carry(self, request: httpx.Request) -> httpx.Response:
        asked = Asked(
            request.method,
            request.url.path,
            request.headers.get("Authorization", "").startswith("Bearer "),
        )
        with self._lock:
            self._check_patience(asked)
            fault = self.schedule.next(asked)
            answer = None
            if fault not in KEPT_BACK:
                if fault is Fault.RANGE_IGNORED:
                    request.headers.pop("Range", None)
                answer = self.service.answer(request, asked)
            instead = canned(fault, asked, self.clock.now(), self._pause)
            if instead is not None:
                self._not_before[asked.method, asked.path] = self.clock.now() + instead.retry_after
                return httpx.Response(
                    instead.status, content=instead.body, headers=dict(instead.headers)
                )
        return _arrived(fault, request, answer)

    def _check_patience(self, asked: Asked) -> None:
        if self.clock.now() < self._not_before.pop((asked.method, asked.path), 0.0):
            self.undercut.append(f"{asked.method} {asked.path}")


class _Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces, which may end by an error."""

    def __init__(self, body: bytes, error: Exception | None) -> None:
        size = len(body) // _PIECES + 1
        self._pieces = [body[start : start + size] for start in range(0, len(body), size)]
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        if self._error is not None:
            raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


def _arrived(fault: Fault, request: httpx.Request, answer: httpx.Response | None) -> httpx.Response:
    """What the client sees of an answer; none is given where the service was not asked."""
    if fault is Fault.REFUSED:
        raise httpx.ConnectError("connection refused", request=request)
    if fault is Fault.SILENT_AFTER:
        raise httpx.ReadTimeout("timed out", request=request)
    if answer is None or fault in LOST:
        raise httpx.ReadError("connection reset by peer", request=request)
    body, error = distorted(fault, answer.content), None
    if fault is Fault.CUT:
        if not body:
            raise httpx.RemoteProtocolError("server disconnected", request=request)
        body = body[: len(body) // 2]
        error = httpx.RemoteProtocolError("peer closed connection", request=request)
    if fault in {Fault.CUT, Fault.SLOW}:
        return httpx.Response(
            answer.status_code, headers=answer.headers, stream=_Pieces(body, error)
        )
    answer.headers.pop("Content-Length", None)
    return httpx.Response(answer.status_code, headers=answer.headers, content=body)
