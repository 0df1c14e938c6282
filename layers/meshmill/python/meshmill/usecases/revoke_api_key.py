"""Revoke an API key."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.domain.api_keys import ApiKey
from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import Action, entry_of
from meshmill.domain.errors import NotFound
from meshmill.ports import ApiKeyStore, Clock

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class RevokeApiKey:
    """One read, and one transaction: the key goes, its entry in the audit trail comes."""

    store: ApiKeyStore
    clock: Clock

    def __call__(self, key_id: str, attribution: Attribution) -> ApiKey:
        """The key that is no more; processes that remember it take it for another minute.

        Raises:
            NotFound: there is none, or somebody else was faster.
        """
        key = self.store.get(key_id)
        if key is None or not self._delete(key, attribution):
            # Cut: who pastes a whole key here must not find its secret in a terminal's log.
            raise NotFound(f"There is no API key {key_id[:_SHOWN]}")
        return key

    def _delete(self, key: ApiKey, attribution: Attribution) -> bool:
        entry = entry_of(
            attribution,
            Action.API_KEY_REVOKED,
            subject=key.user_id,
            target=f"api_key:{key.key_id}",
            at=self.clock.now_ms(),
            entry_id=attribution.request_id,
        )
        return self.store.delete(key.key_id, entry)
