"""The OpenAPI document: valid in itself, complete, and true of real answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from meshmill.http.errors import CODES
from tests.faults.emptied import empty
from tests.support import tokens
from tests.support.cloud import BASE_URL, Cloud
from tests.unit.http.json_schema import resolved, violations

ROCK = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    empty()
    return standing


@pytest.fixture
def document(cloud: Cloud) -> dict[str, Any]:
    members: dict[str, Any] = cloud.request("GET", "/api/v1/openapi.json").json
    return members


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def walk(value: Any) -> Iterator[Any]:
    yield value
    for member in value.values() if isinstance(value, dict) else value:
        if isinstance(member, dict | list):
            yield from walk(member)


def assert_fits(document: dict[str, Any], name: str, value: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{name}"}
    assert violations(value, schema, document) == []


def test_the_document_has_the_structure_of_openapi_3_1(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert {"title", "version"} <= document["info"].keys()
    assert set(document) <= {"openapi", "info", "servers", "paths", "components", "tags"}
    assert document["servers"] == [{"url": BASE_URL}]
    for method, path, operation in operations(document):
        assert path.startswith("/api/v1/")
        assert method in METHODS
        assert operation["responses"]
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[1-5]\d\d", status)
            assert response["description"]
        in_path = [one for one in operation.get("parameters", []) if one["in"] == "path"]
        assert {one["name"] for one in in_path} == set(re.findall(r"{(\w+)}", path))
        assert all(one["required"] for one in in_path)


def test_operations_have_ids_of_their_own(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = [
        value["$ref"]
        for value in walk(document)
        if isinstance(value, dict) and isinstance(value.get("$ref"), str)
    ]
    assert references
    for reference in references:
        assert isinstance(resolved(reference, document), dict)


def test_every_security_requirement_names_a_scheme(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    for _, _, operation in operations(document):
        for requirement in operation["security"]:
            assert requirement.keys() <= schemes.keys()


def test_every_route_is_documented_and_every_documented_route_answers(
    cloud: Cloud, document: dict[str, Any]
) -> None:
    for method, path, operation in operations(document):
        if path.startswith("/api/v1/status/"):
            continue
        concrete = path.replace("{asset_id}", "00000000-0000-5000-8000-000000000000").replace(
            "{name}", "rock"
        )
        reply = cloud.request(method.upper(), concrete, bearer=tokens.token())
        assert str(reply.status) in operation["responses"]
        assert reply.status != 405


def test_every_code_of_the_contract_is_in_the_error_schema(document: dict[str, Any]) -> None:
    error = document["components"]["schemas"]["Error"]["properties"]["error"]
    assert set(error["properties"]["code"]["enum"]) == set(CODES)


def test_the_example_is_a_request_that_works(cloud: Cloud, document: dict[str, Any]) -> None:
    content = document["paths"]["/api/v1/assets"]["post"]["requestBody"]["content"]
    example = content["application/json"]["example"]
    assert_fits(document, "AssetRequest", example)
    assert cloud.create(example).status == 202


def test_the_assets_life_fits_its_schema_at_every_step(
    cloud: Cloud, document: dict[str, Any]
) -> None:
    body = ROCK | {"labels": {"team": "a"}, "custom_id": "rock 1"}
    created = cloud.create(body).json
    assert_fits(document, "CreatedAsset", created)
    assert_fits(document, "CreatedAsset", cloud.create(body).json)
    assert_fits(document, "Asset", cloud.poll(created["status_url"]).json)
    listed = cloud.request("GET", "/api/v1/assets", bearer=tokens.token()).json
    assert_fits(document, "AssetPage", listed)


def test_every_kind_of_refusal_fits_the_error_schema(
    cloud: Cloud, document: dict[str, Any]
) -> None:
    for reply in (
        cloud.create({}),
        cloud.create({"format": "stl", "parameters": {}}),
        cloud.request("GET", "/api/v1/assets"),
        cloud.request("GET", "/nowhere"),
        cloud.request("PUT", "/api/v1/assets"),
    ):
        assert reply.status >= 400
        assert_fits(document, "Error", reply.json)


@pytest.mark.parametrize("body", [{}, {"format": "gltf"}, {"format": "gltf", "parameters": 1}])
def test_what_the_request_schema_refuses_the_api_refuses_too(
    cloud: Cloud, document: dict[str, Any], body: dict[str, Any]
) -> None:
    schema = {"$ref": "#/components/schemas/AssetRequest"}
    assert violations(body, schema, document)
    assert cloud.create(body).status == 400
