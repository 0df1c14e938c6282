"""The load generator's arithmetic, and what it does with each kind of answer."""

from __future__ import annotations

import asyncio
import json
import selectors
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.load.access import NoCredentials, caller
from benchmarks.load.kinds import Made
from benchmarks.load.pace import ClosedLoop, OpenLoop
from benchmarks.load.run import Plan, Run
from benchmarks.load.tally import Tally, errors, percentile, table

Answer = (
    Callable[[httpx.Request], httpx.Response]
    | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
)


class Time:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class TestOpenLoop:
    def test_requests_are_meant_to_begin_evenly_apart(self) -> None:
        pace = OpenLoop(Time(), seconds=1.0, rate=4.0)

        assert [pace.next() for _ in range(5)] == [100.0, 100.25, 100.5, 100.75, None]

    def test_a_slow_server_moves_no_request_of_the_plan(self) -> None:
        """Whoever waits for an answer finds out how late the next request is."""
        time = Time()
        pace = OpenLoop(time, seconds=1.0, rate=4.0)
        pace.next()

        time.now += 0.9

        assert pace.next() == 100.25

    def test_what_was_never_sent_is_told(self) -> None:
        time = Time()
        pace = OpenLoop(time, seconds=1.0, rate=4.0)
        pace.next()

        time.now += 1.0

        assert pace.next() is None
        assert pace.unsent == 3

    def test_what_was_planned_for_a_pause_is_left_out(self) -> None:
        pace = OpenLoop(Time(), seconds=2.0, rate=4.0)
        pace.next()

        pace.pause(until=101.1)

        assert [pace.next() for _ in range(4)] == [101.25, 101.5, 101.75, None]
        assert pace.unsent == 0

    def test_a_pause_beyond_the_end_leaves_nothing(self) -> None:
        pace = OpenLoop(Time(), seconds=1.0, rate=4.0)

        pace.pause(until=200.0)

        assert pace.next() is None
        assert pace.unsent == 0

    def test_a_pause_that_is_over_changes_nothing(self) -> None:
        pace = OpenLoop(Time(), seconds=1.0, rate=4.0)
        pace.next()
        pace.next()

        pace.pause(until=100.1)

        assert pace.next() == 100.5


class TestClosedLoop:
    def test_a_request_begins_at_once_until_the_time_is_over(self) -> None:
        time = Time()
        pace = ClosedLoop(time, seconds=1.0)
        assert pace.next() == 100.0

        time.now = 100.9
        assert pace.next() == 100.9

        time.now = 101.0
        assert pace.next() is None

    def test_no_request_begins_within_the_longest_pause(self) -> None:
        pace = ClosedLoop(Time(), seconds=1.0)

        pace.pause(until=100.5)
        pace.pause(until=100.3)

        assert pace.next() == 100.5

    def test_a_pause_beyond_the_end_is_the_end(self) -> None:
        pace = ClosedLoop(Time(), seconds=1.0)

        pace.pause(until=102.0)

        assert pace.next() is None


class TestPercentiles:
    def test_they_are_values_that_were_seen(self) -> None:
        values = [15.0, 20.0, 35.0, 40.0, 50.0]

        assert [percentile(values, share) for share in (0.05, 0.3, 0.4, 0.5, 1.0)] == [
            15.0, 20.0, 20.0, 35.0, 50.0,
        ]  # fmt: skip

    @settings(deadline=None, derandomize=True, database=None)
    @given(
        st.lists(st.floats(0, 10), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 0.99, 1])
    )
    def test_no_more_than_the_rest_is_above(self, values: list[float], share: float) -> None:
        found = percentile(values, share)

        assert sum(value <= found for value in values) >= share * len(values)
        assert sum(value < found for value in values) < max(share * len(values), 1)

    def test_of_nothing_there_are_none(self) -> None:
        with pytest.raises(ValueError, match="no values"):
            percentile([], 0.5)


class TestTable:
    def test_a_line_tells_answers_by_the_second_latencies_and_everything_else(self) -> None:
        tally = Tally("get", [0.01, 0.02, 0.03, 0.04], 2, Counter({"503 X": 3}), 5, seconds=2.0)

        heads, cells = (line.split() for line in table([tally]).splitlines())

        assert heads == ["answers", "/s", "p50", "p95", "p99", "max", "429", "unsent", "errors"]
        assert cells == ["get", "4", "2.0", "20.0", "40.0", "40.0", "40.0", "2", "5", "3"]

    def test_a_kind_without_a_good_answer_has_no_latencies(self) -> None:
        assert "–" in table([Tally("get")])

    def test_errors_are_counted_by_kind_and_code(self) -> None:
        tallies = [
            Tally("create", errors=Counter({"500 INTERNAL_ERROR": 1, "ConnectError": 2})),
            Tally("get"),
        ]

        assert errors(tallies) == ["create: 2 × ConnectError", "create: 1 × 500 INTERNAL_ERROR"]


def asset(number: int) -> dict[str, object]:
    return {
        "asset_id": f"asset-{number}",
        "format": "gltf",
        "parameters": {"seed": number},
        "status_url": f"https://api.test/signed/{number}",
    }


class Service:
    """Answers as the API does: creates, deduplicates, and refuses when told to."""

    def __init__(self) -> None:
        self.seeds: list[int] = []
        self.requests: list[httpx.Request] = []
        self.refusals: list[httpx.Response] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.refusals:
            return self.refusals.pop()
        if request.method == "DELETE":
            return httpx.Response(204)
        if request.method == "GET":
            return httpx.Response(200)
        seed = json.loads(request.content)["parameters"]["seed"]
        known = seed in self.seeds
        self.seeds.append(seed)
        return httpx.Response(200 if known else 202, json=asset(seed))


