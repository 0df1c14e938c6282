"""Every refusal of the contract: its status, its code, one envelope, and never a 500."""

from __future__ import annotations

import base64 as b64
import json
from typing import Any

import pytest

from functions.api import handler as api_function
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_limits import DynamoDbRateLimiter
from meshmill.domain.errors import DependencyUnavailable
from tests.faults.emptied import empty
from tests.support import tokens
from tests.support.cloud import Cloud, Context, Reply, gateway_event

ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
ABSENT = "00000000-0000-5000-8000-000000000000"
PROBLEM = {"accept": "application/problem+json"}
LATIN = {"content-type": "text/plain"}


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    empty()
    return standing


def assert_envelope(reply: Reply, status: int, code: str) -> dict[str, Any]:
    """One shape for every refusal; returns the details."""
    assert (reply.status, reply.code) == (status, code)
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-request-id"] == reply.json["request_id"] == "request-1"
    assert set(reply.json) == {"error", "request_id"}
    error = reply.json["error"]
    assert set(error) == {"code", "message", "details"}
    assert error["message"]
    details: dict[str, Any] = error["details"]
    return details


def raw(cloud: Cloud, text: str | None, *, base64: bool = False, **headers: str) -> Reply:
    """Send a body as it is."""
    sent = {"content-type": "application/json", "authorization": f"Bearer {tokens.token()}"}
    event = gateway_event("POST", "/api/v1/assets", "", sent | headers, text)
    event["isBase64Encoded"] = base64
    lambda_context: Any = Context()
    answer = api_function.handler(event, lambda_context)
    return Reply(answer["statusCode"], _lower(answer["headers"]), answer["body"])


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        "null",
        '{"format":"gltf","format":"gltf"}',
        '{"parameters":{"seed":NaN}}',
        '{"parameters":{"seed":1e400}}',
        '{"a":' * 10_000,
        '{"a":"\ud800"}',
        "\ufeff{}",
        '"' + '\\"' * 30_000,
    ],
    ids=range(12),
)
def test_a_body_that_is_no_json_object_is_invalid_json(cloud: Cloud, text: str | None) -> None:
    assert_envelope(raw(cloud, text), 400, "INVALID_JSON")


@pytest.mark.parametrize("text", ["%%%", "é", "e30", "//79"])
def test_a_body_that_does_not_decode_is_invalid_json(cloud: Cloud, text: str) -> None:
    assert_envelope(raw(cloud, text, base64=True), 400, "INVALID_JSON")


def test_a_body_that_the_gateway_has_encoded_is_read(cloud: Cloud) -> None:
    text = b64.b64encode(json.dumps(ROCK).encode()).decode()
    assert raw(cloud, text, base64=True).status == 202


def test_violations_are_told_all_at_once_and_the_first_one_on_top(cloud: Cloud) -> None:
    body = {"format": "gltf", "parameters": {"texture_size": 8192, "seed": -1}, "prio": 1}
    details = assert_envelope(cloud.create(body), 400, "VALIDATION_ERROR")
    assert {entry["field"] for entry in details["violations"]} == {
        "parameters.texture_size",
        "parameters.seed",
        "prio",
    }
    first = details["violations"][0]
    assert {name: details[name] for name in first if name != "message"} == {
        name: value for name, value in first.items() if name != "message"
    }


def test_a_texture_over_4096_is_refused_with_what_is_allowed(cloud: Cloud) -> None:
    body = {"format": "gltf", "parameters": {"texture_size": 8192}}
    details = assert_envelope(cloud.create(body), 400, "VALIDATION_ERROR")
    assert details["value"] == 8192
    assert max(details["allowed"]) == 4096


def test_an_unknown_format_is_an_invalid_format(cloud: Cloud) -> None:
    details = assert_envelope(
        cloud.create({"format": "gltff", "parameters": {}}), 400, "INVALID_FORMAT"
    )
    assert details["field"] == "format"
    assert details["hint"] == "did you mean 'gltf'?"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=ten",
        "limit=1e1",
        "limit=%D9%A1",
        "limit=",
        "limit=5&limit=6",
        "status=done",
        "format=GLTF",
        "generator=moon",
        "cursor=abc",
        "offset=20",
        "&".join(f"a{number}=1" for number in range(40)),
    ],
)
def test_a_query_that_the_listing_does_not_know_is_a_validation_error(
    cloud: Cloud, query: str
) -> None:
    reply = cloud.request("GET", "/api/v1/assets", query=query, bearer=tokens.token())
    assert_envelope(reply, 400, "VALIDATION_ERROR")


