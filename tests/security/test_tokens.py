"""Forged and stale tokens: one identical 401, and nothing fetched but the pinned JWKS."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

from tests.support import tokens
from tests.support.cloud import Cloud, Reply

NOW = int(time.time())


def ask(cloud: Cloud, bearer: str) -> Reply:
    return cloud.request("GET", "/api/v1/assets", bearer=bearer)


def encoded(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unsigned(header: Any, signature: str = "") -> str:
    return f"{encoded(header)}.{encoded(tokens.claims())}.{signature}"


def signed(headers: dict[str, Any], **claims: Any) -> str:
    """Well signed by the real key, under another header."""
    return jwt.encode(tokens.claims(**claims), tokens.rsa_key(), "RS256", headers=headers)


def hs256_with_the_public_key() -> str:
    """The classic confusion of algorithms, with the key in two spellings."""
    pem = (
        tokens.rsa_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    text = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa'})}.{encoded(tokens.claims())}"
    return f"{text}.{encoded(hmac.new(pem, text.encode(), hashlib.sha256).digest())}"


def stranger() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def with_a_key_of_its_own(**pointer: Any) -> str:
    key = stranger()
    own = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "rsa", "alg": "RS256"}
    headers = {"kid": "rsa", "jwk": own} if not pointer else {"kid": "rsa", **pointer}
    return jwt.encode(tokens.claims(), key, "RS256", headers=headers)


def es256_by_a_stranger() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(tokens.claims(), key, "ES256", headers={"kid": "ec"})


def tampered() -> str:
    header, _, signature = tokens.token().split(".")
    return f"{header}.{encoded(tokens.claims('grace'))}.{signature}"


def without_signature() -> str:
    return tokens.token().rpartition(".")[0] + "."


def other(alg: str) -> str:
    """A good RS256 signature under a header that claims another algorithm."""
    _, payload, signature = tokens.token().split(".")
    return f"{encoded({'alg': alg, 'kid': 'rsa'})}.{payload}.{signature}"


ATTACKS: dict[str, Callable[[], str]] = {
    "alg none": lambda: unsigned({"alg": "none", "kid": "rsa"}),
    "alg NoNe": lambda: unsigned({"alg": "NoNe", "kid": "rsa"}),
    "alg none with a signature": lambda: unsigned({"alg": "none", "kid": "rsa"}, "AAAA"),
    "no alg": lambda: unsigned({"kid": "rsa"}, "AAAA"),
    "HS256 with the RS public key": hs256_with_the_public_key,
    "RS512 by name": lambda: other("RS512"),
    "PS256 by name": lambda: other("PS256"),
    "RS256 signature as ES256": lambda: other("ES256"),
    "RS256 key asked for ES256": lambda: jwt.encode(
        tokens.claims(), tokens.ec_key(), "ES256", headers={"kid": "rsa"}
    ),
    "ES256 key asked for RS256": lambda: signed({"kid": "ec"}),
    "ES256 by a stranger": es256_by_a_stranger,
    "RS256 by a stranger": lambda: jwt.encode(
        tokens.claims(), stranger(), "RS256", headers={"kid": "rsa"}
    ),
    "embedded jwk": with_a_key_of_its_own,
    "jku": lambda: with_a_key_of_its_own(jku="https://evil.example/jwks.json"),
    "jku to a file": lambda: with_a_key_of_its_own(jku="file:///etc/passwd"),
    "x5u": lambda: with_a_key_of_its_own(x5u="https://evil.example/cert.pem"),
    "x5c": lambda: with_a_key_of_its_own(x5c=["MIIB"]),
    "critical extension": lambda: signed({"kid": "rsa", "crit": ["exp2"], "exp2": 1}),
    "no kid": lambda: jwt.encode(tokens.claims(), tokens.rsa_key(), "RS256"),
    "empty kid": lambda: signed({"kid": ""}),
    "kid with a path": lambda: signed({"kid": "../../../../etc/passwd"}),
    "kid with a URL": lambda: signed({"kid": "https://evil.example/key"}),
    "kid with SQL": lambda: signed({"kid": "rsa' OR '1'='1"}),
    "kid that is a list": lambda: unsigned({"alg": "RS256", "kid": ["rsa"]}, "AAAA"),
    "kid that is a number": lambda: unsigned({"alg": "RS256", "kid": 0}, "AAAA"),
    "wrong issuer": lambda: tokens.token(iss="https://evil.example"),
    "issuer with a slash": lambda: tokens.token(iss=tokens.ISSUER + "/"),
    "no issuer": lambda: tokens.token(iss=None),
    "wrong audience": lambda: tokens.token(aud="other"),
    "wrong audience in a list": lambda: tokens.token(aud=["other", "another"]),
    "audience that contains ours": lambda: tokens.token(aud="xmeshmillx"),
    "no audience": lambda: tokens.token(aud=None),
    "wrong client": lambda: tokens.token(aud=None, client_id="other"),
    "right client beside a wrong audience": lambda: tokens.token(
        aud="other", client_id=tokens.AUDIENCE
    ),
    "expired": lambda: tokens.token(exp=NOW - 120),
    "no expiry": lambda: tokens.token(exp=None),
    "expiry that is text": lambda: tokens.token(exp="never"),
    "not yet valid": lambda: tokens.token(nbf=NOW + 86_400),
    "no subject": lambda: tokens.token(sub=None),
    "subject that is a number": lambda: signed({"kid": "rsa"}, sub=5),
    "empty subject": lambda: tokens.token(""),
    "subject that is a lone surrogate": lambda: tokens.token("\ud800"),
    "tampered claims": tampered,
    "without its signature": without_signature,
    "truncated": lambda: tokens.token()[:-8],
    "two parts": lambda: ".".join(tokens.token().split(".")[:2]),
    "four parts": lambda: tokens.token() + ".e30",
    "deep header": lambda: f"{encoded(b'[' * 6_000)}.e30.AAAA",
    "header that is a list": lambda: unsigned([], "AAAA"),
    "header with a huge number": lambda: unsigned(b'{"kid":1e999,"alg":"RS256"}', "AAAA"),
    "empty": lambda: "",
    "dots": lambda: "..",
    "not ASCII": lambda: "é.é.é",
    "lone surrogates": lambda: "\ud800.\ud800.\ud800",
    "with line breaks": lambda: tokens.token().replace(".", ".\r\n", 1),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_forged_or_stale_token_gets_the_one_identical_refusal(cloud: Cloud, attack: str) -> None:
    reply, plain = ask(cloud, ATTACKS[attack]()), ask(cloud, "nonsense")
    assert reply.status == 401
    assert (reply.text, reply.headers) == (plain.text, plain.headers)


def test_no_attack_fetches_anything_but_the_pinned_jwks(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    original = urllib.request.urlopen

    def open_and_note(url: str, **named: Any) -> Any:
        opened.append(url)
        return original(url, **named)

    monkeypatch.setattr(urllib.request, "urlopen", open_and_note)
    for attack in ATTACKS.values():
        assert ask(cloud, attack()).status == 401
    assert len(opened) == 1
    assert opened[0].endswith("/jwks.json")


def test_an_attack_costs_no_call_to_aws(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a forged token reached AWS")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    for attack in ATTACKS.values():
        assert ask(cloud, attack()).status == 401


def test_clocks_may_differ_by_a_minute_and_no_more(cloud: Cloud) -> None:
    assert ask(cloud, tokens.token(exp=int(time.time()) - 30)).status == 200
    assert ask(cloud, tokens.token(nbf=int(time.time()) + 30)).status == 200


def test_members_of_a_token_cannot_name_another_user_or_tenant(cloud: Cloud) -> None:
    plain = {"format": "gltf", "parameters": {"generator": "rock"}}
    ours = cloud.create(plain).json["asset_id"]
    bearer = tokens.token("grace", user_id="ada", username="ada", email="ada@example.com")
    assert cloud.request("GET", f"/api/v1/assets/{ours}", bearer=bearer).status == 404


def test_a_subject_with_separators_is_nobody_else(cloud: Cloud) -> None:
    plain = {"format": "gltf", "parameters": {"generator": "rock"}}
    subjects = ("ada", "ada#0", "ada/x", "ADA", "ada ", "ada\x00")
    ids = {cloud.create(plain, bearer=tokens.token(name)).json["asset_id"] for name in subjects}
    assert len(ids) == len(subjects)
