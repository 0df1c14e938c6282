"""Several things followed at once: where one fails, nobody waits for the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Any, TypeVar

from meshmill_local.demo.clock import InterruptibleClock

A = TypeVar("A")
B = TypeVar("B")


def all_of(calls: Sequence[Callable[[], A]], clock: InterruptibleClock) -> list[A]:
    """What all calls return, in their order; they wait by ``clock``.

    Raises:
        DemoError: one of them failed; the others are abandoned.
        Interrupted: all are.
    """
    with ThreadPoolExecutor(len(calls), "demo") as threads:
        futures = [threads.submit(call) for call in calls]
        _settle(futures, clock)
    return [future.result() for future in futures]


def both(first: Callable[[], A], second: Callable[[], B], clock: InterruptibleClock) -> tuple[A, B]:
    """As :func:`all_of`, for two that return different things."""
    with ThreadPoolExecutor(2, "demo") as threads:
        futures = threads.submit(first), threads.submit(second)
        _settle(futures, clock)
    return futures[0].result(), futures[1].result()


def _settle(futures: Collection[Future[Any]], clock: InterruptibleClock) -> None:
    """A pool can only be left when all of its threads have ended: a failure wakes the others."""
    try:
        for future in as_completed(futures):
            future.result()
    finally:
        if not all(future.done() for future in futures):
            clock.abandon()
