"""Dry runs and estimates, as a client sees them."""

from __future__ import annotations

from typing import Any

import pytest

from meshmill.geometry.registry import GENERATORS
from tests.faults.emptied import empty
from tests.openapi.validation import violations
from tests.support import tokens
from tests.support.cloud import Cloud, Reply

ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
FIGURES = {"triangles", "bytes", "seconds", "megabytes"}


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    empty()
    return standing


def dry_run(cloud: Cloud, body: Any = ROCK, query: str = "dry_run=true") -> Reply:
    return cloud.request("POST", "/api/v1/assets", body, bearer=tokens.token(), query=query)


def test_a_dry_run_answers_the_normalised_request_and_its_estimate(cloud: Cloud) -> None:
    reply = dry_run(cloud, ROCK | {"labels": {"team": "a"}, "priority": 9})
    assert reply.status == 200
    told = reply.json
    assert told["object"] == "estimate"
    assert (told["exists"], told["status"]) == (False, None)
    assert told["parameters"]["options"]["mineral"] == "granite"
    assert (told["format"], told["priority"], told["custom_id"]) == ("gltf", 9, None)
    assert told["labels"] == {"team": "a"}
    assert told["estimate"].keys() == FIGURES
    assert all(told["estimate"][name] > 0 for name in FIGURES)
    assert reply.headers["cache-control"] == "private, no-cache"
    assert "location" not in reply.headers


def test_it_writes_nothing_and_queues_nothing(cloud: Cloud) -> None:
    dry_run(cloud)
    assert cloud.records() == []
    assert [cloud.waiting(lane) for lane in ("express", "standard", "bulk")] == [0, 0, 0]


def test_it_spends_one_token(cloud: Cloud) -> None:
    first, second = dry_run(cloud), dry_run(cloud)
    spent = [int(reply.headers["x-ratelimit-remaining"]) for reply in (first, second)]
    assert spent == [99, 98]


def test_it_names_the_asset_that_the_request_makes_and_then_finds_it(cloud: Cloud) -> None:
    before = dry_run(cloud).json
    asset = cloud.create(ROCK).json
    assert (before["asset_id"], before["spec_id"]) == (asset["asset_id"], asset["spec_id"])
    after = dry_run(cloud).json
    assert after == before | {"exists": True, "status": "pending"}


def test_a_duplicate_is_told_and_not_rejected(cloud: Cloud) -> None:
    cloud.create(ROCK)
    reply = dry_run(cloud, query="dry_run=true&on_duplicate=reject")
    assert (reply.status, reply.json["exists"]) == (200, True)


def test_without_it_the_request_is_carried_out(cloud: Cloud) -> None:
    assert dry_run(cloud, query="dry_run=false").status == 202


@pytest.mark.parametrize("value", ["1", "yes", "True", ""])
def test_another_value_is_refused(cloud: Cloud, value: str) -> None:
    reply = dry_run(cloud, query=f"dry_run={value}")
    assert (reply.status, reply.code) == (400, "VALIDATION_ERROR")
    assert cloud.records() == []


def test_an_invalid_request_is_refused_with_its_violations(cloud: Cloud) -> None:
    reply = dry_run(cloud, {"format": "gltf", "parameters": {"quality": "ultra", "seed": -1}})
    assert reply.status == 400
    assert len(reply.json["error"]["details"]["violations"]) == 2


def test_it_needs_the_permission_to_create(cloud: Cloud) -> None:
    bearer = tokens.token(permissions=["assets:read"])
    reply = cloud.request("POST", "/api/v1/assets", ROCK, bearer=bearer, query="dry_run=true")
    assert reply.code == "FORBIDDEN"


def test_both_answers_fit_the_documented_schemas(cloud: Cloud) -> None:
    document = cloud.request("GET", "/api/v1/openapi.json").json
    schemas = "#/components/schemas/"
    assert violations(dry_run(cloud).json, {"$ref": f"{schemas}DryRun"}, document) == []
    assert violations(
        cloud.request("GET", "/api/v1/generators").json, {"$ref": f"{schemas}Generators"}, document
    ) == []  # fmt: skip
    answer = document["paths"]["/api/v1/assets"]["post"]["responses"]["200"]["content"]
    either = answer["application/json"]["schema"]
    cloud.create(ROCK)
    assert violations(dry_run(cloud).json, either, document) == []
    assert violations(cloud.create(ROCK).json, either, document) == []


@pytest.mark.parametrize("generator", GENERATORS)
def test_the_catalogue_estimates_each_quality(cloud: Cloud, generator: str) -> None:
    estimates = cloud.request("GET", f"/api/v1/generators/{generator}").json["estimates"]
    assert list(estimates) == ["low", "medium", "high"]
    assert all(figures.keys() == FIGURES for figures in estimates.values())
    triangles = [figures["triangles"] for figures in estimates.values()]
    assert triangles == sorted(triangles)
