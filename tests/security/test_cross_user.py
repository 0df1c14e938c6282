"""Other people's things: what is theirs looks like what does not exist, on every route."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import pytest

from meshmill.domain import identity
from meshmill.domain.permissions import Permission
from tests.faults import engine
from tests.security.callers import BATCH, ROCK, assert_refusal, store_key
from tests.security.routes import bearer, declared, filled
from tests.support import tokens
from tests.support.cloud import Cloud, Reply

NOW = 1_800_000_000_000
SPENT = {"x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "content-length"}


@pytest.fixture(autouse=True)
def _at_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda _: NOW)


@pytest.fixture
def theirs(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of an asset of grace's, completed."""
    engine.install(monkeypatch)
    asset_id: str = cloud.create(ROCK, bearer=bearer("grace")).json["asset_id"]
    cloud.work()
    return asset_id


def seen(reply: Reply, asset_id: str) -> tuple[int, str, dict[str, str]]:
    """An answer without the id that was asked for, and without the count of tokens left."""
    headers = {name: value for name, value in reply.headers.items() if name not in SPENT}
    return reply.status, reply.text.replace(asset_id, "ID"), headers


def test_another_users_asset_looks_like_none_on_every_route(cloud: Cloud, theirs: str) -> None:
    absent = str(uuid.uuid4())
    tried = 0
    for method, template in declared(cloud):
        if "<asset_id>" not in template:
            continue
        for accept in ("application/json", "application/problem+json"):
            replies = [
                cloud.request(
                    method,
                    filled(template, asset_id=asset_id, name="model"),
                    headers={"accept": accept},
                    bearer=bearer(),
                )
                for asset_id in (theirs, absent)
            ]
            assert replies[0].status == 404
            assert seen(replies[0], theirs) == seen(replies[1], absent)
            tried += 1
    assert tried >= 6
    assert [record["user_id"]["S"] for record in cloud.records()] == [
        identity.user_id(tokens.ISSUER, "grace")
    ]


def test_another_users_batch_looks_like_none_on_every_route(cloud: Cloud) -> None:
    issued = cloud.request("POST", "/api/v1/batches", BATCH, bearer=bearer("grace")).json
    theirs, absent, tried = issued["batch_id"], str(uuid.uuid4()), 0
    for method, template in declared(cloud):
        if "<batch_id>" not in template:
            continue
        for accept in ("application/json", "application/problem+json"):
            replies = [
                cloud.request(
                    method,
                    filled(template, batch_id=batch_id),
                    headers={"accept": accept},
                    bearer=bearer(),
                )
                for batch_id in (theirs, absent)
            ]
            assert replies[0].status == 404
            assert seen(replies[0], theirs) == seen(replies[1], absent)
            tried += 1
    assert tried >= 6
    own = cloud.request("GET", f"/api/v1/batches/{theirs}", bearer=bearer("grace"))
    assert own.json["status"] == "awaiting_upload"


def test_another_users_batches_are_in_no_listing_and_under_no_key_of_ones_own(
    cloud: Cloud,
) -> None:
    call = partial(cloud.request, headers={"idempotency-key": "monday"})
    theirs = call("POST", "/api/v1/batches", BATCH, bearer=bearer("grace")).json
    listed = cloud.request("GET", "/api/v1/batches", bearer=bearer())
    assert listed.json == {"data": [], "next_cursor": None}
    other = BATCH | {"size": 2}
    own = call("POST", "/api/v1/batches", other, bearer=bearer())
    assert own.status == 201
    assert own.json["batch_id"] != theirs["batch_id"]
    assert identity.user_id(tokens.ISSUER, "ada") in own.json["upload"]["fields"]["key"]


def test_even_an_admin_changes_no_batch_of_anybodys(cloud: Cloud) -> None:
    issued = cloud.request("POST", "/api/v1/batches", BATCH, bearer=bearer("grace")).json
    admin = bearer("admin", permissions=sorted(Permission))
    path = f"/api/v1/batches/{issued['batch_id']}"
    assert cloud.request("GET", path, bearer=admin).status == 200
    assert cloud.request("DELETE", path, bearer=admin).status == 404
    assert cloud.request("POST", f"{path}/redrive", bearer=admin).status == 404
    assert cloud.request("GET", path, bearer=bearer("grace")).status == 200


