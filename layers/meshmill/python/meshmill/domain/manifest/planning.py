"""Divide a manifest into chunks of whole lines, in one pass over its bytes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from meshmill.domain.manifest.detection import HEAD_BYTES, Detected, detect
from meshmill.domain.manifest.plan import (
    LIMITS,
    ManifestLimits,
    ManifestRefused,
    Plan,
    PlannedChunk,
)
from meshmill.domain.manifest.records import Record, divide, is_blank


def plan_manifest(blocks: Iterable[bytes], limits: ManifestLimits = LIMITS) -> Plan:
    """The plan of the manifest that comes in these blocks.

    Chunks follow one another without gaps, from behind a byte order mark and a header to the
    file's end. Each takes up to ``chunk_lines`` requests and ``chunk_bytes`` bytes, or one record
    that is longer. Reading stops where the file is refused. Only what is needed to refuse a file
    is looked at here: whether a line is a request is the ingester's to say.

    Raises:
        ManifestRefused: the file as a whole is no manifest.
    """
    stream = _within(blocks, limits.max_bytes)
    head = _read_head(stream)
    detected = detect(head[:HEAD_BYTES])
    rows = divide(
        itertools.chain([head[detected.begin :]], stream),
        detected.format,
        begin=detected.begin,
        line=detected.line,
        max_bytes=limits.max_line_bytes,
    )
    chunks = tuple(_chunks(_few(rows, detected.line, limits.max_lines), detected, limits))
    if not any(chunk.lines for chunk in chunks):
        raise ManifestRefused("MANIFEST_EMPTY", "The file has a header and no lines after it")
    return Plan(format=detected.format, columns=detected.columns, chunks=chunks)


def _within(blocks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        if size > max_bytes:
            raise ManifestRefused("MANIFEST_TOO_LARGE", f"The file is over {max_bytes} bytes")
        yield block


def _read_head(stream: Iterator[bytes]) -> bytes:
    head = bytearray()
    while len(head) < HEAD_BYTES and (block := next(stream, None)) is not None:
        head += block
    return bytes(head)


def _few(rows: Iterator[Record], first_line: int, max_lines: int) -> Iterator[Record]:
    most = first_line + max_lines
    for row in rows:
        if row.next_line > most:
            raise ManifestRefused("MANIFEST_TOO_MANY_LINES", f"The file has over {max_lines} lines")
        yield row


def _chunks(
    rows: Iterator[Record], detected: Detected, limits: ManifestLimits
) -> Iterator[PlannedChunk]:
    number, lines = 0, 0
    begin = end = detected.begin
    first_line = detected.line
    for row in rows:
        adds = 0 if is_blank(row.data) else 1
        is_full = lines + adds > limits.chunk_lines or row.end - begin > limits.chunk_bytes
        if is_full and begin < row.begin:
            yield PlannedChunk(number, begin, row.begin, first_line, lines)
            number, lines, begin, first_line = number + 1, 0, row.begin, row.line
        lines += adds
        end = row.end
    if begin < end:
        yield PlannedChunk(number, begin, end, first_line, lines)
