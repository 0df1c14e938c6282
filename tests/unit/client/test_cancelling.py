"""Tasks that are cancelled leave nothing that stands in the way of the next one."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from meshmill_client import Asset, AsyncClient
from tests.unit.client.bodies import PIECE, InPieces, start_of
from tests.unit.client.service import BASE_URL, MODEL, completed, view

DRAFT = f".model.glb.{hashlib.sha256(MODEL).hexdigest()[:16]}.part"


class Store(httpx.AsyncBaseTransport):
    """Gives a piece of the file, and then nothing for as long as ``stuck``; counts what is open."""

    def __init__(self) -> None:
        self.stuck = True
        self.waiting = asyncio.Event()
        self.starts: list[int] = []
        self.open = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        start = start_of(request)
        self.starts.append(start)
        self.open += 1
        headers = {"Content-Range": f"bytes {start}-{len(MODEL) - 1}/{len(MODEL)}"}
        return httpx.Response(206, headers=headers, stream=_Body(self, MODEL[start:]))


class _Body(httpx.AsyncByteStream):
    def __init__(self, store: Store, data: bytes) -> None:
        self._store = store
        self._data = data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in InPieces(self._data):
            yield piece
            if self._store.stuck:
                self._store.waiting.set()
                await asyncio.Event().wait()

    async def aclose(self) -> None:
        self._store.open -= 1


def _asset() -> Asset:
    return Asset.model_validate(completed())


def test_a_download_goes_on_from_what_a_cancelled_one_has_left(tmp_path: Path) -> None:
    async def main() -> Store:
        store = Store()
        async with AsyncClient(BASE_URL, transport=store) as client:
            task = asyncio.create_task(client.assets.download(_asset(), tmp_path))
            await store.waiting.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (tmp_path / DRAFT).stat().st_size == PIECE
            assert store.open == 0

            store.stuck = False
            await client.assets.download(_asset(), tmp_path)
        return store

    store = asyncio.run(main())

    assert store.starts == [0, PIECE]
    assert store.open == 0
    assert [path.name for path in tmp_path.iterdir()] == ["model.glb"]
    assert (tmp_path / "model.glb").read_bytes() == MODEL


def test_tasks_that_download_the_same_file_at_once_both_have_it_whole(tmp_path: Path) -> None:
    async def main() -> list[dict[str, Path]]:
        store = Store()
        store.stuck = False
        async with AsyncClient(BASE_URL, transport=store) as client:
            both = [client.assets.download(_asset(), tmp_path) for _ in range(2)]
            return await asyncio.gather(*both)

    for files in asyncio.run(main()):
        assert files["model"].read_bytes() == MODEL
    assert [path.name for path in tmp_path.iterdir()] == ["model.glb"]


def test_waiting_ends_at_once_when_it_is_cancelled() -> None:
    async def main() -> None:
        async def answer(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json=view(), headers={"Retry-After": "100"})

        async with AsyncClient(BASE_URL, transport=httpx.MockTransport(answer)) as client:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.assets.wait(Asset.model_validate(view())), 0.05)

    asyncio.run(main())


def test_a_listing_may_be_left_early() -> None:
    page = {"data": [view(), view()], "next_cursor": "c1"}

    async def main() -> int:
        asked = 0

        async def answer(_: httpx.Request) -> httpx.Response:
            nonlocal asked
            asked += 1
            return httpx.Response(200, json=page)

        async with AsyncClient(BASE_URL, transport=httpx.MockTransport(answer)) as client:
            async for _asset_of_page in client.assets.list():
                break
        return asked

    assert asyncio.run(main()) == 1
