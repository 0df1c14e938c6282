"""Signatures on links and cursors: HMAC-SHA256, with two keys while one is being rotated."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Self

from meshmill.domain.errors import InvalidSignature, LinkExpired

KEYS_FRESH_MS = 5 * 60_000
"""For how long a process signs with the keys that it has read, before it asks again."""


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The key that signs, and the one before it, whose signatures still pass."""

    current: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)

    def sign(self, purpose: str, *parts: str) -> str:
        """A signature of 43 URL-safe characters; each purpose has signatures of its own."""
        return _signature(self.current, purpose, parts)

    def verify(self, signature: str, purpose: str, *parts: str) -> None:
        """Compare in constant time.

        Raises:
            InvalidSignature: neither key made it.
        """
        keys = [self.current] + ([self.previous] if self.previous else [])
        given = signature.encode("utf-8", "replace")
        # Both keys are always compared, so that time does not tell which one matched.
        matches = [
            hmac.compare_digest(given, _signature(key, purpose, parts).encode()) for key in keys
        ]
        if not any(matches):
            raise InvalidSignature


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySuccession:
    """The signing keys as they are kept, with the times of their rotation.

    ``rotated_at`` is when ``current`` followed ``previous``, ``previous_until`` when the signatures
    of ``previous`` stop passing: milliseconds since 1970. Without them ``previous`` is good for as
    long as it stands there.
    """

    current: str = field(repr=False)
    previous: str = field(default="", repr=False)
    rotated_at: int | None = None
    previous_until: int | None = None

    def at(self, now_ms: int) -> SigningKeys:
        """The keys that are good now."""
        previous = self.previous.encode() if self.is_overlapping(now_ms) else None
        return SigningKeys(self.current.encode(), previous)

    def is_overlapping(self, now_ms: int) -> bool:
        """Whether there is a previous key whose signatures still pass."""
        lapsed = self.previous_until is not None and now_ms >= self.previous_until
        return bool(self.previous) and not lapsed

    def followed_by(self, key: str, now_ms: int, overlap_ms: int) -> Self:
        """After a rotation: a new current key, beside which the old one passes for a while."""
        return type(self)(
            current=key,
            previous=self.current,
            rotated_at=now_ms,
            previous_until=now_ms + overlap_ms,
        )


def sign_status_link(keys: SigningKeys, kind: str, identifier: str, expires: int) -> str:
    """Signature of a status link; ``expires`` in seconds since 1970."""
    return keys.sign("status", kind, identifier, str(expires))


def verify_status_link(
    keys: SigningKeys, kind: str, identifier: str, expires: str, signature: str, now_seconds: int
) -> None:
    """Accept exactly the link that was signed, until it expires.

    Raises:
        InvalidSignature: anything about it differs.
        LinkExpired: it is ours, and past its time.
    """
    keys.verify(signature, "status", kind, identifier, expires)
    if now_seconds >= int(expires):
        raise LinkExpired


def _signature(key: bytes, purpose: str, parts: tuple[str, ...]) -> str:
    # Lengths are part of the text, so that no two lists of parts read the same.
    text = "".join(f"{len(part)}:{part}" for part in (purpose, *parts))
    digest = hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
