"""Who the local user is: the issuer's signing key and generated credentials, kept in the state."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from meshmill.domain.api_keys import KeyCredential
from meshmill_local.state import read_json, write_private, write_private_json

ISSUER = "urn:meshmill:local"
AUDIENCE = "meshmill"

_RSA_BITS, _RSA_EXPONENT = 2048, 65537
_SECRET_BYTES = 32


@dataclass(frozen=True)
class SigningKey:
    """An RSA key and the id under which the JWKS publishes it."""

    private: rsa.RSAPrivateKey
    key_id: str

    @classmethod
    def kept_in(cls, path: Path) -> Self:
        """The key in a PEM file (PKCS #8, unencrypted, 0600), made there the first time."""
        if path.exists():
            private = serialization.load_pem_private_key(path.read_bytes(), password=None)
            if not isinstance(private, rsa.RSAPrivateKey):
                raise TypeError(f"{path} does not hold an RSA key")
        else:
            private = rsa.generate_private_key(_RSA_EXPONENT, _RSA_BITS)
            write_private(
                path,
                private.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ),
            )
        return cls(private, _thumbprint(private.public_key()))

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public half as a JWK Set (RFC 7517)."""
        members = _public_members(self.private.public_key())
        return {"keys": [members | {"use": "sig", "alg": "RS256", "kid": self.key_id}]}


@dataclass(frozen=True)
class Credentials:
    """What the local user signs in with; token and API key belong to the same user."""

    client_id: str
    client_secret: str
    api_key: KeyCredential

    @classmethod
    def kept_in(cls, path: Path) -> Self:
        """The credentials in a JSON file (0600), generated there the first time."""
        kept = read_json(path)
        if kept is None:
            api_key = KeyCredential.generate(secrets.token_bytes)
            credentials = cls("local", secrets.token_urlsafe(_SECRET_BYTES), api_key)
            write_private_json(
                path,
                {
                    "client_id": credentials.client_id,
                    "client_secret": credentials.client_secret,
                    "key_id": credentials.api_key.key_id,
                    "key_secret": credentials.api_key.secret,
                },
            )
            return credentials
        return cls(
            kept["client_id"],
            kept["client_secret"],
            KeyCredential(kept["key_id"], kept["key_secret"]),
        )


def _public_members(public: rsa.RSAPublicKey) -> dict[str, str]:
    numbers = public.public_numbers()
    return {"e": _base64url(numbers.e), "kty": "RSA", "n": _base64url(numbers.n)}


def _thumbprint(public: rsa.RSAPublicKey) -> str:
    """RFC 7638: SHA-256 of the required members in order."""
    text = json.dumps(_public_members(public), separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _base64url(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
