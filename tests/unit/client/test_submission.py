"""A manifest is announced and uploaded in one call, once."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from meshmill_client import BatchStatus, Transfer
from meshmill_client.errors import BadRequest, Forbidden, IdempotencyConflict
from tests.unit.client.service import (
    BATCH_ID,
    UPLOAD_URL,
    Service,
    awaiting_upload,
    batch_view,
    refused,
    shown,
)

BATCHES = "/api/v1/batches"
LINES = b'{"format":"gltf","parameters":{}}\n' * 5_000
STORED = httpx.Response(204)
FORM_EXPIRED = httpx.Response(403, text="<Error><Code>AccessDenied</Code></Error>")
ROLE_EXPIRED = httpx.Response(400, text="<Error><Code>ExpiredToken</Code></Error>")
TOO_LARGE = httpx.Response(400, text="<Error><Code>EntityTooLarge</Code></Error>")


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "village.jsonl"
    path.write_bytes(LINES)
    return path


def _uploads(service: Service) -> list[httpx.Request]:
    return service.sent("/uploads")


def _keys(service: Service) -> list[str]:
    return [request.headers["Idempotency-Key"] for request in service.sent(BATCHES)]


def test_the_file_is_announced_as_it_is_and_uploaded(service: Service, manifest: Path) -> None:
    service.on("POST", BATCHES, shown(awaiting_upload()))
    service.on("POST", UPLOAD_URL, STORED)

    batch = service.client().batches.submit(str(manifest))

    announced = json.loads(service.requests[0].content)
    assert announced == {
        "filename": "village.jsonl",
        "size": len(LINES),
        "content_type": "application/jsonl",
    }
    assert (batch.batch_id, batch.status) == (BATCH_ID, BatchStatus.AWAITING_UPLOAD)
    assert LINES in _uploads(service)[0].content
    assert "x-api-key" not in _uploads(service)[0].headers


@pytest.mark.parametrize(
    ("name", "told", "sent"),
    [
        ("a.csv", None, "text/csv"),
        ("a.CSV", None, "text/csv"),
        ("a.ndjson", None, "application/x-ndjson"),
        ("a.txt", None, "application/octet-stream"),
        ("a.txt", "text/csv", "text/csv"),
    ],
)
def test_its_type_is_told_by_its_name_unless_given(
    service: Service, tmp_path: Path, name: str, told: str | None, sent: str
) -> None:
    (tmp_path / name).write_bytes(LINES)
    service.on("POST", BATCHES, shown(awaiting_upload()))
    service.on("POST", UPLOAD_URL, STORED)

    service.client().batches.submit(tmp_path / name, content_type=told)

    assert json.loads(service.requests[0].content)["content_type"] == sent


@pytest.mark.parametrize(
    "lost",
    [httpx.ReadTimeout("lost"), refused(503, "SERVICE_UNAVAILABLE")],
    ids=["lost", "503"],
)
def test_an_answer_that_is_lost_makes_no_second_batch(
    service: Service, manifest: Path, lost: httpx.Response | Exception
) -> None:
    service.on("POST", BATCHES, lost, shown(awaiting_upload()))
    service.on("POST", UPLOAD_URL, STORED)

    service.client().batches.submit(manifest)

    first, second = _keys(service)
    assert first == second
    assert len(_uploads(service)) == 1


@pytest.mark.parametrize("refusal", [FORM_EXPIRED, ROLE_EXPIRED], ids=["form", "role"])
def test_for_a_form_that_has_expired_the_same_key_gives_another(
    service: Service, manifest: Path, refusal: httpx.Response
) -> None:
    service.on("POST", BATCHES, shown(awaiting_upload()))
    service.on("POST", UPLOAD_URL, refusal, STORED)

    service.client().batches.submit(manifest, idempotency_key="monday")

    assert _keys(service) == ["monday", "monday"]
    assert [LINES in request.content for request in _uploads(service)] == [True, True]


def test_a_fresh_form_that_is_refused_as_well_is_the_last(service: Service, manifest: Path) -> None:
    service.on("POST", BATCHES, shown(awaiting_upload()))
    service.on("POST", UPLOAD_URL, FORM_EXPIRED)

    with pytest.raises(Forbidden, match="AccessDenied"):
        service.client().batches.submit(manifest)

    assert (len(_keys(service)), len(_uploads(service))) == (2, 2)


def test_what_the_store_finds_wrong_with_the_file_is_told(service: Service, manifest: Path) -> None:
    service.on("POST", BATCHES, shown(awaiting_upload()))
    service.on("POST", UPLOAD_URL, TOO_LARGE)

    with pytest.raises(BadRequest, match="EntityTooLarge"):
        service.client().batches.submit(manifest)

    assert (len(_keys(service)), len(_uploads(service))) == (1, 1)


def test_a_store_that_fails_by_itself_is_asked_again(service: Service, manifest: Path) -> None:
    service.on("POST", BATCHES, shown(awaiting_upload()))
    service.on("POST", UPLOAD_URL, httpx.Response(500), httpx.Response(503), STORED)

    service.client().batches.submit(manifest)

    assert len(_uploads(service)) == 3


def test_a_manifest_that_has_come_already_is_not_uploaded_again(
    service: Service, manifest: Path
) -> None:
    service.on("POST", BATCHES, shown(batch_view("in_progress")))

    batch = service.client().batches.submit(manifest, idempotency_key="monday")

    assert (batch.status, _uploads(service)) == (BatchStatus.IN_PROGRESS, [])


def test_one_that_has_come_by_the_form_that_seemed_refused_is_not_uploaded_again(
    service: Service, manifest: Path
) -> None:
    service.on("POST", BATCHES, shown(awaiting_upload()), shown(batch_view("validating")))
    service.on("POST", UPLOAD_URL, FORM_EXPIRED)

    assert service.client().batches.submit(manifest).status is BatchStatus.VALIDATING


def test_a_key_that_stands_for_another_file_is_told(service: Service, manifest: Path) -> None:
    service.on("POST", BATCHES, refused(409, "IDEMPOTENCY_CONFLICT"))

    with pytest.raises(IdempotencyConflict):
        service.client().batches.submit(manifest, idempotency_key="monday")


def test_how_far_the_upload_is_rises_to_the_whole(service: Service, manifest: Path) -> None:
    service.on("POST", BATCHES, shown(awaiting_upload()))
    service.on("POST", UPLOAD_URL, STORED)
    seen: list[Transfer] = []

    service.client().batches.submit(manifest, on_transfer=seen.append)

    done = [moved.done for moved in seen]
    assert done == sorted(done)
    assert len(done) > 1
    assert seen[-1] == Transfer("village.jsonl", len(LINES), len(LINES))


def test_what_on_transfer_raises_ends_the_upload(service: Service, manifest: Path) -> None:
    def stop(_: Transfer) -> None:
        raise KeyboardInterrupt

    service.on("POST", BATCHES, shown(awaiting_upload()))
    service.on("POST", UPLOAD_URL, STORED)

    with pytest.raises(KeyboardInterrupt):
        service.client().batches.submit(manifest, on_transfer=stop)

    assert _uploads(service) == []


@pytest.mark.parametrize("what", ["nothing", "a directory"])
def test_what_can_not_be_read_is_not_announced(service: Service, tmp_path: Path, what: str) -> None:
    path = tmp_path / "absent" if what == "nothing" else tmp_path

    with pytest.raises(OSError, match=path.name):
        service.client().batches.submit(path)

    assert service.requests == []