def test_a_query_is_refused_on_routes_that_take_none(cloud: Cloud) -> None:
    for path in ("/api/v1/health", "/api/v1/generators", "/api/v1/openapi.json"):
        assert_envelope(cloud.request("GET", path, query="a=1"), 400, "VALIDATION_ERROR")


def test_on_duplicate_takes_two_words(cloud: Cloud) -> None:
    reply = cloud.create(ROCK, query={"on_duplicate": "ignore"})
    details = assert_envelope(reply, 400, "VALIDATION_ERROR")
    assert details["allowed"] == ["return", "reject"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer nonsense"},
        {"authorization": "Basic YWRhOmFkYQ=="},
        {"authorization": "Bearer \ud800.\ud800.\ud800"},
        {"x-api-key": "nonsense"},
        {"x-api-key": f"mm_{'a' * 16}_{'b' * 43}"},
    ],
    ids=range(8),
)
def test_without_a_good_credential_it_is_unauthorized(
    cloud: Cloud, headers: dict[str, str]
) -> None:
    reply = cloud.request("GET", "/api/v1/assets", headers=headers)
    assert assert_envelope(reply, 401, "UNAUTHORIZED") == {}
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert "x-ratelimit-limit" not in reply.headers


def test_two_credentials_at_once_are_none(cloud: Cloud) -> None:
    reply = cloud.request(
        "GET", "/api/v1/assets", headers={"x-api-key": "any"}, bearer=tokens.token()
    )
    assert_envelope(reply, 401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("POST", "/api/v1/assets", "assets:create"),
        ("GET", "/api/v1/assets", "assets:read"),
        ("GET", f"/api/v1/assets/{ABSENT}", "assets:read"),
    ],
)
def test_without_the_permission_it_is_forbidden(
    cloud: Cloud, method: str, path: str, permission: str
) -> None:
    others = [name for name in tokens.PERMISSIONS if name != permission]
    reply = cloud.request(method, path, ROCK, bearer=tokens.token(permissions=others))
    assert assert_envelope(reply, 403, "FORBIDDEN") == {"required": permission}
    assert reply.headers["x-ratelimit-remaining"]


def test_an_unknown_path_is_not_found(cloud: Cloud) -> None:
    for path in ("/", "/api/v1", "/api/v1/asset", "/api/v1/assets/", "/api/v2/assets"):
        assert_envelope(cloud.request("GET", path), 404, "NOT_FOUND")


@pytest.mark.parametrize("asset_id", [ABSENT, "1", "../assets", "%00", ABSENT.replace("-", "")])
def test_an_asset_that_is_not_there_is_not_found(cloud: Cloud, asset_id: str) -> None:
    reply = cloud.request("GET", f"/api/v1/assets/{asset_id}", bearer=tokens.token())
    assert_envelope(reply, 404, "NOT_FOUND")


def test_an_unknown_generator_is_not_found_and_told_the_known_ones(cloud: Cloud) -> None:
    details = assert_envelope(cloud.request("GET", "/api/v1/generators/moon"), 404, "NOT_FOUND")
    assert "rock" in details["allowed"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/assets", "POST, GET, HEAD"),
        ("DELETE", "/api/v1/assets", "POST, GET, HEAD"),
        ("OPTIONS", "/api/v1/assets", "POST, GET, HEAD"),
        ("POST", f"/api/v1/assets/{ABSENT}", "GET, HEAD, DELETE"),
        ("DELETE", f"/api/v1/assets/{ABSENT}/files/model", "GET, HEAD"),
        ("POST", "/api/v1/health", "GET, HEAD"),
        ("PATCH", "/api/v1/generators/rock", "GET, HEAD"),
        ("PUT", f"/api/v1/status/assets/{ABSENT}", "GET, HEAD"),
        ("POST", "/docs", "GET, HEAD"),
    ],
)
def test_a_known_path_with_another_method_names_the_right_ones(
    cloud: Cloud, method: str, path: str, allowed: str
) -> None:
    reply = cloud.request(method, path)
    assert_envelope(reply, 405, "METHOD_NOT_ALLOWED")
    assert reply.headers["allow"] == allowed


