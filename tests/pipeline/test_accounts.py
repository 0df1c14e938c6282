"""Export and erasure of an account, over HTTP and through the account function, on moto."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions.account import handler as account_function
from functions.api import handler as api_function
from meshmill.aws.clock import SystemClock
from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.domain import identity
from meshmill.domain.api_keys import KeyCredential
from tests.fakes.clock import FakeClock
from tests.support import tables, tokens
from tests.support.cloud import Cloud, Context, Reply

EVENTS = Path(__file__).resolve().parents[2] / "events"
ADA = identity.user_id(tokens.ISSUER, "ada")
ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock"}}
EXPORT, ACCOUNT = "/api/v1/users/me/export", "/api/v1/users/me"
CREDENTIAL = KeyCredential("a" * 16, "s" * 43)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The functions' time, which tests advance; it begins now, for the tokens' sake."""
    clock = FakeClock(int(time.time() * 1000))
    monkeypatch.setattr(SystemClock, "now_ms", lambda _: clock.now_ms())
    return clock


def manage(cloud: Cloud, method: str, path: str, *, subject: str = "ada", **further: Any) -> Reply:
    bearer = tokens.token(subject, permissions=["account:manage"], exp=4_000_000_000)
    return cloud.request(method, path, bearer=bearer, **further)


def issue_key(cloud: Cloud, user_id: str = ADA) -> str:
    item: dict[str, Any] = {
        "key_id": {"S": CREDENTIAL.key_id},
        "secret_sha256": {"S": CREDENTIAL.secret_sha256},
        "user_id": {"S": user_id},
        "permissions": {"L": [{"S": "assets:read"}]},
        "name": {"S": "for a test"},
        "created_at": {"N": "1800000000000"},
    }
    cloud.dynamodb.put_item(TableName=tables.API_KEYS, Item=item)
    return str(CREDENTIAL)


def run_to_end(cloud: Cloud, clock: FakeClock, status_url: str) -> Any:
    for _ in range(10):
        cloud.work_on_accounts()
        receipt = cloud.poll(status_url).json
        if receipt["status"] == "completed":
            return receipt
        clock.advance(60_000)
    raise AssertionError("it never ends")


