"""Calls that wait for the network, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def each(call: Callable[[T], R], arguments: Sequence[T], threads: int) -> list[R]:
    """The calls' results in the order of their arguments; none is left under way.

    Raises:
        Exception: what the first of those that failed has raised, once all are over.
    """
    if threads == 1 or len(arguments) <= 1:
        return [call(argument) for argument in arguments]
    with ThreadPoolExecutor(min(threads, len(arguments))) as pool:
        return list(pool.map(call, arguments))
