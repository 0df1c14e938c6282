"""The asynchronous client belongs to no event loop: what it does on asyncio it does on trio."""

from __future__ import annotations

from pathlib import Path

import httpx
import trio

from meshmill_client import Asset, AsyncClient, ClientCredentials
from tests.unit.client.service import (
    ASSET_ID,
    BASE_URL,
    MODEL,
    STATUS_URL,
    TOKEN_URL,
    completed,
    view,
)

_TASKS = 8


class _Pipeline:
    """Completes an asset at the second look, and counts the tokens that it has issued."""

    def __init__(self) -> None:
        self.looks = 0
        self.tokens = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        address = str(request.url)
        if address == TOKEN_URL:
            self.tokens += 1
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        if address == STATUS_URL:
            self.looks += 1
            seen = view("processing") if self.looks == 1 else completed()
            return httpx.Response(200, json=seen, headers={"Retry-After": "0"})
        if request.url.path.startswith("/artefacts/"):
            return httpx.Response(200, content=MODEL)
        return httpx.Response(200, json=view("pending"))

    def client(self) -> AsyncClient:
        credentials = ClientCredentials(TOKEN_URL, "studio", "secret")
        return AsyncClient(BASE_URL, credentials, transport=httpx.MockTransport(self))


def test_an_asset_is_waited_for_and_downloaded(tmp_path: Path) -> None:
    async def path_of_model() -> Path:
        async with _Pipeline().client() as client:
            done = await client.assets.wait(await client.assets.get(ASSET_ID))
            return (await client.assets.download(done, tmp_path))["model"]

    assert trio.run(path_of_model).read_bytes() == MODEL


def test_tasks_that_begin_together_fetch_one_token() -> None:
    pipeline, seen = _Pipeline(), list[Asset]()

    async def together() -> None:
        async with pipeline.client() as client, trio.open_nursery() as nursery:

            async def read() -> None:
                seen.append(await client.assets.get(ASSET_ID))

            for _ in range(_TASKS):
                nursery.start_soon(read)

    trio.run(together)

    assert (len(seen), pipeline.tokens) == (_TASKS, 1)
