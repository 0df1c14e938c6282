"""A download that breaks off goes on where it was, unless what comes is something else."""

from __future__ import annotations

import gzip
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from meshmill_client import Asset, Transfer
from meshmill_client.errors import ChecksumMismatch, LinkRefused, Truncated
from tests.unit.client.bodies import PIECE, Breaks, InPieces, breaking_after, part, start_of
from tests.unit.client.service import (
    ASSET_ID,
    MODEL,
    NO_RETRIES,
    Service,
    completed,
    file_view,
    shown,
)

URL = "https://store.example/artefacts/model.glb"
ASSET = f"/api/v1/assets/{ASSET_ID}"
HALF = len(MODEL) // 2
BEGINNING = httpx.Response(200, stream=Breaks(MODEL[:HALF]))
EXPIRED = httpx.Response(403, text="<Error><Code>AccessDenied</Code></Error>")


def _asset(**changes: Any) -> Asset:
    return Asset.model_validate(completed(**changes))


def _starts(service: Service) -> list[int]:
    return [start_of(request) for request in service.sent("/artefacts/model.glb")]


def _download(service: Service, folder: Path) -> bytes:
    content = service.client().assets.download(_asset(), folder)["model"].read_bytes()
    assert [path.name for path in folder.iterdir()] == ["model.glb"]
    return content


def test_only_what_is_missing_is_fetched(service: Service, tmp_path: Path) -> None:
    service.on("GET", URL, BEGINNING, part(MODEL, HALF))

    assert _download(service, tmp_path) == MODEL
    assert _starts(service) == [0, HALF]
    assert {request.headers["Accept-Encoding"] for request in service.requests} == {"identity"}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, stream=InPieces(MODEL)),
        httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=gzip.compress(MODEL)),
    ],
    ids=["as it is", "compressed"],
)
def test_a_store_that_passes_the_range_over_gives_the_whole_anew(
    service: Service, tmp_path: Path, answer: httpx.Response
) -> None:
    service.on("GET", URL, BEGINNING, answer)

    assert _download(service, tmp_path) == MODEL
    assert _starts(service) == [0, HALF]


def _other(content_range: str) -> httpx.Response:
    headers = {"Content-Range": content_range} if content_range else {}
    return httpx.Response(206, headers=headers, content=MODEL[HALF:])


@pytest.mark.parametrize(
    "answer",
    [
        _other(f"bytes {HALF - 1}-{len(MODEL) - 1}/{len(MODEL)}"),
        _other(f"bytes {HALF}-{len(MODEL)}/{len(MODEL) + 1}"),
        _other(f"bytes {HALF}-{len(MODEL) - 1}/*"),
        _other("half of it"),
        _other(""),
        httpx.Response(
            206,
            headers=dict(part(MODEL, HALF).headers) | {"Content-Encoding": "gzip"},
            content=gzip.compress(MODEL[HALF:]),
        ),
        httpx.Response(416),
    ],
    ids=["earlier", "longer", "unknown length", "no range", "no header", "compressed", "416"],
)
def test_a_part_that_does_not_go_on_there_is_not_kept(
    service: Service, tmp_path: Path, answer: httpx.Response
) -> None:
    service.on("GET", URL, BEGINNING, answer, httpx.Response(200, stream=InPieces(MODEL)))

    assert _download(service, tmp_path) == MODEL
    assert _starts(service) == [0, HALF, 0]


