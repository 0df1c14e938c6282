"""What callers write is never in the logs, and every record is one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.status import handler as status_function
from tests.faults import engine
from tests.support import tokens
from tests.support.cloud import Cloud, gateway_event

MARK = "c4n4ry"
CANARIES = (
    f"{MARK}@example.com",
    f"4111 1111 1111 1111 {MARK}",
    f"{MARK}\r\nINJECTED",
    f'{MARK}"}}\n{{"level":"ERROR","message":"{MARK}',
    f"eyJ{MARK}.eyJ{MARK}.{MARK}",
)
ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}


def in_every_member(cloud: Cloud, canary: str) -> None:
    cloud.create(ROCK | {"labels": {"note": canary}, "custom_id": canary[:64]})
    cloud.create(ROCK | {"labels": {canary[:64]: "x"}})
    cloud.create(ROCK | {canary: canary, "password": canary})
    cloud.create({"format": canary, "parameters": {}})
    cloud.create({"format": "gltf", "parameters": {"generator": canary, "quality": canary}})
    cloud.create({"format": "gltf", "parameters": {"options": {"biome": canary, canary: 1}}})


def in_accepted_labels(cloud: Cloud, canary: str) -> None:
    clean = canary.replace("\r", " ").replace("\n", " ")
    body = ROCK | {"labels": {"note": clean}, "custom_id": clean[:64]}
    reply = cloud.create(body, bearer=tokens.token(canary))
    assert reply.status == 202
    cloud.work()
    assert MARK in cloud.poll(reply.json["status_url"]).text


def in_bodies(cloud: Cloud, canary: str) -> None:
    cloud.create(canary)  # type: ignore[arg-type]
    cloud.create(f'{{"{canary}":')  # type: ignore[arg-type]


def in_paths(cloud: Cloud, canary: str) -> None:
    for method in ("GET", "DELETE", "POST"):
        for path in (f"/{canary}", f"/api/v1/assets/{canary}", f"/api/v1/generators/{canary}"):
            cloud.request(method, path, bearer=tokens.token())


def in_queries(cloud: Cloud, canary: str) -> None:
    for name in ("cursor", "status", "limit", canary):
        cloud.request("GET", "/api/v1/assets", query={name: canary}, bearer=tokens.token())
    cloud.create(ROCK, query={"on_duplicate": canary})


def in_headers(cloud: Cloud, canary: str) -> None:
    for name in ("authorization", "x-api-key", "user-agent", "x-forwarded-for", "accept", "cookie"):
        cloud.request("GET", "/api/v1/assets", headers={name: canary})
    cloud.create(ROCK, headers={"content-type": canary})
    cloud.request("GET", "/api/v1/assets", headers={"authorization": f"Bearer {canary}"})


def in_tokens(cloud: Cloud, canary: str) -> None:
    cloud.create(ROCK, bearer=tokens.token(canary, email=canary))
    cloud.create(ROCK, bearer=tokens.token(canary, permissions=[canary]))
    cloud.create(ROCK, bearer=tokens.token(canary, aud=canary))


def in_status_links(cloud: Cloud, canary: str) -> None:
    query = f"expires={canary}&signature={canary}"
    event = gateway_event("GET", f"/api/v1/status/{canary}/{canary}", query, {}, None)
    event["pathParameters"] = {"kind": canary, "id": canary}
    status_function.handler(event, None)


def in_messages(cloud: Cloud, canary: str) -> None:
    cloud.sqs.send_message(QueueUrl=cloud.queue_urls["standard"], MessageBody=canary)
    for _ in range(6):
        cloud.work()
    assert cloud.bury()


PLACES: dict[str, Callable[[Cloud, str], None]] = {
    place.__name__: place
    for place in (
        in_every_member,
        in_accepted_labels,
        in_bodies,
        in_paths,
        in_queries,
        in_headers,
        in_tokens,
        in_status_links,
        in_messages,
    )
}


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Everything on standard output, each line a JSON object; nothing is on standard error."""
    captured = capsys.readouterr()
    assert captured.err == ""
    return [json.loads(line) for line in captured.out.splitlines()]


@pytest.mark.parametrize("place", PLACES)
def test_no_canary_gets_into_the_logs(
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
) -> None:
    engine.install(monkeypatch)
    for canary in CANARIES:
        PLACES[place](cloud, canary)
    records = lines(capsys)
    # A refused link leaves no record at all.
    assert records or place == "in_status_links"
    assert MARK not in json.dumps(records)
    assert "INJECTED" not in json.dumps(records)


def test_neither_tokens_nor_signing_keys_get_into_the_logs(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.install(monkeypatch)
    bearer = tokens.token()
    url = cloud.create(ROCK, bearer=bearer).json["status_url"]
    cloud.work()
    cloud.poll(url)
    text = json.dumps(lines(capsys))
    for secret in (bearer, bearer.rpartition(".")[2], url.rpartition("=")[2], "current-key"):
        assert secret not in text


def test_a_request_leaves_one_line_with_route_status_and_code(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.request("GET", "/api/v1/assets/00000000-0000-5000-8000-000000000000")
    (record,) = lines(capsys)
    assert (record["level"], record["service"]) == ("INFO", "api")
    assert record["timestamp"].endswith("Z")
    context = record["context"]
    assert (context["method"], context["status"]) == ("GET", 401)
    assert (context["route"], context["code"]) == ("/api/v1/assets/<asset_id>", "UNAUTHORIZED")


def test_every_record_has_the_same_shape(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.install(monkeypatch)
    cloud.poll(cloud.create(ROCK).json["status_url"])
    cloud.work()
    records = [line for line in lines(capsys) if "_aws" not in line]
    assert records
    for record in records:
        assert {"timestamp", "level", "message", "context", "service"} <= record.keys()
