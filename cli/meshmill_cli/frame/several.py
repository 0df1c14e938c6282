"""Work on several ids at a time: one that goes wrong leaves the others alone.

Commands import this module where they use it, for it loads the client.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from meshmill_cli.frame.connection import asking
from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.frame.failures import failure_of
from meshmill_client import AsyncClient, MeshmillError, errors
from meshmill_client.profiles import resolve

AT_ONCE = 4

T = TypeVar("T")

Work = Callable[[AsyncClient, str], Awaitable[T]]
Failure = MeshmillError | OSError

_OF_ALL = (
    errors.Unauthorized,
    errors.Forbidden,
    errors.TokenRefused,
    errors.ConnectionFailed,
    errors.RateLimitExceeded,
    OSError,
)
"""What stops one id stops the next ones as well: they are not asked for any more."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What came of an id: a result, or what went wrong; neither where it wasn't asked for."""

    name: str
    result: T | None = None
    failure: Failure | None = None


def of_each(
    profile: str | None, ids: Sequence[str], work: Work[T], at_once: int = AT_ONCE
) -> list[Outcome[T]]:
    """Do the work on each id, so many at a time.

    Args:
        profile: whose service it is.
        ids: in the order of the outcomes.
        work: what is to be done with one id.
        at_once: how many ids are worked on at a time.

    Raises:
        ProfileMissing: there is no such profile, or none at all.
    """
    return asyncio.run(_of_each(profile, ids, work, at_once))


def require_all(outcomes: Sequence[Outcome[Any]]) -> None:
    """End the command where something went wrong; what was done has been told by then.

    Raises:
        CommandFailed: each failure has its line, advice stands once. The lowest of their exit
            codes counts.
    """
    failures = list(_failures(outcomes))
    if not failures:
        return
    sys.stdout.flush()
    what = [failure.lines[0] for failure in failures]
    advice = [line for failure in failures for line in failure.lines[1:]]
    code = min(failure.exit_code for failure in failures)
    raise CommandFailed([*what, *dict.fromkeys(advice)], code)


async def _of_each(
    profile: str | None, ids: Sequence[str], work: Work[T], at_once: int
) -> list[Outcome[T]]:
    chosen = resolve(profile)
    places = asyncio.Semaphore(at_once)
    stopped = asyncio.Event()

    async def one(client: AsyncClient, each: str) -> Outcome[T]:
        async with places:
            if stopped.is_set():
                return Outcome(each)
            try:
                with asking(chosen):
                    return Outcome(each, await work(client, each))
            except (MeshmillError, OSError) as failure:
                if isinstance(failure, _OF_ALL):
                    stopped.set()
                return Outcome(each, failure=failure)

    async with AsyncClient(chosen.base_url, chosen.credentials()) as client:
        return await asyncio.gather(*(one(client, each) for each in ids))


def _failures(outcomes: Sequence[Outcome[Any]]) -> Iterator[CommandFailed]:
    """Of what stops all of them, the first is enough; it stands last."""
    of_all: CommandFailed | None = None
    for outcome in outcomes:
        if outcome.failure is None:
            continue
        told = failure_of(outcome.failure)
        if isinstance(outcome.failure, _OF_ALL):
            of_all = of_all or told
        else:
            yield _naming(outcome.name, told)
    if of_all is not None:
        yield of_all


def _naming(name: str, failure: CommandFailed) -> CommandFailed:
    first, *others = failure.lines
    return CommandFailed(
        [first if name in first else f"{name}: {first}", *others], Exit(failure.exit_code)
    )
