"""Access tokens: how long they are good, who fetches the next one, and where they are kept."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, Self

from meshmill_client.errors import ApiError, TokenRefused
from meshmill_client.retries import transient_of_store
from meshmill_client.runtime import Runtime

RENEW_BEFORE_EXPIRY = 300.0
"""Seconds."""

_TRY_AGAIN_AFTER = 30.0


def require_fit_for_header(secret: str) -> None:
    """Refuse what no header may hold, before whatever sends it tells it in an error.

    Raises:
        ValueError: it is empty, or not made of printable ASCII characters alone.
    """
    if not secret or not secret.isascii() or not secret.isprintable():
        raise ValueError("a key or token is empty, or has characters that no header may have")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as it is issued: ``expires_in`` seconds from now, or nobody knows when."""

    text: str = field(repr=False)
    expires_in: float = math.inf

    def __post_init__(self) -> None:
        require_fit_for_header(self.text)

    @classmethod
    def of_text(cls, text: str, now: float) -> Self:
        """The token, with the end that it names itself if it is a JWT (RFC 7519, 4.1.4).

        Its signature is not looked at: who checks the token is the service.
        """
        try:
            payload = text.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            expires_in = float(claims["exp"]) - now
        except (IndexError, KeyError, OverflowError, TypeError, ValueError):
            expires_in = math.inf
        return cls(text, expires_in)


@dataclass(frozen=True, slots=True)
class CachedToken:
    """A token as it is kept; times in seconds since 1970.

    From ``renew_at`` on the next one is fetched; if it isn't told, five minutes before the end.
    """

    text: str = field(repr=False)
    expires_at: float
    renew_at: float | None = None


class TokenCache(Protocol):
    """Keeps one token beyond the process that fetched it. It may lose it, but raises nothing."""

    def load(self) -> CachedToken | None:
        """The token that was kept last, if any."""
        ...

    def store(self, token: CachedToken) -> None:
        """Keep a token in place of an older one."""
        ...

    def forget(self) -> None:
        """Keep none any more."""
        ...


@dataclass(frozen=True, slots=True)
class _Held:
    """A token in use; times in seconds since 1970."""

    text: str = field(repr=False)
    renew_at: float
    expires_at: float

    @property
    def headers(self) -> dict[str, str]:
        """The token in its header (RFC 6750)."""
        return {"Authorization": f"Bearer {self.text}"}


class Tokens:
    """The tokens of one client, one at a time, each fetched by one of its callers."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[AccessToken]],
        runtime: Runtime,
        cache: TokenCache | None,
    ) -> None:
        self._fetch = fetch
        self._runtime = runtime
        self._cache = cache
        self._lock = runtime.lock()
        self._held: _Held | None = None

    async def headers(self) -> Mapping[str, str]:
        """A token that is good for a while.

        Raises:
            TokenRefused: the endpoint does not know these credentials.
            ApiError, ConnectionFailed, UnexpectedAnswer: it does not give one, and none is left.
            Exception: likewise a function of the caller's own, whatever it raises.
        """
        held, now = self._held, self._runtime.now()
        if held is not None and now < held.renew_at:
            return held.headers
        # Who finds another at it goes on with what is still good.
        if held is not None and now < held.expires_at and self._lock.locked():
            return held.headers
        async with self._lock:
            held = self._held or self._kept()
            if held is None or self._runtime.now() >= held.renew_at:
                held = await self._renewed(held)
            self._held = held
            return held.headers

    async def forget(self, refused: Mapping[str, str]) -> bool:
        """Drop a refused token, unless somebody else has fetched a newer one already."""
        async with self._lock:
            if self._held is not None and self._held.headers == dict(refused):
                self._forget(self._held)
                self._held = None
            return True

    async def _renewed(self, held: _Held | None) -> _Held:
        asked_at = self._runtime.now()
        try:
            token = await self._fetch()
        except Exception as error:
            now = self._runtime.now()
            if held is None or now >= held.expires_at or _is_refusal(error):
                raise
            renew_at = min(now + _TRY_AGAIN_AFTER, held.expires_at)
            return _Held(held.text, renew_at, held.expires_at)
        # A token that lives for less than ten minutes is renewed at half its life.
        margin = min(RENEW_BEFORE_EXPIRY, token.expires_in / 2)
        expires_at = asked_at + token.expires_in
        renew_at = expires_at - margin
        if self._cache is not None and math.isfinite(expires_at):
            self._cache.store(CachedToken(token.text, expires_at, renew_at))
        return _Held(token.text, renew_at, expires_at)

    def _forget(self, refused: _Held) -> None:
        """Unless another process has kept a newer one."""
        kept = self._kept()
        if self._cache is not None and kept is not None and kept.text == refused.text:
            self._cache.forget()

    def _kept(self) -> _Held | None:
        kept = self._cache.load() if self._cache is not None else None
        if kept is None:
            return None
        renew_at = kept.renew_at
        if renew_at is None:
            renew_at = kept.expires_at - RENEW_BEFORE_EXPIRY
        return _Held(kept.text, renew_at, kept.expires_at)


def _is_refusal(error: Exception) -> bool:
    """Whether it is about the credentials; else who gives tokens is just not itself."""
    if isinstance(error, ApiError):
        return not transient_of_store(error)
    return isinstance(error, TokenRefused)
