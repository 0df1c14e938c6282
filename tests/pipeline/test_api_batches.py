"""Batches over HTTP, on moto: issued, read, listed, deleted, redriven, and polled by a link."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meshmill.aws.clock import SystemClock
from meshmill.domain import identity
from meshmill.domain.batch import Counts, Phase
from meshmill.domain.chunk_work import RedriveItem, parse_batch_work
from tests.fakes.clock import FakeClock
from tests.faults import engine
from tests.faults.emptied import empty
from tests.pipeline.test_round_trips import counted
from tests.support import tables, tokens
from tests.support.batch_steps import bring_to, count
from tests.support.cloud import BASE_URL, Cloud, Reply

REQUEST: dict[str, Any] = {
    "filename": "Kiesel & Felsen.jsonl",
    "size": 8_192,
    "content_type": "application/jsonl",
}
BATCHES = "/api/v1/batches"
ADA = identity.user_id(tokens.ISSUER, "ada")
PERMISSIONS = ["batches:create", "batches:read"]
MEMBERS = {
    "object", "batch_id", "status", "source", "filename", "size", "content_type", "format",
    "created_at", "updated_at", "started_at", "completed_at", "counts", "percent", "rate", "eta",
    "stalled", "error", "status_url", "links",
}  # fmt: skip


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The functions' time, which tests advance; it begins now, for the tokens' sake."""
    clock = FakeClock(int(time.time()) * 1000)
    monkeypatch.setattr(SystemClock, "now_ms", lambda _: clock.now_ms())
    return clock


@pytest.fixture
def cloud(standing: Cloud, clock: FakeClock) -> Iterator[Cloud]:
    empty()
    yield standing
    empty()


def call(
    cloud: Cloud, method: str, path: str, body: Any = None, *, subject: str = "ada", **further: Any
) -> Reply:
    permissions = further.pop("permissions", PERMISSIONS)
    bearer = tokens.token(subject, permissions=permissions, exp=4_000_000_000)
    return cloud.request(method, path, body, bearer=bearer, **further)


def issue(cloud: Cloud, key: str | None = None, **further: Any) -> Reply:
    headers = {} if key is None else {"idempotency-key": key}
    body = REQUEST | further.pop("changes", {})
    return call(cloud, "POST", BATCHES, body, headers=headers, **further)


def address(batch_id: str) -> str:
    return f"{BATCHES}/{batch_id}"


def done(cloud: Cloud, clock: FakeClock, **sums: int) -> str:
    """The id of a batch whose lines are all counted and reported."""
    batch_id: str = issue(cloud).json["batch_id"]
    bring_to(cloud, batch_id, Phase.REPORTED, clock.now_ms())
    clock.advance(10_000)
    counts = {"accepted": 180, "duplicate": 10, "rejected": 10, "chunks_done": 1} | sums
    count(cloud, batch_id, Counts(updated_at=clock.now_ms(), **counts))
    return batch_id


