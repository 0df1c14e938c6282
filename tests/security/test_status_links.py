"""Signed status links: only as they were signed, only until they expire."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.client import BaseClient

from functions.api import handler as api_function
from functions.status import handler as status_function
from meshmill.aws.clock import SystemClock
from tests.faults.emptied import forget, rotate_signing_keys
from tests.support import tokens
from tests.support.cloud import Cloud, gateway_event

ROCK = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
OTHER = {"format": "gltf", "parameters": {"generator": "rock", "seed": 1}}
START = 1_800_000_000_000


@pytest.fixture
def link(cloud: Cloud) -> str:
    url: str = cloud.create(ROCK).json["status_url"]
    return url


def query_of(url: str) -> tuple[str, str, str]:
    """The address, the expiry and the signature."""
    path, _, query = url.partition("?")
    expires, signature = (member.partition("=")[2] for member in query.split("&"))
    return path, expires, signature


CHANGES: dict[str, Callable[[str, str, str], str]] = {
    "a later expiry": lambda p, e, s: f"{p}?expires={int(e) + 1}&signature={s}",
    "an expiry with a zero before it": lambda p, e, s: f"{p}?expires=0{e}&signature={s}",
    "an expiry with a plus": lambda p, e, s: f"{p}?expires=%2B{e}&signature={s}",
    "an expiry in other digits": lambda p, e, s: f"{p}?expires=%D9%A1&signature={s}",
    "an expiry with a fraction": lambda p, e, s: f"{p}?expires={e}.0&signature={s}",
    "no expiry": lambda p, e, s: f"{p}?signature={s}",
    "an empty expiry": lambda p, e, s: f"{p}?expires=&signature={s}",
    "no signature": lambda p, e, s: f"{p}?expires={e}",
    "an empty signature": lambda p, e, s: f"{p}?expires={e}&signature=",
    "a truncated signature": lambda p, e, s: f"{p}?expires={e}&signature={s[:-1]}",
    "a padded signature": lambda p, e, s: f"{p}?expires={e}&signature={s}%3D",
    "a signature in capitals": lambda p, e, s: f"{p}?expires={e}&signature={s.upper()}",
    "no query": lambda p, e, s: p,
    "a doubled expiry": lambda p, e, s: f"{p}?expires={e}&expires={e}&signature={s}",
    "a doubled signature": lambda p, e, s: f"{p}?expires={e}&signature={s}&signature={s}",
    "a second, later expiry": lambda p, e, s: f"{p}?expires={e}&signature={s}&expires=9999999999",
    "an extra parameter": lambda p, e, s: f"{p}?expires={e}&signature={s}&debug=1",
    "forty parameters": lambda p, e, s: f"{p}?expires={e}&signature={s}" + "&a=1" * 40,
    "a parameter in capitals": lambda p, e, s: f"{p}?Expires={e}&signature={s}",
    "another kind": lambda p, e, s: (
        p.replace("/assets/", "/batches/") + f"?expires={e}&signature={s}"
    ),
    "another case of the id": lambda p, e, s: (
        p[:-36] + p[-36:].upper() + f"?expires={e}&signature={s}"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_link_with_anything_changed_is_refused(cloud: Cloud, link: str, change: str) -> None:
    changed = CHANGES[change](*query_of(link))
    assert changed != link
    reply = cloud.poll(changed)
    assert (reply.status, reply.code) == (403, "INVALID_SIGNATURE")


def test_a_link_to_one_asset_does_not_open_another(cloud: Cloud, link: str) -> None:
    other = cloud.create(OTHER).json["asset_id"]
    path, expires, signature = query_of(link)
    swapped = f"{path[:-36]}{other}?expires={expires}&signature={signature}"
    assert cloud.poll(swapped).code == "INVALID_SIGNATURE"


def test_refused_links_read_no_record_and_ask_for_fresh_keys_once(
    cloud: Cloud, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signature by a key that this process has not heard of yet looks like a forged one."""
    cloud.poll(link)
    asked: list[str] = []
    make_call: Any = vars(BaseClient)["_make_api_call"]

    def call(client: Any, operation: str, parameters: Any) -> Any:
        asked.append(operation)
        return make_call(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    for change in CHANGES.values():
        assert cloud.poll(change(*query_of(link))).status == 403
    assert asked == ["GetSecretValue"]


def test_the_order_of_parameters_is_free(cloud: Cloud, link: str) -> None:
    path, expires, signature = query_of(link)
    assert cloud.poll(f"{path}?signature={signature}&expires={expires}").status == 200


def test_signatures_are_compared_in_constant_time(
    cloud: Cloud, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bytes] = []
    original = hmac.compare_digest

    def compare(one: Any, other: Any) -> bool:
        compared.append(one)
        return original(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert cloud.poll(link).status == 200
    assert query_of(link)[2].encode() in compared


def test_an_expired_link_says_so(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [START]
    monkeypatch.setattr(SystemClock, "now_ms", lambda self: now[0])
    link = cloud.create(ROCK).json["status_url"]
    now[0] += 86_400_000 - 1
    assert cloud.poll(link).status == 200
    now[0] += 1
    reply = cloud.poll(link)
    assert (reply.status, reply.code) == (403, "LINK_EXPIRED")


def test_a_rotated_key_overlaps_and_then_its_links_are_dead(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [START]
    monkeypatch.setattr(SystemClock, "now_ms", lambda self: now[0])
    forget()
    old = cloud.create(ROCK).json["status_url"]
    rotate_signing_keys(cloud, "second-key", "current-key")
    now[0] += 5 * 60_000
    assert cloud.poll(old).status == 200
    new = cloud.create(ROCK).json["status_url"]
    assert query_of(new)[2] != query_of(old)[2]
    rotate_signing_keys(cloud, "third-key", "second-key")
    now[0] += 5 * 60_000
    assert cloud.poll(old).code == "INVALID_SIGNATURE"
    assert cloud.poll(new).status == 200


def test_a_replaced_key_opens_until_its_overlap_ends_and_not_a_moment_longer(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [START]
    monkeypatch.setattr(SystemClock, "now_ms", lambda self: now[0])
    forget()
    old = cloud.create(ROCK).json["status_url"]
    overlap = {"rotated_at": START, "previous_until": START + 3_600_000}
    keys = {"current": "second-key", "previous": "current-key", **overlap}
    cloud.secrets.put_secret_value(SecretId="signing", SecretString=json.dumps(keys))
    now[0] = START + 3_600_000 - 1
    assert cloud.poll(old).status == 200
    now[0] += 1
    assert cloud.poll(old).code == "INVALID_SIGNATURE"
    assert cloud.poll(cloud.create(ROCK).json["status_url"]).status == 200


def test_a_link_signed_with_a_new_key_opens_where_the_old_one_is_still_at_hand(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.poll(cloud.create(ROCK).json["status_url"])
    rotate_signing_keys(cloud, "second-key", "current-key")
    api_function._api.cache_clear()
    assert cloud.poll(cloud.create(ROCK).json["status_url"]).status == 200


def test_a_link_gives_no_longer_life_than_its_own(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [START]
    monkeypatch.setattr(SystemClock, "now_ms", lambda self: now[0])
    link = cloud.create(ROCK).json["status_url"]
    now[0] += 3_600_000
    assert cloud.poll(link).json["status_url"] == link


def test_the_status_of_a_deleted_asset_is_not_found(cloud: Cloud, link: str) -> None:
    asset_id = urlsplit(link).path.rpartition("/")[2]
    cloud.dynamodb.delete_item(TableName="assets", Key={"asset_id": {"S": asset_id}})
    reply = cloud.poll(link)
    assert (reply.status, reply.code) == (404, "NOT_FOUND")


def test_a_status_link_tells_problems_as_problem_details_where_asked(
    cloud: Cloud, link: str
) -> None:
    parts = urlsplit(link)
    headers = {"accept": "application/problem+json"}
    event = gateway_event("GET", parts.path, "expires=1&signature=x", headers, None)
    event["pathParameters"] = {"kind": "assets", "id": parts.path[-36:]}
    answer = status_function.handler(event, None)
    assert answer["statusCode"] == 403
    assert answer["headers"]["Content-Type"] == "application/problem+json"


def test_a_token_is_no_substitute_for_a_signature(cloud: Cloud, link: str) -> None:
    path = urlsplit(link).path
    assert cloud.request("GET", path, bearer=tokens.token()).status in {403, 404}
