"""What a download leaves beside the file, and who goes on from it."""

from __future__ import annotations

import errno
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from meshmill_client import Asset, Transfer, drafts
from tests.unit.client.bodies import Breaks, part, start_of
from tests.unit.client.service import MODEL, NO_RETRIES, Service, completed, file_view

URL = "https://store.example/artefacts/model.glb"
HALF = len(MODEL) // 2
DRAFT = f".model.glb.{hashlib.sha256(MODEL).hexdigest()[:16]}.part"


def _asset(**changes: Any) -> Asset:
    return Asset.model_validate(completed(**changes))


def _whole_or_rest(request: httpx.Request) -> httpx.Response:
    return part(MODEL, start_of(request))


@pytest.mark.parametrize("done", [0, 1, HALF])
def test_what_an_earlier_process_has_left_is_gone_on_from(
    service: Service, tmp_path: Path, done: int
) -> None:
    (tmp_path / DRAFT).write_bytes(MODEL[:done])
    service.on("GET", URL, _whole_or_rest)
    seen: list[Transfer] = []

    files = service.client().assets.download(_asset(), tmp_path, seen.append)

    assert files["model"].read_bytes() == MODEL
    assert start_of(service.requests[0]) == done
    assert seen[0].done == done
    assert [path.name for path in tmp_path.iterdir()] == ["model.glb"]


def test_what_was_left_whole_only_gets_its_name(service: Service, tmp_path: Path) -> None:
    (tmp_path / DRAFT).write_bytes(MODEL)
    seen: list[Transfer] = []

    files = service.client().assets.download(_asset(), tmp_path, seen.append)

    assert files["model"].read_bytes() == MODEL
    assert (service.requests, seen[-1].done) == ([], len(MODEL))


@pytest.mark.parametrize("left", [bytes(HALF), bytes(len(MODEL)), MODEL + b"more"])
def test_what_was_left_damaged_is_fetched_anew(
    service: Service, tmp_path: Path, left: bytes
) -> None:
    (tmp_path / DRAFT).write_bytes(left)
    service.on(
        "GET",
        URL,
        lambda request: (
            httpx.Response(416) if start_of(request) >= len(MODEL) else _whole_or_rest(request)
        ),
    )

    files = service.client().assets.download(_asset(), tmp_path)

    assert files["model"].read_bytes() == MODEL


def test_a_draft_of_other_content_is_not_gone_on_from(service: Service, tmp_path: Path) -> None:
    (tmp_path / ".model.glb.0123456789abcdef.part").write_bytes(bytes(HALF))
    service.on("GET", URL, _whole_or_rest)

    service.client().assets.download(_asset(), tmp_path)

    assert start_of(service.requests[0]) == 0


def test_a_file_that_stands_already_is_not_fetched(service: Service, tmp_path: Path) -> None:
    (tmp_path / "model.glb").write_bytes(MODEL)
    seen: list[Transfer] = []

    files = service.client().assets.download(_asset(), tmp_path, seen.append)

    assert files == {"model": tmp_path / "model.glb"}
    assert service.requests == []
    assert seen == [Transfer("model.glb", len(MODEL), len(MODEL))]


def test_a_file_of_the_same_size_that_is_another_is_replaced(
    service: Service, tmp_path: Path
) -> None:
    (tmp_path / "model.glb").write_bytes(bytes(len(MODEL)))
    service.on("GET", URL, _whole_or_rest)

    files = service.client().assets.download(_asset(), tmp_path)

    assert files["model"].read_bytes() == MODEL


def test_threads_that_download_the_same_file_at_once_both_have_it_whole(
    blocking_service: Service, tmp_path: Path
) -> None:
    both = threading.Barrier(2, timeout=20)

    def together(request: httpx.Request) -> httpx.Response:
        both.wait()
        return _whole_or_rest(request)

    blocking_service.on("GET", URL, together)
    client = blocking_service.client()

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(lambda _: client.assets.download(_asset(), tmp_path), range(2)))

    assert [files["model"].read_bytes() for files in done] == [MODEL, MODEL]
    assert [path.name for path in tmp_path.iterdir()] == ["model.glb"]


def test_a_draft_that_another_has_just_finished_is_not_written_to(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / DRAFT).write_bytes(MODEL)

    def lock_after_it_got_its_name(*_: object) -> None:
        (tmp_path / DRAFT).replace(tmp_path / "model.glb")

    monkeypatch.setattr("fcntl.flock", lock_after_it_got_its_name)
    service.on("GET", URL, _whole_or_rest)

    files = service.client().assets.download(_asset(), tmp_path)

    assert files["model"].read_bytes() == MODEL
    assert [path.name for path in tmp_path.iterdir()] == ["model.glb"]


def test_where_files_can_not_be_locked_each_download_has_a_draft_of_its_own(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "fcntl", None)
    service.on("GET", URL, httpx.Response(200, stream=Breaks(MODEL[:HALF])))

    with pytest.raises(Exception, match="connection reset"):
        service.client(retries=NO_RETRIES).assets.download(_asset(), tmp_path)
    assert list(tmp_path.iterdir()) == []

    service.on("GET", URL, httpx.Response(200, stream=Breaks(MODEL[:HALF])), part(MODEL, HALF))
    assert service.client().assets.download(_asset(), tmp_path)["model"].read_bytes() == MODEL
    assert [path.name for path in tmp_path.iterdir()] == ["model.glb"]


def test_a_file_system_without_locks_keeps_no_empty_draft(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    service.on("GET", URL, _whole_or_rest)

    service.client().assets.download(_asset(), tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["model.glb"]


def test_a_directory_that_can_not_be_written_to_is_told(service: Service, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"a file")

    with pytest.raises(FileExistsError):
        service.client().assets.download(_asset(files=[file_view()]), tmp_path / "out")
