"""Who did what to whose data: from requests, through the table's stream, into the audit trail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from functions.api import handler as api_function
from functions.audit import handler as audit_function
from meshmill.aws.audit_items import to_entry
from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.domain import identity
from meshmill.domain.audit import AuditEntry
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.work import UnbuildableSpec
from tests.faults.emptied import empty
from tests.support import tables, tokens
from tests.support.cloud import AUDIT_DAYS, Cloud, Context, Reply

EVENTS = Path(__file__).resolve().parents[2] / "events"
STANDING = "550e8400-e29b-41d4-a716-446655440000"
ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
ADA, GRACE, ROOT = (identity.user_id(tokens.ISSUER, name) for name in ("ada", "grace", "root"))
PERMISSIONS = ["assets:create", "assets:read", "admin:read"]
SECRETS = {"labels": {"client": "canary-label"}, "custom_id": "canary-custom-id"}


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    empty()
    return standing


def written_down(cloud: Cloud, subject: str = ADA) -> list[AuditEntry]:
    """A user's entries, after everything that was changed has been told."""
    while cloud.record_changes():
        pass
    return [to_entry(item) for item in cloud.audited(subject)]


def as_admin(cloud: Cloud, path: str, query: str = "", permissions: Any = PERMISSIONS) -> Reply:
    bearer = tokens.token("root", permissions=permissions)
    headers = {"x-request-id": "an-inspection"}
    return cloud.request("GET", path, bearer=bearer, query=query, headers=headers)


def test_a_request_is_written_down_with_who_when_and_in_which_request(cloud: Cloud) -> None:
    reply = cloud.create(ROCK, headers={"x-request-id": "from-ada-7"})
    (entry,) = written_down(cloud)
    assert (entry.action, entry.actor) == ("asset.created", f"user:{ADA}")
    assert (entry.target, entry.request_id) == (f"asset:{reply.json['asset_id']}", "from-ada-7")
    (record,) = cloud.records()
    assert entry.at == int(record["created_at"]["N"])
    (item,) = cloud.audited(ADA)
    kept = int(item["expires_at"]["N"]) - entry.at // 1000
    assert kept == AUDIT_DAYS * 24 * 60 * 60


def test_nothing_is_written_down_before_the_answer(cloud: Cloud) -> None:
    cloud.create(ROCK)
    assert cloud.audited(ADA) == []


