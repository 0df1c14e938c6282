"""Content digests of files and folders, by which work already done is recognised."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_NEVER_CONTENT = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})


def files_below(root: Path) -> Iterator[Path]:
    """All files below ``root`` (or ``root`` itself, if it is a file), sorted, caches left out."""
    if root.is_file():
        yield root
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and not _NEVER_CONTENT.intersection(path.relative_to(root).parts):
            yield path


def content_digest(roots: Iterable[Path], *words: str) -> str:
    """SHA-256 over names and contents below ``roots`` and over ``words``, in hexadecimal.

    Names enter relative to their root, so that two checkouts of one commit agree. A root that
    doesn't exist counts as an empty folder.
    """
    digest = hashlib.sha256()
    for word in words:
        digest.update(_framed(word.encode()))
    for root in roots:
        digest.update(_framed(b"root"))
        for path in files_below(root):
            digest.update(_framed(path.relative_to(root).as_posix().encode()))
            digest.update(_framed(path.read_bytes()))
    return digest.hexdigest()


def _framed(data: bytes) -> bytes:
    """``data`` after its length, so that no two sequences of parts join to the same bytes."""
    return len(data).to_bytes(8, "big") + data
