"""What became of a manifest's lines, as JSON lines and as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from meshmill.domain.manifest.lines import LineError

RESULT_COLUMNS = ("line", "custom_id", "asset_id", "outcome")
ERROR_COLUMNS = ("line", "custom_id", "code", "message", "field")

#: What makes a spreadsheet take a cell for a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


class LineOutcome(StrEnum):
    """How a line of a manifest ended; each ends in one of these ways."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


def result_line(
    line: int, custom_id: str | None, asset_id: str | None, outcome: LineOutcome
) -> bytes:
    """A line of ``results.jsonl``, its end included; there is no asset of a rejected line."""
    return _json_line(zip(RESULT_COLUMNS, (line, custom_id, asset_id, outcome), strict=True))


def error_line(line: int, custom_id: str | None, error: LineError) -> bytes:
    """A line of ``errors.jsonl``, its end included."""
    told = (line, custom_id, error.code, error.message, error.field)
    return _json_line(zip(ERROR_COLUMNS, told, strict=True))


def _json_line(members: Iterable[tuple[str, Any]]) -> bytes:
    return f"{_encode(dict(members))}\n".encode()


def results_csv(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The rows of ``results.csv``, header first, from the bytes of ``results.jsonl``."""
    return _csv(blocks, RESULT_COLUMNS)


def errors_csv(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The rows of ``errors.csv``, header first, from the bytes of ``errors.jsonl``."""
    return _csv(blocks, ERROR_COLUMNS)


def _csv(blocks: Iterable[bytes], columns: Sequence[str]) -> Iterator[bytes]:
    """CSV by RFC 4180 in UTF-8: comma, CRLF, quotes where needed; a block of rows for a block.

    Lines may be cut anywhere by the blocks. What is absent is an empty cell.
    """
    yield _rows([columns])
    unfinished = b""
    for block in blocks:
        lines, line_feed, unfinished = (unfinished + block).rpartition(b"\n")
        if line_feed:
            records = map(_decode, lines.decode().split("\n"))
            yield _rows(_cells(record, columns) for record in records)


def _rows(rows: Iterable[Sequence[str | int | None]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cells(record: Mapping[str, Any], columns: Sequence[str]) -> list[str | int | None]:
    return [_escaped(record[column]) for column in columns]


def _escaped(value: str | int | None) -> str | int | None:
    """Text that a spreadsheet would run, behind an apostrophe, which makes it plain text there."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
