"""A small token issuer: OAuth 2.0 client_credentials and refresh_token (RFC 6749) with RS256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

import jwt

from meshmill.domain.permissions import USER_PERMISSIONS
from meshmill_local.identity import AUDIENCE, ISSUER, Credentials, SigningKey
from meshmill_local.state import read_json, write_private_json

TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path
JWKS_PATH = "/.well-known/jwks.json"
ACCESS_TOKEN_SECONDS: Final = 3600

_REFRESH_TOKEN_SECONDS = 30 * 24 * 3600
_REFRESH_TOKENS_KEPT = 1000
_REFRESH_TOKEN_BYTES = 32
_FORM = "application/x-www-form-urlencoded"
_NO_STORE = {"content-type": "application/json", "cache-control": "no-store", "pragma": "no-cache"}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer of the issuer."""

    status: int
    headers: dict[str, str]
    body: bytes


class OAuthError(Exception):
    """An error of RFC 6749 section 5.2."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        """Keep the registered code, an explanation for people and the HTTP status."""
        super().__init__(description)
        self.code = code
        self.status = status


class Issuer:
    """Signs access tokens for the one local client, and for anyone a test invents."""

    def __init__(
        self, key: SigningKey, credentials: Credentials, refresh_tokens: RefreshTokens
    ) -> None:
        """Sign with ``key`` and accept ``credentials``."""
        self._key = key
        self._credentials = credentials
        self._refresh_tokens = refresh_tokens

    def jwks(self) -> Answer:
        """``GET /.well-known/jwks.json``."""
        headers = {"content-type": "application/json", "cache-control": "public, max-age=300"}
        return Answer(200, headers, json.dumps(self._key.jwks()).encode())

    def token(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """``POST /oauth2/token``; header names are lower case."""
        try:
            form = _parse_form(headers, body)
            self._authenticate_client(headers, form)
            permissions = self._granted(form)
        except OAuthError as error:
            return _refusal(error)
        client_id = self._credentials.client_id
        return Answer(
            200,
            _NO_STORE,
            json.dumps(
                {
                    "access_token": self.mint(client_id, permissions),
                    "token_type": "Bearer",
                    "expires_in": ACCESS_TOKEN_SECONDS,
                    "refresh_token": self._refresh_tokens.issue(permissions),
                    "scope": " ".join(permissions),
                }
            ).encode(),
        )

    def mint(
        self,
        subject: str,
        permissions: Sequence[str] = USER_PERMISSIONS,
        lifetime_seconds: int = ACCESS_TOKEN_SECONDS,
    ) -> str:
        """An access token (RS256) for any subject; a negative lifetime is an expired one."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": subject,
            "aud": AUDIENCE,
            "client_id": subject,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime_seconds,
            "jti": str(uuid.uuid4()),
            "scope": " ".join(permissions),
            "permissions": list(permissions),
        }
        return jwt.encode(
            claims, self._key.private, algorithm="RS256", headers={"kid": self._key.key_id}
        )

    def _authenticate_client(self, headers: Mapping[str, str], form: Mapping[str, str]) -> None:
        """Section 2.3.1: HTTP Basic or the form, one of them."""
        basic = headers.get("authorization")
        if basic is not None and "client_secret" in form:
            raise OAuthError("invalid_request", "client credentials are given twice")
        if basic is None:
            client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        else:
            client_id, secret = _basic_credentials(basic)
        known_id = hmac.compare_digest(client_id.encode(), self._credentials.client_id.encode())
        known = hmac.compare_digest(secret.encode(), self._credentials.client_secret.encode())
        if not (known_id and known):
            raise OAuthError("invalid_client", "unknown client or wrong secret", 401)

    def _granted(self, form: Mapping[str, str]) -> tuple[str, ...]:
        grant = form.get("grant_type")
        if grant is None:
            raise OAuthError("invalid_request", "grant_type is missing")
        if grant == "client_credentials":
            return _narrowed(USER_PERMISSIONS, form.get("scope"))
        if grant != "refresh_token":
            raise OAuthError(
                "unsupported_grant_type", "grant_type is client_credentials or refresh_token"
            )
        token = form.get("refresh_token")
        if token is None:
            raise OAuthError("invalid_request", "refresh_token is missing")
        return self._refresh_tokens.redeem(
            token, lambda permissions: _narrowed(permissions, form.get("scope"))
        )


class RefreshTokens:
    """Opaque refresh tokens, each good once, kept as SHA-256 so that they outlive a restart."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """Read what an earlier run kept in ``path``."""
        self._path = path
        self._clock = clock
        self._kept: dict[str, dict[str, Any]] = read_json(path) or {}

    def issue(self, permissions: Sequence[str]) -> str:
        """A new token; the oldest go first when there are too many."""
        token = secrets.token_urlsafe(_REFRESH_TOKEN_BYTES)
        self._kept[_digest(token)] = {
            "permissions": list(permissions),
            "expires_at": self._clock() + _REFRESH_TOKEN_SECONDS,
        }
        by_age = sorted(self._kept.items(), key=lambda entry: entry[1]["expires_at"])
        self._kept = dict(by_age[-_REFRESH_TOKENS_KEPT:])
        write_private_json(self._path, self._kept)
        return token

    def redeem(
        self, token: str, narrow: Callable[[tuple[str, ...]], tuple[str, ...]]
    ) -> tuple[str, ...]:
        """Spend a token for its permissions; it stays good when ``narrow`` raises.

        Raises:
            OAuthError: ``invalid_grant``: unknown, used or expired.
        """
        kept = self._kept.get(_digest(token))
        if kept is None or kept["expires_at"] <= self._clock():
            raise OAuthError("invalid_grant", "the refresh token is unknown, used or expired")
        permissions = narrow(tuple(kept["permissions"]))
        del self._kept[_digest(token)]
        return permissions


def _parse_form(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise OAuthError("invalid_request", f"the content type is not {_FORM}")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=False, errors="strict")
    except UnicodeDecodeError:
        raise OAuthError("invalid_request", "the body is not UTF-8") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthError("invalid_request", "a parameter is repeated")
    return form


def _basic_credentials(header: str) -> tuple[str, str]:
    """Both halves are form-encoded before they are joined (section 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    client_id, separator, secret = text.partition(":")
    if scheme.lower() != "basic" or not separator:
        raise OAuthError("invalid_client", "the Authorization header is not valid Basic", 401)
    return unquote_plus(client_id), unquote_plus(secret)


def _narrowed(permissions: tuple[str, ...], scope: str | None) -> tuple[str, ...]:
    """The permissions that were asked for, in their own order; all of them by default."""
    if scope is None:
        return permissions
    asked = set(scope.split())
    if not asked <= set(permissions):
        raise OAuthError("invalid_scope", f"scope is among: {' '.join(permissions)}")
    return tuple(permission for permission in permissions if permission in asked)


def _refusal(error: OAuthError) -> Answer:
    headers = dict(_NO_STORE)
    if error.code == "invalid_client":
        headers["www-authenticate"] = 'Basic realm="meshmill"'
    body = {"error": error.code, "error_description": str(error)}
    return Answer(error.status, headers, json.dumps(body).encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
