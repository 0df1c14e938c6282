"""What goes wrong inside shows in the logs, and nothing of it in an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.status import handler as status_function
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_limits import DynamoDbRateLimiter
from meshmill.aws.signing_secret import SecretsManagerSigningSecret
from meshmill.aws.sqs_queue import SqsWorkQueue
from tests.support import tokens
from tests.support.cloud import Cloud, Context, gateway_event

ROCK = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
SECRET = "arn:aws:dynamodb:eu-central-1:123456789012:table/inner"
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": SECRET}}, "PutItem")
FAILURES: list[Exception] = [
    RuntimeError(SECRET),
    KeyError(SECRET),
    DENIED,
    RecursionError(SECRET),
    MemoryError(SECRET),
]


def breaking(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


@pytest.mark.parametrize("error", FAILURES, ids=repr)
@pytest.mark.parametrize(
    ("adapter", "method"),
    [
        (DynamoDbRateLimiter, "spend"),
        (DynamoDbAssets, "create"),
        (SqsWorkQueue, "send"),
        (SecretsManagerSigningSecret, "keys"),
    ],
)
def test_an_unforeseen_error_is_a_500_that_tells_nothing(
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    adapter: type,
    method: str,
    error: Exception,
) -> None:
    monkeypatch.setattr(adapter, method, breaking(error))
    reply = cloud.create(ROCK)
    assert (reply.status, reply.code) == (500, "INTERNAL_ERROR")
    assert reply.json["error"]["details"] == {}
    for inner in ("arn:", "dynamodb", type(error).__name__, "Traceback", ".py", method):
        assert inner not in reply.text
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["level"] for line in logged if line["level"] == "ERROR"]
    assert SECRET in json.dumps(logged)


def test_the_same_holds_for_problem_details(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DynamoDbAssets, "create", breaking(RuntimeError(SECRET)))
    reply = cloud.create(ROCK, headers={"accept": "application/problem+json"})
    assert (reply.status, reply.json["code"]) == (500, "INTERNAL_ERROR")
    assert "arn:" not in reply.text


def test_the_same_holds_for_signed_links(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    url = cloud.create(ROCK).json["status_url"]
    monkeypatch.setattr(DynamoDbAssets, "get", breaking(RuntimeError(SECRET)))
    reply = cloud.poll(url)
    assert (reply.status, reply.code) == (500, "INTERNAL_ERROR")
    assert "arn:" not in reply.text


def test_a_status_event_of_another_route_is_a_500_and_no_crash(cloud: Cloud) -> None:
    query = "expires=1&signature=x"
    event = gateway_event("GET", "/api/v1/status", query, {}, None)
    assert status_function.handler(event, None)["statusCode"] == 500


def test_an_error_leaves_nothing_behind_for_the_next_request(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(DynamoDbAssets, "create", breaking(RuntimeError(SECRET)))
        assert cloud.create(ROCK).status == 500
    assert cloud.create(ROCK).status == 202
    assert "retry-after" not in cloud.request("GET", "/api/v1/health").headers


def test_an_unforeseen_error_of_a_worker_is_shown_to_nobody(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshmill.engine.GeometryEngine.generate", breaking(RuntimeError(SECRET)))
    url = cloud.create(ROCK).json["status_url"]
    for _ in range(3):
        cloud.work(context=Context())
    reply = cloud.poll(url)
    assert reply.json["status"] == "failed"
    assert reply.json["error"]["class"] == "system"
    assert "arn:" not in reply.text
    listed = cloud.request("GET", "/api/v1/assets", bearer=tokens.token())
    assert "arn:" not in listed.text
