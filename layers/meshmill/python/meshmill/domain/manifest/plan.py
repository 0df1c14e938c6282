"""How a manifest is divided, so that its parts can be ingested side by side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ManifestFormat(StrEnum):
    """How a manifest is written."""

    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class PlannedChunk:
    """A stretch of whole lines: bytes ``begin`` … ``end`` − 1 of the file, numbered from 0.

    ``first_line`` is the physical line at ``begin``, counted from 1. ``lines`` are the requests
    in it: blank lines are none, and one with quoted line breaks spans several.
    """

    number: int
    begin: int
    end: int
    first_line: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole of a manifest; ``columns`` are those of a CSV file's header."""

    format: ManifestFormat
    columns: tuple[str, ...] = ()
    chunks: tuple[PlannedChunk, ...]

    @property
    def lines(self) -> int:
        """How many requests there are."""
        return sum(chunk.lines for chunk in self.chunks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestLimits:
    """What a manifest may be, and how large its chunks get; sizes in bytes."""

    max_bytes: int = 1024**3
    max_lines: int = 1_000_000
    max_line_bytes: int = 64 * 1024
    chunk_lines: int = 2_000
    chunk_bytes: int = 4 * 1024**2


#: The contract's.
LIMITS = ManifestLimits()


class ManifestRefused(Exception):
    """The file as a whole is no manifest; ``code`` and ``message`` are told to its owner."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
