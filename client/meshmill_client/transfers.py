"""How far a file has come on its way here or there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transfer:
    """A file on its way: ``done`` of ``total`` bytes; ``done`` may fall where it begins anew."""

    name: str
    done: int
    total: int


OnTransfer = Callable[[Transfer], None]
"""Receives how far a file is: where it begins, and each time that some of it has moved.

What it raises ends the transfer.
"""


def unobserved(_seen: object) -> None:
    """Nobody wants to know."""