class _Impatient(selectors.DefaultSelector):
    """Lets time pass instead of waiting: nothing here comes from outside."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.passed += timeout or 0.0
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    """Its seconds are those that are slept."""

    def __init__(self) -> None:
        self._impatient = _Impatient()
        super().__init__(self._impatient)

    def time(self) -> float:
        return self._impatient.passed


def measured(
    service: Answer, seconds: float = 1.0, rate: float | None = 20.0
) -> tuple[Run, list[Tally]]:
    async def drive() -> tuple[Run, list[Tally]]:
        transport = httpx.MockTransport(service)
        async with httpx.AsyncClient(base_url="https://api.test", transport=transport) as http:
            plan = Plan(seconds=seconds, concurrency=4, rate=rate)
            run = Run(http, lambda: {"X-API-Key": "mm_test"}, plan)
            tallies = await run.measured()
            assert await run.tidied() == 0
            return run, tallies

    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(drive())


class TestRun:
    def test_every_kind_is_measured_and_what_was_made_is_deleted(self) -> None:
        service = Service()

        run, tallies = measured(service)

        assert [tally.kind for tally in tallies] == ["create", "duplicate", "get", "list", "status"]
        assert not errors(tallies)
        assert [len(tally.latencies) for tally in tallies] == [20] * 5
        deleted = {each.url.path for each in service.requests if each.method == "DELETE"}
        assert deleted == {f"/api/v1/assets/{made['asset_id']}" for made in run.made.assets}

    def test_seeds_of_creations_are_unique_and_those_of_duplicates_are_not(self) -> None:
        service = Service()

        _, (created, repeated, *_) = measured(service)

        times = Counter(service.seeds)
        assert len(times) == len(created.latencies)
        assert times.total() == len(created.latencies) + len(repeated.latencies)

    def test_signed_links_are_asked_without_credentials_and_all_else_with_them(self) -> None:
        service = Service()

        measured(service)

        for request in service.requests:
            is_signed = request.url.path.startswith("/signed/")
            assert ("x-api-key" in request.headers) != is_signed

    def test_waiting_for_a_free_worker_counts_as_latency_where_there_is_a_rate(self) -> None:
        async def slow(request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(1)
            return Service()(request)

        _, (at_a_rate, *_) = measured(slow, seconds=3.0, rate=20.0)
        _, (one_by_one, *_) = measured(slow, seconds=3.0, rate=None)

        # Four workers: the fifth request, meant for 0.2 s, began after a second.
        assert sorted(at_a_rate.latencies)[4] == pytest.approx(1.8)
        assert at_a_rate.unsent == 60 - 12
        assert one_by_one.latencies == pytest.approx([1.0] * 12)

    def test_refusals_by_the_rate_limit_are_no_errors_and_are_waited_for(self) -> None:
        service = Service()
        service.refusals = [httpx.Response(429, headers={"Retry-After": "1"})]

        _, (created, *_) = measured(service, seconds=1.5, rate=20.0)

        assert created.rate_limited == 1
        assert not created.errors
        # What was planned for the second after the refusal has been left out; three other workers
        # had begun.
        assert len(created.latencies) == 3 + 10
        assert created.unsent == 0

    def test_other_answers_are_errors_by_status_and_code(self) -> None:
        service = Service()
        service.refusals = [
            httpx.Response(503, json={"error": {"code": "SERVICE_UNAVAILABLE"}}),
            httpx.Response(502, text="<html>"),
        ]

        _, (created, *_) = measured(service)

        assert created.errors == {"503 SERVICE_UNAVAILABLE": 1, "502 without our envelope": 1}

    def test_a_connection_that_fails_is_an_error_by_its_name(self) -> None:
        def broken(_: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("refused")

        _, tallies = measured(broken)

        assert [tally.kind for tally in tallies] == ["create"]
        assert set(tallies[0].errors) == {"ConnectError"}

    def test_an_asset_that_is_being_worked_on_is_deleted_later(self) -> None:
        service, busy = Service(), [httpx.Response(409), httpx.Response(409)]

        def answer(request: httpx.Request) -> httpx.Response:
            if request.method == "DELETE" and busy:
                return busy.pop()
            return service(request)

        measured(answer)

        assert not busy


def test_creations_of_two_runs_ask_for_different_assets() -> None:
    first, second = (next(Made().kinds()) for _ in range(2))

    assert next(first.requests).json != next(second.requests).json


class TestCallers:
    @pytest.fixture
    def local(self, tmp_path: Path) -> Path:
        file = tmp_path / "local.json"
        members = {"base_url": "http://localhost:8000", "api_key": "mm_local"}
        file.write_text(json.dumps(members))
        return file

    def test_a_local_stage_says_itself_who_may_call_it(self, local: Path) -> None:
        assert caller("http://localhost:8000", {}, None, local).headers() == {
            "X-API-Key": "mm_local"
        }

    def test_its_key_is_sent_to_no_other_stage(self, local: Path) -> None:
        with pytest.raises(NoCredentials, match="MESHMILL_API_KEY"):
            caller("https://api.example", {}, None, local)

    def test_the_environment_comes_first(self, local: Path) -> None:
        by = caller("http://localhost:8000", {"MESHMILL_API_KEY": "mm_mine"}, None, local)

        assert by.headers() == {"X-API-Key": "mm_mine"}

    def test_a_token_is_not_made_of_a_key(self, local: Path) -> None:
        with pytest.raises(NoCredentials):
            caller("http://localhost:8000", {"MESHMILL_API_KEY": "mm_mine"}, "token", local)
