"""API keys and signing keys that a test sets."""

from __future__ import annotations

from meshmill.domain.signing import SigningKeys
from meshmill.ports import ApiKey


class InMemoryApiKeys:
    """``ApiKeys`` without a cache: what is added or revoked counts at once."""

    def __init__(self, *keys: ApiKey) -> None:
        self._keys = {key.key_id: key for key in keys}

    def find(self, key_id: str) -> ApiKey | None:
        return self._keys.get(key_id)

    def add(self, key: ApiKey) -> None:
        self._keys[key.key_id] = key

    def revoke(self, key_id: str) -> None:
        self._keys.pop(key_id, None)


class RotatingSecret:
    """A ``SigningSecret`` that a test rotates."""

    def __init__(self, current: bytes = b"current signing key") -> None:
        self._keys = SigningKeys(current)

    def keys(self) -> SigningKeys:
        return self._keys

    def reread(self) -> SigningKeys:
        return self._keys

    def rotate(self, current: bytes) -> None:
        """The current key becomes the previous one; the one before it is forgotten."""
        self._keys = SigningKeys(current, self._keys.current)
