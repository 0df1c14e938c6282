"""What making an asset takes, as people read it."""

from __future__ import annotations

from typing import Protocol


class Estimate(Protocol):
    """As the engine and the service tell it: ``seconds`` of one core, ``megabytes`` at most."""

    @property
    def triangles(self) -> int:
        """Of the most detailed level."""
        ...

    @property
    def bytes(self) -> int:
        """Of all files."""
        ...

    @property
    def seconds(self) -> float:
        """Of one core."""
        ...

    @property
    def megabytes(self) -> int:
        """Of memory."""
        ...


def estimate_as_text(told: Estimate) -> str:
    """One line."""
    return (
        f"about {told.triangles:,} triangles, {told.bytes:,} bytes, "
        f"{told.seconds:g} s of CPU, {told.megabytes:,} MB of memory"
    )