def test_another_users_file_is_absent_by_any_name(cloud: Cloud, theirs: str) -> None:
    for name in ("model", "preview", "provenance", "../model", "x"):
        path = f"/api/v1/assets/{theirs}/files/{name}"
        assert cloud.request("GET", path, bearer=bearer()).status == 404


def test_an_api_key_sees_nothing_of_a_user_with_the_same_requests(
    cloud: Cloud, theirs: str
) -> None:
    key = store_key(cloud)
    assert cloud.request("GET", f"/api/v1/assets/{theirs}", headers=key).status == 404
    assert cloud.request("GET", "/api/v1/assets", headers=key).json["data"] == []


def test_a_listing_holds_nobody_elses(cloud: Cloud, theirs: str) -> None:
    listed = cloud.request("GET", "/api/v1/assets", bearer=bearer())
    assert listed.json == {"data": [], "next_cursor": None}


@pytest.mark.parametrize("name", ["user_id", "owner", "tenant", "sub"])
def test_a_query_names_no_other_user(cloud: Cloud, theirs: str, name: str) -> None:
    grace = identity.user_id(tokens.ISSUER, "grace")
    reply = cloud.request("GET", "/api/v1/assets", query=f"{name}={grace}", bearer=bearer())
    assert reply.status in {400, 403}
    assert theirs not in reply.text


@pytest.mark.parametrize(
    "claims",
    [
        {"user_id": "grace"},
        {"username": "grace", "cognito:username": "grace", "email": "grace@example.com"},
        {"sub": "Grace"},
        {"sub": "grace "},
        {"sub": "grace\x00"},
        {"sub": "ｇrace"},
        {"act": {"sub": "grace"}},
    ],
    ids=range(7),
)
def test_nothing_in_a_token_but_its_subject_says_who_calls(
    cloud: Cloud, theirs: str, claims: dict[str, Any]
) -> None:
    reply = cloud.request("GET", f"/api/v1/assets/{theirs}", bearer=bearer(**claims))
    assert_refusal(reply, 404, "NOT_FOUND")


def test_the_same_subject_of_another_issuer_is_somebody_else() -> None:
    assert identity.user_id("https://one.example", "ada") != identity.user_id(
        "https://two.example", "ada"
    )
    assert identity.user_id("a", "bc") != identity.user_id("ab", "c")


@pytest.mark.parametrize("permission", ["admin:write", "admin", "admin:*", "ADMIN:READ", "*"])
def test_only_the_permission_itself_reads_across_users(
    cloud: Cloud, theirs: str, permission: str
) -> None:
    mallory = bearer(permissions=["assets:read", permission])
    assert cloud.request("GET", f"/api/v1/assets/{theirs}", bearer=mallory).status == 404


def test_even_an_admin_changes_nothing_of_anybodys(cloud: Cloud, theirs: str) -> None:
    admin = bearer("admin", permissions=sorted(Permission))
    path = f"/api/v1/assets/{theirs}"
    assert cloud.request("GET", path, bearer=admin).status == 200
    assert cloud.request("DELETE", path, bearer=admin).status == 404
    assert len(cloud.records()) == 1


def test_an_answer_does_not_depend_on_who_else_has_asked_for_the_same(
    cloud: Cloud, theirs: str
) -> None:
    own = {"asset_id", "status_url", "links"}

    def answered(subject: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = cloud.create(body, bearer=bearer(subject))
        told = {name: value for name, value in reply.json.items() if name not in own}
        return {"status": reply.status, "headers": sorted(reply.headers), **told}

    assert answered("ada", ROCK) == answered("eve", ROCK)
    dry = [
        cloud.create(ROCK, bearer=bearer(subject), query="dry_run=true").json["exists"]
        for subject in ("grace", "mallory")
    ]
    assert dry == [True, False]
