"""Issue an API key to a user; its text is told once, and only its hash is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from meshmill.domain.api_keys import ApiKey, KeyCredential
from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import Action, entry_of
from meshmill.domain.errors import InvalidRequest, Violation
from meshmill.domain.permissions import Permission
from meshmill.domain.violations import did_you_mean
from meshmill.ports import ApiKeyStore, Clock, Entropy

MAX_NAME = 64
#: A bucket is one item, and one partition of a table takes about a thousand writes a second.
MAX_REQUESTS_PER_MINUTE = 60_000
_PERMISSIONS = [each.value for each in Permission]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRequest:
    """What is asked for; ``lifetime_ms`` and ``requests_per_minute`` may be left to the stage."""

    user_id: str
    name: str
    permissions: Sequence[str]
    requests_per_minute: int | None = None
    lifetime_ms: int | None = None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """What is stored, and the credential that nobody can read again."""

    key: ApiKey
    credential: KeyCredential


@dataclass(frozen=True, slots=True)
class IssueApiKey:
    """One transaction: the key and its entry in the audit trail."""

    store: ApiKeyStore
    clock: Clock
    entropy: Entropy

    def __call__(self, request: KeyRequest, attribution: Attribution) -> IssuedKey:
        """A new key.

        Raises:
            InvalidRequest: with all violations at once.
        """
        violations = list(_violations(request))
        if violations:
            raise InvalidRequest(violations)
        credential, now = KeyCredential.generate(self.entropy), self.clock.now_ms()
        key = ApiKey(
            key_id=credential.key_id,
            secret_sha256=credential.secret_sha256,
            user_id=request.user_id,
            permissions=frozenset(request.permissions),
            name=request.name,
            created_at=now,
            requests_per_minute=request.requests_per_minute,
            expires_at=None if request.lifetime_ms is None else now + request.lifetime_ms,
        )
        entry = entry_of(
            attribution,
            Action.API_KEY_CREATED,
            subject=key.user_id,
            target=f"api_key:{key.key_id}",
            at=now,
            entry_id=attribution.request_id,
            details={"permissions": sorted(key.permissions), "expires_at": key.expires_at},
        )
        self.store.create(key, entry)
        return IssuedKey(key, credential)


def _violations(request: KeyRequest) -> Iterator[Violation]:
    if not (1 <= len(request.name) <= MAX_NAME and request.name.isprintable()):
        message = f"name must have 1 to {MAX_NAME} characters that can be printed"
        yield Violation("name", message, request.name[:MAX_NAME])
    if not request.permissions:
        message = "permissions: name at least one, since any guess would be too wide or too narrow"
        yield Violation("permissions", message, allowed=_PERMISSIONS)
    for name in request.permissions:
        if name not in _PERMISSIONS:
            hint = did_you_mean(name, _PERMISSIONS)
            message = f"{name} is not a permission; there are {', '.join(_PERMISSIONS)}"
            yield Violation("permissions", message, name, _PERMISSIONS, hint)
    limit = request.requests_per_minute
    if limit is not None and not 1 <= limit <= MAX_REQUESTS_PER_MINUTE:
        message = f"requests_per_minute must be between 1 and {MAX_REQUESTS_PER_MINUTE:,}"
        yield Violation("requests_per_minute", message, limit)
    if request.lifetime_ms is not None and request.lifetime_ms <= 0:
        yield Violation("expires_in", "expires_in must be a time ahead", request.lifetime_ms)
