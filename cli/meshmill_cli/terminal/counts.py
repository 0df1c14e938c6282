"""Numbers of things, as they are said."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 material``, ``2,000 materials``: of nouns whose plural takes an s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
