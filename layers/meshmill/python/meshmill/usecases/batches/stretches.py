"""Stretches of lines: read, submitted, and told of together."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from meshmill.domain.attribution import Attribution
from meshmill.domain.batch import Batch, Chunk, Counted
from meshmill.domain.line_results import LineOutcome, error_line, result_line
from meshmill.domain.manifest.lines import LineError, ReadLine, read_line
from meshmill.domain.manifest.plan import Plan
from meshmill.domain.manifest.records import Record
from meshmill.domain.origin import Origin
from meshmill.domain.request import AssetRequest
from meshmill.usecases.submit_lines import LineOutcome as SubmittedLine

#: Why a line is rejected that nothing is wrong with.
SPENT: Final = LineError("INTERNAL_ERROR", "The line could not be ingested; it may be sent again")
_MOST_BYTES: Final = 4 * 1024**2
_UNREAD: Final = LineError("INTERNAL_ERROR", "The line could not be read; it may be sent again")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records that follow one another; after the last stretch of a chunk there are none."""

    records: Sequence[Record]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the lines of a stretch, as JSON lines, and how many there are of each kind."""

    results: bytes
    errors: bytes
    counted: Counted


def stretches(records: Iterable[Record], most_lines: int) -> Iterator[Stretch]:
    """All records, so many and 4 MiB at a time; where there are none, one stretch without any."""
    held: list[Record] = []
    size = 0
    for record in records:
        length = len(record.data or b"")
        if held and (len(held) == most_lines or size + length > _MOST_BYTES):
            yield Stretch(held, is_last=False)
            held, size = [], 0
        held.append(record)
        size += length
    yield Stretch(held, is_last=True)


class Submission(Protocol):
    """What finds an asset for each line, by asking for it or by looking alone."""

    def __call__(
        self,
        user_id: str,
        lines: Sequence[tuple[Origin, AssetRequest]],
        attribution: Attribution,
        /,
    ) -> Sequence[SubmittedLine | None]:
        """The outcomes of the lines, in their order; None of one that was given up."""
        ...


@dataclass(frozen=True, slots=True)
class SubmitStretch:
    """Each line is accepted, a duplicate, or rejected, whatever is wrong with the others."""

    submit: Submission

    def __call__(self, stretch: Stretch, batch: Batch, plan: Plan, chunk: Chunk) -> Told:
        """Read, check and submit the lines.

        Raises:
            DependencyUnavailable: some may have been submitted; doing it again changes nothing.
        """
        lines = [_read(record, plan, chunk) for record in stretch.records]
        found = self._submitted(lines, batch, chunk)
        results, errors = bytearray(), bytearray()
        outcomes: Counter[LineOutcome] = Counter()
        for line in lines:
            asset = found.get(line.line)
            outcome = LineOutcome.REJECTED if asset is None else LineOutcome(asset.outcome)
            asset_id = None if asset is None else asset.asset_id
            results += result_line(line.line, line.custom_id, asset_id, outcome)
            if asset is None:
                errors += error_line(line.line, line.custom_id, line.error or SPENT)
            outcomes[outcome] += 1
        return Told(bytes(results), bytes(errors), _counted(outcomes))

    def _submitted(
        self, lines: Iterable[ReadLine], batch: Batch, chunk: Chunk
    ) -> dict[int, SubmittedLine]:
        """What stands for the good ones, by the number of the line."""
        asked = [
            (Origin(chunk.batch_id, chunk.number, line.line), line.request)
            for line in lines
            if line.request is not None
        ]
        if not asked:
            return {}
        outcomes = self.submit(batch.user_id, asked, batch.attribution)
        return {
            origin.line: outcome
            for (origin, _), outcome in zip(asked, outcomes, strict=True)
            if outcome is not None
        }


def rejected(first_line: int, lines: int, error: LineError) -> Told:
    """So many lines that can't be read, or not any more: only that they are there is known.

    They are numbered from ``first_line`` on as if none was blank or spanned several.
    """
    numbers = range(first_line, first_line + lines)
    results = (result_line(line, None, None, LineOutcome.REJECTED) for line in numbers)
    errors = (error_line(line, None, error) for line in numbers)
    return Told(b"".join(results), b"".join(errors), Counted(0, 0, lines))


def _read(record: Record, plan: Plan, chunk: Chunk) -> ReadLine:
    try:
        return read_line(record, plan)
    except Exception as error:  # noqa: BLE001 - a bug that one line meets must not sink the others
        # Not the exception's words, nor its frames' values: they may quote the line.
        context = context_of(chunk) | {"line": record.line, "error": type(error).__name__}
        _logger.error("Line not read", extra={"context": context})  # noqa: TRY400
        return ReadLine(record.line, None, error=_UNREAD)


def _counted(outcomes: Counter[LineOutcome]) -> Counted:
    return Counted(
        accepted=outcomes[LineOutcome.ACCEPTED],
        duplicate=outcomes[LineOutcome.DUPLICATE],
        rejected=outcomes[LineOutcome.REJECTED],
    )


def context_of(chunk: Chunk) -> dict[str, Any]:
    """What a log entry says of the chunk that it is about."""
    return {"batch_id": chunk.batch_id, "chunk": chunk.number, "attempt": chunk.attempts}
