"""Rate limits: exact, told on every authenticated answer, and not to be talked out of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.domain.api_keys import KeyCredential
from meshmill.domain.errors import DependencyUnavailable
from tests.security.callers import ROCK, assert_refusal, store_key
from tests.security.forgery import claims, signed
from tests.security.routes import bearer, declared, filled
from tests.support import tokens
from tests.support.cloud import Cloud, Reply
from tests.support.moto import one_request_at_a_time

NOW = 1_800_000_000_000
ABSENT = "00000000-0000-5000-8000-000000000000"
FIGURES = {
    "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit",
    "ratelimit-policy",
}  # fmt: skip


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda _: NOW)


def listing(cloud: Cloud, headers: dict[str, str]) -> Reply:
    return cloud.request("GET", "/api/v1/assets", headers=headers)


def a_conflict(cloud: Cloud) -> Reply:
    cloud.create(ROCK)
    return cloud.create(ROCK, query="on_duplicate=reject")


ANSWERS: dict[str, tuple[int, Callable[[Cloud], Reply]]] = {
    "OK": (200, lambda c: c.request("GET", "/api/v1/assets", bearer=bearer())),
    "accepted": (202, lambda c: c.create(ROCK)),
    "invalid JSON": (400, lambda c: c.create("{")),  # type: ignore[arg-type]
    "a violation": (400, lambda c: c.create({})),
    "an unknown format": (400, lambda c: c.create({"format": "x", "parameters": {}})),
    "an unknown parameter": (400, lambda c: c.create(ROCK, query="x=1")),
    "forbidden": (403, lambda c: c.create(ROCK, bearer=bearer(permissions=[]))),
    "no such asset": (
        404, lambda c: c.request("GET", f"/api/v1/assets/{ABSENT}", bearer=bearer()),
    ),
    "no id of an asset": (404, lambda c: c.request("GET", "/api/v1/assets/x", bearer=bearer())),
    "a duplicate": (409, a_conflict),
    "too large": (413, lambda c: c.create(" " * 70_000)),  # type: ignore[arg-type]
    "another media type": (415, lambda c: c.create(ROCK, headers={"content-type": "text/csv"})),
}  # fmt: skip


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_authenticated_answer_tells_how_much_is_left(
    cloud: Cloud, frozen: None, kind: str
) -> None:
    status, ask = ANSWERS[kind]
    reply = ask(cloud)
    assert reply.status == status
    assert reply.headers.keys() >= FIGURES
    assert int(reply.headers["x-ratelimit-remaining"]) in {98, 99}


def test_an_answer_to_trouble_behind_the_gate_tells_it_too(
    cloud: Cloud, frozen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error, status in ((RuntimeError("x"), 500), (DependencyUnavailable("x"), 503)):

        def fail(*_: Any, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(DynamoDbAssets, "create", fail)
        reply = cloud.create(ROCK)
        assert reply.status == status
        assert reply.headers.keys() >= FIGURES


def test_every_guarded_route_costs_a_token_and_what_is_answered_before_the_gate_costs_none(
    cloud: Cloud, frozen: None
) -> None:
    """Unknown paths and methods are refused before anybody's credential is looked at."""
    spent = 0
    for method, template in declared(cloud):
        path = filled(template, asset_id=ABSENT, name="model")
        reply = cloud.request(method, path, {}, bearer=bearer())
        spent += "x-ratelimit-limit" in reply.headers
    for method, path, status in (("GET", "/nowhere", 404), ("PATCH", "/api/v1/assets", 405)):
        reply = cloud.request(method, path, bearer=bearer())
        assert reply.status == status
        assert not reply.headers.keys() & FIGURES
    left = cloud.request("GET", "/api/v1/assets", bearer=bearer()).headers["x-ratelimit-remaining"]
    assert spent >= 5
    assert int(left) == 100 - spent - 1


def test_a_refused_credential_spends_nobodys_token(cloud: Cloud, frozen: None) -> None:
    key = store_key(cloud)
    for headers in (
        {"authorization": f"Bearer {tokens.token(exp=1)}"},
        {"authorization": f"Bearer {tokens.token()}x"},
        {"x-api-key": key["x-api-key"][:-1] + "x"},
    ):
        assert listing(cloud, headers).status == 401
    assert listing(cloud, key).headers["x-ratelimit-remaining"] == "999"
    assert (
        listing(cloud, {"authorization": f"Bearer {bearer()}"}).headers["x-ratelimit-remaining"]
        == "99"
    )