def test_every_change_that_is_asked_for_is_one_entry_and_the_workers_are_none(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise UnbuildableSpec("injected")

    monkeypatch.setattr("meshmill.engine.GeometryEngine.generate", refuse)
    asset_id = cloud.create(ROCK | {"priority": 1}).json["asset_id"]
    cloud.create(ROCK | {"priority": 5})
    cloud.create(ROCK | {"priority": 5})
    cloud.work("standard")
    cloud.create(ROCK)
    cloud.work("standard")
    path = f"/api/v1/assets/{asset_id}"
    assert cloud.request("DELETE", path, bearer=tokens.token()).status == 204
    actions = [entry.action for entry in written_down(cloud)]
    assert sorted(actions) == [
        "asset.created",
        "asset.deleted",
        "asset.promoted",
        "asset.requeued",
    ]


def test_what_callers_write_reaches_neither_trail_nor_quarantine(cloud: Cloud) -> None:
    cloud.create(ROCK | SECRETS)
    (record,) = cloud.changes.waiting()
    broken = {**record["dynamodb"]["NewImage"], "updated_at": {"S": "yesterday"}}
    told = {**record, "dynamodb": {**record["dynamodb"], "NewImage": broken}}
    assert audit_function.handler({"Records": [told]}, Context()) == {"batchItemFailures": []}
    (key,) = cloud.keys("quarantine/asset_changes/")
    kept = cloud.s3.get_object(Bucket="artefacts", Key=key)["Body"].read().decode()
    assert "canary" not in kept
    assert record["eventID"] in kept
    written_down(cloud)
    assert "canary" not in str(cloud.audited(ADA))


def test_a_batch_told_again_changes_nothing(cloud: Cloud) -> None:
    for seed in range(3):
        cloud.create({"format": "gltf", "parameters": {"seed": seed}})
    event = {"Records": cloud.changes.waiting()}
    audit_function.handler(event, Context())
    written = cloud.audited(ADA)
    audit_function.handler(event, Context())
    assert cloud.audited(ADA) == written
    assert len(written) == 3


def test_what_can_not_be_written_now_is_delivered_again_from_there_on(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    bearer = tokens.token(permissions=PERMISSIONS)
    for seed in range(30):
        cloud.create({"format": "gltf", "parameters": {"seed": seed}}, bearer=bearer)
    record, calls = DynamoDbAuditTrail.record, []

    def second_fails(trail: Any, entries: Any) -> None:
        calls.append(len(entries))
        if len(calls) == 2:
            raise DependencyUnavailable("injected")
        record(trail, entries)

    monkeypatch.setattr(DynamoDbAuditTrail, "record", second_fails)
    assert cloud.record_changes() == 30
    assert calls == [25, 5]
    assert len(cloud.changes.waiting()) == 5
    assert len(written_down(cloud)) == 30


def test_an_admin_reads_another_users_asset_and_its_owner_can_be_told_who_did(
    cloud: Cloud,
) -> None:
    created = cloud.create(ROCK).json
    path = f"/api/v1/assets/{created['asset_id']}"
    reply = as_admin(cloud, path)
    assert reply.status == 200
    assert reply.json["asset_id"] == created["asset_id"]
    (entry,) = [one for one in written_down(cloud) if "admin" in one.action]
    assert (entry.action, entry.actor) == ("asset.read_by_admin", f"user:{ROOT}")
    assert (entry.request_id, entry.target) == ("an-inspection", f"asset:{created['asset_id']}")


def test_an_admin_lists_another_users_assets(cloud: Cloud) -> None:
    ids = {
        cloud.create({"format": "gltf", "parameters": {"seed": seed}}).json["asset_id"]
        for seed in range(3)
    }
    first = as_admin(cloud, "/api/v1/assets", f"user_id={ADA}&limit=2")
    cursor = first.json["next_cursor"]
    rest = as_admin(cloud, "/api/v1/assets", f"user_id={ADA}&cursor={cursor}")
    assert {asset["asset_id"] for asset in first.json["data"] + rest.json["data"]} == ids
    seen = [one for one in written_down(cloud) if "admin" in one.action]
    assert [one.action for one in seen] == ["assets.listed_by_admin"] * 2
    assert {one.actor for one in seen} == {f"user:{ROOT}"}


def test_a_cursor_is_good_for_the_listing_that_returned_it_alone(cloud: Cloud) -> None:
    for seed in range(2):
        cloud.create({"format": "gltf", "parameters": {"seed": seed}})
    cursor = as_admin(cloud, "/api/v1/assets", f"user_id={ADA}&limit=1").json["next_cursor"]
    for query in (f"user_id={GRACE}&cursor={cursor}", f"cursor={cursor}"):
        reply = as_admin(cloud, "/api/v1/assets", query)
        assert (reply.status, reply.code) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("own", [f"user_id={ROOT}", ""])
def test_an_admins_own_assets_are_read_without_a_trace(cloud: Cloud, own: str) -> None:
    assert as_admin(cloud, "/api/v1/assets", own).status == 200
    assert written_down(cloud, ROOT) == []


def test_one_may_name_oneself_without_being_an_admin(cloud: Cloud) -> None:
    cloud.create(ROCK)
    query = f"user_id={ADA}"
    reply = cloud.request("GET", "/api/v1/assets", bearer=tokens.token(), query=query)
    assert (reply.status, len(reply.json["data"])) == (200, 1)


def test_without_the_permission_nothing_of_other_users_is_seen(cloud: Cloud) -> None:
    created = cloud.create(ROCK, bearer=tokens.token("grace")).json
    listing = as_admin(cloud, "/api/v1/assets", f"user_id={GRACE}", ["assets:read"])
    assert (listing.status, listing.code) == (403, "FORBIDDEN")
    assert listing.json["error"]["details"] == {"required": "admin:read"}
    nobody = as_admin(cloud, "/api/v1/assets", f"user_id=u{'z' * 32}", ["assets:read"])
    assert nobody.json["error"] == listing.json["error"]
    foreign = as_admin(cloud, f"/api/v1/assets/{created['asset_id']}", "", ["assets:read"])
    assert foreign.code == "NOT_FOUND"
    assert [entry.action for entry in written_down(cloud, GRACE)] == ["asset.created"]


@pytest.mark.parametrize("scope", ["assets/read admin/read", "assets:read admin:read"])
def test_the_permission_may_come_as_a_scope(cloud: Cloud, scope: str) -> None:
    bearer = tokens.token("root", permissions=None, scope=scope)
    query = f"user_id={ADA}"
    assert cloud.request("GET", "/api/v1/assets", bearer=bearer, query=query).status == 200


@pytest.mark.parametrize(
    "given", ["", "ada", "U" + "a" * 32, "u" + "a" * 33, f"{ADA}&user_id={ADA}"]
)
@pytest.mark.parametrize("permissions", [PERMISSIONS, ["assets:read"]], ids=["admin", "user"])
def test_what_can_be_no_users_id_is_a_mistake_of_the_request(
    cloud: Cloud, given: str, permissions: list[str]
) -> None:
    reply = as_admin(cloud, "/api/v1/assets", f"user_id={given}", permissions)
    assert (reply.status, reply.code) == (400, "VALIDATION_ERROR")
    assert reply.json["error"]["details"]["field"] == "user_id"


@pytest.mark.parametrize("query", ["", f"user_id={ADA}"], ids=["one", "listing"])
def test_what_can_not_be_written_down_is_not_shown(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    created = cloud.create(ROCK | SECRETS).json
    path = "/api/v1/assets" if query else f"/api/v1/assets/{created['asset_id']}"

    def refuse(*_: Any) -> None:
        raise DependencyUnavailable("injected")

    monkeypatch.setattr(DynamoDbAuditTrail, "record", refuse)
    reply = as_admin(cloud, path, query)
    assert (reply.status, reply.code) == (503, "SERVICE_UNAVAILABLE")
    assert "canary" not in reply.text


def test_reading_across_users_is_no_permission_to_change_anything(cloud: Cloud) -> None:
    created = cloud.create(ROCK).json
    bearer = tokens.token("root", permissions=[*PERMISSIONS, "assets:delete"])
    path = f"/api/v1/assets/{created['asset_id']}"
    assert cloud.request("DELETE", path, bearer=bearer).code == "NOT_FOUND"
    assert len(cloud.records()) == 1


def test_the_trail_keeps_what_it_was_told_under_the_users_own_key(cloud: Cloud) -> None:
    cloud.create(ROCK)
    written_down(cloud)
    (item,) = cloud.dynamodb.scan(TableName=tables.AUDIT)["Items"]
    assert set(item) == {
        "subject", "at_id", "at", "action", "actor", "request_id", "target", "details",
        "expires_at",
    }  # fmt: skip
    assert item["at_id"]["S"].startswith(f"{int(item['at']['N']):015d}#")


def event(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((EVENTS / name).read_bytes())
    return told


class TestEvents:
    """The events in ``events/`` are what AWS sends, and the functions take them."""

    @pytest.mark.parametrize(
        "path", sorted((EVENTS / "audit").glob("*.json")), ids=lambda it: it.stem
    )
    def test_they_have_the_shape_of_stream_records(self, path: Path) -> None:
        numbers = []
        for record in event(f"audit/{path.name}")["Records"]:
            change = record["dynamodb"]
            assert record["eventSource"] == "aws:dynamodb"
            assert record["eventSourceARN"].split(":")[2:4] == ["dynamodb", record["awsRegion"]]
            assert change["StreamViewType"] == "NEW_AND_OLD_IMAGES"
            assert ("OldImage" in change) == (record["eventName"] == "MODIFY")
            assert change["Keys"] == {"asset_id": change["NewImage"]["asset_id"]}
            numbers.append(int(change["SequenceNumber"]))
        assert numbers == sorted(set(numbers))

    @pytest.mark.parametrize(
        ("name", "actions"),
        [
            ("created", ["asset.created"]),
            ("requeued_and_promoted", ["asset.requeued", "asset.promoted"]),
            ("unreadable", ["asset.created"]),
        ],
    )
    def test_each_is_written_down(self, cloud: Cloud, name: str, actions: list[str]) -> None:
        told = event(f"audit/{name}.json")
        assert audit_function.handler(told, Context()) == {"batchItemFailures": []}
        subject = told["Records"][0]["dynamodb"]["NewImage"]["user_id"]["S"]
        assert [to_entry(item).action for item in cloud.audited(subject)] == actions
        assert len(cloud.keys("quarantine/asset_changes/")) == (name == "unreadable")

    def test_an_admins_requests_are_answered(self, cloud: Cloud) -> None:
        asset_id = cloud.create(ROCK).json["asset_id"]
        one = json.loads(json.dumps(event("api/admin/get_asset.json")).replace(STANDING, asset_id))
        admin = tokens.token("root", permissions=PERMISSIONS)
        for told in (one, event("api/admin/list_assets.json")):
            told["headers"]["authorization"] = f"Bearer {admin}"
            assert api_function.handler(told, Context())["statusCode"] == 200
        assert "asset.read_by_admin" in [entry.action for entry in written_down(cloud)]
