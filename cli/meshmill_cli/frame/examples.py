"""Examples, as they stand at the end of a command's help."""

from __future__ import annotations


def examples(*lines: str) -> str:
    """An epilogue of command lines; they are shown as they are, never wrapped."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
