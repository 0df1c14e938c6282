"""Who the client is: an API key, or an OAuth 2.0 client whose tokens are fetched as needed."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote_plus

import httpx
from pydantic import BaseModel, ValidationError

from meshmill_client.clock import Clock
from meshmill_client.errors import (
    ApiError,
    BadRequest,
    MeshmillError,
    TokenRefused,
    Unauthorized,
    UnexpectedAnswer,
)
from meshmill_client.retries import transient
from meshmill_client.transport import Transport

RENEW_BEFORE_EXPIRY = 300.0
"""Seconds."""

_TRY_AGAIN_AFTER = 30.0


class Credentials(Protocol):
    """What the client asks of credentials."""

    def headers(self, transport: Transport, clock: Clock) -> Mapping[str, str]:
        """Headers that authenticate a request made now."""
        ...

    def forget(self, refused: Mapping[str, str]) -> bool:
        """Never give these headers again; whether asking once more may give better ones."""
        ...


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A long-lived key, ``mm_…``."""

    key: str = field(repr=False)

    def headers(self, _transport: Transport, _clock: Clock) -> Mapping[str, str]:
        """The key in its header."""
        return {"X-API-Key": self.key}

    def forget(self, _refused: Mapping[str, str]) -> bool:
        """There is no other key."""
        return False


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; times in seconds since 1970."""

    text: str = field(repr=False)
    renew_at: float
    expires_at: float

    @property
    def headers(self) -> dict[str, str]:
        """The token in its header (RFC 6750)."""
        return {"Authorization": f"Bearer {self.text}"}


class _Grant(BaseModel):
    """A successful answer of a token endpoint (RFC 6749, 5.1)."""

    access_token: str
    expires_in: float = 3600.0


class ClientCredentials:
    """The client credentials grant (RFC 6749, 4.4).

    The first request fetches a token; it is fetched anew five minutes before it expires, by one
    thread while others wait for it. While the token endpoint is down, a token that is still good
    goes on serving.
    """

    def __init__(
        self, token_url: str, client_id: str, client_secret: str, scope: str | None = None
    ) -> None:
        """``scope`` asks for fewer permissions than the client has."""
        self._token_url = token_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        self._token: Token | None = None
        self._lock = threading.Lock()

    def headers(self, transport: Transport, clock: Clock) -> Mapping[str, str]:
        """A token that is good for a while.

        Raises:
            TokenRefused: the endpoint does not know these credentials.
            ApiError, ConnectionFailed: it does not answer, and there is no token left.
        """
        with self._lock:
            token = self._token
            if token is None or clock.now() >= token.renew_at:
                token = self._token = self._renewed(token, transport, clock)
            return token.headers

    def forget(self, refused: Mapping[str, str]) -> bool:
        """Drop a refused token, unless another thread has a newer one already."""
        with self._lock:
            if self._token is not None and self._token.headers == dict(refused):
                self._token = None
            return True

    def _renewed(self, token: Token | None, transport: Transport, clock: Clock) -> Token:
        try:
            return self._fetched(transport, clock)
        except MeshmillError as error:
            now = clock.now()
            if token is None or now >= token.expires_at or not transient(error):
                raise
            return Token(token.text, now + _TRY_AGAIN_AFTER, token.expires_at)

    def _fetched(self, transport: Transport, clock: Clock) -> Token:
        asked_at = clock.now()
        try:
            response = transport.send(self._request(transport.http))
        except (BadRequest, Unauthorized) as error:
            raise _token_refused(error) from error
        try:
            grant = _Grant.model_validate_json(response.content)
        except ValidationError:
            raise UnexpectedAnswer(f"{self._token_url} did not answer with a token") from None
        # A token that lives for less than ten minutes is renewed at half its life.
        margin = min(RENEW_BEFORE_EXPIRY, grant.expires_in / 2)
        expires_at = asked_at + grant.expires_in
        return Token(grant.access_token, expires_at - margin, expires_at)

    def _request(self, http: httpx.Client) -> httpx.Request:
        # RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
        pair = f"{quote_plus(self._client_id)}:{quote_plus(self._client_secret)}"
        basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        return http.build_request("POST", self._token_url, data=self._form, headers=basic)


def _token_refused(error: ApiError) -> TokenRefused:
    code = error.refusal.code or "unauthorized"
    return TokenRefused(error.message, code=code)
