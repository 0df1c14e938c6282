"""The lines of a manifest as requests, each checked as the API checks a create body."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from meshmill.domain.errors import PayloadTooLarge, RequestError
from meshmill.domain.json_text import parse_object
from meshmill.domain.manifest.columns import body_of
from meshmill.domain.manifest.plan import LIMITS, ManifestFormat, ManifestLimits, Plan
from meshmill.domain.manifest.records import Record, divide, is_blank
from meshmill.domain.request import MAX_BODY_BYTES, AssetRequest, validate_request
from meshmill.domain.violations import printable

_MAX_CUSTOM_ID = 64


@dataclass(frozen=True, slots=True)
class LineError:
    """Why a line is rejected; ``field`` is the first member that is wrong, where one is known."""

    code: str
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line read: exactly one of ``request`` and ``error`` is set.

    ``custom_id`` is told of a bad line too, where it could be read.
    """

    line: int
    custom_id: str | None
    request: AssetRequest | None = None
    error: LineError | None = None


class _InvalidCsv(Exception):
    """A line that can't be divided into the header's columns."""


def read_records(
    blocks: Iterable[bytes],
    plan: Plan,
    offset: int,
    first_line: int,
    limits: ManifestLimits = LIMITS,
) -> Iterator[Record]:
    """The requests of a chunk from a record's beginning on, undecoded; blank lines are left out.

    Args:
        blocks: the manifest's bytes from ``offset`` to the end of its chunk.
        plan: that of the manifest.
        offset: where a chunk begins, or the ``end`` of one of its records.
        first_line: the physical line there: the chunk's, or the ``next_line`` of that record.
        limits: those that the plan was made with.
    """
    rows = divide(
        blocks, plan.format, begin=offset, line=first_line, max_bytes=limits.max_line_bytes
    )
    return (row for row in rows if not is_blank(row.data))


def read_line(record: Record, plan: Plan) -> ReadLine:
    """The request of a record, or what is wrong with it.

    The codes are those that the API answers the same request with, and ``INVALID_CSV``.
    """
    members: dict[str, Any] = {}
    try:
        members = _members(record.data, plan)
        request = validate_request(members)
    except _InvalidCsv as error:
        return ReadLine(record.line, None, error=LineError("INVALID_CSV", str(error)))
    except RequestError as error:
        return ReadLine(record.line, _custom_id(members), error=_line_error(error))
    return ReadLine(record.line, request.custom_id, request=request)


def _members(data: bytes | None, plan: Plan) -> dict[str, Any]:
    if data is None:
        raise PayloadTooLarge(f"The line is over {MAX_BODY_BYTES} bytes")
    if plan.format is ManifestFormat.JSONL:
        return parse_object(data, MAX_BODY_BYTES, "request")
    return body_of(plan.columns, _cells(data, len(plan.columns)))


def _cells(data: bytes, columns: int) -> list[str]:
    try:
        cells = next(csv.reader([data.decode()], strict=True))
    except UnicodeDecodeError:
        raise _InvalidCsv("The line is not UTF-8") from None
    except csv.Error:
        raise _InvalidCsv(
            "The line is not valid CSV: its quotes don't pair up, or it holds a carriage return"
        ) from None
    if len(cells) != columns:
        raise _InvalidCsv(f"The line has {len(cells)} cells, and the header {columns} columns")
    return cells


def _custom_id(members: dict[str, Any]) -> str | None:
    value = members.get("custom_id")
    if isinstance(value, str) and 0 < len(value) <= _MAX_CUSTOM_ID:
        return printable(value)
    return None


def _line_error(error: RequestError) -> LineError:
    field, hint = error.details.get("field"), error.details.get("hint")
    # A report has no column for the hint.
    message = error.message if hint is None else f"{error.message}; {hint}"
    return LineError(error.code, message, None if field is None else printable(field))