def test_sixty_four_callers_at_once_get_the_bucket_and_no_more(cloud: Cloud, frozen: None) -> None:
    key = store_key(cloud, requests_per_minute=40)
    with one_request_at_a_time(), ThreadPoolExecutor(64) as pool:
        replies = list(pool.map(lambda _: listing(cloud, key), range(64)))
    assert Counter(reply.status for reply in replies) == {200: 40, 429: 24}
    for reply in replies:
        if reply.status == 429:
            assert_refusal(reply, 429, "RATE_LIMIT_EXCEEDED")


def test_no_header_and_no_other_token_of_the_same_user_opens_another_bucket(
    cloud: Cloud, frozen: None
) -> None:
    schemes = ("bearer", "BEARER")

    def variant(number: int) -> Reply:
        headers = {
            "x-forwarded-for": f"192.0.2.{number}",
            "x-real-ip": f"192.0.2.{number}",
            "true-client-ip": f"192.0.2.{number}",
            "forwarded": f"for=192.0.2.{number}",
            "user-agent": str(number),
            "x-request-id": str(number),
            "authorization": f"{schemes[number % 2]}  {tokens.token(jti=str(number))}",
        }
        return cloud.request("GET", "/api/v1/assets", headers=headers)

    left = [int(variant(number).headers["x-ratelimit-remaining"]) for number in range(5)]
    assert left == [99, 98, 97, 96, 95]
    by_ec = cloud.request("GET", "/api/v1/assets", bearer=tokens.ec_token())
    assert by_ec.headers["x-ratelimit-remaining"] == "94"


def test_another_spelling_of_a_subject_is_another_user_and_gains_nothing(
    cloud: Cloud, frozen: None
) -> None:
    """Spellings are the issuer's to give out; none of them touches the first one's bucket."""
    for spelled in ('"ADA"', '"ada "', '"ad\\u0061"', '"аda"'):
        cloud.request("GET", "/api/v1/assets", bearer=signed(payload=claims(sub=spelled)))
    mine = cloud.request("GET", "/api/v1/assets", bearer=bearer())
    # The third one is "ada" in JSON's escapes, and the same user.
    assert mine.headers["x-ratelimit-remaining"] == "98"


def test_over_the_limit_the_bucket_and_the_very_millisecond_are_told(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [NOW]
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda _: now[0])
    key = store_key(cloud, requests_per_minute=7)
    assert [listing(cloud, key).status for _ in range(8)] == [200] * 7 + [429]
    details = assert_refusal(listing(cloud, key), 429, "RATE_LIMIT_EXCEEDED")
    assert (details["bucket"], details["limit"]) == ("API key", 7)
    now[0] += details["retry_after_ms"] - 1
    refused = listing(cloud, key)
    assert (refused.status, refused.json["error"]["details"]["retry_after_ms"]) == (429, 1)
    assert refused.headers["retry-after"] == "1"
    now[0] += 1
    assert [listing(cloud, key).status for _ in range(2)] == [200, 429]


def test_each_key_has_its_own_limit_and_its_own_bucket(cloud: Cloud, frozen: None) -> None:
    slow = store_key(cloud, requests_per_minute=2)
    usual = store_key(cloud, KeyCredential("b" * 16, "t" * 43))
    assert [listing(cloud, slow).status for _ in range(3)] == [200, 200, 429]
    reply = listing(cloud, usual)
    assert (reply.status, reply.headers["x-ratelimit-limit"]) == (200, "1000")
    token = cloud.request("GET", "/api/v1/assets", bearer=bearer())
    assert token.headers["x-ratelimit-limit"] == "100"


def test_signed_links_cost_nobody_a_token(cloud: Cloud, frozen: None) -> None:
    url = cloud.create(ROCK).json["status_url"]
    for _ in range(5):
        assert not cloud.poll(url).headers.keys() & FIGURES
    left = cloud.request("GET", "/api/v1/assets", bearer=bearer()).headers["x-ratelimit-remaining"]
    assert left == "98"
