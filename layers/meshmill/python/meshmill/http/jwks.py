"""The token issuer's public keys: fetched from one pinned address, rarely, and kept."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from jwt import PyJWK, PyJWTError

from meshmill.ports import Clock

_FRESH_MS = 10 * 60 * 1000
_REFETCH_GAP_MS = 30 * 1000
_TIMEOUT_SECONDS = 3
_MAX_BYTES = 256 * 1024
ALGORITHMS = ("RS256", "ES256")

FetchJwks = Callable[[], bytes]


def fetcher(url: str) -> FetchJwks:
    """Fetches exactly this address; nothing in a token can name another."""

    def fetch() -> bytes:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310  # pinned by configuration
            body: bytes = answer.read(_MAX_BYTES)
        return body

    return fetch


class JwksCache:
    """Keys by id; stale ones serve through an outage, and strangers can't cause a flood.

    An unknown key id leads to a fetch at most once in 30 seconds, so that random ids in forged
    tokens cost the issuer nothing; a rotated key is picked up within that time. The age is
    checked at each use, since a process restored from a snapshot may be days old.
    """

    def __init__(self, fetch: FetchJwks, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at: int | None = None
        self._tried_at: int | None = None
        self._lock = threading.Lock()

    def find(self, key_id: str) -> PyJWK | None:
        """The key with this id, or None where the issuer has none."""
        with self._lock:
            if self._is_stale() or key_id not in self._keys:
                self._refresh()
            return self._keys.get(key_id)

    def _is_stale(self) -> bool:
        now = self._clock.now_ms()
        return self._fetched_at is None or not 0 <= now - self._fetched_at < _FRESH_MS

    def _refresh(self) -> None:
        now = self._clock.now_ms()
        if self._tried_at is not None and 0 <= now - self._tried_at < _REFETCH_GAP_MS:
            return
        self._tried_at = now
        try:
            self._keys = _read_keys(self._fetch())
        except (OSError, HTTPException, ValueError, RecursionError):
            # The issuer is down or confused: the keys that we have go on serving.
            return
        self._fetched_at = now


def _read_keys(document: bytes) -> dict[str, PyJWK]:
    """The keys of a set that we can use.

    Raises:
        ValueError: it is no JWK set (RFC 7517, section 5), or nothing in it is of use.
    """
    members = json.loads(document)
    entries = members.get("keys") if isinstance(members, dict) else None
    if not isinstance(entries, list):
        raise ValueError("not a JWK set")  # noqa: TRY004  # the caller's document, not its type
    keys: dict[str, PyJWK] = {}
    for entry in entries:
        key = _read_key(entry)
        if key is not None:
            keys[entry["kid"]] = key
    if not keys:
        raise ValueError("a JWK set without a key that we can use")
    return keys


def _read_key(entry: Any) -> PyJWK | None:
    """A signing key of a kind that we take; others, and malformed ones, may stand beside it."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("use", "sig") != "sig":
        return None
    try:
        key = PyJWK(entry)
    except PyJWTError:
        return None
    return key if key.algorithm_name in ALGORITHMS else None
