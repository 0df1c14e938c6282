"""Stable addresses of an asset's files, each of which leads to a link of the moment."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fakes.engine import CountingEngine
from tests.faults import engine
from tests.faults.emptied import empty
from tests.support import tokens
from tests.support.cloud import BASE_URL, Cloud, Reply

ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
ABSENT = "00000000-0000-5000-8000-000000000000"


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    empty()
    return standing


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> CountingEngine:
    return engine.install(monkeypatch)


@pytest.fixture
def completed(cloud: Cloud, built: CountingEngine) -> dict[str, Any]:
    asset_id = cloud.create(ROCK).json["asset_id"]
    cloud.work()
    asset: dict[str, Any] = read(cloud, f"/api/v1/assets/{asset_id}").json
    return asset


def read(cloud: Cloud, path: str, subject: str = "ada", **further: Any) -> Reply:
    return cloud.request("GET", path, bearer=tokens.token(subject, **further))


def test_an_address_leads_to_a_fresh_link_of_its_file(
    cloud: Cloud, completed: dict[str, Any]
) -> None:
    for file in completed["files"]:
        address = completed["links"]["files"][file["name"]]
        assert address.startswith(f"{BASE_URL}/api/v1/assets/{completed['asset_id']}/files/")
        reply = read(cloud, urlsplit(address).path)
        assert (reply.status, reply.text) == (302, "")
        assert reply.headers["cache-control"] == "private, no-cache"
        link = urlsplit(reply.headers["location"])
        assert link.path == urlsplit(file["url"]).path
        assert parse_qs(link.query)["X-Amz-Expires"] == ["900"]


def test_there_are_no_addresses_before_there_are_files(cloud: Cloud) -> None:
    asset = cloud.create(ROCK).json
    assert "files" not in asset["links"]
    reply = read(cloud, f"/api/v1/assets/{asset['asset_id']}/files/model")
    assert (reply.status, reply.code) == (409, "INVALID_STATE")
    assert reply.json["error"]["details"] == {"status": "pending"}


def test_a_failed_asset_has_no_files_either(cloud: Cloud, built: CountingEngine) -> None:
    asset = cloud.create(ROCK).json
    built.fail_next(*[RuntimeError("no")] * 3)
    for _ in range(3):
        cloud.work()
    reply = read(cloud, f"/api/v1/assets/{asset['asset_id']}/files/model")
    assert (reply.status, reply.code) == (409, "INVALID_STATE")
    assert reply.json["error"]["details"] == {"status": "failed"}


@pytest.mark.parametrize("name", ["model.glb", "Model", "model_lod1", "..", "%2e%2e", "a" * 500])
def test_a_file_that_the_asset_has_not_is_not_found(
    cloud: Cloud, completed: dict[str, Any], name: str
) -> None:
    reply = read(cloud, f"/api/v1/assets/{completed['asset_id']}/files/{name}")
    assert (reply.status, reply.code) == (404, "NOT_FOUND")
    allowed = reply.json["error"]["details"]["allowed"]
    assert allowed == [file["name"] for file in completed["files"]]


def test_another_users_files_are_as_if_they_did_not_exist(
    cloud: Cloud, completed: dict[str, Any]
) -> None:
    foreign = read(cloud, f"/api/v1/assets/{completed['asset_id']}/files/model", "grace")
    absent = read(cloud, f"/api/v1/assets/{ABSENT}/files/model", "grace")
    assert foreign.status == absent.status == 404
    assert foreign.json == absent.json
    assert foreign.headers.keys() == absent.headers.keys()


def test_an_id_that_can_be_none_is_not_found(cloud: Cloud) -> None:
    assert read(cloud, "/api/v1/assets/1/files/model").code == "NOT_FOUND"


def test_reading_files_needs_the_permission_to_read(
    cloud: Cloud, completed: dict[str, Any]
) -> None:
    path = f"/api/v1/assets/{completed['asset_id']}/files/model"
    assert cloud.request("GET", path).code == "UNAUTHORIZED"
    reply = read(cloud, path, permissions=["assets:create"])
    assert (reply.code, reply.json["error"]["details"]) == (
        "FORBIDDEN",
        {"required": "assets:read"},
    )


def test_a_query_is_refused(cloud: Cloud, completed: dict[str, Any]) -> None:
    path = f"/api/v1/assets/{completed['asset_id']}/files/model"
    reply = cloud.request("GET", path, query="download=1", bearer=tokens.token())
    assert reply.code == "VALIDATION_ERROR"
