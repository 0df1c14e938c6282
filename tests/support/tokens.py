"""A token issuer of the tests' own: one key of each kind, and tokens of any content."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from meshmill.domain.permissions import USER_PERMISSIONS

ISSUER, AUDIENCE = "https://issuer.example", "meshmill"
PERMISSIONS = USER_PERMISSIONS


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def jwks() -> bytes:
    keys = [
        {
            **RSAAlgorithm.to_jwk(rsa_key().public_key(), as_dict=True),
            "kid": "rsa", "alg": "RS256", "use": "sig",
        },
        {
            **ECAlgorithm.to_jwk(ec_key().public_key(), as_dict=True),
            "kid": "ec", "alg": "ES256", "use": "sig",
        },
    ]  # fmt: skip
    return json.dumps({"keys": keys}).encode()


def claims(subject: str = "ada", **changes: Any) -> dict[str, Any]:
    """Claims of a good token, with changes; a change to None removes the claim."""
    now = int(time.time())
    good: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
        "permissions": list(PERMISSIONS),
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(subject: str = "ada", **changes: Any) -> str:
    return jwt.encode(claims(subject, **changes), rsa_key(), "RS256", headers={"kid": "rsa"})


def ec_token(subject: str = "ada", **changes: Any) -> str:
    return jwt.encode(claims(subject, **changes), ec_key(), "ES256", headers={"kid": "ec"})
