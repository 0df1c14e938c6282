"""How fast a user's manifests are ingested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from meshmill.domain.batch import Batch
from meshmill.ports import Entropy
from meshmill.ports.batches import LineBudget

_MS_PER_SECOND: Final = 1000
_LONGEST_SECONDS: Final = 900
_CHUNKS_A_SECOND: Final = 10


class Fenced(Exception):
    """The user is being erased: nothing of his batches is carried on."""


@dataclass(frozen=True, slots=True)
class LinePace:
    """Draws on the budget that all manifests of a user share."""

    budget: LineBudget
    entropy: Entropy

    def wait(self, batch: Batch, lines: int) -> int | None:
        """None where so many lines may be ingested now, else for how many seconds not to ask.

        Of a batch's chunks those that were refused ask again one after the other, since they
        would be refused once more if they came together: of ten chunks one a second.

        Raises:
            Fenced: never again.
        """
        if lines == 0:
            return None
        allowance = self.budget.draw(batch.user_id, lines)
        if allowance.fenced:
            raise Fenced
        if allowance.granted:
            return None
        spread = (batch.chunks or 0) // _CHUNKS_A_SECOND
        jitter = int.from_bytes(self.entropy(2), "big") % (spread + 1)
        return min(-(-allowance.retry_after_ms // _MS_PER_SECOND) + jitter, _LONGEST_SECONDS)
