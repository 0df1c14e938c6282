"""Trying again: which failures are worth it, and after how long."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from meshmill_client.errors import (
    ApiError,
    ConnectionFailed,
    MeshmillError,
    RateLimitExceeded,
    ServerError,
    ServiceUnavailable,
)
from meshmill_client.runtime import Runtime

T = TypeVar("T")

_MOST_DOUBLINGS = 30

WorthRepeating = Callable[[MeshmillError], bool]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently; times in seconds.

    The pause before the n-th retry is random between 0 and ``first_pause`` × 2ⁿ⁻¹, at most
    ``longest_pause`` ("full jitter", https://aws.amazon.com/builders-library/
    timeouts-retries-and-backoff-with-jitter). Where the service names a time, that time comes
    before it; one beyond ``longest_retry_after`` is not waited for.
    """

    attempts: int = 5
    first_pause: float = 0.25
    longest_pause: float = 8.0
    longest_retry_after: float = 60.0

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError("attempts must be at least 1")


def transient(error: MeshmillError) -> bool:
    """Worth another try where a repeated request has the same effect as one."""
    return isinstance(error, RateLimitExceeded | ServiceUnavailable | ConnectionFailed)


def transient_of_store(error: MeshmillError) -> bool:
    """As :func:`transient`; also the 500 of a store asks for another try (S3's InternalError)."""
    return transient(error) or isinstance(error, ServerError)


def certainly_not_received(error: MeshmillError) -> bool:
    """Worth another try where a second arrival would be told of the first."""
    if isinstance(error, ConnectionFailed):
        return not error.was_sent
    return isinstance(error, RateLimitExceeded)


def never(_error: MeshmillError) -> bool:
    """Not worth another try by itself, where who asks tries again."""
    return False


def asked_pause(error: MeshmillError) -> float:
    """Seconds that the service asks to wait, 0 where it doesn't."""
    asked = error.retry_after if isinstance(error, ApiError) else None
    return asked or 0.0


class Retrier:
    """Runs attempts under a policy."""

    def __init__(self, policy: RetryPolicy, runtime: Runtime) -> None:
        self._policy = policy
        self._runtime = runtime

    async def run(
        self, attempt: Callable[[], Awaitable[T]], worth_repeating: WorthRepeating = transient
    ) -> T:
        """The result of the first attempt that succeeds.

        Raises:
            MeshmillError: of the last attempt; or of an earlier one, where repeating it makes no
                sense or the service asks for more patience than the policy has.
        """
        failures = 0
        while True:
            try:
                return await attempt()
            except MeshmillError as error:
                failures += 1
                asked = asked_pause(error)
                spent = failures >= self._policy.attempts
                if spent or not worth_repeating(error) or asked > self._policy.longest_retry_after:
                    raise
            await self._runtime.sleep(asked + self.jitter(failures))

    def jitter(self, failures: int) -> float:
        """Seconds to pause after so many failures in a row, at random."""
        doubled = self._policy.first_pause * 2 ** min(failures - 1, _MOST_DOUBLINGS)
        ceiling = min(self._policy.longest_pause, doubled)
        return random.uniform(0, ceiling)  # noqa: S311  # spreads load, keeps no secret