class TestCreate:
    def test_a_new_batch_comes_with_a_form_for_its_manifest(
        self, cloud: Cloud, clock: FakeClock
    ) -> None:
        reply = issue(cloud)
        assert reply.status == 201
        batch = reply.json
        assert set(batch) == MEMBERS | {"upload"}
        assert batch["status"] == "awaiting_upload"
        assert (batch["filename"], batch["size"]) == (REQUEST["filename"], 8_192)
        assert batch["counts"] == dict.fromkeys(batch["counts"], 0) | {"lines": None}
        assert reply.headers["location"] == batch["links"]["self"]
        assert batch["links"]["self"] == f"{BASE_URL}{address(batch['batch_id'])}"
        assert reply.headers["cache-control"] == "private, no-cache"
        assert reply.headers["retry-after"] == "2"
        assert reply.headers["x-ratelimit-remaining"] == "99"

    def test_its_form_pins_address_type_and_length(self, cloud: Cloud, clock: FakeClock) -> None:
        batch = issue(cloud).json
        fields = batch["upload"]["fields"]
        name = f"manifest-{clock.now_ms()}.jsonl"
        assert fields["key"] == f"uploads/{ADA}/.batches/{batch['batch_id']}/{name}"
        assert fields["Content-Type"] == "application/jsonl"
        conditions = json.loads(base64.b64decode(fields["policy"]))["conditions"]
        assert {"bucket": "uploads"} in conditions
        assert {"key": fields["key"]} in conditions
        assert {"Content-Type": "application/jsonl"} in conditions
        assert ["content-length-range", 1, 1024**3] in conditions
        assert not [one for one in conditions if isinstance(one, list) and one[0] == "starts-with"]
        pinned = {name for one in conditions if isinstance(one, dict) for name in one}
        assert pinned - {"bucket"} == fields.keys() - {"policy", "x-amz-signature"}

    def test_its_form_is_good_for_an_hour(self, cloud: Cloud, clock: FakeClock) -> None:
        policy = json.loads(base64.b64decode(issue(cloud).json["upload"]["fields"]["policy"]))
        hence = time.gmtime(clock.now_ms() // 1000 + 3_600)
        assert policy["expiration"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", hence)

    def test_the_same_key_is_the_same_batch(self, cloud: Cloud, clock: FakeClock) -> None:
        first = issue(cloud, "key-1")
        clock.advance(1_000)
        again = issue(cloud, "key-1")
        assert (first.status, again.status) == (201, 201)
        assert again.json["batch_id"] == first.json["batch_id"]
        assert again.json["created_at"] == first.json["created_at"]
        assert "upload" in again.json
        assert [entry["action"]["S"] for entry in cloud.audited(ADA)] == ["batch.created"]

    def test_the_same_key_for_another_body_is_a_conflict(self, cloud: Cloud) -> None:
        batch_id = issue(cloud, "key-1").json["batch_id"]
        reply = issue(cloud, "key-1", changes={"size": 1})
        assert (reply.status, reply.code) == (409, "IDEMPOTENCY_CONFLICT")
        assert reply.json["error"]["details"] == {"batch_id": batch_id}

    def test_once_its_manifest_is_there_it_has_no_form(
        self, cloud: Cloud, clock: FakeClock
    ) -> None:
        batch_id = issue(cloud, "key-1").json["batch_id"]
        bring_to(cloud, batch_id, Phase.VALIDATING, clock.now_ms())
        again = issue(cloud, "key-1")
        assert (again.status, again.json["status"]) == (201, "validating")
        assert "upload" not in again.json

    def test_without_a_key_each_request_is_a_batch(self, cloud: Cloud) -> None:
        assert issue(cloud).json["batch_id"] != issue(cloud).json["batch_id"]

    @pytest.mark.parametrize("key", ["", " ", "a b", "é", "a\tb", "a\n", "x" * 256])
    def test_a_key_of_another_form_is_refused(self, cloud: Cloud, key: str) -> None:
        reply = issue(cloud, key)
        assert (reply.status, reply.code) == (400, "VALIDATION_ERROR")
        assert reply.json["error"]["details"]["field"] == "Idempotency-Key"

    @pytest.mark.parametrize("key", ["x", "!~" * 127 + "x"])
    def test_a_key_has_1_to_255_visible_characters(self, cloud: Cloud, key: str) -> None:
        assert issue(cloud, key).status == 201

    def test_a_new_batch_costs_two_calls(self, cloud: Cloud) -> None:
        issue(cloud)
        with counted() as calls:
            issue(cloud)
        assert calls == ["UpdateItem", "TransactWriteItems"]

    def test_it_is_written_down_who_asked_for_it(self, cloud: Cloud) -> None:
        headers = {"x-request-id": "order-66"}
        batch_id = call(cloud, "POST", BATCHES, REQUEST, headers=headers).json["batch_id"]
        (entry,) = cloud.audited(ADA)
        assert entry["target"]["S"] == f"batch:{batch_id}"
        assert entry["actor"]["S"] == f"user:{ADA}"
        assert entry["request_id"]["S"] == "order-66"


class TestRead:
    def test_the_owner_reads_it_and_is_told_of_changes_alone(
        self, cloud: Cloud, clock: FakeClock
    ) -> None:
        batch_id = issue(cloud).json["batch_id"]
        first = call(cloud, "GET", address(batch_id))
        held = {"if-none-match": first.headers["etag"]}
        assert (first.status, set(first.json)) == (200, MEMBERS)
        assert call(cloud, "GET", address(batch_id), headers=held).status == 304
        bring_to(cloud, batch_id, Phase.INGESTING, clock.now_ms())
        changed = call(cloud, "GET", address(batch_id), headers=held)
        assert (changed.status, changed.json["status"]) == (200, "in_progress")
        count(cloud, batch_id, Counts(accepted=1, updated_at=clock.now_ms()))
        counted_since = {"if-none-match": changed.headers["etag"]}
        assert call(cloud, "GET", address(batch_id), headers=counted_since).status == 200

    def test_head_tells_the_same_without_a_body(self, cloud: Cloud) -> None:
        batch_id = issue(cloud).json["batch_id"]
        got, head = (call(cloud, method, address(batch_id)) for method in ("GET", "HEAD"))
        assert (head.status, head.text) == (200, "")
        assert head.headers["etag"] == got.headers["etag"]

    def test_a_batch_in_progress_tells_how_far_it_is(self, cloud: Cloud, clock: FakeClock) -> None:
        batch_id = issue(cloud).json["batch_id"]
        bring_to(cloud, batch_id, Phase.INGESTING, clock.now_ms())
        clock.advance(10_000)
        sums = {"accepted": 50, "completed": 40, "duplicate": 6, "rejected": 4}
        count(cloud, batch_id, Counts(updated_at=clock.now_ms(), **sums))
        batch = call(cloud, "GET", address(batch_id)).json
        assert (batch["percent"], batch["rate"], batch["stalled"]) == (25.0, 5.0, False)
        assert batch["counts"]["lines"] == 200
        assert batch["eta"] > batch["updated_at"]
        clock.advance(300_001)
        assert call(cloud, "GET", address(batch_id)).json["stalled"] is True

    def test_a_batch_that_failed_tells_why(self, cloud: Cloud, clock: FakeClock) -> None:
        batch_id = issue(cloud).json["batch_id"]
        bring_to(cloud, batch_id, Phase.FAILED, clock.now_ms())
        reply = call(cloud, "GET", address(batch_id))
        assert reply.json["status"] == "failed"
        assert set(reply.json["error"]) == {"code", "message"}
        assert "retry-after" not in reply.headers

    def test_a_reported_batch_has_files_with_telling_names(
        self, cloud: Cloud, clock: FakeClock
    ) -> None:
        batch = call(cloud, "GET", address(done(cloud, clock, completed=180))).json
        assert (batch["status"], batch["percent"]) == ("completed_with_errors", 100.0)
        names = [file["name"] for file in batch["files"]]
        assert names == ["results", "errors", "results_csv", "errors_csv"]
        saved = [
            parse_qs(urlsplit(file["url"]).query)["response-content-disposition"][0]
            for file in batch["files"]
        ]
        assert "Kiesel_Felsen-results.jsonl" in saved[0]
        assert "Kiesel_Felsen-errors.csv" in saved[3]
        key = f"/batches/{ADA}/{batch['batch_id']}/results.jsonl"
        assert urlsplit(batch["files"][0]["url"]).path.endswith(key)

    @pytest.mark.parametrize("batch_id", ["x", "0" * 36, "550E8400-E29B-41D4-A716-446655440000"])
    def test_what_is_no_id_is_absent(self, cloud: Cloud, batch_id: str) -> None:
        for method, path in (
            ("GET", address(batch_id)),
            ("DELETE", address(batch_id)),
            ("POST", f"{address(batch_id)}/redrive"),
        ):
            assert call(cloud, method, path).code == "NOT_FOUND"


class TestList:
    def test_batches_are_listed_newest_first_by_pages(self, cloud: Cloud, clock: FakeClock) -> None:
        ids = []
        for _ in range(3):
            ids.append(issue(cloud).json["batch_id"])
            clock.advance(1)
        issue(cloud, subject="grace")
        first = call(cloud, "GET", BATCHES, query="limit=2").json
        rest = call(cloud, "GET", BATCHES, query={"cursor": first["next_cursor"]}).json
        listed = [batch["batch_id"] for batch in first["data"] + rest["data"]]
        assert listed == ids[::-1]
        assert rest["next_cursor"] is None
        assert set(first["data"][0]) == MEMBERS

    def test_counts_stand_in_a_listing_as_anywhere(self, cloud: Cloud, clock: FakeClock) -> None:
        batch_id = done(cloud, clock, completed=180)
        (listed,) = call(cloud, "GET", BATCHES).json["data"]
        read = call(cloud, "GET", address(batch_id)).json
        assert listed["counts"] == read["counts"]
        assert listed["status"] == read["status"]

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=x", "status=completed"])
    def test_another_page_is_refused(self, cloud: Cloud, query: str) -> None:
        assert call(cloud, "GET", BATCHES, query=query).code == "VALIDATION_ERROR"

    def test_an_admin_lists_and_reads_anybodys_and_it_is_written_down(self, cloud: Cloud) -> None:
        batch_id = issue(cloud).json["batch_id"]
        admin: dict[str, Any] = {"subject": "admin", "permissions": ["batches:read", "admin:read"]}
        listed = call(cloud, "GET", BATCHES, query=f"user_id={ADA}", **admin)
        assert [batch["batch_id"] for batch in listed.json["data"]] == [batch_id]
        assert call(cloud, "GET", address(batch_id), **admin).status == 200
        actions = [entry["action"]["S"] for entry in cloud.audited(ADA)]
        assert sorted(actions) == [
            "batch.created", "batch.read_by_admin", "batches.listed_by_admin",
        ]  # fmt: skip

    def test_nobody_else_does(self, cloud: Cloud) -> None:
        reply = call(cloud, "GET", BATCHES, query=f"user_id={ADA}", subject="grace")
        assert (reply.status, reply.code) == (403, "FORBIDDEN")


class TestDelete:
    @pytest.mark.parametrize("phase", [Phase.AWAITING_UPLOAD, Phase.VALIDATING, Phase.FAILED])
    def test_a_batch_of_which_nothing_has_begun_goes(
        self, cloud: Cloud, clock: FakeClock, phase: Phase
    ) -> None:
        batch_id = issue(cloud).json["batch_id"]
        bring_to(cloud, batch_id, phase, clock.now_ms())
        clock.advance(1)
        reply = call(cloud, "DELETE", address(batch_id))
        assert (reply.status, reply.text) == (204, "")
        assert call(cloud, "GET", address(batch_id)).status == 404
        assert call(cloud, "DELETE", address(batch_id)).status == 404
        assert call(cloud, "GET", BATCHES).json["data"] == []
        actions = [entry["action"]["S"] for entry in cloud.audited(ADA)]
        assert actions == ["batch.created", "batch.deleted"]

    @pytest.mark.parametrize("phase", [Phase.INGESTING, Phase.REPORTED])
    def test_one_that_has_begun_stays(self, cloud: Cloud, clock: FakeClock, phase: Phase) -> None:
        batch_id = issue(cloud).json["batch_id"]
        bring_to(cloud, batch_id, phase, clock.now_ms())
        reply = call(cloud, "DELETE", address(batch_id))
        assert (reply.status, reply.code) == (409, "INVALID_STATE")
        assert call(cloud, "GET", address(batch_id)).status == 200


class TestRedrive:
    def test_what_failed_is_asked_for_again_once(self, cloud: Cloud, clock: FakeClock) -> None:
        batch_id = done(cloud, clock, completed=170, failed=10)
        assert call(cloud, "GET", address(batch_id)).json["status"] == "completed_with_errors"
        replies = [call(cloud, "POST", f"{address(batch_id)}/redrive") for _ in range(2)]
        for reply in replies:
            assert (reply.status, reply.json["status"]) == (202, "in_progress")
            assert reply.headers["retry-after"] == "2"
        received = cloud.sqs.receive_message(
            QueueUrl=cloud.queue_urls["batch"], MaxNumberOfMessages=10
        )["Messages"]
        assert [parse_batch_work(message["Body"]) for message in received] == [
            RedriveItem(batch_id=batch_id, user_id=ADA, redriving_since=clock.now_ms())
        ]
        actions = [entry["action"]["S"] for entry in cloud.audited(ADA)]
        assert actions == ["batch.created", "batch.redriven"]

    @pytest.mark.parametrize("phase", [Phase.AWAITING_UPLOAD, Phase.VALIDATING, Phase.FAILED])
    def test_of_a_batch_without_lines_nothing_is_asked_for(
        self, cloud: Cloud, clock: FakeClock, phase: Phase
    ) -> None:
        batch_id = issue(cloud).json["batch_id"]
        bring_to(cloud, batch_id, phase, clock.now_ms())
        reply = call(cloud, "POST", f"{address(batch_id)}/redrive")
        assert (reply.status, reply.code) == (409, "INVALID_STATE")
        assert reply.json["error"]["details"]["status"] == phase


class TestStatus:
    def test_a_link_shows_the_batch_without_a_credential_for_seven_days(
        self, cloud: Cloud, clock: FakeClock
    ) -> None:
        issued = issue(cloud).json
        polled = cloud.poll(issued["status_url"])
        assert polled.status == 200
        assert polled.json == {name: issued[name] for name in MEMBERS}
        assert polled.headers["retry-after"] == "2"
        assert polled.headers["cache-control"] == "public, max-age=1"
        clock.advance(7 * 86_400_000 - 1_000)
        assert cloud.poll(issued["status_url"]).status == 200
        clock.advance(1_000)
        assert cloud.poll(issued["status_url"]).code == "LINK_EXPIRED"

    def test_a_poll_costs_one_call(self, cloud: Cloud) -> None:
        url = issue(cloud).json["status_url"]
        cloud.poll(url)
        with counted() as calls:
            cloud.poll(url)
        assert calls == ["Query"]

    def test_an_unchanged_batch_is_not_told_again(self, cloud: Cloud) -> None:
        url = issue(cloud).json["status_url"]
        held = {"if-none-match": cloud.poll(url).headers["etag"]}
        assert cloud.poll(url, held).status == 304
        assert cloud.poll(url, held, "HEAD").status == 304

    def test_once_it_is_over_the_answer_is_for_nobody_else(
        self, cloud: Cloud, clock: FakeClock
    ) -> None:
        url = call(cloud, "GET", address(done(cloud, clock, completed=180))).json["status_url"]
        polled = cloud.poll(url)
        assert polled.headers["cache-control"] == "private, no-cache"
        assert "retry-after" not in polled.headers
        assert len(polled.json["files"]) == 4

    def test_a_deleted_batch_is_absent(self, cloud: Cloud) -> None:
        issued = issue(cloud).json
        call(cloud, "DELETE", address(issued["batch_id"]))
        assert cloud.poll(issued["status_url"]).code == "NOT_FOUND"


class TestWholeWay:
    """Through the functions that split and ingest, and the worker."""

    LINES = (
        {"format": "gltf", "parameters": {"generator": "rock", "seed": 1}, "custom_id": "one"},
        {"format": "gltf", "parameters": {"generator": "rock", "seed": 2}},
        {"format": "gltf", "parameters": {"seed": 1, "generator": "rock"}},
        {"format": "gltf", "parameters": {"generator": "rok"}},
    )

    def upload(self, cloud: Cloud, issued: Any) -> None:
        data = "".join(json.dumps(line) + "\n" for line in self.LINES).encode()
        fields = issued["upload"]["fields"]
        cloud.s3.put_object(
            Bucket="uploads",
            Key=fields["key"],
            Body=data,
            ContentType=fields["Content-Type"],
        )

    def test_a_batch_goes_from_its_form_to_its_files(
        self, cloud: Cloud, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine.install(monkeypatch)
        issued = issue(cloud).json
        self.upload(cloud, issued)
        cloud.run_batches_to_rest()
        running = cloud.poll(issued["status_url"]).json
        assert (running["status"], running["format"]) == ("in_progress", "jsonl")
        assert running["percent"] == 50.0
        cloud.work()
        batch = cloud.poll(issued["status_url"]).json
        assert batch["status"] == "completed_with_errors"
        sums = {"lines": 4, "accepted": 2, "duplicate": 1, "rejected": 1, "completed": 2}
        assert batch["counts"] == dict.fromkeys(batch["counts"], 0) | sums
        assert batch["percent"] == 100.0
        names = [file["name"] for file in batch["files"]]
        assert sorted(names) == ["errors", "errors_csv", "results", "results_csv"]
        results = cloud.s3.get_object(
            Bucket="artefacts", Key=f"batches/{ADA}/{batch['batch_id']}/results.jsonl"
        )["Body"].read()
        outcomes = [json.loads(line)["outcome"] for line in results.splitlines()]
        assert outcomes == ["accepted", "accepted", "duplicate", "rejected"]

    def test_a_batch_that_is_deleted_before_it_is_split_leaves_nothing(self, cloud: Cloud) -> None:
        issued = issue(cloud, "key-1").json
        self.upload(cloud, issued)
        call(cloud, "DELETE", address(issued["batch_id"]))
        cloud.run_batches_to_rest()
        assert cloud.records() == []
        assert cloud.dynamodb.scan(TableName=tables.BATCHES)["Items"] == []

    def test_a_file_of_a_deleted_batch_is_not_the_next_ones_under_the_same_key(
        self, cloud: Cloud, clock: FakeClock
    ) -> None:
        first = issue(cloud, "key-1").json
        call(cloud, "DELETE", address(first["batch_id"]))
        clock.advance(1)
        again = issue(cloud, "key-1").json
        assert again["batch_id"] == first["batch_id"]
        self.upload(cloud, first)
        cloud.run_batches_to_rest()
        assert cloud.poll(again["status_url"]).json["status"] == "awaiting_upload"


@pytest.mark.parametrize(
    ("method", "suffix", "needed"),
    [
        ("POST", "", "batches:create"),
        ("GET", "", "batches:read"),
        ("GET", "/550e8400-e29b-41d4-a716-446655440000", "batches:read"),
        ("DELETE", "/550e8400-e29b-41d4-a716-446655440000", "batches:create"),
        ("POST", "/550e8400-e29b-41d4-a716-446655440000/redrive", "batches:create"),
    ],
)
def test_each_route_needs_its_permission(
    cloud: Cloud, method: str, suffix: str, needed: str
) -> None:
    others = [each for each in [*PERMISSIONS, "assets:read", "assets:create"] if each != needed]
    reply = call(cloud, method, f"{BATCHES}{suffix}", REQUEST, permissions=others)
    assert (reply.status, reply.json["error"]["details"]) == (403, {"required": needed})
    assert cloud.dynamodb.scan(TableName=tables.BATCHES)["Items"] == []