def test_attempts_are_counted_anew_as_long_as_something_comes_along(
    service: Service, tmp_path: Path
) -> None:
    service.on("GET", URL, breaking_after(MODEL, len(MODEL) // 20))

    assert _download(service, tmp_path) == MODEL
    assert len(_starts(service)) > 15


def test_attempts_end_where_nothing_comes_along(service: Service, tmp_path: Path) -> None:
    service.on("GET", URL, BEGINNING, lambda _: part(MODEL, HALF, Breaks(b"")))

    with pytest.raises(Exception, match="connection reset"):
        service.client().assets.download(_asset(), tmp_path)

    # Two rounds: something came along in the first one.
    assert len(_starts(service)) == 10


def test_a_link_may_expire_twice_during_a_long_file(service: Service, tmp_path: Path) -> None:
    third = len(MODEL) // 3
    service.on(
        "GET",
        URL,
        part(MODEL, 0, Breaks(MODEL[:third])),
        EXPIRED,
        part(MODEL, third, Breaks(MODEL[third : 2 * third])),
        EXPIRED,
        part(MODEL, 2 * third),
    )
    service.on("GET", ASSET, shown(completed()))

    assert _download(service, tmp_path) == MODEL
    assert len(service.sent(ASSET)) == 2


@pytest.mark.parametrize(
    "refusal",
    [EXPIRED, httpx.Response(400, text="<Error><Code>ExpiredToken</Code></Error>")],
    ids=["the link's time", "that of the role that signed it"],
)
def test_a_fresh_link_that_is_refused_as_well_is_the_last(
    service: Service, tmp_path: Path, refusal: httpx.Response
) -> None:
    service.on("GET", URL, BEGINNING, refusal)
    service.on("GET", ASSET, shown(completed()))

    with pytest.raises(LinkRefused):
        service.client().assets.download(_asset(), tmp_path)

    assert (len(_starts(service)), len(service.sent(ASSET))) == (3, 1)


def test_bytes_that_are_not_the_file_are_not_gone_on_from(service: Service, tmp_path: Path) -> None:
    changed = b"x" + MODEL[1:]
    service.on("GET", URL, httpx.Response(200, stream=InPieces(changed)))

    with pytest.raises(ChecksumMismatch):
        service.client(retries=NO_RETRIES).assets.download(_asset(), tmp_path)
    assert list(tmp_path.iterdir()) == []

    service.on("GET", URL, httpx.Response(200, stream=InPieces(MODEL)))
    assert _download(service, tmp_path) == MODEL


def test_a_store_that_fails_by_itself_is_asked_again(service: Service, tmp_path: Path) -> None:
    failed = httpx.Response(500, text="<Error><Code>InternalError</Code></Error>")
    service.on("GET", URL, failed, part(MODEL, 0))

    assert _download(service, tmp_path) == MODEL


class TestOnTransfer:
    def test_it_rises_to_the_whole_also_where_the_download_broke_off(
        self, service: Service, tmp_path: Path
    ) -> None:
        seen: list[Transfer] = []
        service.on("GET", URL, BEGINNING, part(MODEL, HALF))

        service.client().assets.download(_asset(), tmp_path, seen.append)

        assert all(one.done <= other.done for one, other in pairwise(seen))
        assert seen[0] == Transfer("model.glb", 0, len(MODEL))
        assert Transfer("model.glb", PIECE, len(MODEL)) in seen
        assert seen[-1] == Transfer("model.glb", len(MODEL), len(MODEL))

    def test_it_never_passes_the_total(self, service: Service, tmp_path: Path) -> None:
        seen: list[int] = []
        service.on("GET", URL, httpx.Response(200, content=MODEL + b"more"))

        with pytest.raises(Truncated, match="more than the"):
            service.client(retries=NO_RETRIES).assets.download(
                _asset(), tmp_path, lambda moved: seen.append(moved.done)
            )

        assert max(seen) == len(MODEL)

    def test_a_file_without_bytes_is_told_as_well(self, service: Service, tmp_path: Path) -> None:
        seen: list[Transfer] = []
        service.on("GET", URL, httpx.Response(200))

        service.client().assets.download(_asset(files=[file_view(b"")]), tmp_path, seen.append)

        assert set(seen) == {Transfer("model.glb", 0, 0)}

    @pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
    def test_what_it_raises_ends_the_download_and_what_has_come_stays(
        self, service: Service, tmp_path: Path, stop: type[BaseException]
    ) -> None:
        def interrupt(moved: Transfer) -> None:
            if moved.done >= 2 * PIECE:
                raise stop

        service.on("GET", URL, lambda request: part(MODEL, start_of(request)))

        with pytest.raises(stop):
            service.client().assets.download(_asset(), tmp_path, interrupt)

        assert _download(service, tmp_path) == MODEL
        assert _starts(service) == [0, 2 * PIECE]
