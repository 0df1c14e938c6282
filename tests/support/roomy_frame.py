"""Room for a whole test on one piece of the interpreter's stack of frames.

CPython keeps frames on pieces of 16 KiB, each mapped when a call needs it and unmapped when that
call returns (``push_chunk`` in ``Python/pystate.c``, from 3.11 on). A loop that happens to run at
the end of a piece maps and unmaps memory with each of its calls, which took a fifth of some tests'
time. A frame that is too large for one gets a larger piece, in powers of two; what it leaves of
that is its callees'.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

#: Just above half of 2 MiB, in words of 8 bytes, so that nearly 1 MiB is left.
_WORDS = 2**17 + 64


def in_roomy_frame(function: Callable[P, R]) -> Callable[P, R]:
    """``function``, called from a frame that claims a piece of its own and leaves half of it."""

    def call(*arguments: P.args, **further: P.kwargs) -> R:
        return function(*arguments, **further)

    assert isinstance(call, FunctionType)
    call.__code__ = call.__code__.replace(co_stacksize=_WORDS)
    return call
