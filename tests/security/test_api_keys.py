"""API keys: one spelling, a secret that is never stored, and nothing told of what doesn't open."""

from __future__ import annotations

import hmac
import json
from typing import Any

import pytest

from meshmill.aws.clock import SystemClock
from meshmill.domain.api_keys import KeyCredential
from tests.security.callers import KEY, KEY_OWNER, ROCK, store_key
from tests.support import tables, tokens
from tests.support.cloud import Cloud, Reply

START = 1_800_000_000_000
SPELLINGS = {
    "a line break at the end": f"{KEY}\n",
    "a carriage return at the end": f"{KEY}\r",
    "a space before": f" {KEY}",
    "a space behind": f"{KEY} ",
    "NUL behind": f"{KEY}\x00",
    "two keys": f"{KEY},{KEY}",
    "the scheme of a token": f"Bearer {KEY}",
    "another prefix": f"MM_{KEY.key_id}_{KEY.secret}",
    "the id in capitals": f"mm_{KEY.key_id.upper()}_{KEY.secret}",
    "the id in look-alikes": f"mm_{'а' * 16}_{KEY.secret}",
    "digits of another script in the id": f"mm_{'٢' * 16}_{KEY.secret}",
    "digits of another script in the secret": f"mm_{KEY.key_id}_{'٢' * 43}",
    "a wide letter": f"mm_{KEY.key_id}_{'ｓ' * 43}",
    "a letter that folds to ours": f"mm_{KEY.key_id}_{'ſ' * 43}",
    "a soft hyphen": f"mm_{KEY.key_id}_{'s' * 42}\u00ad",
    "a shorter secret": f"mm_{KEY.key_id}_{'s' * 42}",
    "a longer secret": f"mm_{KEY.key_id}_{'s' * 44}",
    "a padded secret": f"mm_{KEY.key_id}_{'s' * 43}=",
    "no secret": f"mm_{KEY.key_id}_",
    "the id alone": KEY.key_id,
    "the secret's hash": f"mm_{KEY.key_id}_{KEY.secret_sha256[:43]}",
    "another secret": f"mm_{KEY.key_id}_{'t' * 43}",
    "another id": f"mm_{'b' * 16}_{KEY.secret}",
    "an id with a wildcard": f"mm_{'*' * 16}_{KEY.secret}",
    "an id with a path": f"mm_{'../a' * 4}_{KEY.secret}",
    "a lone surrogate": "\ud800",
    "a megabyte": "m" * 2**20,
    "nothing": "",
}


def ask(cloud: Cloud, headers: dict[str, str]) -> Reply:
    return cloud.request("GET", "/api/v1/assets", headers=headers)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_key_in_any_other_spelling_gets_the_one_identical_refusal(
    cloud: Cloud, spelling: str
) -> None:
    good = store_key(cloud)
    assert ask(cloud, good).status == 200
    refused, plain = ask(cloud, {"x-api-key": SPELLINGS[spelling]}), ask(cloud, {})
    assert (refused.status, refused.text, refused.headers) == (401, plain.text, plain.headers)


def test_what_cannot_be_a_key_costs_no_call_to_aws(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a malformed key reached AWS")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    malformed = SPELLINGS.keys() - {"another secret", "another id", "the secret's hash"}
    for spelling in malformed:
        assert ask(cloud, {"x-api-key": SPELLINGS[spelling]}).status == 401


def test_a_key_that_is_in_the_cache_opens_to_its_own_secret_alone(cloud: Cloud) -> None:
    other = KeyCredential("b" * 16, "t" * 43)
    ours = store_key(cloud)
    theirs = store_key(cloud, other, user_id="u" + "g" * 32)
    assert (ask(cloud, ours).status, ask(cloud, theirs).status) == (200, 200)
    for crossed in (KeyCredential(KEY.key_id, other.secret), KeyCredential(other.key_id, "s" * 43)):
        assert ask(cloud, {"x-api-key": str(crossed)}).status == 401
    assert (ask(cloud, ours).status, ask(cloud, theirs).status) == (200, 200)


def test_secrets_are_compared_in_constant_time(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[Any] = []
    original = hmac.compare_digest

    def compare(one: Any, other: Any) -> bool:
        compared.append(one)
        return original(one, other)

    headers = store_key(cloud)
    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert ask(cloud, headers).status == 200
    assert KEY.secret_sha256 in compared


def test_the_table_holds_no_secret(cloud: Cloud) -> None:
    store_key(cloud)
    items = cloud.dynamodb.scan(TableName=tables.API_KEYS)["Items"]
    assert KEY.secret not in json.dumps(items)
    assert KEY.secret_sha256 in json.dumps(items)


def test_a_revoked_key_opens_for_a_minute_at_most_and_a_flood_of_it_is_one_read_a_minute(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [START]
    monkeypatch.setattr(SystemClock, "now_ms", lambda _: now[0])
    headers = store_key(cloud)
    assert ask(cloud, headers).status == 200
    cloud.dynamodb.delete_item(TableName=tables.API_KEYS, Key={"key_id": {"S": KEY.key_id}})
    now[0] += 60_000
    assert ask(cloud, headers).status == 401

    def refuse(*_: Any) -> None:
        raise AssertionError("a revoked key is read at every use")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    for _ in range(3):
        assert ask(cloud, headers).status == 401


def test_a_key_past_its_time_opens_nothing(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [START]
    monkeypatch.setattr(SystemClock, "now_ms", lambda _: now[0])
    headers = store_key(cloud, expires_at=START + 1)
    assert ask(cloud, headers).status == 200
    now[0] += 1
    assert ask(cloud, headers).status == 401


def test_a_key_and_a_token_together_are_no_credential(cloud: Cloud) -> None:
    both = store_key(cloud) | {"authorization": f"Bearer {tokens.token()}"}
    assert ask(cloud, both).status == 401


def test_a_key_acts_for_its_owner_alone(cloud: Cloud) -> None:
    headers = store_key(cloud) | {"x-user-id": "ada", "x-tenant": "ada"}
    created = cloud.request("POST", "/api/v1/assets", ROCK, headers=headers)
    assert created.status == 202
    assert {record["user_id"]["S"] for record in cloud.records()} == {KEY_OWNER}
    path = f"/api/v1/assets/{created.json['asset_id']}"
    assert cloud.request("GET", path, bearer=tokens.token()).status == 404