def test_an_export_is_asked_for_made_and_downloaded(cloud: Cloud, clock: FakeClock) -> None:
    ids = {cloud.create({**ROCK, "custom_id": f"é{n}", "parameters": {"seed": n}}).json["asset_id"]
           for n in range(3)}  # fmt: skip
    issue_key(cloud)
    cloud.record_changes()

    asked = manage(cloud, "GET", EXPORT)

    assert asked.status == 202
    assert asked.json["object"] == "export"
    assert asked.json["status"] == "pending"
    assert "url" not in asked.json
    assert asked.headers["location"] == asked.json["status_url"]
    assert int(asked.headers["retry-after"]) > 0
    assert cloud.work_on_accounts() == {"completed": 1}

    done = manage(cloud, "GET", EXPORT)

    assert done.status == 200
    data = cloud.s3.get_object(Bucket="artefacts", Key=_key(done.json["url"]))["Body"].read()
    assert len(data) == done.json["bytes"]
    assert done.json["parts"] == [{"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}]
    lines = [json.loads(line) for line in data.splitlines()]
    assert len(lines) == done.json["records"]
    kinds = Counter(line["object"] for line in lines)
    assert kinds == {"account": 1, "asset": 3, "api_key": 1, "audit_record": 4}
    assert {line["asset_id"] for line in lines if line["object"] == "asset"} == ids
    assert "meshmill-export-" in done.json["url"]
    assert done.headers["cache-control"] == "private, no-cache"


def test_asking_again_makes_no_second_export(cloud: Cloud, clock: FakeClock) -> None:
    first = manage(cloud, "GET", EXPORT).json
    again = manage(cloud, "GET", EXPORT).json
    assert again["requested_at"] == first["requested_at"]
    cloud.work_on_accounts()
    done = manage(cloud, "GET", EXPORT)
    clock.advance(1_000)

    assert manage(cloud, "GET", EXPORT).json["completed_at"] == done.json["completed_at"]
    assert len(cloud.keys("exports/")) == 1


def test_an_export_is_polled_without_a_token(cloud: Cloud, clock: FakeClock) -> None:
    asked = manage(cloud, "GET", EXPORT)
    url = asked.json["status_url"]
    waiting = cloud.poll(url)
    assert waiting.json["status"] == "pending"
    assert waiting.headers["cache-control"] == "public, max-age=1"
    assert waiting.headers["retry-after"] == asked.headers["retry-after"]

    done = run_to_end(cloud, clock, url)

    assert done["records"] >= 2
    assert done["url"].startswith("https://")
    assert cloud.poll(url.replace(ADA, identity.user_id(tokens.ISSUER, "grace"))).status == 403
    assert cloud.poll(url.replace("/exports/", "/erasures/")).status == 403


def test_a_finished_job_that_has_not_changed_is_not_sent_again(
    cloud: Cloud, clock: FakeClock
) -> None:
    url = manage(cloud, "GET", EXPORT).json["status_url"]
    run_to_end(cloud, clock, url)
    tag = cloud.poll(url).headers["etag"]

    assert cloud.poll(url, {"if-none-match": tag}).status == 304


def test_an_erasure_leaves_nothing_but_the_receipt_and_the_audit_trail(
    cloud: Cloud, clock: FakeClock
) -> None:
    for seed in range(3):
        cloud.create({**ROCK, "parameters": {"seed": seed}, "labels": {"a": "b"}})
    stays = cloud.create(ROCK, bearer=tokens.token("grace")).json["asset_id"]
    issue_key(cloud)
    for _ in range(2):
        cloud.s3.put_object(Bucket="uploads", Key=f"uploads/{ADA}/b/m.csv", Body=b"x")
    manage(cloud, "GET", EXPORT)
    cloud.work_on_accounts()

    asked = manage(cloud, "DELETE", ACCOUNT)

    assert (asked.status, asked.json["object"]) == (202, "erasure")
    assert asked.headers["location"] == asked.json["status_url"]
    receipt = run_to_end(cloud, clock, asked.json["status_url"])
    assert receipt["deleted"] == {"assets": 3, "batches": 0, "api_keys": 1, "files": 3}
    assert receipt["completed_at"] is not None
    assert [item["asset_id"]["S"] for item in cloud.records()] == [stays]
    assert cloud.keys(f"exports/{ADA}/") == []
    versions = cloud.s3.list_object_versions(Bucket="uploads")
    assert "Versions" not in versions
    assert cloud.dynamodb.scan(TableName=tables.API_KEYS)["Items"] == []
    for bucket in cloud.dynamodb.scan(TableName=tables.RATE_LIMITS)["Items"]:
        assert "fenced_until" not in bucket
        assert int(bucket["expires_at"]["N"]) <= clock.now_ms() // 1000 + 300
    actions = [item["action"]["S"] for item in cloud.audited(ADA)]
    assert actions.count("account.erased") == 1


def test_a_fenced_user_is_kept_out_by_token_and_by_key_and_told_where_to_look(
    cloud: Cloud, clock: FakeClock
) -> None:
    key = issue_key(cloud)
    asset = cloud.create(ROCK).json
    assert cloud.request("GET", "/api/v1/assets", headers={"x-api-key": key}).status == 200
    manage(cloud, "DELETE", ACCOUNT)
    cloud.work_on_accounts()

    refused = [
        cloud.create({**ROCK, "priority": 9}),
        cloud.request("GET", f"/api/v1/assets/{asset['asset_id']}", bearer=tokens.token()),
        manage(cloud, "GET", EXPORT),
        # The process remembers the key, which is gone.
        cloud.request("GET", "/api/v1/assets", headers={"x-api-key": key}),
    ]

    assert [(each.status, each.code) for each in refused] == [(409, "INVALID_STATE")] * 4
    for each in refused:
        assert cloud.poll(each.json["error"]["details"]["status_url"]).json["object"] == "erasure"
        assert "x-ratelimit-remaining" in each.headers


def test_a_repeated_deletion_answers_the_standing_receipt(cloud: Cloud, clock: FakeClock) -> None:
    cloud.create(ROCK)
    first = manage(cloud, "DELETE", ACCOUNT)
    cloud.work_on_accounts()
    clock.advance(1_000)

    again = manage(cloud, "DELETE", ACCOUNT)

    assert again.status == 202
    assert again.json["requested_at"] == first.json["requested_at"]
    assert again.json["deleted"] == {"assets": 1, "batches": 0, "api_keys": 0, "files": 0}


def test_who_was_erased_may_start_anew(cloud: Cloud, clock: FakeClock) -> None:
    first = cloud.create(ROCK)
    receipt_url = manage(cloud, "DELETE", ACCOUNT).json["status_url"]
    run_to_end(cloud, clock, receipt_url)

    anew = cloud.create(ROCK)

    assert (first.status, anew.status) == (202, 202)
    assert anew.json["asset_id"] == first.json["asset_id"]
    assert cloud.poll(receipt_url).json["status"] == "completed"


def test_a_message_of_an_erased_asset_does_nothing(cloud: Cloud, clock: FakeClock) -> None:
    cloud.create(ROCK)
    run_to_end(cloud, clock, manage(cloud, "DELETE", ACCOUNT).json["status_url"])

    assert cloud.work() == 1

    assert cloud.records() == []
    assert cloud.waiting() == 0


@pytest.mark.parametrize(("method", "path"), [("GET", EXPORT), ("DELETE", ACCOUNT)])
def test_it_takes_the_permission(cloud: Cloud, method: str, path: str) -> None:
    answer = cloud.request(method, path, bearer=tokens.token(permissions=["assets:read"]))

    assert (answer.status, answer.code) == (403, "FORBIDDEN")
    assert answer.json["error"]["details"] == {"required": "account:manage"}
    assert cloud.dynamodb.scan(TableName=tables.ACCOUNT_JOBS)["Items"] == []


@pytest.mark.parametrize(("method", "path"), [("GET", EXPORT), ("DELETE", ACCOUNT)])
def test_it_takes_no_parameters(cloud: Cloud, method: str, path: str) -> None:
    assert manage(cloud, method, path, query="user_id=somebody").code == "VALIDATION_ERROR"


def test_looking_at_the_headers_of_an_export_asks_for_none(cloud: Cloud, clock: FakeClock) -> None:
    before = manage(cloud, "HEAD", EXPORT)
    assert cloud.work_on_accounts() == {}
    manage(cloud, "GET", EXPORT)
    asked = manage(cloud, "HEAD", EXPORT)
    cloud.work_on_accounts()
    done = manage(cloud, "HEAD", EXPORT)

    assert [(each.status, each.text) for each in (before, asked, done)] == [
        (404, ""),
        (202, ""),
        (200, ""),
    ]


def test_an_export_whose_time_is_over_is_not_called_an_asset(
    cloud: Cloud, clock: FakeClock
) -> None:
    url = manage(cloud, "GET", EXPORT).json["status_url"]
    cloud.work_on_accounts()
    clock.advance(3 * 24 * 3_600_000)

    gone = cloud.poll(url)

    assert (gone.status, gone.code) == (404, "NOT_FOUND")
    assert "asset" not in gone.json["error"]["message"]


def test_an_erasure_asked_for_while_another_ends_is_to_be_asked_for_again(
    cloud: Cloud, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    manage(cloud, "DELETE", ACCOUNT)
    cloud.work_on_accounts()
    clock.advance(120_000)
    with monkeypatch.context() as dying:
        dying.setattr(DynamoDbAuditTrail, "record", _fail)
        assert cloud.work_on_accounts() == {"broken": 1}
    cloud.create(ROCK)

    refused = manage(cloud, "DELETE", ACCOUNT)

    assert (refused.status, refused.code) == (503, "SERVICE_UNAVAILABLE")
    assert int(refused.headers["retry-after"]) > 0
    clock.advance(120_000)
    cloud.work_on_accounts()
    run_to_end(cloud, clock, manage(cloud, "DELETE", ACCOUNT).json["status_url"])
    assert cloud.records() == []


def _fail(*_: Any) -> None:
    raise RuntimeError("injected")


def test_other_methods_are_told_which_there_are(cloud: Cloud) -> None:
    assert manage(cloud, "POST", ACCOUNT).status == 405
    assert manage(cloud, "DELETE", EXPORT).status == 405


@pytest.mark.parametrize("name", ["export", "erase"])
def test_the_events_of_the_routes_are_accepted(cloud: Cloud, name: str) -> None:
    event = json.loads((EVENTS / "api" / "account" / f"{name}.json").read_bytes())
    event["headers"]["authorization"] = f"Bearer {tokens.token(permissions=['account:manage'])}"

    context: Any = Context()

    assert api_function.handler(event, context)["statusCode"] == 202


def test_the_account_function_runs_on_the_scheduler_s_payload(cloud: Cloud) -> None:
    event = json.loads((EVENTS / "account" / "scheduled.json").read_bytes())
    context: Any = Context()

    assert account_function.handler(event, context) == {}


def test_without_time_nothing_is_begun(cloud: Cloud, clock: FakeClock) -> None:
    manage(cloud, "GET", EXPORT)

    assert cloud.work_on_accounts(Context(remaining_ms=1_000)) == {}


def test_no_label_and_no_key_reaches_a_log(
    cloud: Cloud, clock: FakeClock, capfd: pytest.CaptureFixture[str]
) -> None:
    cloud.create({**ROCK, "labels": {"canary": "canary-label"}, "custom_id": "canary-id"})
    issue_key(cloud)
    manage(cloud, "GET", EXPORT)
    cloud.work_on_accounts()
    run_to_end(cloud, clock, manage(cloud, "DELETE", ACCOUNT).json["status_url"])

    logged = capfd.readouterr().out
    assert "Account job carried on" in logged
    assert "canary" not in logged
    assert CREDENTIAL.secret not in logged


def _key(url: str) -> str:
    """The object that a presigned URL names, in whichever style."""
    return urlsplit(url).path.lstrip("/").removeprefix("artefacts/")
