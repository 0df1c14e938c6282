"""The three lanes that a request's priority selects."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

_EXPRESS_FROM, _STANDARD_FROM = 8, 4


class Lane(StrEnum):
    """A lane, fastest first; each has a queue of its own."""

    EXPRESS = "express"
    STANDARD = "standard"
    BULK = "bulk"

    @classmethod
    def for_priority(cls, priority: int) -> Lane:
        """8–10 express, 4–7 standard, 1–3 bulk."""
        if priority >= _EXPRESS_FROM:
            return cls.EXPRESS
        return cls.STANDARD if priority >= _STANDARD_FROM else cls.BULK

    @property
    def slower(self) -> tuple[Lane, ...]:
        """The lanes that a move to this one would be faster than."""
        lanes = tuple(Lane)
        return lanes[lanes.index(self) + 1 :]


#: Milliseconds that a queued asset may wait in each lane before the reconciler looks after it.
Patience = Mapping[Lane, int]
