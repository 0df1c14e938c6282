"""Coroutines that never suspend, run to their end without an event loop.

A coroutine whose innermost awaits all return at once ends within its first ``send``. What the
client does is therefore written once, and :func:`blocking` gives it the face of a plain method.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator
from types import GenericAlias
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def completed(awaitable: Awaitable[T]) -> T:
    """What it returns.

    Raises:
        RuntimeError: it suspends, as something does that needs an event loop.
    """
    steps = awaitable.__await__()
    try:
        next(steps)
    except StopIteration as end:
        result: T = end.value
        return result
    steps.close()
    raise RuntimeError("this needs an event loop: use AsyncClient")


def blocking(
    method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Any, P], T]:
    """The method of a class that keeps the asynchronous one's object in ``_calls``."""

    @functools.wraps(method)
    def call(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return completed(method(self._calls, *args, **kwargs))

    return call


def blocking_iterator(
    method: Callable[Concatenate[Any, P], AsyncGenerator[T, None]],
) -> Callable[Concatenate[Any, P], Iterator[T]]:
    """As :func:`blocking`, for what is iterated over."""

    @functools.wraps(method)
    def call(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return _iterated(method(self._calls, *args, **kwargs))

    annotation = str(method.__annotations__["return"])
    item = annotation.removeprefix("AsyncGenerator[").removesuffix(", None]")
    returned = GenericAlias(Iterator, (item,))
    call.__annotations__ = {**method.__annotations__, "return": returned}
    # Otherwise inspect, and so help(), would take it from what is wrapped.
    signature = inspect.signature(method).replace(return_annotation=returned)
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


def _iterated(items: AsyncGenerator[T, None]) -> Iterator[T]:
    try:
        while True:
            try:
                item = completed(items.__anext__())
            except StopAsyncIteration:
                return
            yield item
    finally:
        completed(items.aclose())
