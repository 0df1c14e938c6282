"""Write down which changes of assets callers have asked for, after they were answered."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from meshmill.domain.asset_change import AssetChange, UnreadableChange
from meshmill.domain.audit import AuditEntry
from meshmill.domain.errors import DependencyUnavailable
from meshmill.ports import AuditTrail, Quarantine

_SOURCE = "asset_changes"
#: So many changes are one write of the audit trail.
_TOGETHER = 25
_logger = logging.getLogger(__name__)


class ToldChange(Protocol):
    """A change as the platform has delivered it, perhaps not for the first time."""

    @property
    def change_id(self) -> str:
        """Names the change, the same at each delivery."""
        ...

    def read(self) -> AssetChange:
        """The change itself.

        Raises:
            UnreadableChange: nobody understands it.
        """
        ...

    def text(self) -> str:
        """What a person needs to look into it."""
        ...


@dataclass(slots=True)
class Progress:
    """How many changes are dealt with, of which so many asked for by callers or quarantined."""

    done: int = 0
    recorded: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class RecordChanges:
    """Goes through changes in order, and stops at the first that can't be written down now."""

    trail: AuditTrail
    quarantine: Quarantine

    def __call__(self, changes: Sequence[ToldChange]) -> Progress:
        """Deal with as many changes as possible; those after ``done`` must be delivered again.

        Changes that were dealt with before change nothing.
        """
        progress = Progress()
        for start in range(0, len(changes), _TOGETHER):
            together = changes[start : start + _TOGETHER]
            try:
                self._deal_with(together, progress)
            except DependencyUnavailable:
                context = {"left": len(changes) - progress.done}
                _logger.warning("Changes left", extra={"context": context}, exc_info=True)
                break
            progress.done += len(together)
        return progress

    def _deal_with(self, changes: Sequence[ToldChange], progress: Progress) -> None:
        entries: list[AuditEntry] = []
        for change in changes:
            try:
                entry = change.read().entry()
            except UnreadableChange:
                self.quarantine.keep(_SOURCE, change.change_id, change.text())
                progress.quarantined += 1
                context = {"change_id": change.change_id}
                _logger.exception("Change quarantined", extra={"context": context})
                continue
            if entry is not None:
                entries.append(entry)
        self.trail.record(entries)
        progress.recorded += len(entries)
