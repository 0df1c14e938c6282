"""What a file is, from its first bytes: a manifest in JSON lines or CSV, or what else it may be."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass

from meshmill.domain.manifest import columns
from meshmill.domain.manifest.plan import ManifestFormat, ManifestRefused
from meshmill.domain.manifest.records import divide, is_blank
from meshmill.domain.violations import did_you_mean, printable

#: As much of a file as decides what it is; the header must end within.
HEAD_BYTES = 64 * 1024

#: Signatures as in the formats' specifications, and as ``file`` knows them.
_COMPRESSED = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip (or a spreadsheet, .xlsx)"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
)
#: By their byte order marks or, since a manifest begins with ASCII, by where its first four bytes
#: are zero (RFC 4627, section 3); UTF-32 first, whose mark begins like UTF-16's.
_WIDE = (
    (re.compile(rb"\xff\xfe\0\0|\0\0\xfe\xff|\0\0\0[^\0]|[^\0]\0\0\0"), "UTF-32"),
    (re.compile(rb"\xff\xfe|\xfe\xff|(?:\0[^\0]){2}|(?:[^\0]\0){2}"), "UTF-16"),
)
_SEPARATORS = ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars"))


@dataclass(frozen=True, slots=True)
class Detected:
    """How the file is written; its data begins at byte ``begin``, which is physical line ``line``.

    ``columns`` are those of a CSV file's header, which lies before the data.
    """

    format: ManifestFormat
    begin: int
    line: int
    columns: tuple[str, ...] = ()


def detect(head: bytes) -> Detected:
    """What the file is that begins with these bytes: its first :data:`HEAD_BYTES`, or all of it.

    Raises:
        ManifestRefused: no manifest; the message says what to do.
    """
    _refuse_compressed(head)
    _refuse_wide_characters(head)
    begin = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    text = head[begin:]
    if is_blank(text):
        raise ManifestRefused("MANIFEST_EMPTY", _nothing_in(head))
    _refuse_lone_carriage_returns(text)
    if text.lstrip().startswith(b"{"):
        return Detected(ManifestFormat.JSONL, begin, line=1)
    if text.lstrip().startswith(b"["):
        raise _no_header("The file is a JSON array; write each of its objects on a line of its own")
    return _with_header(text, begin)


def _nothing_in(head: bytes) -> str:
    if len(head) >= HEAD_BYTES:
        return f"The file begins with {HEAD_BYTES} bytes of white space"
    return "The file is empty; it must hold a request a line"


def _refuse_compressed(head: bytes) -> None:
    for signature, name in _COMPRESSED:
        if head.startswith(signature):
            raise ManifestRefused(
                "UNSUPPORTED_COMPRESSION",
                f"The file is compressed with {name}; upload it as plain JSON lines or CSV",
            )


def _refuse_wide_characters(head: bytes) -> None:
    for beginning, encoding in _WIDE:
        if beginning.match(head):
            raise ManifestRefused(
                "UNSUPPORTED_ENCODING", f"The file is in {encoding}; save it as UTF-8"
            )


def _refuse_lone_carriage_returns(text: bytes) -> None:
    """One at the very end may be half of a line end, or the last line's own."""
    if b"\n" not in text and b"\r" in text[:-1]:
        raise ManifestRefused(
            "UNSUPPORTED_ENCODING",
            "The file's lines end with carriage returns alone; end them with line feeds",
        )


def _no_header(message: str) -> ManifestRefused:
    return ManifestRefused("INVALID_HEADER", message)


def _with_header(text: bytes, begin: int) -> Detected:
    rows = divide([text], ManifestFormat.CSV, begin=begin, line=1, max_bytes=HEAD_BYTES)
    header = next(row for row in rows if not is_blank(row.data))
    ends_within = header.end < begin + len(text) or len(text) + begin < HEAD_BYTES
    if header.data is None or not ends_within:
        raise _no_header(f"The header must end within the first {HEAD_BYTES} bytes")
    names = _names(header.data)
    return Detected(ManifestFormat.CSV, header.end, header.next_line, names)


def _names(header: bytes) -> tuple[str, ...]:
    try:
        text = header.decode()
    except UnicodeDecodeError:
        raise ManifestRefused(
            "UNSUPPORTED_ENCODING", "The header is not UTF-8; save the file as UTF-8"
        ) from None
    try:
        cells = next(csv.reader([text], strict=True))
    except csv.Error:
        raise _no_header(
            "The header's quotes don't pair up, or it holds a carriage return"
        ) from None
    names = tuple(cell.strip() for cell in cells)
    _refuse_other_separators(names)
    _refuse_unknown(names)
    doubled = [name for name, times in Counter(names).items() if times > 1]
    if doubled:
        raise _no_header(f"The column {printable(doubled[0])} stands twice in the header")
    if "format" not in names:
        raise _no_header("The header has no column format, which every line needs")
    return names


def _refuse_other_separators(names: tuple[str, ...]) -> None:
    if len(names) > 1:
        return
    known = columns.known_columns()
    for separator, spoken in _SEPARATORS:
        first, *further = map(str.strip, names[0].split(separator))
        if further and any(name in known for name in (first, *further)):
            raise _no_header(f"Columns are separated by {spoken}; separate them by commas")


def _refuse_unknown(names: tuple[str, ...]) -> None:
    known = columns.known_columns()
    for number, name in enumerate(names, start=1):
        if not name:
            raise _no_header(f"Column {number} has no name in the header")
        if name.startswith(columns.LABELS) and not columns.is_label(name):
            raise _no_header(f"{printable(name)} can't be a column: no label may have this key")
        if name not in known and not columns.is_label(name):
            raise _no_header(f"{printable(name)} is not a known column: {_hint(name, known)}")


def _hint(name: str, known: list[str]) -> str:
    """What was probably meant, also by who writes a member as it stands in JSON."""
    option = columns.OPTIONS + name
    meant = option if option in known else name.removeprefix("parameters.")
    spoken = ", ".join(columns.spoken_columns())
    return did_you_mean(meant, known) or f"columns are {spoken}"
