"""Changes of asset records, as the assets table tells of them afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.domain.asset import Asset
from meshmill.domain.audit import Action, AuditEntry, asset_entry


class UnreadableChange(Exception):
    """A change between records that no version of ours has written."""


@dataclass(frozen=True, slots=True)
class AssetChange:
    """A record before (None: there was none) and after a write."""

    before: Asset | None
    after: Asset

    def entry(self) -> AuditEntry | None:
        """The audit entry for what a caller asked for; None where no caller asked.

        It follows from the change alone, so that told twice it is one entry. The attribution
        itself does not tell: a caller may send the same request id with everything it asks.
        """
        before, after = self.before, self.after
        if after.attribution is None:
            return None
        details: dict[str, object] = {"priority": after.priority}
        if before is None:
            action = Action.ASSET_CREATED
        elif before.run != after.run:
            action, details = Action.ASSET_REQUEUED, details | {"previous_run": before.run}
        elif before.lane is not after.lane:
            action, details = Action.ASSET_PROMOTED, details | {"previous_lane": before.lane}
        else:
            return None
        return asset_entry(after.attribution, action, after, at=after.updated_at, details=details)
