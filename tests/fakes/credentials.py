"""API keys and signing keys that a test sets."""

from __future__ import annotations

from collections.abc import Iterator

from meshmill.domain.api_keys import ApiKey
from meshmill.domain.audit import AuditEntry
from meshmill.domain.errors import InvalidState
from meshmill.domain.signing import KeySuccession, SigningKeys
from meshmill.ports import StoredSuccession


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


class InMemoryApiKeyStore:
    """``ApiKeyStore`` whose audit entries are a list."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}
        self.entries: list[AuditEntry] = []

    def create(self, key: ApiKey, entry: AuditEntry) -> None:
        if key.key_id in self._keys:
            raise InvalidState("taken")
        self._keys[key.key_id] = key
        self.entries.append(entry)

    def get(self, key_id: str) -> ApiKey | None:
        return self._keys.get(key_id)

    def every(self) -> Iterator[ApiKey]:
        yield from list(self._keys.values())

    def delete(self, key_id: str, entry: AuditEntry) -> bool:
        if self._keys.pop(key_id, None) is None:
            return False
        self.entries.append(entry)
        return True


class InMemorySigningVault:
    """``SigningVault`` whose versions are counted."""

    def __init__(self, keys: KeySuccession) -> None:
        self._stored = StoredSuccession("0", keys)

    def read(self) -> StoredSuccession:
        return self._stored

    def replace(self, seen: StoredSuccession, keys: KeySuccession) -> None:
        if seen.version != self._stored.version:
            raise InvalidState("somebody was faster")
        self._stored = StoredSuccession(str(int(seen.version) + 1), keys)


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
