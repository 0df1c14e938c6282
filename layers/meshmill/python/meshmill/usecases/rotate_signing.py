"""Replace the key that signs links and cursors, and let the old one pass for a while."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import Action, entry_of
from meshmill.domain.errors import InvalidState
from meshmill.domain.signing import KEYS_FRESH_MS, KeySuccession
from meshmill.ports import AuditTrail, Clock, Entropy, SigningVault, StoredSuccession

SUBJECT = "stage"
"""Under which the audit trail keeps what concerns no single user."""

# 48 bytes are 64 characters of base64.
_KEY_BYTES = 48


class StillOverlapping(InvalidState):
    """The previous key is still needed; ``until`` is when it no longer is, where that is known."""

    def __init__(self, until: int | None) -> None:
        super().__init__("Links that the previous key has signed may still be good")
        self.until = until


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateSigning:
    """One read, one entry in the audit trail, one conditional write.

    ``longest_link_ms`` is for how long a link is good. The old key passes for that long, and for
    the time in which processes may go on signing with it.
    """

    vault: SigningVault
    audit: AuditTrail
    clock: Clock
    entropy: Entropy
    longest_link_ms: int

    def __call__(self, attribution: Attribution) -> KeySuccession:
        """The keys from now on: current becomes previous, and a new current signs.

        Raises:
            StillOverlapping: then the key before the current one would be lost too early.
            InvalidState: somebody else rotated meanwhile; their rotation stands.
        """
        stored = self.vault.read()
        if stored.keys.is_overlapping(self.clock.now_ms()):
            raise StillOverlapping(stored.keys.previous_until)
        return self._succeed(stored, attribution)

    def regardless(self, attribution: Attribution) -> KeySuccession:
        """As a call, also where links of the previous key die of it: for a key that has leaked.

        Raises:
            InvalidState: somebody else rotated meanwhile; their rotation stands.
        """
        return self._succeed(self.vault.read(), attribution)

    def _succeed(self, stored: StoredSuccession, attribution: Attribution) -> KeySuccession:
        key = base64.urlsafe_b64encode(self.entropy(_KEY_BYTES)).decode()
        now = self.clock.now_ms()
        keys = stored.keys.followed_by(key, now, self.longest_link_ms + KEYS_FRESH_MS)
        # Before the rotation: one that leaves no trace would be worse than a trace of none.
        entry = entry_of(
            attribution,
            Action.SIGNING_KEY_ROTATED,
            subject=SUBJECT,
            target=f"signing_key:{stored.version}",
            at=now,
            entry_id=attribution.request_id,
            details={"previous_until": keys.previous_until},
        )
        self.audit.record([entry])
        self.vault.replace(stored, keys)
        return keys
