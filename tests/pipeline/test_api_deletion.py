"""Deleting an asset, as a client sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from functions.api import handler as api_function
from meshmill.aws import clients
from meshmill.domain.work import UnbuildableSpec
from tests.faults import engine
from tests.faults.emptied import empty
from tests.support import tokens
from tests.support.cloud import Cloud, Context, Reply

EVENTS = Path(__file__).resolve().parents[2] / "events"
STANDING = "550e8400-e29b-41d4-a716-446655440000"
ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
ABSENT = "/api/v1/assets/00000000-0000-5000-8000-000000000000"


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    empty()
    return standing


def delete(cloud: Cloud, path: str, subject: str = "ada", **claims: Any) -> Reply:
    return cloud.request("DELETE", path, bearer=tokens.token(subject, **claims))


def get(cloud: Cloud, path: str) -> Reply:
    return cloud.request("GET", path, bearer=tokens.token())


def created(cloud: Cloud) -> tuple[dict[str, Any], str]:
    """An asset of ada's, and its path."""
    asset: dict[str, Any] = cloud.create(ROCK).json
    return asset, f"/api/v1/assets/{asset['asset_id']}"


def test_a_deleted_asset_is_gone_from_everywhere_it_was_seen(cloud: Cloud) -> None:
    asset, path = created(cloud)
    reply = delete(cloud, path)
    assert (reply.status, reply.text) == (204, "")
    assert reply.headers["x-request-id"]
    assert int(reply.headers["x-ratelimit-remaining"]) >= 0
    assert get(cloud, path).code == "NOT_FOUND"
    assert get(cloud, "/api/v1/assets").json["data"] == []
    assert cloud.poll(asset["status_url"]).code == "NOT_FOUND"
    assert cloud.records() == []


def test_a_second_deletion_finds_nothing(cloud: Cloud) -> None:
    _, path = created(cloud)
    delete(cloud, path)
    assert delete(cloud, path).code == "NOT_FOUND"


def test_another_users_asset_looks_exactly_like_one_that_does_not_exist(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda self: 1_800_000_000_000)
    _, path = created(cloud)
    foreign, absent = delete(cloud, path, "grace"), delete(cloud, ABSENT, "eve")
    assert (foreign.status, foreign.text) == (404, absent.text)
    assert foreign.headers == absent.headers
    assert len(cloud.records()) == 1


@pytest.mark.parametrize("path", ["/api/v1/assets/7", "/api/v1/assets/%20", f"{ABSENT}x"])
def test_what_can_be_no_assets_id_is_as_absent(cloud: Cloud, path: str) -> None:
    assert delete(cloud, path).code == "NOT_FOUND"


def test_it_takes_a_permission_of_its_own(cloud: Cloud) -> None:
    _, path = created(cloud)
    reply = delete(cloud, path, permissions=["assets:create", "assets:read", "admin:read"])
    assert (reply.status, reply.code) == (403, "FORBIDDEN")
    assert reply.json["error"]["details"] == {"required": "assets:delete"}
    assert len(cloud.records()) == 1


def test_query_parameters_are_refused(cloud: Cloud) -> None:
    _, path = created(cloud)
    reply = cloud.request("DELETE", path, bearer=tokens.token(), query="force=true")
    assert (reply.status, reply.code) == (400, "VALIDATION_ERROR")


def test_an_asset_that_is_being_built_is_in_another_state(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, path = created(cloud)
    met: list[Reply] = []

    def build(*_: Any) -> None:
        met.append(delete(cloud, path))
        raise UnbuildableSpec("injected")

    monkeypatch.setattr("meshmill.engine.GeometryEngine.generate", build)
    cloud.work()
    (reply,) = met
    assert (reply.status, reply.code) == (409, "INVALID_STATE")
    details = {"asset_id": asset["asset_id"], "status": "processing"}
    assert reply.json["error"]["details"] == details
    assert get(cloud, path).json["status"] == "failed"
    assert delete(cloud, path).status == 204


def test_files_outlive_the_record_and_serve_the_next_one(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder = engine.install(monkeypatch)
    asset, path = created(cloud)
    cloud.work()
    keys = cloud.keys()
    assert keys
    assert delete(cloud, path).status == 204
    assert cloud.keys() == keys
    again = cloud.create(ROCK)
    assert (again.status, again.json["asset_id"]) == (202, asset["asset_id"])
    assert again.json["created_at"] >= asset["created_at"]
    cloud.work()
    assert get(cloud, path).json["status"] == "completed"
    assert sum(builder.built.values()) == 1


def test_a_message_that_still_waits_is_acknowledged_and_builds_nothing(cloud: Cloud) -> None:
    _, path = created(cloud)
    delete(cloud, path)
    assert cloud.work() == 1
    assert (cloud.waiting(), cloud.keys(), cloud.records()) == (0, [], [])


def test_asked_for_again_while_the_old_message_waits_it_is_built_once(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder = engine.install(monkeypatch)
    _, path = created(cloud)
    delete(cloud, path)
    created(cloud)
    assert cloud.waiting() == 2
    while cloud.waiting():
        cloud.work()
    assert get(cloud, path).json["attempts"] == 1
    assert sum(builder.built.values()) == 1


def test_a_deletion_costs_three_calls(cloud: Cloud) -> None:
    _, path = created(cloud)
    calls: list[str] = []
    events = clients.dynamodb().meta.events
    events.register("before-call", lambda model, **_: calls.append(model.name), "counted")
    delete(cloud, path)
    events.unregister("before-call", unique_id="counted")
    assert calls == ["UpdateItem", "GetItem", "TransactWriteItems"]


def test_the_event_of_a_deletion_is_answered(cloud: Cloud) -> None:
    asset, _ = created(cloud)
    text = (EVENTS / "api" / "deletion" / "delete_asset.json").read_text()
    event = json.loads(text.replace(STANDING, asset["asset_id"]))
    event["headers"]["authorization"] = f"Bearer {tokens.token()}"
    assert api_function.handler(event, Context())["statusCode"] == 204
