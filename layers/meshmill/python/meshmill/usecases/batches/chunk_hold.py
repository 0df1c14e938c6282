"""A chunk under an ingester's lease."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.domain import batch_transitions, identity
from meshmill.domain.batch import Batch, Chunk
from meshmill.domain.manifest.plan import PlannedChunk
from meshmill.domain.transitions import Transition
from meshmill.ports import Clock, Entropy
from meshmill.ports.batches import OngoingBatches, ReportFiles
from meshmill.usecases.batches.stretches import Told


class ChunkLost(Exception):
    """Somebody else has the chunk by now, or its batch is gone."""


@dataclass(slots=True)
class ChunkHold:
    """What is counted is written to the parts of the batch's report first.

    Parts are named after the hold's owner, so that nobody who lost the chunk can replace one that
    is counted.
    """

    chunk: Chunk
    batch: Batch
    batches: OngoingBatches
    reports: ReportFiles
    clock: Clock

    def count(self, told: Told, *, offset: int, next_line: int, is_done: bool) -> None:
        """Write and count the lines up to an offset of the file, and go on from there.

        Raises:
            ChunkLost: nothing is counted, and won't be by this hold.
            DependencyUnavailable: they may be counted or not.
        """
        counted = told.counted
        advance = batch_transitions.advance(
            self.chunk,
            offset=offset,
            next_line=next_line,
            lines=counted.accepted + counted.duplicate + counted.rejected,
            is_done=is_done,
            parts=self._write(told),
            now=self.clock.now_ms(),
        )
        changed = self.batches.count(self.chunk, advance, counted)
        if changed is None:
            raise ChunkLost(advance.name)
        self.chunk = changed

    def release(self) -> bool:
        """Let the chunk go after an attempt that failed; whether it was ours as it was read."""
        return self._let_go(batch_transitions.release(self.chunk, now=self.clock.now_ms()))

    def set_aside(self) -> None:
        """Let it go until there is time or budget for more.

        Raises:
            ChunkLost: somebody else has it.
        """
        if not self._let_go(batch_transitions.set_aside(self.chunk, now=self.clock.now_ms())):
            raise ChunkLost("set_aside")

    def _let_go(self, transition: Transition) -> bool:
        changed = self.batches.change_chunk(self.chunk, transition)
        if changed is not None:
            self.chunk = changed
        return changed is not None

    def _write(self, told: Told) -> list[str]:
        parts = {"results": told.results, "errors": told.errors}
        written = []
        for kind, data in parts.items():
            if data:
                name = part_name(kind, self.chunk)
                self.reports.put_part(self.batch.user_id, self.batch.batch_id, name, data)
                written.append(name)
        return written


def part_name(kind: str, chunk: Chunk) -> str:
    """``results-{chunk}-{line}-{owner}``: sorted as the lines are."""
    return f"{kind}-{chunk.number:05d}-{chunk.next_line:07d}-{chunk.owner}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeChunk:
    """One write for the first ingester of a chunk, two for those after it."""

    batches: OngoingBatches
    clock: Clock
    entropy: Entropy
    lease_ms: int

    def __call__(self, batch: Batch, planned: PlannedChunk) -> Chunk | None:
        """The chunk under a lease of ours, or as it stands once it is done; else None.

        None tells that somebody else has it, who is watched, or that the batch is gone.

        Raises:
            DependencyUnavailable: it may be under a lease of ours, which lapses.
        """
        now = self.clock.now_ms()
        owner = identity.ulid(now, self.entropy(10))
        new = Chunk(
            batch_id=batch.batch_id,
            number=planned.number,
            offset=planned.begin,
            next_line=planned.first_line,
            updated_at=now,
            attempts=1,
            owner=owner,
            lease_until=now + self.lease_ms,
        )
        standing = self.batches.open_chunk(new)
        # The same owner stands there when our own put took effect without an answer.
        if standing is None or standing.is_done or standing.owner == owner:
            return standing
        if (standing.lease_until or 0) > now:
            return None
        claim = batch_transitions.claim(standing, owner, now=now, lease_ms=self.lease_ms)
        return self.batches.change_chunk(standing, claim)
