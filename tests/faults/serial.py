"""Threads, one call after the other: calls have numbers, and a schedule is the same each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, Self, TypeVar

import pytest

from meshmill.aws import s3_reports, side_by_side

T = TypeVar("T")


class _OneAfterTheOther:
    """An executor that runs what it is given at once; who dies there takes the caller along."""

    def __init__(self, _workers: int) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def submit(self, call: Callable[..., T], *arguments: Any) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(call(*arguments))
        return future

    def map(self, call: Callable[..., T], *arguments: Iterable[Any]) -> list[T]:
        return list(map(call, *arguments))

    def shutdown(self, *, cancel_futures: bool) -> None: ...


def without_threads(patch: pytest.MonkeyPatch) -> None:
    """Let nothing of ours be done beside anything else."""
    for module in (s3_reports, side_by_side):
        patch.setattr(module, "ThreadPoolExecutor", _OneAfterTheOther)
