"""Following a signed status link until nothing more happens by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import httpx

from meshmill_client.batch_models import Batch
from meshmill_client.clock import Clock
from meshmill_client.errors import WaitTimeout
from meshmill_client.models import Asset
from meshmill_client.refusals import retry_after
from meshmill_client.transport import Transport

_DEFAULT_PAUSE, _SHORTEST_PAUSE = 1.0, 0.1

T = TypeVar("T", Asset, Batch)

OnProgress = Callable[[Asset], None]
"""Receives the asset each time that it has been looked at, the final one included."""

OnBatchProgress = Callable[[Batch], None]
"""Likewise of a batch."""


def until_final(
    seen: T,
    read: Callable[[httpx.Response], T],
    transport: Transport,
    clock: Clock,
    timeout: float,
    on_progress: Callable[[T], None],
) -> T:
    """What was followed, once it is final; pauses are as long as the service asks for.

    Raises:
        WaitTimeout: it is not final ``timeout`` seconds from now.
        ApiError, ConnectionFailed: it can't be looked at.
    """
    begun = clock.monotonic()
    pause = 0.0
    on_progress(seen)
    while not seen.is_final:
        left = begun + timeout - clock.monotonic()
        if left <= pause:
            raise WaitTimeout(seen, clock.monotonic() - begun)
        clock.sleep(pause)
        response = transport.get(seen.status_url)
        seen = read(response)
        on_progress(seen)
        asked = retry_after(response)
        pause = _DEFAULT_PAUSE if asked is None else max(asked, _SHORTEST_PAUSE)
    return seen
