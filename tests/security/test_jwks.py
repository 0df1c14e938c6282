"""The issuer's keys: fetched rarely, kept through an outage, and not trusted when restored old."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from meshmill.http.jwks import JwksCache
from tests.fakes.clock import FakeClock
from tests.support import tokens

FRESH_MS, GAP_MS = 10 * 60 * 1000, 30 * 1000
GOOD = tokens.jwks()


class Issuer:
    """Answers with what a test sets, and counts."""

    def __init__(self, document: bytes = GOOD) -> None:
        self.document: bytes | Exception = document
        self.fetches = 0

    def __call__(self) -> bytes:
        self.fetches += 1
        if isinstance(self.document, Exception):
            raise self.document
        return self.document


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cache(issuer: Issuer, clock: FakeClock) -> JwksCache:
    return JwksCache(issuer, clock)


def test_keys_are_fetched_once_and_kept(cache: JwksCache, issuer: Issuer) -> None:
    for _ in range(10):
        assert cache.find("rsa")
        assert cache.find("ec")
    assert issuer.fetches == 1


def test_keys_are_fetched_again_when_they_are_old(
    cache: JwksCache, issuer: Issuer, clock: FakeClock
) -> None:
    cache.find("rsa")
    clock.advance(FRESH_MS - 1)
    cache.find("rsa")
    assert issuer.fetches == 1
    clock.advance(1)
    assert cache.find("rsa")
    assert issuer.fetches == 2


def test_a_flood_of_unknown_keys_fetches_at_most_twice_a_minute(
    cache: JwksCache, issuer: Issuer, clock: FakeClock
) -> None:
    for number in range(60):
        for strange in range(20):
            assert cache.find(f"strange {number} {strange}") is None
        clock.advance(1_000)
    assert issuer.fetches <= 2
    assert cache.find("rsa")


def test_a_rotated_key_is_found_within_half_a_minute(
    cache: JwksCache, issuer: Issuer, clock: FakeClock
) -> None:
    cache.find("rsa")
    issuer.document = GOOD.replace(b'"rsa"', b'"rsa2"')
    assert cache.find("rsa2") is None
    clock.advance(GAP_MS)
    assert cache.find("rsa2")
    assert cache.find("rsa") is None


OUTAGES = [
    OSError("no route"),
    TimeoutError("slow"),
    http.client.BadStatusLine("?"),
    http.client.IncompleteRead(b"{"),
    b"",
    b"<html>502</html>",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"{}",
    b'{"keys": 5}',
    b'{"keys": {}}',
    b'{"error": "down for maintenance"}',
    GOOD[: len(GOOD) // 2],
    b"[" * 200_000,
]


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: repr(outage)[:24])
def test_keys_at_hand_outlive_an_outage_and_a_confused_issuer(
    cache: JwksCache, issuer: Issuer, clock: FakeClock, outage: Any
) -> None:
    cache.find("rsa")
    issuer.document = outage
    for _ in range(5):
        clock.advance(FRESH_MS)
        assert cache.find("rsa")
        assert cache.find("unknown") is None


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: repr(outage)[:24])
def test_without_any_keys_nobody_gets_in_and_the_issuer_is_asked_rarely(
    cache: JwksCache, issuer: Issuer, clock: FakeClock, outage: Any
) -> None:
    issuer.document = outage
    for _ in range(100):
        assert cache.find("rsa") is None
    assert issuer.fetches == 1
    clock.advance(GAP_MS)
    issuer.document = GOOD
    assert cache.find("rsa")


def test_a_process_restored_from_a_snapshot_asks_before_it_trusts(
    cache: JwksCache, issuer: Issuer, clock: FakeClock
) -> None:
    cache.find("rsa")
    issuer.document = GOOD.replace(b'"rsa"', b'"rsa2"')
    clock.advance(3 * 24 * 3600 * 1000)
    assert cache.find("rsa") is None
    assert cache.find("rsa2")


def test_a_clock_that_goes_back_makes_keys_stale_and_not_eternal(issuer: Issuer) -> None:
    late, early = FakeClock(2_000_000_000_000), FakeClock(1_000_000_000_000)
    cache = JwksCache(issuer, late)
    cache.find("rsa")
    cache._clock = early
    assert cache.find("rsa")
    assert issuer.fetches == 2


STRANGE_KEYS: list[Any] = [
    1,
    None,
    {},
    {"kid": "x"},
    {"kid": 5, "kty": "RSA"},
    {"kid": "x", "kty": "oct", "k": "c2VjcmV0", "alg": "HS256"},
    {"kid": "x", "kty": "oct", "k": "c2VjcmV0"},
    {"kid": "x", "kty": "RSA"},
    {"kid": "x", "kty": "RSA", "n": "!!", "e": "AQAB"},
    {"kid": "x", "kty": "RSA", "n": 5, "e": "AQAB", "alg": "RS256"},
    {"kid": "x", "kty": ["RSA"]},
    {"kid": "x", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    {"kid": "x", "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
    {
        "kid": "x",
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    },
]


@pytest.mark.parametrize("strange", STRANGE_KEYS, ids=repr)
def test_a_key_that_we_cannot_use_harms_none_of_the_others(
    cache: JwksCache, issuer: Issuer, strange: Any
) -> None:
    keys = json.loads(GOOD)["keys"]
    issuer.document = json.dumps({"keys": [strange, *keys]}).encode()
    assert cache.find("rsa")
    assert cache.find("ec")
    assert cache.find("x") is None


def test_a_key_for_encryption_is_no_key_for_signatures(cache: JwksCache, issuer: Issuer) -> None:
    issuer.document = GOOD.replace(b'"use": "sig"', b'"use": "enc"')
    assert cache.find("rsa") is None


def test_a_symmetric_key_never_verifies_a_token(cache: JwksCache, issuer: Issuer) -> None:
    entry = {"kid": "rsa", "kty": "oct", "k": "c2VjcmV0", "alg": "RS256"}
    issuer.document = json.dumps({"keys": [entry]}).encode()
    assert cache.find("rsa") is None
