"""API keys: how they read, what is kept of them, and when they are good."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

_FORM = re.compile(r"mm_([a-z2-7]{16})_([A-Za-z0-9_-]{43})")
_ID_BYTES, _SECRET_BYTES = 10, 32


@dataclass(frozen=True, slots=True)
class KeyCredential:
    """An API key as its owner has it, ``mm_<key_id>_<secret>``.

    ``key_id`` is 16 characters of ``a-z2-7``, ``secret`` 43 of URL-safe base64 (256 bits).
    """

    key_id: str
    secret: str = field(repr=False)

    @classmethod
    def generate(cls, entropy: Callable[[int], bytes]) -> Self:
        """A new one of so many random bytes."""
        key_id = base64.b32encode(entropy(_ID_BYTES)).decode().lower()
        secret = base64.urlsafe_b64encode(entropy(_SECRET_BYTES)).decode().rstrip("=")
        return cls(key_id, secret)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The credential that a text spells, or None where it can be none of ours."""
        match = _FORM.fullmatch(text)
        return cls(match[1], match[2]) if match else None

    def __str__(self) -> str:
        """As a client sends it in ``X-API-Key``."""
        return f"mm_{self.key_id}_{self.secret}"

    @property
    def secret_sha256(self) -> str:
        """What is stored instead of the secret, in hexadecimal; 256 random bits need no salt."""
        return hashlib.sha256(self.secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is kept of a key: its secret's hash, whose it is, and what it may do.

    Times are milliseconds since 1970; without ``expires_at`` it is good until it is revoked,
    without ``requests_per_minute`` it has the limit of its stage.
    """

    key_id: str
    secret_sha256: str = field(repr=False)
    user_id: str
    permissions: frozenset[str]
    name: str
    created_at: int
    requests_per_minute: int | None = None
    expires_at: int | None = None

    def opens_to(self, credential: KeyCredential, now_ms: int) -> bool:
        """Whether the credential is this key's, compared in constant time, and still good."""
        same = hmac.compare_digest(credential.secret_sha256, self.secret_sha256)
        return same and not self.is_expired(now_ms)

    def is_expired(self, now_ms: int) -> bool:
        """Whether its time has passed."""
        return self.expires_at is not None and now_ms >= self.expires_at
