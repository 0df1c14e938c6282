"""The proxy does to a request what its schedule says, and nothing else."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.support.fault_proxy.faults import HARMLESS, KEPT_BACK, Asked, Fault
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.schedules import IN_A_ROW, Always, Recorded, Replayed, Seeded

DATA = bytes(range(256)) * 40
RESETS = (httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError)


class Origin(ThreadingHTTPServer):
    """A service with a file, and an answer that names its own address."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.received: list[tuple[str, str, bytes]] = []
        self.ranges: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    server: Origin

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
        pass

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.received.append((self.path, self.headers["Host"], body))
        self.server.ranges.append(self.headers.get("Range"))
        kind, content = "application/octet-stream", DATA
        if self.path.startswith("/api/"):
            kind, content = (
                "application/json",
                json.dumps(
                    {"status_url": f"{self.server.address}/api/v1/status/assets/1?signature=s"}
                ).encode(),
            )
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Location", f"{self.server.address}/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(origin: Origin) -> Iterator[Ask]:
    """A request through the proxy that meets the given faults, one a request."""
    proxies: list[FaultProxy] = []
    clients: list[httpx.Client] = []

    def asked(path: str, *faults: Fault, **further: Any) -> httpx.Response:
        if faults:
            proxies.append(FaultProxy([origin.address], Replayed(faults)).__enter__())
            clients.append(httpx.Client(base_url=proxies[-1].address_of(origin.address)))
        return clients[-1].request(further.pop("method", "GET"), path, **further)

    yield asked
    for client in clients:
        client.close()
    for proxy in proxies:
        proxy.__exit__()


def test_what_is_not_disturbed_passes_with_its_own_host(origin: Origin, ask: Ask) -> None:
    answer = ask("/api/v1/assets?limit=2", Fault.NONE, method="POST", content=b"{}")

    assert origin.received == [
        ("/api/v1/assets?limit=2", origin.address.removeprefix("http://"), b"{}")
    ]
    assert answer.status_code == 200


def test_addresses_of_the_service_become_those_of_the_proxy(origin: Origin, ask: Ask) -> None:
    answer = ask("/api/v1/assets/1", Fault.NONE)

    here = f"http://{answer.url.netloc.decode()}"
    assert answer.json() == {"status_url": f"{here}/api/v1/status/assets/1?signature=s"}
    assert answer.headers["Location"] == f"{here}/elsewhere"


@pytest.mark.parametrize(
    ("fault", "status", "arrived"),
    [
        (Fault.THROTTLED, 429, 0),
        (Fault.THROTTLED_UNTIL, 429, 0),
        (Fault.THROTTLED_BY_GATEWAY, 429, 0),
        (Fault.UNAVAILABLE, 503, 0),
        (Fault.UNAVAILABLE_BARE, 503, 0),
        (Fault.BAD_GATEWAY, 502, 0),
        (Fault.EXPIRED, 401, 0),
        (Fault.UNAVAILABLE_AFTER, 503, 1),
        (Fault.TIMED_OUT_AFTER, 504, 1),
    ],
)
def test_an_error_is_answered_before_or_after_the_effect(
    origin: Origin, ask: Ask, fault: Fault, status: int, arrived: int
) -> None:
    answer = ask("/api/v1/assets", fault)

    assert (answer.status_code, len(origin.received)) == (status, arrived)
    assert (fault in KEPT_BACK) is (arrived == 0)
    asks = fault in {Fault.THROTTLED, Fault.THROTTLED_UNTIL, Fault.UNAVAILABLE}
    assert ("Retry-After" in answer.headers) is asks


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [(Fault.RESET, 0), (Fault.REFUSED, 0), (Fault.RESET_AFTER, 1), (Fault.SILENT_AFTER, 1)],
)
def test_a_connection_is_reset_before_or_after_the_effect(
    origin: Origin, ask: Ask, fault: Fault, arrived: int
) -> None:
    with pytest.raises(RESETS):
        ask("/api/v1/assets", fault, Fault.NONE, method="POST", content=b"{}")

    assert len(origin.received) == arrived
    assert ask("/api/v1/assets").status_code == 200


def test_an_answer_that_breaks_off_is_shorter_than_announced(ask: Ask) -> None:
    with pytest.raises(RESETS):
        ask("/file", Fault.CUT)


def test_a_download_arrives_shorter_or_changed_without_a_word(ask: Ask) -> None:
    shorter, changed = ask("/file", Fault.TRUNCATED).content, ask("/file", Fault.FLIPPED).content

    assert shorter == DATA[: len(DATA) // 2]
    assert len(changed) == len(DATA)
    assert sum(ours != theirs for ours, theirs in zip(changed, DATA, strict=True)) == 1


def test_a_slow_answer_is_whole(ask: Ask) -> None:
    assert ask("/file", Fault.SLOW).content == DATA


def test_a_connection_that_is_closed_unannounced_disturbs_the_next_request_at_most(
    ask: Ask,
) -> None:
    assert ask("/file", Fault.STALE).content == DATA

    # It depends on which of them is first: the next request or the end of the connection.
    with contextlib.suppress(*RESETS):
        ask("/file")
    assert ask("/file").content == DATA


def test_a_range_may_be_overlooked(origin: Origin, ask: Ask) -> None:
    ask("/file", Fault.NONE, Fault.RANGE_IGNORED, headers={"Range": "bytes=5-"})
    ask("/file", headers={"Range": "bytes=5-"})

    assert origin.ranges == ["bytes=5-", None]


def test_the_same_seed_gives_the_same_faults_and_never_too_many_in_a_row() -> None:
    asked = Asked("GET", "/api/v1/assets", bearer=True)
    schedule, again = Seeded(7, share=0.9), Seeded(7, share=0.9)

    drawn = [schedule.next(asked) for _ in range(2_000)]

    assert drawn == [again.next(asked) for _ in range(2_000)]
    assert set(drawn) == {fault for fault in Fault if asked.allows(fault)}
    in_a_row = longest = 0
    for fault in drawn:
        in_a_row = 0 if fault in HARMLESS else in_a_row + 1
        longest = max(longest, in_a_row)
    assert longest == IN_A_ROW


def test_a_schedule_tells_how_it_is_replayed() -> None:
    schedule = Recorded(Always(Fault.CUT, "GET", "assets"), "seed 3")
    schedule.next(Asked("GET", "/api/v1/assets"))
    schedule.next(Asked("GET", "/api/v1/generators"))

    assert schedule.count == 1
    assert str(schedule).splitlines() == [
        "seed 3",
        "GET /api/v1/assets: answer breaks off",
        "GET /api/v1/generators: none",
        "Replayed([Fault.CUT, Fault.NONE])",
    ]
