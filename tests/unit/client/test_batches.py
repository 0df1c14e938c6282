"""Batches: announced, uploaded, followed, downloaded."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from meshmill_client import Batch, BatchStatus
from meshmill_client.errors import BatchFailed, Forbidden, NotReady, WaitTimeout
from tests.unit.client.service import (
    BATCH_ID,
    BATCH_STATUS_URL,
    NO_RETRIES,
    UPLOAD_URL,
    Service,
    awaiting_upload,
    batch_view,
    file_view,
    refused,
    shown,
)

BATCHES = "/api/v1/batches"
STATUS = BATCH_STATUS_URL.partition("?")[0]
REPORT = b'{"line": 1}\n'
REPORT_URL = "https://store.example/batches/results.jsonl"


def _batch(status: str = "in_progress", **changes: object) -> Batch:
    return Batch.model_validate(batch_view(status, **changes))


def _awaiting() -> Batch:
    return Batch.model_validate(awaiting_upload())


def _reported() -> dict[str, object]:
    file = file_view(REPORT, name="results", filename="results.jsonl", url=f"{REPORT_URL}?s=1")
    return batch_view("completed", files=[file])


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "village.jsonl"
    path.write_bytes(b'{"format":"gltf","parameters":{}}\n')
    return path


class TestCreate:
    def test_a_file_is_announced_and_its_form_comes_back(self, service: Service) -> None:
        service.on("POST", BATCHES, shown(awaiting_upload()))

        batch = service.client().batches.create(
            filename="village.jsonl", size=100, content_type="application/jsonl"
        )

        assert json.loads(service.requests[0].content) == {
            "filename": "village.jsonl",
            "size": 100,
            "content_type": "application/jsonl",
        }
        assert batch.status is BatchStatus.AWAITING_UPLOAD
        assert batch.counts.lines is None
        assert batch.upload is not None

    def test_a_batch_announced_without_a_key_has_one_of_its_own(self, service: Service) -> None:
        service.on("POST", BATCHES, httpx.ReadTimeout("lost"), shown(awaiting_upload()))
        client = service.client()

        for _ in range(2):
            client.batches.create(filename="a.csv", size=1, content_type="text/csv")

        first, repeated, another = (
            request.headers["idempotency-key"] for request in service.requests
        )
        assert first == repeated != another

    def test_a_key_names_the_request_also_when_it_is_repeated(self, service: Service) -> None:
        service.on("POST", BATCHES, refused(503, "SERVICE_UNAVAILABLE"), shown(awaiting_upload()))

        service.client().batches.create(
            filename="a.csv", size=1, content_type="text/csv", idempotency_key="monday"
        )

        keys = [request.headers["idempotency-key"] for request in service.requests]
        assert keys == ["monday", "monday"]

    @pytest.mark.parametrize("key", ["", "mon\nday", "m\u00e4rz"])
    def test_a_key_that_no_header_can_have_is_not_replaced_by_another(
        self, service: Service, manifest: Path, key: str
    ) -> None:
        batches = service.client().batches

        with pytest.raises(ValueError, match="no header may have"):
            batches.create(filename="a.csv", size=1, content_type="text/csv", idempotency_key=key)
        with pytest.raises(ValueError, match="no header may have"):
            batches.submit(manifest, idempotency_key=key)

        assert service.requests == []


class TestUpload:
    def test_the_file_comes_last_in_the_form_and_no_credentials_go_with_it(
        self, service: Service, manifest: Path
    ) -> None:
        service.on("POST", UPLOAD_URL, httpx.Response(204))

        service.client().batches.upload(_awaiting(), manifest)

        sent = service.requests[0]
        body = sent.content
        assert body.index(b'name="key"') < body.index(b'name="file"')
        assert body.index(b'name="Content-Type"') < body.index(b'name="file"')
        assert manifest.read_bytes() in body
        assert "x-api-key" not in sent.headers

    def test_it_is_sent_whole_again_when_the_store_did_not_answer(
        self, service: Service, manifest: Path
    ) -> None:
        service.on("POST", UPLOAD_URL, httpx.ReadTimeout("late"), httpx.Response(204))

        service.client().batches.upload(_awaiting(), manifest)

        assert [manifest.read_bytes() in sent.content for sent in service.requests] == [True, True]

    def test_what_the_store_refuses_is_told(self, service: Service, manifest: Path) -> None:
        policy = b"<Error><Code>AccessDenied</Code><Message>Policy expired</Message></Error>"
        service.on("POST", UPLOAD_URL, httpx.Response(403, content=policy))

        with pytest.raises(Forbidden, match="AccessDenied: Policy expired"):
            service.client(retries=NO_RETRIES).batches.upload(_awaiting(), manifest)

    def test_a_batch_without_a_form_takes_no_file(self, service: Service, manifest: Path) -> None:
        with pytest.raises(NotReady, match="is in_progress: it awaits no manifest"):
            service.client().batches.upload(_batch(), manifest)


class TestWait:
    def test_a_batch_is_followed_by_its_signed_link_to_its_end(self, service: Service) -> None:
        service.on(
            "GET",
            STATUS,
            shown(batch_view("validating", lines=None)),
            shown(batch_view(percent=50.0), **{"Retry-After": "2"}),
            shown(batch_view("completed_with_errors", rejected=10, percent=100.0)),
        )
        seen: list[tuple[str, float]] = []

        done = service.client().batches.wait(
            _awaiting(), on_progress=lambda batch: seen.append((batch.status, batch.percent))
        )

        assert done.counts.rejected == 10
        assert seen == [
            ("awaiting_upload", 0.0),
            ("validating", 0.0),
            ("in_progress", 50.0),
            ("completed_with_errors", 100.0),
        ]
        assert service.clock.slept == [0.0, 1.0, 2.0]
        assert all("x-api-key" not in request.headers for request in service.requests)

    def test_a_manifest_that_comes_to_nothing_is_told_with_its_reason(
        self, service: Service
    ) -> None:
        error = {"code": "MANIFEST_EMPTY", "message": "The manifest has no lines"}
        service.on("GET", STATUS, shown(batch_view("failed", error=error)))

        with pytest.raises(BatchFailed, match="MANIFEST_EMPTY: The manifest has no lines") as told:
            service.client().batches.wait(_batch("failed", error=error))

        assert told.value.batch.batch_id == BATCH_ID

    def test_a_batch_that_was_over_when_it_was_seen_may_go_on_since(self, service: Service) -> None:
        going_on, over = batch_view(percent=50.0), batch_view("completed", percent=100.0)
        service.on("GET", STATUS, shown(going_on), shown(over))

        done = service.client().batches.wait(_batch("completed_with_errors"))

        assert done.status is BatchStatus.COMPLETED

    def test_patience_ends(self, service: Service) -> None:
        service.on("GET", STATUS, shown(batch_view(percent=3.0)))

        with pytest.raises(WaitTimeout, match=f"batch {BATCH_ID} is still in_progress") as told:
            service.client().batches.wait(_batch(), timeout=10)

        assert isinstance(told.value.seen, Batch)
        assert told.value.seen.percent == 3.0


class TestDownload:
    def test_reports_are_downloaded_under_their_names(
        self, service: Service, tmp_path: Path
    ) -> None:
        service.on("GET", REPORT_URL, httpx.Response(200, content=REPORT))

        files = service.client().batches.download(
            Batch.model_validate(_reported()), tmp_path / "village"
        )

        assert files == {"results": tmp_path / "village" / "results.jsonl"}
        assert files["results"].read_bytes() == REPORT

    def test_links_that_have_expired_are_minted_anew(
        self, service: Service, tmp_path: Path
    ) -> None:
        service.on("GET", REPORT_URL, httpx.Response(403), httpx.Response(200, content=REPORT))
        service.on("GET", f"{BATCHES}/{BATCH_ID}", shown(_reported()))

        service.client().batches.download(Batch.model_validate(_reported()), tmp_path)

        assert len(service.sent(f"{BATCHES}/{BATCH_ID}")) == 1

    def test_there_is_nothing_before_every_line_is_counted(
        self, service: Service, tmp_path: Path
    ) -> None:
        service.on("GET", f"{BATCHES}/{BATCH_ID}", shown(batch_view()))

        with pytest.raises(NotReady, match="it has no files yet"):
            service.client().batches.download(_batch(), tmp_path / "out")

        assert not (tmp_path / "out").exists()

    def test_a_batch_that_was_seen_before_it_had_files_is_read_anew(
        self, service: Service, tmp_path: Path
    ) -> None:
        service.on("GET", f"{BATCHES}/{BATCH_ID}", shown(_reported()))
        service.on("GET", REPORT_URL, httpx.Response(200, content=REPORT))

        assert service.client().batches.download(_batch(), tmp_path).keys() == {"results"}


def test_an_id_can_not_lead_to_another_path(service: Service) -> None:
    service.on("GET", f"{BATCHES}/..%2Fhealth", refused(404, "NOT_FOUND"))

    with pytest.raises(Exception, match="NOT_FOUND"):
        service.client().batches.get("../health")
