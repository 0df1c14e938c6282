"""Who and what: ids that follow from content, and runs that never repeat."""

from __future__ import annotations

import base64
import hashlib
import uuid

_ASSET_NAMESPACE = uuid.UUID("0d1f7c1e-52a4-5b0f-9c53-6f0f5a2d8f31")
_BATCH_NAMESPACE = uuid.UUID("6a3f5b52-9d0c-5c1e-8c57-2f9b7d1e4a60")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_TIME_BITS, _ULID_RANDOM_BYTES = 48, 10


def user_id(issuer: str, subject: str) -> str:
    """A key-safe id for a subject of an issuer: ``u`` and 32 characters of ``a-z2-7``.

    160 bits of SHA-256 over both, length-prefixed so that no two pairs join to one text.
    """
    text = f"{len(issuer)}:{issuer}{subject}".encode()
    digest = hashlib.sha256(text).digest()[:20]
    return "u" + base64.b32encode(digest).decode().lower()


def user_bucket(owner_id: str) -> str:
    """The rate-limit bucket that a user's tokens pay from."""
    return f"user#{owner_id}"


def key_bucket(key_id: str) -> str:
    """The rate-limit bucket that an API key pays from."""
    return f"key#{key_id}"


def batch_bucket(owner_id: str) -> str:
    """The rate-limit bucket that the lines of a user's manifests pay from."""
    return f"batch#{owner_id}"


def asset_id(owner_id: str, spec_id: str) -> str:
    """The UUIDv5 of user and spec: the same request of the same user has the same id."""
    return str(uuid.uuid5(_ASSET_NAMESPACE, f"{owner_id}/{spec_id}"))


def issued_batch_id(owner_id: str, idempotency_key: str) -> str:
    """The UUIDv5 of user and key: the same key of the same user is the same batch."""
    return str(uuid.uuid5(_BATCH_NAMESPACE, f"issued/{owner_id}/{idempotency_key}"))


def dropped_batch_id(bucket: str, key: str, version_id: str) -> str:
    """The UUIDv5 of a version of an object: announced twice, it is one batch."""
    return str(uuid.uuid5(_BATCH_NAMESPACE, f"dropped/{bucket}/{version_id}/{key}"))


def shard(identifier: str, shards: int) -> int:
    """A stable shard 0 … shards − 1, so that one user or one minute spreads over partitions."""
    return hashlib.sha256(identifier.encode()).digest()[0] % shards


def ulid(now_ms: int, randomness: bytes) -> str:
    """A ULID (https://github.com/ulid/spec): 26 characters, sorted by time.

    Args:
        now_ms: milliseconds since 1970, below 2^48.
        randomness: ten random bytes.
    """
    if len(randomness) != _ULID_RANDOM_BYTES:
        raise ValueError(f"a ULID takes {_ULID_RANDOM_BYTES} random bytes")
    number = (now_ms % (1 << _ULID_TIME_BITS)) << 80 | int.from_bytes(randomness, "big")
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
