"""Addresses of what became of a batch's lines."""

from __future__ import annotations

from meshmill.domain.asset import StoredFile

#: Prefixes of keys: files that callers are given, and the parts that they are put together from.
FILES, PARTS = "batches", "parts"


def file_key(user_id: str, batch_id: str, filename: str) -> str:
    """``batches/{user_id}/{batch_id}/{filename}``."""
    return f"{FILES}/{user_id}/{batch_id}/{filename}"


def part_key(user_id: str, batch_id: str, name: str) -> str:
    """``parts/{user_id}/{batch_id}/{name}``."""
    return f"{PARTS}/{user_id}/{batch_id}/{name}"


def stored_file(key: str, media_type: str, *, size: int, sha256: str) -> StoredFile:
    """A file of :func:`file_key`: ``results.jsonl`` is named ``results``, a CSV ``results_csv``."""
    filename = key.rpartition("/")[2]
    stem, _, ending = filename.partition(".")
    name = stem if ending == "jsonl" else f"{stem}_{ending}"
    return StoredFile(name, filename, media_type, size, sha256, key)
