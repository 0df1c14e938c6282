"""Plans as they are recorded, kept for the next chunk of the same batch."""

from __future__ import annotations

from dataclasses import dataclass, field

from meshmill.domain.batch import Batch
from meshmill.domain.manifest.plan import Plan
from meshmill.ports.batches import OngoingBatches

_MOST_KEPT = 4


@dataclass(frozen=True, slots=True)
class RecordedPlans:
    """The plans of the last few batches; a process mostly works on one."""

    batches: OngoingBatches
    _kept: dict[tuple[str, int], Plan] = field(default_factory=dict)

    def of(self, batch: Batch) -> Plan | None:
        """The plan of a batch that is being ingested; None where it is gone."""
        # The same id may come again after an erasure, and be planned anew.
        key = (batch.batch_id, batch.started_at or 0)
        if key not in self._kept:
            plan = self.batches.plan(batch.batch_id)
            if plan is None:
                return None
            while len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = plan
        return self._kept[key]
