"""Who the client is: an API key, or something that tokens are fetched from as needed."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol
from urllib.parse import quote_plus

import httpx
from pydantic import BaseModel

from meshmill_client.errors import BadRequest, TokenRefused, Unauthorized, UnexpectedAnswer
from meshmill_client.runtime import Runtime
from meshmill_client.tokens import AccessToken, TokenCache, Tokens, require_fit_for_header
from meshmill_client.transport import Transport


class Authenticator(Protocol):
    """Credentials at work in one client."""

    async def headers(self) -> Mapping[str, str]:
        """Headers that authenticate a request made now."""
        ...

    async def forget(self, refused: Mapping[str, str]) -> bool:
        """Never give these headers again; whether asking once more may give better ones."""
        ...


class Credentials(Protocol):
    """What a client can be given to say who is calling."""

    def authenticator(self, transport: Transport) -> Authenticator:
        """These credentials at work, by a client's own connections."""
        ...


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A long-lived key, ``mm_…``.

    Raises:
        ValueError: it has characters that no key has, for example the end of a line.
    """

    key: str = field(repr=False)

    def __post_init__(self) -> None:
        require_fit_for_header(self.key)

    def authenticator(self, _transport: Transport) -> Authenticator:
        """The key, always."""
        return _Always({"X-API-Key": self.key})


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """The client credentials grant of OAuth 2.0 (RFC 6749, 4.4).

    The first request fetches a token. It is fetched anew five minutes before it expires, by one
    caller: others go on with the old one meanwhile, or wait for the new one where the old one is
    past its time. While the token endpoint fails, a token that is still good goes on serving;
    where it refuses the credentials, that is told.

    Args:
        token_url: the token endpoint.
        client_id: as the issuer knows the client.
        client_secret: likewise.
        scope: asks for fewer permissions than the client has.
        cache: keeps the token for the next process.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None
    cache: TokenCache | None = field(default=None, kw_only=True)

    def authenticator(self, transport: Transport) -> Authenticator:
        """A token of the endpoint's, renewed in time."""
        return Tokens(partial(_granted, self, transport), transport.runtime, self.cache)


Provided = str | AccessToken
"""A bearer token as a provider gives it; of a plain text that is no JWT nobody knows the end."""


@dataclass(frozen=True, slots=True)
class TokenProvider:
    """Tokens from a function of your own, which is called as :class:`ClientCredentials` fetches.

    Args:
        fetch: returns a token; for :class:`~meshmill_client.AsyncClient` it may be a coroutine
            function. When a text expires is read from it if it is a JWT. What it raises is raised
            by the call that needed a token; while the last one is good that goes on serving, and
            the function is called again half a minute later. :class:`TokenRefused` is always
            raised: it says that there will be none.
    """

    fetch: Callable[[], Provided | Awaitable[Provided]] = field(repr=False)

    def authenticator(self, transport: Transport) -> Authenticator:
        """The function's tokens, renewed in time."""

        async def fetched() -> AccessToken:
            given = self.fetch()
            runtime = transport.runtime
            token = await runtime.awaited(given) if inspect.isawaitable(given) else given
            if isinstance(token, AccessToken):
                return token
            if not isinstance(token, str):
                kind = type(token).__name__
                raise TypeError(f"a token is a str or an AccessToken; the function gave {kind}")
            return AccessToken.of_text(token, runtime.now())

        return Tokens(fetched, transport.runtime, None)


def credentials_of(
    given: Credentials | Callable[[], Provided | Awaitable[Provided]] | None, api_key: str | None
) -> Credentials | None:
    """The credentials that a client's arguments name, if any.

    Raises:
        ValueError: they name two.
    """
    if api_key is not None:
        if given is not None:
            raise ValueError("give credentials or an api_key, not both")
        return ApiKey(api_key)
    return TokenProvider(given) if callable(given) else given


class _Always:
    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    async def headers(self) -> Mapping[str, str]:
        return self._headers

    async def forget(self, _refused: Mapping[str, str]) -> bool:
        return False


class _Grant(BaseModel):
    """A successful answer of a token endpoint (RFC 6749, 5.1)."""

    access_token: str
    expires_in: float = 3600.0


async def _granted(credentials: ClientCredentials, transport: Transport) -> AccessToken:
    try:
        response = await transport.send(_token_request(credentials, transport.runtime))
    except (BadRequest, Unauthorized) as error:
        raise TokenRefused(error.message, code=error.refusal.code or "unauthorized") from error
    try:
        grant = _Grant.model_validate_json(response.content)
        return AccessToken(grant.access_token, grant.expires_in)
    except ValueError:
        raise UnexpectedAnswer(f"{credentials.token_url} did not answer with a token") from None


def _token_request(credentials: ClientCredentials, runtime: Runtime) -> httpx.Request:
    form = {"grant_type": "client_credentials"}
    if credentials.scope:
        form["scope"] = credentials.scope
    # RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
    pair = f"{quote_plus(credentials.client_id)}:{quote_plus(credentials.client_secret)}"
    basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return runtime.request("POST", credentials.token_url, data=form, headers=basic)
