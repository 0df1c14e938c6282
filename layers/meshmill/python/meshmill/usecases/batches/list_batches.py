"""List a user's batches, newest first, by an opaque signed cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from meshmill.domain.attribution import Reader
from meshmill.domain.batch import BatchState
from meshmill.ports import SigningSecret
from meshmill.ports.batches import BatchReader
from meshmill.usecases.cross_user_reading import CrossUserReading
from meshmill.usecases.paging import Page, Pager


@dataclass(frozen=True, slots=True)
class ListBatches:
    """One query of the listing, and a read of the batches on the page.

    For somebody else's batches, one audit entry a page by ``cross_user_reading``.
    """

    batches: BatchReader
    secret: SigningSecret
    cross_user_reading: Callable[[], CrossUserReading]

    def __call__(
        self, reader: Reader, user_id: str, *, limit: int, cursor: str | None = None
    ) -> Page[BatchState]:
        """One page of a user's batches.

        Raises:
            Forbidden: they are somebody else's.
            InvalidRequest: the cursor is not one that this user's listing has returned.
            DependencyUnavailable: they can't be read, or it can't be written down that they were.
        """
        if user_id != reader.user_id:
            self.cross_user_reading().require(reader)
        pager = Pager(self.batches.listed, self.batches.states, self.secret, "cursor of batches")
        page = pager.page(user_id, cursor, limit)
        if user_id != reader.user_id:
            self.cross_user_reading().batches_listed(reader, user_id)
        return page
