"""Who is calling: a bearer token of the pinned issuer, or an API key of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import jwt

from meshmill.domain import identity
from meshmill.domain.api_keys import KeyCredential
from meshmill.domain.errors import Forbidden, Unauthorized
from meshmill.http.jwks import ALGORITHMS, JwksCache, fetcher
from meshmill.http.token_form import require_token_form
from meshmill.ports import ApiKeys, Clock
from meshmill.settings import ApiSettings

_LEEWAY_SECONDS = 60
# What Cognito writes into ``token_use`` of the tokens that are meant for an API.
_ACCESS = "access"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """An authenticated caller: whose records, by whom, what is permitted, which bucket pays."""

    user_id: str
    actor: str
    permissions: frozenset[str]
    bucket: str
    bucket_kind: str
    requests_per_minute: int

    def may(self, permission: str) -> bool:
        """Whether the caller has a permission."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Check a permission.

        Raises:
            Forbidden: the caller does not have it.
        """
        if not self.may(permission):
            raise Forbidden(f"The permission {permission} is required", {"required": permission})


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerTokens:
    """Verifies JWTs (RFC 7519) of one issuer for any of our audiences."""

    issuer: str
    audiences: frozenset[str]
    jwks: JwksCache
    requests_per_minute: int

    def principal(self, token: str) -> Principal:
        """The caller that a token proves.

        Raises:
            Unauthorized: for every defect alike.
        """
        claims = self._verified(token)
        try:
            user = identity.user_id(self.issuer, claims["sub"])
        except UnicodeEncodeError:
            # A lone surrogate, which JSON can spell and nobody can be called.
            raise Unauthorized from None
        return Principal(
            user_id=user,
            actor=f"user:{user}",
            permissions=_permissions(claims),
            bucket=identity.user_bucket(user),
            bucket_kind="user",
            requests_per_minute=self.requests_per_minute,
        )

    def _verified(self, token: str) -> dict[str, Any]:
        require_token_form(token)
        try:
            header = jwt.get_unverified_header(token)
            key = self.jwks.find(_text(header.get("kid")))
            if key is None or header.get("alg") != key.algorithm_name:
                raise Unauthorized
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                issuer=self.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "sub"], "verify_aud": False},
            )
        except (jwt.PyJWTError, UnicodeEncodeError):
            raise Unauthorized from None
        self._check_audience(claims)
        # An ID token tells a client who signed in; it is no key to anybody's API.
        if not claims["sub"] or claims.get("token_use", _ACCESS) != _ACCESS:
            raise Unauthorized
        return claims

    def _check_audience(self, claims: Mapping[str, Any]) -> None:
        """``aud`` as text or list; or ``client_id``, which access tokens of Cognito carry."""
        audience = claims.get("aud", claims.get("client_id"))
        named = audience if isinstance(audience, list) else [audience]
        if not any(isinstance(name, str) and name in self.audiences for name in named):
            raise Unauthorized


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticator:
    """Takes either kind of credential from a request's headers (names in lower case)."""

    tokens: BearerTokens
    api_keys: ApiKeys
    key_requests_per_minute: int
    clock: Clock

    @classmethod
    def configured(cls, settings: ApiSettings, api_keys: ApiKeys, clock: Clock) -> Self:
        """With the issuer and the limits of the function's settings."""
        tokens = BearerTokens(
            issuer=settings.token_issuer,
            audiences=_listed(settings.token_audience),
            jwks=JwksCache(fetcher(settings.jwks_url), clock),
            requests_per_minute=settings.user_requests_per_minute,
        )
        return cls(
            tokens=tokens,
            api_keys=api_keys,
            key_requests_per_minute=settings.key_requests_per_minute,
            clock=clock,
        )

    def principal(self, headers: Mapping[str, str]) -> Principal:
        """The caller.

        Raises:
            Unauthorized: no credential, two of them, or one that isn't good.
        """
        authorization, key = headers.get("authorization"), headers.get("x-api-key")
        if authorization is None and key is not None:
            return self._by_key(key)
        if authorization is None or key is not None:
            raise Unauthorized
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized
        return self.tokens.principal(token.strip(" "))

    def _by_key(self, text: str) -> Principal:
        credential = KeyCredential.parse(text)
        key = self.api_keys.find(credential.key_id) if credential else None
        if credential is None or key is None:
            raise Unauthorized
        if not key.opens_to(credential, self.clock.now_ms()):
            raise Unauthorized
        return Principal(
            user_id=key.user_id,
            actor=f"key:{key.key_id}",
            permissions=key.permissions,
            bucket=identity.key_bucket(key.key_id),
            bucket_kind="API key",
            requests_per_minute=key.requests_per_minute or self.key_requests_per_minute,
        )


def _listed(names: str) -> frozenset[str]:
    """The names in a comma-separated text."""
    return frozenset(name.strip() for name in names.split(",") if name.strip())


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise Unauthorized
    return value


def _permissions(claims: Mapping[str, Any]) -> frozenset[str]:
    """From ``permissions`` (list) or ``scope`` (text); ``assets/create`` reads as ``:``."""
    listed = claims.get("permissions")
    if not isinstance(listed, list):
        scope = claims.get("scope")
        listed = scope.split() if isinstance(scope, str) else []
    return frozenset(name.replace("/", ":", 1) for name in listed if isinstance(name, str))
