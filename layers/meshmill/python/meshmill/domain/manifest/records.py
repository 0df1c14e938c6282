"""A stream of bytes divided into records, whatever the blocks are that it comes in.

Planner and ingester both read through :func:`divide`, so that what is planned is what is ingested.
Nothing is remembered from one record to the next: reading may begin at any record. Why lines end as
they do here is told in ADR 0024.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from meshmill.domain.manifest.plan import ManifestFormat

# The grammar of RFC 4180 without line breaks, and lenient behind a closing quote. Quantifiers are
# possessive: nothing is tried twice, so that any line is matched in linear time.
_REST_OF_QUOTED = r'(?:[^"]++|"")*+"[^,]*+'
_FURTHER_CELLS = rf'(?:,(?:"{_REST_OF_QUOTED}|(?!")[^,]*+))*+'
_CELLS = re.compile(rf'(?:"{_REST_OF_QUOTED}|(?!")[^,]*+){_FURTHER_CELLS}'.encode())
_REST_OF_CELLS = re.compile(f"{_REST_OF_QUOTED}{_FURTHER_CELLS}".encode())
_CARRIAGE_RETURN = 0x0D
_SLICE_BYTES = 256 * 1024


class Record(NamedTuple):
    """A request as it stands in the file, or a blank line.

    It begins at physical line ``line`` (from 1) and takes the bytes ``begin`` … ``end`` − 1, its
    line end included; at ``end`` the physical line ``next_line`` begins. ``data`` is without the
    line end, and None of a record over the limit, of which nothing is kept.
    """

    line: int
    begin: int
    end: int
    next_line: int
    data: bytes | None


def is_blank(data: bytes | None) -> bool:
    """Whether there is nothing but ASCII white space: a line, but no request."""
    return data is not None and (not data or data.isspace())


def divide(
    blocks: Iterable[bytes],
    manifest_format: ManifestFormat,
    *,
    begin: int,
    line: int,
    max_bytes: int,
) -> Iterator[Record]:
    """Records and blank lines, one after the other without gaps.

    Args:
        blocks: the file from a record's beginning on.
        manifest_format: in CSV, line breaks in quotes are part of a record.
        begin: offset of the first of these bytes in the file.
        line: the physical line that begins there, counted from 1.
        max_bytes: the longest record; a longer one is passed over in bounded memory.
    """
    lines = _physical_lines(blocks, begin, line, max_bytes)
    return lines if manifest_format is ManifestFormat.JSONL else _QuotedLines(lines, max_bytes)


def _physical_lines(
    blocks: Iterable[bytes], begin: int, line: int, max_bytes: int
) -> Iterator[Record]:
    unfinished = _Unfinished(max_bytes)
    for block in _slices(blocks):
        pieces = block.split(b"\n")
        last = pieces.pop()
        if pieces and unfinished.size:
            unfinished.add(pieces.pop(0))
            yield (record := unfinished.record(begin, line, line_feeds=1))
            begin, line = record.end, record.next_line
            unfinished = _Unfinished(max_bytes)
        for piece in pieces:
            end = begin + len(piece) + 1
            yield Record(line, begin, end, line + 1, _content(piece, max_bytes))
            begin = end
            line += 1
        unfinished.add(last)
    if unfinished.size:
        yield unfinished.record(begin, line, line_feeds=0)


def _slices(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that may become a list of lines without taking much memory."""
    for block in blocks:
        if len(block) <= _SLICE_BYTES:
            yield block
        else:
            for begin in range(0, len(block), _SLICE_BYTES):
                yield block[begin : begin + _SLICE_BYTES]


def _content(text: bytes, max_bytes: int) -> bytes | None:
    """A line without the carriage return before its line feed, where it is within the limit."""
    if text and text[-1] == _CARRIAGE_RETURN:
        text = text[:-1]
    if len(text) <= max_bytes:
        return text
    return b"" if text.isspace() else None


class _Unfinished:
    """The beginning of a line whose end hasn't come yet; what is over the limit isn't kept."""

    def __init__(self, max_bytes: int) -> None:
        self.size = 0
        self._max_bytes = max_bytes
        self._text = bytearray()
        self._is_blank = True

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        self._is_blank = self._is_blank and is_blank(piece)
        if self._is_within_limit():
            self._text += piece

    def _is_within_limit(self) -> bool:
        # One more than the limit, since a carriage return at the end isn't counted.
        return self.size <= self._max_bytes + 1

    def record(self, begin: int, line: int, *, line_feeds: int) -> Record:
        """The whole line, whose beginning and number are given."""
        data = b"" if self._is_blank else None
        if self._is_within_limit():
            data = _content(bytes(self._text), self._max_bytes)
        return Record(line, begin, begin + self.size + line_feeds, line + 1, data)


class _QuotedLines(Iterator[Record]):
    """Physical lines of CSV, joined where a quote is open at a line's end.

    Such a record ends with the first further line that closes the quote. If there is none, or only
    one with which the record would be over the limit, the quote costs its own line alone, and the
    line after it begins a record.

    Lines are read ahead for that. All but the last of them are known to close nothing, so each is
    searched once for a closing quote, however many records it is looked at for.
    """

    def __init__(self, lines: Iterator[Record], max_bytes: int) -> None:
        self._lines = lines
        self._max_bytes = max_bytes
        self._ahead: deque[Record] = deque()
        self._last_closes = False

    def __next__(self) -> Record:
        first = self._ahead.popleft() if self._ahead else next(self._lines)
        if not self._ahead:
            self._last_closes = False
        data = first.data
        if data is None or b'"' not in data or not _opens_quote(data):
            return first
        return self._joined(first) if self._is_closed(first) else first

    def _is_closed(self, first: Record) -> bool:
        """Whether the last line ahead, after reading as many as it takes, closes the quote."""
        while not self._last_closes:
            if self._ahead and self._ahead[-1].end - first.begin > self._max_bytes:
                return False
            line = next(self._lines, None)
            if line is None:
                return False
            self._ahead.append(line)
            self._last_closes = line.data is not None and _closes_quote(line.data)
        last = self._ahead[-1]
        return last.end - _line_end(last) - first.begin <= self._max_bytes

    def _joined(self, first: Record) -> Record:
        lines = [first, *self._ahead]
        self._ahead.clear()
        last = lines.pop()
        texts = [(line.data or b"") + b"\r\n"[-_line_end(line) :] for line in lines]
        data = b"".join([*texts, last.data or b""])
        return Record(first.line, first.begin, last.end, last.next_line, data)


def _line_end(line: Record) -> int:
    """How many bytes end a line: a line feed, and a carriage return before it."""
    return line.end - line.begin - len(line.data or b"")


def _opens_quote(line: bytes) -> bool:
    """Whether a quote is open at the end of a line that begins a record."""
    return _CELLS.fullmatch(line) is None


def _closes_quote(line: bytes) -> bool:
    """Whether no quote is open at the end of a line that begins in one."""
    return _REST_OF_CELLS.fullmatch(line) is not None