def test_a_body_over_64_kib_is_too_large(cloud: Cloud) -> None:
    details = assert_envelope(raw(cloud, " " * (64 * 1024 + 1)), 413, "PAYLOAD_TOO_LARGE")
    assert details == {"allowed": 64 * 1024}
    assert_envelope(raw(cloud, "[" * 100_000), 413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("declared", ["text/plain", "", "application/jsonx", "multipart/form-data"])
def test_a_body_that_is_not_declared_as_json_is_unsupported(cloud: Cloud, declared: str) -> None:
    reply = cloud.create(ROCK, headers={"content-type": declared})
    assert_envelope(reply, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("declared", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_declared_with_a_parameter_and_in_any_case(cloud: Cloud, declared: str) -> None:
    assert cloud.create(ROCK, headers={"content-type": declared}).status == 202


def test_a_duplicate_that_is_not_wanted_is_a_conflict_with_the_id(cloud: Cloud) -> None:
    first = cloud.create(ROCK).json
    reply = cloud.create(ROCK, query={"on_duplicate": "reject"})
    details = assert_envelope(reply, 409, "DUPLICATE_REQUEST")
    assert details == {"asset_id": first["asset_id"]}


def test_over_the_limit_it_is_told_when_to_come_back(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda self: 1_800_000_000_000)
    bearer = tokens.token()
    replies = [cloud.request("GET", "/api/v1/assets", bearer=bearer) for _ in range(100)]
    assert {reply.status for reply in replies} == {200}
    reply = cloud.request("GET", "/api/v1/assets", bearer=bearer)
    details = assert_envelope(reply, 429, "RATE_LIMIT_EXCEEDED")
    assert details == {"bucket": "user", "limit": 100, "retry_after_ms": 600}
    assert reply.headers["retry-after"] == "1"
    assert reply.headers["x-ratelimit-remaining"] == "0"


def test_a_service_behind_us_that_does_not_answer_is_unavailable(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise DependencyUnavailable("DynamoDB is unavailable")

    monkeypatch.setattr(DynamoDbAssets, "create", fail)
    reply = cloud.create(ROCK)
    assert_envelope(reply, 503, "SERVICE_UNAVAILABLE")
    assert int(reply.headers["retry-after"]) > 0


def test_a_limiter_that_does_not_answer_lets_nobody_in(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise DependencyUnavailable("DynamoDB is unavailable")

    monkeypatch.setattr(DynamoDbRateLimiter, "spend", fail)
    assert_envelope(cloud.create(ROCK), 503, "SERVICE_UNAVAILABLE")
    assert cloud.records() == []


def test_an_answer_carries_nothing_of_the_request_before_it(cloud: Cloud) -> None:
    cloud.create(ROCK)
    reply = cloud.request("GET", "/nowhere")
    assert "x-ratelimit-remaining" not in reply.headers
    assert "location" not in reply.headers


REFUSALS: list[tuple[str, str, Any, dict[str, str], int, str]] = [
    ("POST", "/api/v1/assets", "{", {}, 400, "INVALID_JSON"),
    ("POST", "/api/v1/assets", {}, {}, 400, "VALIDATION_ERROR"),
    ("POST", "/api/v1/assets", {"format": "x"}, {}, 400, "INVALID_FORMAT"),
    ("GET", "/api/v1/assets", None, {"authorization": "Bearer x"}, 401, "UNAUTHORIZED"),
    ("GET", "/api/v1/nowhere", None, {}, 404, "NOT_FOUND"),
    ("PUT", "/api/v1/assets", None, {}, 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/api/v1/assets", " " * 70_000, {}, 413, "PAYLOAD_TOO_LARGE"),
    ("POST", "/api/v1/assets", "{}", LATIN, 415, "UNSUPPORTED_MEDIA_TYPE"),
]


@pytest.mark.parametrize(("method", "path", "body", "headers", "status", "code"), REFUSALS)
def test_a_caller_that_asks_for_problem_details_gets_them(
    cloud: Cloud,
    method: str,
    path: str,
    body: Any,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    """RFC 9457."""
    sent = {"authorization": f"Bearer {tokens.token()}", **PROBLEM, **headers}
    reply = cloud.request(method, path, body, headers=sent)
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json
    assert set(problem) == {
        "type", "title", "status", "detail", "instance", "code", "details", "request_id",
    }  # fmt: skip
    assert (problem["status"], problem["code"], problem["instance"]) == (status, code, path)
    assert problem["type"].startswith("urn:meshmill:error:")
    assert problem["title"]
    assert problem["detail"]
