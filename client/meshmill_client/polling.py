"""Following a signed status link until nothing more happens by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Generic, TypeVar

import httpx

from meshmill_client.batch_models import Batch
from meshmill_client.errors import LinkExpired, MeshmillError, WaitTimeout
from meshmill_client.models import Asset
from meshmill_client.refusals import retry_after
from meshmill_client.retries import asked_pause, transient
from meshmill_client.runtime import Runtime
from meshmill_client.transport import Transport

_DEFAULT_PAUSE, _SHORTEST_PAUSE = 1.0, 0.1
_LONGEST_REQUEST = 30.0

T = TypeVar("T", bound=Asset | Batch)

OnProgress = Callable[[Asset], None]
"""Receives the asset each time that it has been looked at, the final one included."""

OnBatchProgress = Callable[[Batch], None]
"""Likewise of a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(Generic[T]):
    """What is followed: as it was seen, how an answer is read, and how a fresh link is got.

    ``is_settled`` says that nothing can have happened to it since it was seen.
    """

    seen: T
    is_settled: bool
    read: Callable[[httpx.Response], T]
    anew: Callable[[], Awaitable[T]]


class Deadline:
    """So many seconds from now."""

    def __init__(self, seconds: float, runtime: Runtime) -> None:
        self._runtime = runtime
        self._begun = runtime.monotonic()
        self._seconds = seconds

    @property
    def waited(self) -> float:
        """Seconds since it was set."""
        return self._runtime.monotonic() - self._begun

    @property
    def left(self) -> float:
        """Seconds; below 0 where it has passed."""
        return self._seconds - self.waited

    def allows(self, error: MeshmillError) -> bool:
        """Worth another try, which would still be in time."""
        return transient(error) and asked_pause(error) < self.left


async def until_final(
    followed: Followed[T],
    transport: Transport,
    deadline: Deadline,
    on_progress: Callable[[T], None],
) -> T:
    """What was followed, once it is final; pauses are as long as the service asks for.

    A service that doesn't answer is asked again until the time is over: what is waited for goes
    on being made.

    Raises:
        WaitTimeout: it is not final in time.
        ApiError, ConnectionFailed: it can't be looked at.
    """
    runtime, link = transport.runtime, _Link(followed, transport)
    pause, failures = 0.0, 0
    lately: MeshmillError | None = None
    on_progress(link.seen)
    is_settled = followed.is_settled
    while not is_settled:
        left = deadline.left
        if left <= pause:
            raise WaitTimeout(link.seen, deadline.waited) from lately
        await runtime.sleep(pause)
        try:
            pause = await link.look(min(left - pause, _LONGEST_REQUEST))
        except MeshmillError as error:
            if not transient(error):
                raise
            failures, lately = failures + 1, error
            pause = asked_pause(error) + transport.retrier.jitter(failures)
        else:
            failures, lately, is_settled = 0, None, link.seen.is_final
            on_progress(link.seen)
    return link.seen


class _Link(Generic[T]):
    """A status link, and what it has shown last."""

    def __init__(self, followed: Followed[T], transport: Transport) -> None:
        self.seen = followed.seen
        self._followed = followed
        self._transport = transport
        self._tag: str | None = None
        self._is_untried = False

    async def look(self, timeout: float) -> float:
        """Look once; seconds after which to look again."""
        headers = {"If-None-Match": self._tag} if self._tag else {}
        request = self._transport.get(self.seen.status_url, headers, timeout)
        try:
            response = await self._transport.send_once(request)
        except LinkExpired:
            if self._is_untried:
                raise
            self.seen, self._tag, self._is_untried = await self._followed.anew(), None, True
            return 0.0
        self._is_untried = False
        if response.status_code != HTTPStatus.NOT_MODIFIED:
            self.seen = self._followed.read(response)
            self._tag = response.headers.get("ETag")
        asked = retry_after(response)
        return _DEFAULT_PAUSE if asked is None else max(asked, _SHORTEST_PAUSE)
