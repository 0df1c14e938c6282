"""Read one batch, for its owner or for an admin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from meshmill.domain.attribution import Reader
from meshmill.domain.batch import BatchState
from meshmill.domain.errors import absent_batch
from meshmill.ports.batches import BatchReader
from meshmill.usecases.cross_user_reading import CrossUserReading


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """One consistent query; ``cross_user_reading`` writes an audit entry for a foreign batch."""

    batches: BatchReader
    cross_user_reading: Callable[[], CrossUserReading]

    def __call__(self, reader: Reader, batch_id: str) -> BatchState:
        """The reader's batch, or any that the reader may read.

        Raises:
            NotFound: there is none, or it is somebody else's.
            DependencyUnavailable: it can't be read, or it can't be written down that it was.
        """
        state = self.batches.state(batch_id)
        if state is None:
            raise absent_batch()
        if state.batch.user_id != reader.user_id:
            if not reader.reads_all_users:
                raise absent_batch()
            self.cross_user_reading().batch_read(reader, state.batch)
        return state
