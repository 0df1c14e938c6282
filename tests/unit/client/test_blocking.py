"""The blocking face: plain calls over coroutines that never suspend."""

from __future__ import annotations

import asyncio
import gc
import inspect
import tempfile
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from meshmill_client import Asset, Batch, Client
from meshmill_client.assets import Assets, AsyncAssets
from meshmill_client.batches import AsyncBatches, Batches
from meshmill_client.blocking import blocking_iterator, completed
from meshmill_client.generators import AsyncGenerators, Generators
from tests.unit.client.bodies import InPieces
from tests.unit.client.service import (
    ASSET_ID,
    BATCH_ID,
    MODEL,
    TOKEN_URL,
    Service,
    batch_view,
    client_credentials,
    file_view,
    granted,
    shown,
    view,
)
from tests.unit.client.service import completed as completed_view

ASSETS = "/api/v1/assets"
URL = "https://store.example/artefacts/model.glb"
PAIRS = [(Assets, AsyncAssets), (Batches, AsyncBatches), (Generators, AsyncGenerators)]


async def _raises(error: BaseException) -> None:
    raise error


def test_what_suspends_is_told_and_ended() -> None:
    ended: list[str] = []

    async def suspends() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            ended.append("ended")

    with pytest.raises(RuntimeError, match="needs an event loop: use AsyncClient"):
        completed(suspends())

    assert ended == ["ended"]


@pytest.mark.parametrize("error", [StopIteration(1), StopAsyncIteration(1)], ids=repr)
def test_an_error_that_ends_iterations_is_no_result(error: Exception) -> None:
    with pytest.raises((RuntimeError, StopAsyncIteration)):
        completed(_raises(error))


class _Holder:
    def __init__(self) -> None:
        self._calls = self
        self.ended = 0

    async def numbers(self, fails: BaseException | None = None) -> AsyncGenerator[int, None]:
        try:
            yield 1
            if fails is not None:
                raise fails
            yield 2
        finally:
            self.ended += 1


_numbers = blocking_iterator(_Holder.numbers)


class TestIterators:
    def test_all_items_come(self) -> None:
        holder = _Holder()

        assert (list(_numbers(holder)), holder.ended) == ([1, 2], 1)

    def test_who_breaks_off_ends_what_makes_them(self) -> None:
        holder = _Holder()

        for number in _numbers(holder):
            if number == 1:
                break

        assert holder.ended == 1

    @pytest.mark.parametrize("error", [StopIteration(), StopAsyncIteration()], ids=repr)
    def test_an_error_that_ends_iterations_does_not_end_this_one_in_silence(
        self, error: Exception
    ) -> None:
        holder = _Holder()

        with pytest.raises(RuntimeError):
            list(_numbers(holder, error))

        assert holder.ended == 1

    def test_what_is_never_iterated_over_is_forgotten_in_silence(self) -> None:
        _numbers(_Holder())
        gc.collect()


@pytest.mark.parametrize(("plain", "awaited"), PAIRS)
def test_both_faces_have_the_same_methods_with_the_same_arguments(
    plain: type, awaited: type
) -> None:
    def public(kind: type) -> dict[str, list[inspect.Parameter]]:
        return {
            name: list(inspect.signature(member).parameters.values())
            for name, member in vars(kind).items()
            if not name.startswith("_") and callable(member)
        }

    assert public(plain) == public(awaited)
    assert all(inspect.getdoc(getattr(plain, name)) for name in public(plain))


class TestInsideOfAnEventLoop:
    """Somebody calls the blocking client from a coroutine: it blocks, and nothing else happens."""

    def _run(self, calls: Any) -> Any:
        async def main() -> Any:
            return calls()

        return asyncio.run(main())

    def test_calls_are_answered(self, blocking_service: Service) -> None:
        blocking_service.on("POST", TOKEN_URL, granted())
        blocking_service.on("GET", f"{ASSETS}/{ASSET_ID}", shown(view()))

        def calls() -> Asset:
            with blocking_service.client(client_credentials()) as client:
                return client.assets.get(ASSET_ID)

        assert self._run(calls).asset_id == ASSET_ID

    def test_files_are_downloaded(self, blocking_service: Service, tmp_path: Path) -> None:
        whole = httpx.Response(200, stream=InPieces(MODEL + b"too much"))
        blocking_service.on("GET", URL, whole, httpx.Response(200, stream=InPieces(MODEL)))
        asset = Asset.model_validate(completed_view())

        def calls() -> dict[str, Path]:
            return blocking_service.client().assets.download(asset, tmp_path)

        assert self._run(calls)["model"].read_bytes() == MODEL

    def test_a_listing_may_be_left_early(self, blocking_service: Service) -> None:
        page = {"data": [view(), view()], "next_cursor": "c1"}
        blocking_service.on("GET", ASSETS, httpx.Response(200, json=page))

        def calls() -> str:
            return next(iter(blocking_service.client().assets.list())).asset_id

        assert self._run(calls) == ASSET_ID
        assert len(blocking_service.requests) == 1

    def test_a_report_that_is_left_early_leaves_nothing_at_once(
        self, blocking_service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        row = b'{"line":1,"custom_id":null,"asset_id":null,"outcome":"rejected"}\n'
        file = file_view(row * 2, name="results", filename="results.jsonl", url=URL)
        batch = Batch.model_validate(batch_view("completed", files=[file], batch_id=BATCH_ID))
        blocking_service.on("GET", URL, httpx.Response(200, content=row * 2))

        def calls() -> list[Path]:
            results: Any = blocking_service.client().batches.results(batch)
            next(results)
            results.close()
            return list(tmp_path.iterdir())

        assert self._run(calls) == []


class _Counting(httpx.BaseTransport):
    """Counts answers that are open."""

    def __init__(self) -> None:
        self.open = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.open += 1
        counting = self

        class Body(httpx.SyncByteStream):
            def __iter__(self) -> Iterator[bytes]:
                yield from InPieces(MODEL)

            def close(self) -> None:
                counting.open -= 1

        return httpx.Response(200, stream=Body())


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_a_download_that_is_stopped_gives_its_connection_back(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    transport = _Counting()

    def interrupt(moved: Any) -> None:
        if moved.done:
            raise stop

    with Client("https://api.example", transport=transport) as client, pytest.raises(stop):
        client.assets.download(Asset.model_validate(completed_view()), tmp_path, interrupt)

    assert transport.open == 0
