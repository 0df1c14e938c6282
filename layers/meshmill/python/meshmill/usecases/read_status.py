"""Read what a signed link names, for whoever holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshmill.domain.errors import NotFound
from meshmill.domain.signing import SigningKeys, verify_status_link
from meshmill.ports import Clock, SigningSecret
from meshmill.usecases.signatures import check

if TYPE_CHECKING:
    from meshmill.domain.account_job import AccountJob
    from meshmill.domain.asset import Asset
    from meshmill.domain.batch import BatchState


@dataclass(frozen=True, slots=True)
class ReadStatus:
    """One consistent read, for a signature instead of a token.

    ``readers`` find the record of an identifier, by the kind of link.
    """

    readers: Mapping[str, Callable[[str], Asset | AccountJob | BatchState | None]]
    secret: SigningSecret
    clock: Clock

    def __call__(
        self, kind: str, identifier: str, expires: str, signature: str
    ) -> Asset | AccountJob | BatchState:
        """The record that a signed link names.

        Raises:
            InvalidSignature: the link is not as it was signed.
            LinkExpired: it is past its time.
            NotFound: the record was deleted since, or its own time is over.
        """
        now_seconds = self.clock.now_ms() // 1000

        def verify(keys: SigningKeys) -> None:
            verify_status_link(keys, kind, identifier, expires, signature, now_seconds)

        check(self.secret, verify)
        # Only links of these kinds are ever signed, so another kind got no further.
        record = self.readers[kind](identifier) if kind in self.readers else None
        if record is None:
            raise NotFound("What this link showed has expired or was deleted")
        return record
