"""A file appears whole and checked, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from meshmill_client import Asset
from meshmill_client.errors import (
    ChecksumMismatch,
    ConnectionFailed,
    LinkRefused,
    NotReady,
    Truncated,
    UnexpectedAnswer,
)
from tests.unit.client.bodies import Breaks
from tests.unit.client.faces import Answer
from tests.unit.client.service import (
    ASSET_ID,
    MODEL,
    Service,
    completed,
    file_view,
    shown,
    view,
)

URL = "https://store.example/artefacts/model.glb"
FORBIDDEN = httpx.Response(403, text="<Error><Code>AccessDenied</Code></Error>")


def _asset(**changes: Any) -> Asset:
    return Asset.model_validate(completed(**changes))


def _body(data: bytes) -> httpx.Response:
    return httpx.Response(200, content=data)


def test_files_are_stored_under_their_names_in_a_directory_that_is_made(
    service: Service, tmp_path: Path
) -> None:
    preview = file_view(b"png", name="preview", filename="preview.png", url=f"{URL}.png?s")
    service.on("GET", URL, _body(MODEL))
    service.on("GET", f"{URL}.png", _body(b"png"))

    files = service.client().assets.download(
        _asset(files=[file_view(), preview]), tmp_path / "new" / "out"
    )

    assert {name: path.read_bytes() for name, path in files.items()} == {
        "model": MODEL,
        "preview": b"png",
    }
    assert files["preview"] == tmp_path / "new" / "out" / "preview.png"


def test_the_store_is_told_neither_token_nor_key(service: Service, tmp_path: Path) -> None:
    service.on("GET", URL, _body(MODEL))

    service.client().assets.download(_asset(), tmp_path)

    assert not {"authorization", "x-api-key"} & set(service.requests[0].headers)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Truncated),
        (MODEL + b"x", Truncated),
        (MODEL[:-1] + b"\x00", ChecksumMismatch),
    ],
    ids=["empty", "longer", "changed"],
)
def test_bytes_that_are_not_the_file_leave_nothing_and_what_stood_there_stays(
    service: Service, tmp_path: Path, data: bytes, error: type[Exception]
) -> None:
    service.on("GET", URL, _body(data))
    (tmp_path / "model.glb").write_bytes(b"of yesterday")

    with pytest.raises(error, match=r"model\.glb"):
        service.client().assets.download(_asset(), tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["model.glb"]
    assert (tmp_path / "model.glb").read_bytes() == b"of yesterday"


@pytest.mark.parametrize(
    "first",
    [
        httpx.Response(200, stream=Breaks(MODEL[:1000])),
        _body(MODEL[:5]),
        _body(bytes(len(MODEL))),
        httpx.Response(503, text="<Error><Code>SlowDown</Code></Error>"),
    ],
    ids=["reset", "truncated", "changed", "slow down"],
)
def test_a_download_that_fails_in_passing_is_begun_again(
    service: Service, tmp_path: Path, first: httpx.Response
) -> None:
    service.on("GET", URL, first, _body(MODEL))

    files = service.client().assets.download(_asset(), tmp_path)

    assert files["model"].read_bytes() == MODEL
    assert [path.name for path in tmp_path.iterdir()] == ["model.glb"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda _: httpx.Response(200, stream=Breaks(MODEL[:1000])), ConnectionFailed),
        (lambda _: _body(MODEL[:1000]), Truncated),
    ],
    ids=["reset", "shorter"],
)
def test_of_a_download_that_always_breaks_off_a_hidden_beginning_stays(
    service: Service, tmp_path: Path, answer: Answer, error: type[Exception]
) -> None:
    service.on("GET", URL, answer)
    (tmp_path / "model.glb").write_bytes(b"of yesterday")

    with pytest.raises(error):
        service.client().assets.download(_asset(), tmp_path)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "model.glb": b"of yesterday",
        f".model.glb.{file_view()['sha256'][:16]}.part": MODEL[:1000],
    }


def test_an_expired_link_is_minted_anew(service: Service, tmp_path: Path) -> None:
    fresh = file_view(url=f"{URL}.fresh?s")
    service.on("GET", URL, FORBIDDEN)
    service.on("GET", f"/api/v1/assets/{ASSET_ID}", shown(completed(files=[fresh])))
    service.on("GET", f"{URL}.fresh", _body(MODEL))

    files = service.client().assets.download(_asset(), tmp_path)

    assert files["model"].read_bytes() == MODEL


def test_a_link_that_is_refused_twice_is_told(service: Service, tmp_path: Path) -> None:
    service.on("GET", URL, FORBIDDEN)
    service.on("GET", f"/api/v1/assets/{ASSET_ID}", shown(completed()))

    with pytest.raises(LinkRefused):
        service.client().assets.download(_asset(), tmp_path)

    assert len(service.sent("/artefacts/model.glb")) == 2


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../model.glb", "a/b", "a\\b", "c:b", "a\0b", ".profile", "a\x1b[2J"]
)
def test_a_name_that_leads_elsewhere_is_refused(
    service: Service, tmp_path: Path, name: str
) -> None:
    with pytest.raises(UnexpectedAnswer, match="no plain name"):
        service.client().assets.download(_asset(files=[file_view(filename=name)]), tmp_path)

    assert service.requests == []


def test_only_a_completed_asset_can_be_downloaded(service: Service, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="is pending"):
        service.client().assets.download(Asset.model_validate(view()), tmp_path / "out")

    assert not (tmp_path / "out").exists()
