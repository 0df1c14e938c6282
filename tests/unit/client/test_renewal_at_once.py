"""Many callers need a token: one fetches it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor, wait

import httpx

from meshmill_client import AsyncClient
from tests.unit.client.faces import AsyncTime
from tests.unit.client.service import (
    ASSET_ID,
    BASE_URL,
    TOKEN_URL,
    Service,
    client_credentials,
    granted,
    refused,
    shown,
    view,
)

ASSET = f"/api/v1/assets/{ASSET_ID}"
TOKEN_PATH = "/oauth2/token"
CALLERS = 16
WITHIN_THE_LAST_FIVE_MINUTES = 3400


def _bearers(service: Service) -> list[str]:
    return [request.headers["Authorization"].split()[1] for request in service.sent(ASSET)]


class TestThreads:
    def test_the_first_token_is_fetched_by_one_and_awaited_by_all(
        self, blocking_service: Service
    ) -> None:
        service, all_have_begun = blocking_service, threading.Event()

        def slow_grant(_: httpx.Request) -> httpx.Response:
            all_have_begun.wait(0.2)
            return granted()

        service.on("POST", TOKEN_URL, slow_grant)
        service.on("GET", ASSET, shown(view()))
        client = service.client(client_credentials())

        with ThreadPoolExecutor(CALLERS) as threads:
            list(threads.map(client.assets.get, [ASSET_ID] * CALLERS))

        assert len(service.sent(TOKEN_PATH)) == 1
        assert _bearers(service) == ["token-1"] * CALLERS

    def test_while_one_renews_the_others_go_on(self, blocking_service: Service) -> None:
        service, renewing, renew = blocking_service, threading.Event(), threading.Event()

        def slow_grant(_: httpx.Request) -> httpx.Response:
            renewing.set()
            assert renew.wait(60)
            return granted("new")

        service.on("POST", TOKEN_URL, granted("old"), slow_grant)
        service.on("GET", ASSET, shown(view()))
        client = service.client(client_credentials())
        client.assets.get(ASSET_ID)
        service.clock.seconds += WITHIN_THE_LAST_FIVE_MINUTES

        with ThreadPoolExecutor(CALLERS) as threads:
            first = threads.submit(client.assets.get, ASSET_ID)
            assert renewing.wait(20)
            others = [threads.submit(client.assets.get, ASSET_ID) for _ in range(CALLERS - 1)]
            done, _waiting = wait(others, timeout=20)
            renew.set()
            first.result(20)

        assert len(done) == CALLERS - 1
        assert _bearers(service) == ["old"] * CALLERS + ["new"]
        assert len(service.sent(TOKEN_PATH)) == 2

    def test_a_token_that_is_refused_to_all_is_fetched_anew_once(
        self, blocking_service: Service
    ) -> None:
        service, all_were_refused = blocking_service, threading.Barrier(CALLERS, timeout=20)

        def answer(request: httpx.Request) -> httpx.Response:
            if request.headers["Authorization"] == "Bearer revoked":
                all_were_refused.wait()
                return refused(401, "UNAUTHORIZED")
            return shown(view())

        service.on("POST", TOKEN_URL, granted("revoked"), granted("good"))
        service.on("GET", ASSET, answer)
        client = service.client(client_credentials())

        with ThreadPoolExecutor(CALLERS) as threads:
            list(threads.map(client.assets.get, [ASSET_ID] * CALLERS))

        assert len(service.sent(TOKEN_PATH)) == 2


class TestTasks:
    def test_while_one_renews_the_others_go_on(self) -> None:
        service = Service()
        service.on("POST", TOKEN_URL, granted("old"), granted("new"))
        service.on("GET", ASSET, shown(view()))

        async def many() -> None:
            renew = asyncio.Event()
            renew.set()

            async def answer(request: httpx.Request) -> httpx.Response:
                answered = service.answer(request)
                if request.url.path == TOKEN_PATH:
                    await renew.wait()
                return answered

            async with AsyncClient(
                BASE_URL,
                client_credentials(),
                transport=httpx.MockTransport(answer),
                clock=AsyncTime(service.clock),
            ) as client:
                await client.assets.get(ASSET_ID)
                service.clock.seconds += WITHIN_THE_LAST_FIVE_MINUTES
                renew.clear()
                calls = [asyncio.create_task(client.assets.get(ASSET_ID)) for _ in range(CALLERS)]
                done, waiting = await asyncio.wait(calls, timeout=0.5)
                assert (len(done), len(waiting)) == (CALLERS - 1, 1)
                renew.set()
                await asyncio.gather(*calls)

        asyncio.run(many())

        assert _bearers(service) == ["old"] * CALLERS + ["new"]
        assert len(service.sent(TOKEN_PATH)) == 2

    def test_who_is_cancelled_while_fetching_leaves_it_to_the_next(self) -> None:
        service = Service()
        service.on("POST", TOKEN_URL, granted())
        service.on("GET", ASSET, shown(view()))

        async def cancelled() -> None:
            fetching, stuck = asyncio.Event(), True

            async def answer(request: httpx.Request) -> httpx.Response:
                if request.url.path == TOKEN_PATH and stuck:
                    fetching.set()
                    await asyncio.Event().wait()
                return service.answer(request)

            async with AsyncClient(
                BASE_URL, client_credentials(), transport=httpx.MockTransport(answer)
            ) as client:
                first = asyncio.create_task(client.assets.get(ASSET_ID))
                await fetching.wait()
                second = asyncio.create_task(client.assets.get(ASSET_ID))
                await asyncio.sleep(0)
                stuck = False
                first.cancel()
                await asyncio.wait_for(second, 20)

        asyncio.run(cancelled())

        assert _bearers(service) == ["token-1"]
