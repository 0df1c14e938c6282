"""Tokens of any bytes, signed by the real key: what a careless issuer could have made."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.support import tokens

HEADER = b'{"alg":"RS256","kid":"rsa"}'


def encoded(value: Any) -> str:
    """Bytes as they are, anything else as JSON, in URL-safe base64."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed(header: bytes = HEADER, payload: bytes | None = None) -> str:
    """A token of these very bytes under a good RS256 signature."""
    text = f"{encoded(header)}.{encoded(claims() if payload is None else payload)}"
    signature = tokens.rsa_key().sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{encoded(signature)}"


def claims(**spelled: str) -> bytes:
    """Good claims, with some spelled out as JSON text."""
    members = {name: json.dumps(value) for name, value in tokens.claims().items()} | spelled
    return ("{" + ",".join(f'"{name}":{text}' for name, text in members.items()) + "}").encode()


def header(**spelled: str) -> bytes:
    """A good header, with some members spelled out as JSON text."""
    members = {"alg": '"RS256"', "kid": '"rsa"'} | spelled
    return ("{" + ",".join(f'"{name}":{text}' for name, text in members.items()) + "}").encode()
