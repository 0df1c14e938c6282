"""Create, get, list and poll, as a client sees them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meshmill.aws.dynamodb_keys import to_item
from meshmill.domain.api_keys import ApiKey, KeyCredential
from tests.faults.emptied import empty
from tests.support import tables, tokens
from tests.support.cloud import BASE_URL, Cloud, Reply

ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
NOW = 1_800_000_000_000
KEY = KeyCredential("a" * 16, "s" * 43)
API_KEY = {"x-api-key": str(KEY)}


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    empty()
    return standing


def get(cloud: Cloud, path: str, subject: str = "ada", query: str = "") -> Reply:
    return cloud.request("GET", path, bearer=tokens.token(subject), query=query)


def store_key(cloud: Cloud, *permissions: str, per_minute: int | None = None) -> None:
    key = ApiKey(
        key_id=KEY.key_id,
        secret_sha256=KEY.secret_sha256,
        user_id="u" + "k" * 32,
        permissions=frozenset(permissions),
        name="for a test",
        created_at=NOW,
        requests_per_minute=per_minute,
    )
    cloud.dynamodb.put_item(TableName=tables.API_KEYS, Item=to_item(key))


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda self: NOW)


def test_a_new_request_is_accepted_with_where_and_when_to_look(cloud: Cloud) -> None:
    reply = cloud.create(ROCK | {"labels": {"team": "a"}, "custom_id": "rock 1", "priority": 9})
    assert reply.status == 202
    asset = reply.json
    assert (asset["object"], asset["status"], asset["deduplicated"]) == ("asset", "pending", False)
    assert (asset["labels"], asset["custom_id"], asset["priority"]) == ({"team": "a"}, "rock 1", 9)
    assert reply.headers["location"] == f"{BASE_URL}/api/v1/assets/{asset['asset_id']}"
    assert int(reply.headers["retry-after"]) > 0
    assert reply.headers["cache-control"] == "private, no-cache"
    assert cloud.waiting("express") == 1


def test_every_default_of_the_request_is_told(cloud: Cloud) -> None:
    asset = cloud.create({"format": "gltf", "parameters": {}}).json
    assert asset["parameters"]["generator"] == "terrain"
    assert asset["parameters"]["quality"] == "medium"
    assert asset["parameters"]["options"]["biome"] == "temperate"
    assert asset["priority"] == 5


def test_the_same_request_again_is_the_same_asset(cloud: Cloud) -> None:
    first = cloud.create(ROCK | {"labels": {"take": "one"}}).json
    reply = cloud.create(ROCK | {"labels": {"take": "two"}})
    assert reply.status == 200
    again = reply.json
    assert again["deduplicated"]
    changed = {"deduplicated", "status_url"}
    assert {name: first[name] for name in first.keys() - changed} == {
        name: again[name] for name in again.keys() - changed
    }
    assert len(cloud.records()) == 1
    assert cloud.waiting() == 1


def test_an_urgent_duplicate_moves_the_asset_up(cloud: Cloud) -> None:
    cloud.create(ROCK)
    reply = cloud.create(ROCK | {"priority": 10})
    assert (reply.status, reply.json["priority"]) == (200, 10)
    assert (cloud.waiting(), cloud.waiting("express")) == (1, 1)


def test_an_answer_never_depends_on_what_other_users_have_made(cloud: Cloud, frozen: None) -> None:
    cloud.create(ROCK, bearer=tokens.token("grace"))
    ours = cloud.create(ROCK)
    assert ours.status == 202
    assert ours.json["status"] == "pending"
    fresh = cloud.create(ROCK, bearer=tokens.token("eve"))
    own = {"asset_id", "status_url", "links"}
    assert {k: v for k, v in fresh.json.items() if k not in own} == {
        k: v for k, v in ours.json.items() if k not in own
    }
    assert fresh.headers.keys() == ours.headers.keys()


def test_the_owner_reads_what_was_created(cloud: Cloud, frozen: None) -> None:
    created = cloud.create(ROCK).json
    reply = get(cloud, f"/api/v1/assets/{created['asset_id']}")
    assert reply.status == 200
    del created["deduplicated"]
    assert reply.json == created


def test_another_users_asset_looks_exactly_like_one_that_does_not_exist(
    cloud: Cloud, frozen: None
) -> None:
    theirs = cloud.create(ROCK, bearer=tokens.token("grace")).json["asset_id"]
    cloud.request("GET", "/api/v1/assets", bearer=tokens.token("eve"))
    foreign = get(cloud, f"/api/v1/assets/{theirs}", "ada")
    absent = get(cloud, "/api/v1/assets/00000000-0000-5000-8000-000000000000", "eve")
    assert foreign.status == 404
    assert foreign.text == absent.text
    spent = {"x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit"}
    assert {k: v for k, v in foreign.headers.items() if k not in spent} == {
        k: v for k, v in absent.headers.items() if k not in spent
    }


def test_the_listing_is_newest_first_and_pages_by_cursor(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(range(NOW, NOW + 10**9, 1_000))
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda self: next(times))
    ids = [
        cloud.create({"format": "gltf", "parameters": {"seed": seed}}).json["asset_id"]
        for seed in range(7)
    ]
    cloud.create(ROCK, bearer=tokens.token("grace"))
    found: list[str] = []
    query = "limit=3"
    while True:
        page = get(cloud, "/api/v1/assets", query=query).json
        assert len(page["data"]) <= 3
        found += [asset["asset_id"] for asset in page["data"]]
        if page["next_cursor"] is None:
            break
        query = f"limit=3&cursor={page['next_cursor']}"
    assert found == ids[::-1]


def test_the_listing_filters_by_status_format_and_generator(cloud: Cloud) -> None:
    cloud.create(ROCK)
    cloud.create({"format": "gltf", "parameters": {}})

    def listed(query: str) -> list[str]:
        data = get(cloud, "/api/v1/assets", query=query).json["data"]
        return [asset["parameters"]["generator"] for asset in data]

    assert sorted(listed("")) == ["rock", "terrain"]
    assert listed("generator=rock") == ["rock"]
    assert listed("generator=rock&status=completed") == []
    assert sorted(listed("format=gltf&status=pending")) == ["rock", "terrain"]


def test_another_users_cursor_opens_nothing(cloud: Cloud) -> None:
    for seed in range(3):
        cloud.create({"format": "gltf", "parameters": {"seed": seed}})
    cursor = get(cloud, "/api/v1/assets", query="limit=1").json["next_cursor"]
    reply = get(cloud, "/api/v1/assets", "grace", query=f"cursor={cursor}")
    assert (reply.status, reply.code) == (400, "VALIDATION_ERROR")


def test_a_poll_needs_no_token_and_may_be_collapsed_for_a_second(cloud: Cloud) -> None:
    created = cloud.create(ROCK).json
    reply = cloud.poll(created["status_url"])
    assert reply.status == 200
    assert reply.json["asset_id"] == created["asset_id"]
    assert reply.headers["cache-control"] == "public, max-age=1"
    assert reply.headers["retry-after"] == "1"
    assert not [name for name in reply.headers if "ratelimit" in name]


def test_a_status_link_lives_for_a_day(cloud: Cloud, frozen: None) -> None:
    url = cloud.create(ROCK).json["status_url"]
    assert parse_qs(urlsplit(url).query)["expires"] == [str(NOW // 1000 + 86_400)]


def test_every_authenticated_answer_tells_how_much_is_left(cloud: Cloud, frozen: None) -> None:
    first, second = get(cloud, "/api/v1/assets"), get(cloud, "/api/v1/assets")
    assert first.headers["x-ratelimit-limit"] == "100"
    assert (first.headers["x-ratelimit-remaining"], second.headers["x-ratelimit-remaining"]) == (
        "99",
        "98",
    )
    assert int(second.headers["x-ratelimit-reset"]) == NOW // 1000 + 2
    assert second.headers["ratelimit-policy"] == '"user";q=100;w=60'
    assert second.headers["ratelimit"] == '"user";r=98;t=2'


def test_a_spent_bucket_fills_again_with_time(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [NOW]
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda self: now[0])
    store_key(cloud, "assets:read", per_minute=3)

    def listing() -> Reply:
        return cloud.request("GET", "/api/v1/assets", headers=API_KEY)

    assert [listing().status for _ in range(3)] == [200, 200, 200]
    refused = listing()
    assert refused.status == 429
    now[0] += int(refused.json["error"]["details"]["retry_after_ms"])
    assert [listing().status for _ in range(2)] == [200, 429]


def test_headers_of_proxies_and_other_spellings_of_the_user_change_no_bucket(
    cloud: Cloud, frozen: None
) -> None:
    left = []
    for number in range(3):
        headers = {"x-forwarded-for": f"192.0.2.{number}", "x-user-id": str(number)}
        reply = cloud.request("GET", "/api/v1/assets", headers=headers, bearer=tokens.token())
        left.append(int(reply.headers["x-ratelimit-remaining"]))
    assert left == [99, 98, 97]


def test_an_api_key_asks_and_reads_with_a_bucket_of_its_own(cloud: Cloud, frozen: None) -> None:
    store_key(cloud, "assets:create", "assets:read")
    reply = cloud.request("POST", "/api/v1/assets", ROCK, headers=API_KEY)
    assert reply.status == 202
    assert reply.headers["x-ratelimit-limit"] == "1000"
    assert reply.headers["ratelimit-policy"] == '"api-key";q=1000;w=60'
    path = f"/api/v1/assets/{reply.json['asset_id']}"
    assert cloud.request("GET", path, headers=API_KEY).status == 200
    assert get(cloud, path).status == 404


def test_an_api_key_has_only_its_own_permissions_and_limit(cloud: Cloud, frozen: None) -> None:
    store_key(cloud, "assets:read", per_minute=2)
    assert cloud.request("POST", "/api/v1/assets", ROCK, headers=API_KEY).code == "FORBIDDEN"
    assert cloud.request("GET", "/api/v1/assets", headers=API_KEY).status == 200
    reply = cloud.request("GET", "/api/v1/assets", headers=API_KEY)
    assert reply.code == "RATE_LIMIT_EXCEEDED"
    assert reply.json["error"]["details"]["bucket"] == "API key"


def test_an_api_keys_secret_must_match(cloud: Cloud) -> None:
    store_key(cloud, "assets:read")
    wrong = {"x-api-key": f"mm_{KEY.key_id}_{'x' * 43}"}
    assert cloud.request("GET", "/api/v1/assets", headers=wrong).code == "UNAUTHORIZED"


@pytest.mark.parametrize(
    "claims",
    [
        {"permissions": ["assets:read"]},
        {"permissions": None, "scope": "openid assets:read"},
        {"permissions": None, "scope": "assets/read"},
        {"aud": None, "client_id": tokens.AUDIENCE},
        {"aud": ["other", tokens.AUDIENCE]},
    ],
    ids=range(5),
)
def test_tokens_of_every_accepted_shape_open_the_listing(
    cloud: Cloud, claims: dict[str, Any]
) -> None:
    reply = cloud.request("GET", "/api/v1/assets", bearer=tokens.token(**claims))
    assert reply.status == 200


@pytest.mark.parametrize("claims", [{"permissions": []}, {"permissions": None}, {"scope": 5}])
def test_a_token_without_permissions_opens_nothing(cloud: Cloud, claims: dict[str, Any]) -> None:
    bearer = tokens.token(**({"permissions": None} | claims))
    assert cloud.request("GET", "/api/v1/assets", bearer=bearer).code == "FORBIDDEN"


def test_es256_tokens_are_as_good_as_rs256_ones(cloud: Cloud) -> None:
    assert cloud.request("GET", "/api/v1/assets", bearer=tokens.ec_token()).status == 200


def test_health_asks_nothing_behind_it(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("health asked AWS")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    reply = cloud.request("GET", "/api/v1/health")
    assert (reply.status, reply.json["status"]) == (200, "ok")
    assert reply.json["version"]
    assert reply.headers["cache-control"] == "no-store"


def test_the_catalogue_names_every_generator_with_its_options(cloud: Cloud) -> None:
    listed = cloud.request("GET", "/api/v1/generators").json["data"]
    assert {"terrain", "rock"} <= {entry["name"] for entry in listed}
    for entry in listed:
        one = cloud.request("GET", f"/api/v1/generators/{entry['name']}")
        assert one.json == entry
        assert set(entry["defaults"]) == set(entry["options"]["properties"])
        assert one.headers["cache-control"] == "public, max-age=300"
