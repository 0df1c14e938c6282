"""A ZIP archive in memory, the same bytes for the same files.

PKWARE, "APPNOTE.TXT - .ZIP File Format Specification" 6.3.10, sections 4.3 and 4.4. The standard
library's zipfile deflates with zlib, ten times as slow as isal.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from isal import isal_zlib

_LOCAL, _CENTRAL, _END = 0x04034B50, 0x02014B50, 0x06054B50
_VERSION = 20
_MADE_ON_UNIX = 3 << 8 | _VERSION
_REGULAR_FILE = 0o100644 << 16
_NAMES_ARE_UTF8 = 1 << 11
_STORED, _DEFLATED = 0, 8
_MIDNIGHT, _FIRST_DAY = 0, 1 << 5 | 1  # 1 January 1980, the format's earliest
_LEVEL, _WITHOUT_HEADER = 1, -15


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A file of an archive: its path, its bytes as they are kept, and how."""

    path: bytes
    body: bytes
    size: int
    checksum: int
    method: int

    def header(self) -> bytes:
        """What the local and the central header of the file have in common."""
        return struct.pack(
            "<HHHHHIIIHH",
            _VERSION, _NAMES_ARE_UTF8, self.method, _MIDNIGHT, _FIRST_DAY,
            self.checksum, len(self.body), self.size, len(self.path), 0,
        )  # fmt: skip


def stored(path: str, data: bytes) -> Entry:
    """A file kept as it is: for images, which are compressed already."""
    return Entry(path.encode(), data, len(data), isal_zlib.crc32(data), _STORED)


def deflated(path: str, data: bytes) -> Entry:
    """A file kept deflated: for text."""
    body = isal_zlib.compress(data, _LEVEL, _WITHOUT_HEADER)
    return Entry(path.encode(), body, len(data), isal_zlib.crc32(data), _DEFLATED)


def write_zip(entries: Iterable[Entry]) -> bytes:
    """The archive of ``entries`` in their order; they and it must be below 4 GiB."""
    files: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for entry in entries:
        local = struct.pack("<I", _LOCAL) + entry.header() + entry.path
        files += (local, entry.body)
        directory.append(
            struct.pack("<IH", _CENTRAL, _MADE_ON_UNIX)
            + entry.header()
            + struct.pack("<HHHII", 0, 0, 0, _REGULAR_FILE, at)
            + entry.path
        )
        at += len(local) + len(entry.body)
    listed = b"".join(directory)
    count = len(directory)
    end = struct.pack("<IHHHHIIH", _END, 0, 0, count, count, len(listed), at, 0)
    return b"".join((*files, listed, end))
