"""The audit trail's entries about a batch."""

from __future__ import annotations

from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import Action, AuditEntry, entry_of
from meshmill.domain.batch import Batch


def batch_entry(attribution: Attribution, action: Action, batch: Batch, *, at: int) -> AuditEntry:
    """The entry for what was done with a batch; told again of the same version, it is one.

    A batch that was deleted may be made again under its id: the time of its making tells them
    apart.
    """
    return entry_of(
        attribution,
        action,
        subject=batch.user_id,
        target=f"batch:{batch.batch_id}",
        at=at,
        entry_id=f"{batch.batch_id}#{batch.created_at}#{batch.version}#{action}",
        details={"phase": batch.phase, "source": batch.source},
    )
