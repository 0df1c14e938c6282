"""The OpenAPI document: valid in itself, complete, and true of real answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from functions.api import handler as api_function
from meshmill.domain.batch import Phase
from meshmill.domain.permissions import Permission
from meshmill.http.errors import CODES
from tests.faults.emptied import empty
from tests.openapi.validation import breaches_of_openapi, resolved, violations
from tests.support import tokens
from tests.support.batch_steps import bring_to
from tests.support.cloud import BASE_URL, Cloud, Reply

ROCK = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
MANIFEST = {"filename": "a.jsonl", "size": 8_192, "content_type": "application/jsonl"}
ABSENT = "00000000-0000-5000-8000-000000000000"
#: One template of the gateway, and a path of the document for each kind of link.
STATUS = "/api/v1/status/{}/{}"
#: What the page at /docs loads: no part of the contract.
UNDOCUMENTED = {("GET", "/docs/{}")}


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


def test_the_document_is_one_of_openapi_3_1(document: dict[str, Any]) -> None:
    assert breaches_of_openapi(document) == []
    assert document["servers"] == [{"url": BASE_URL}]


def test_each_operation_declares_the_members_of_its_path(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        parameters = [
            resolved(one["$ref"], document) if "$ref" in one else one
            for one in operation["parameters"]
        ]
        in_path = {one["name"] for one in parameters if one["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path))


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


def test_each_guarded_operation_names_its_permission(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    for _, _, operation in operations(document):
        for requirement in operation["security"]:
            ((scheme, permissions),) = requirement.items()
            assert scheme in schemes
            assert permissions == [Permission(operation["x-permission"])]


def test_the_routes_are_those_that_are_documented(cloud: Cloud, document: dict[str, Any]) -> None:
    cloud.request("GET", "/api/v1/health")
    registered = {
        (method, re.sub("<[^>]+>", "{}", template))
        for template, methods in api_function._api()._methods.items()
        for method in methods
        if method != "HEAD"
    }
    documented = {
        (method.upper(), re.sub("{[^}]+}", "{}", path))
        for method, path, _ in operations(document)
        if method != "head"
    }
    documented = {
        (method, STATUS if path.startswith("/api/v1/status/") else path)
        for method, path in documented
    }
    assert registered - UNDOCUMENTED == documented


def test_each_route_answers_with_a_documented_status_and_its_headers(
    cloud: Cloud, document: dict[str, Any]
) -> None:
    for method, path, operation in operations(document):
        if path.startswith("/api/v1/status/"):
            continue
        concrete = re.sub("{(asset|batch)_id}", ABSENT, path).replace("{name}", "rock")
        every = tokens.token(permissions=list(Permission))
        assert_documented(
            document, operation, cloud.request(method.upper(), concrete, bearer=every)
        )
        assert_documented(document, operation, cloud.request(method.upper(), concrete))


def assert_documented(document: dict[str, Any], operation: dict[str, Any], reply: Reply) -> None:
    """The answer's status is one of the operation's, and it has the headers that are promised."""
    answer = operation["responses"][str(reply.status)]
    answer = resolved(answer["$ref"], document) if "$ref" in answer else answer
    for name, described in answer["headers"].items():
        header = resolved(described["$ref"], document) if "$ref" in described else described
        assert not header.get("required") or name.lower() in reply.headers, (reply, name)


def test_every_code_of_the_contract_is_in_the_error_schema(document: dict[str, Any]) -> None:
    error = document["components"]["schemas"]["Error"]["properties"]["error"]
    assert set(error["properties"]["code"]["enum"]) == set(CODES)


def test_each_example_of_a_request_works(cloud: Cloud, document: dict[str, Any]) -> None:
    content = document["paths"]["/api/v1/assets"]["post"]["requestBody"]["content"]
    for reference in content["application/json"]["examples"].values():
        example = resolved(reference["$ref"], document)["value"]
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
    cloud.work()
    completed = cloud.poll(created["status_url"]).json
    assert completed["status"] == "completed"
    assert_fits(document, "Asset", completed)
    described = document["components"]["schemas"]["Asset"]["properties"]
    assert completed.keys() <= described.keys()


def test_the_batchs_life_fits_its_schema_at_every_step(
    cloud: Cloud, document: dict[str, Any]
) -> None:
    call = partial(cloud.request, bearer=tokens.token())
    issued = call("POST", "/api/v1/batches", MANIFEST).json
    assert_fits(document, "BatchRequest", MANIFEST)
    assert_fits(document, "IssuedBatch", issued)
    assert_fits(document, "Batch", cloud.poll(issued["status_url"]).json)
    for phase in (Phase.VALIDATING, Phase.INGESTING, Phase.REPORTED):
        bring_to(cloud, issued["batch_id"], phase, 1_800_000_000_000)
        assert_fits(document, "Batch", cloud.poll(issued["status_url"]).json)
    failed = call("POST", "/api/v1/batches", MANIFEST).json
    bring_to(cloud, failed["batch_id"], Phase.FAILED, 1_800_000_000_000)
    page = call("GET", "/api/v1/batches").json
    assert_fits(document, "BatchPage", page)
    statuses = {batch["status"]: batch for batch in page["data"]}
    assert set(statuses) == {"completed", "failed"}
    described = document["components"]["schemas"]["Batch"]["properties"]
    assert all(batch.keys() <= described.keys() for batch in page["data"])


@pytest.mark.parametrize("body", [{}, MANIFEST | {"size": 0}, MANIFEST | {"content_type": "a/b"}])
def test_what_the_schema_of_a_batch_refuses_the_api_refuses_too(
    cloud: Cloud, document: dict[str, Any], body: dict[str, Any]
) -> None:
    schema = {"$ref": "#/components/schemas/BatchRequest"}
    assert violations(body, schema, document)
    assert cloud.request("POST", "/api/v1/batches", body, bearer=tokens.token()).status == 400


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
        assert_fits(document, f"{reply.code.title().replace('_', '')}Error", reply.json)


@pytest.mark.parametrize("body", [{}, {"format": "gltf"}, {"format": "gltf", "parameters": 1}])
def test_what_the_request_schema_refuses_the_api_refuses_too(
    cloud: Cloud, document: dict[str, Any], body: dict[str, Any]
) -> None:
    schema = {"$ref": "#/components/schemas/AssetRequest"}
    assert violations(body, schema, document)
    assert cloud.create(body).status == 400
