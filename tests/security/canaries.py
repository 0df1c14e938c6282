"""Texts that must never show in a log, and everywhere that callers can put them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from functions.status import handler as status_function
from tests.security.callers import ROCK, store_key
from tests.security.routes import bearer, caller, declared, filled
from tests.support.cloud import Cloud, Context, gateway_event

MARK = "c4n4ry"
CANARIES = {
    "an e-mail address": f"{MARK}@example.com",
    "a card number": f"4111 1111 1111 1111 {MARK}",
    "a line break": f"{MARK}\r\nINJECTED",
    "a forged record": f'{MARK}"}}\n{{"level":"ERROR","message":"{MARK}',
    "a token": f"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ{MARK}In0.{MARK}",
    "an API key": f"mm_{'a' * 16}_{MARK}{'s' * 37}",
}
#: What logs may hold of headers: ids of requests and traces, in their own strict forms.
_LOGGED_BY_DESIGN = {"x-request-id", "traceparent"}
HEADERS = (
    "authorization", "x-api-key", "user-agent", "x-forwarded-for", "accept", "cookie", "host",
    "content-type", "content-encoding", "accept-encoding", "if-none-match", "origin", "referer",
    "tracestate", "idempotency-key", "x-amzn-trace-id", MARK, *_LOGGED_BY_DESIGN,
)  # fmt: skip
_PARAMETERS = ("generator", "quality", "texture_size", "lods", "seed", "options", MARK)
_OPTIONS = ("biome", "relief_m", MARK)
_QUERIES = ("cursor", "status", "limit", "format", "user_id", "on_duplicate", "dry_run")
_MEMBERS = ("asset_id", "name", "batch_id", "kind", "identifier")
ASSET = "0d1f7c1e-52a4-5b0f-9c53-6f0f5a2d8f31"


def in_members(cloud: Cloud, canary: str) -> None:
    """Every member of the create body, known and unknown, at every depth."""
    bodies: tuple[dict[str, Any], ...] = (
        {"labels": {"note": canary}, "custom_id": canary[:64]},
        {"labels": {canary[:64]: "x"}},
        {"labels": canary},
        {"priority": canary},
        {canary: canary, "password": canary},
        {"format": canary},
        {"parameters": canary},
        *({"parameters": {name: canary}} for name in _PARAMETERS),
        *({"parameters": {"generator": "terrain", "options": {name: canary}}} for name in _OPTIONS),
    )
    for members in bodies:
        assert cloud.create(ROCK | members, bearer=bearer()).status in {200, 202, 400}


def in_accepted_texts(cloud: Cloud, canary: str) -> None:
    """Labels and a custom id go all the way, with the changes of the record written down."""
    clean = canary.replace("\r", " ").replace("\n", " ")
    body = ROCK | {"labels": {"note": clean, clean[:64]: clean}, "custom_id": clean[:64]}
    reply = cloud.create(body, bearer=bearer(canary))
    assert reply.status == 202
    cloud.create(body | {"priority": 9}, bearer=bearer(canary))
    cloud.work()
    cloud.record_changes()
    cloud.reconcile()
    assert MARK in cloud.poll(reply.json["status_url"]).text
    path = f"/api/v1/assets/{reply.json['asset_id']}"
    account = "/api/v1/users/me"
    for method, address in (
        ("GET", path),
        ("GET", f"{path}/files/model"),
        ("GET", f"{account}/export"),
        ("DELETE", path),
        ("DELETE", account),
    ):
        assert cloud.request(method, address, bearer=bearer(canary)).status < 400
        cloud.work_on_accounts()
        cloud.record_changes()


def in_bodies(cloud: Cloud, canary: str) -> None:
    """Bodies that are no JSON, to every route."""
    for method, template in declared(cloud):
        for body in (canary, json.dumps(canary), f'{{"{MARK}":', f'{{"{MARK}":1,"{MARK}":2}}'):
            path = filled(template, asset_id=ASSET)
            cloud.request(method, path, body, bearer=caller(template))


def in_paths(cloud: Cloud, canary: str) -> None:
    """Every member of every path, paths of no route, and methods of none."""
    for method, template in declared(cloud):
        members = dict.fromkeys(_MEMBERS, canary)
        cloud.request(method, filled(template, **members), ROCK, bearer=caller(template))
        cloud.request(canary, filled(template, **members), ROCK, bearer=caller(template))
    cloud.request("GET", f"/{canary}/{canary}", bearer=bearer())


def in_queries(cloud: Cloud, canary: str) -> None:
    """Every parameter of every route, and one that none has."""
    for method, template in declared(cloud):
        for name in (*_QUERIES, canary):
            path = filled(template, asset_id=ASSET, name="rock")
            cloud.request(method, path, ROCK, query={name: canary}, bearer=caller(template))


def in_headers(cloud: Cloud, canary: str) -> None:
    """Every header to every route, and alone in the place of a credential."""
    for name in HEADERS:
        cloud.request("GET", "/api/v1/assets", headers={name: canary})
        for method, template in declared(cloud):
            path = filled(template, asset_id=ASSET, name="rock")
            given = {name: canary, "authorization": f"Bearer {caller(template)}"}
            cloud.request(method, path, headers=given)
    for name, value in (("authorization", f"Bearer {canary}"), ("cookie", f"a={canary}")):
        cloud.request("GET", "/api/v1/assets", headers={name: value})


def in_tokens(cloud: Cloud, canary: str) -> None:
    """Every claim, and headers of tokens."""
    for claims in (
        {"email": canary, "username": canary, MARK: canary},
        {"permissions": [canary]},
        {"aud": canary},
        {"iss": canary},
        {"jti": canary},
    ):
        cloud.create(ROCK, bearer=bearer(canary, **claims))


def in_api_keys(cloud: Cloud, canary: str) -> None:
    """The name of a key, and keys that are none."""
    cloud.create(ROCK, bearer=None, headers=store_key(cloud, name=canary))
    cloud.create(ROCK, bearer=None, headers={"x-api-key": canary})


def in_status_links(cloud: Cloud, canary: str) -> None:
    """Kind, identifier, expiry, signature, names of parameters, and headers."""
    good = cloud.create(ROCK, bearer=bearer()).json["status_url"]
    for query in (f"expires={canary}&signature={canary}", f"{canary}={canary}", canary):
        event = gateway_event("GET", f"/api/v1/status/{canary}/{canary}", query, {}, None)
        event["pathParameters"] = {"kind": canary, "id": canary}
        status_function.handler(event, Context())
    for name in HEADERS:
        assert cloud.poll(good, {name: canary}).status == 200


def in_messages(cloud: Cloud, canary: str) -> None:
    """Messages that nobody of ours has written, until they are in quarantine."""
    cloud.sqs.send_message(QueueUrl=cloud.queue_urls["standard"], MessageBody=canary)
    for _ in range(6):
        cloud.work()
    assert cloud.bury()


def in_broken_records(cloud: Cloud, canary: str) -> None:
    """A request in the table that no version of ours has written."""
    asset_id = cloud.create(ROCK, bearer=bearer()).json["asset_id"]
    cloud.dynamodb.update_item(
        TableName="assets",
        Key={"asset_id": {"S": asset_id}},
        UpdateExpression="SET #request = :canary",
        ExpressionAttributeNames={"#request": "request"},
        ExpressionAttributeValues={":canary": {"S": json.dumps({"format": canary, MARK: canary})}},
    )
    cloud.work()
    cloud.reconcile()
    cloud.request("GET", f"/api/v1/assets/{asset_id}", bearer=bearer())


PLACES: dict[str, Callable[[Cloud, str], None]] = {
    place.__name__: place
    for place in (
        in_members,
        in_accepted_texts,
        in_bodies,
        in_paths,
        in_queries,
        in_headers,
        in_tokens,
        in_api_keys,
        in_status_links,
        in_messages,
        in_broken_records,
    )
}


def texts_of(record: Any) -> Iterator[str]:
    """Every text in a record, names of members too."""
    if isinstance(record, dict):
        for name, member in record.items():
            yield str(name)
            yield from texts_of(member)
    elif isinstance(record, list):
        for member in record:
            yield from texts_of(member)
    else:
        yield str(record)
