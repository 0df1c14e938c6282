"""Sends the requests of one kind after another, and tidies up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from benchmarks.load.kinds import Asset, Kind, Made, Request, address
from benchmarks.load.pace import Clock, ClosedLoop, OpenLoop, Pace
from benchmarks.load.tally import Tally

_TIDYING_SECONDS = 120
_LEAST_WAIT_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long each kind runs, by how many workers, and at which rate, or as fast as they can."""

    seconds: float
    concurrency: int
    rate: float | None = None

    def pace(self, clock: Clock) -> Pace:
        """A pace that begins now."""
        if self.rate is None:
            return ClosedLoop(clock, self.seconds)
        return OpenLoop(clock, self.seconds, self.rate)


@dataclass(frozen=True, slots=True)
class Run:
    """One user's load on one stage.

    ``http`` knows its address; ``credentials`` gives headers that are good for some minutes.
    """

    http: httpx.AsyncClient
    credentials: Callable[[], Mapping[str, str]]
    plan: Plan
    made: Made = field(default_factory=Made)

    async def measured(self) -> list[Tally]:
        """Every kind in turn; what nothing was created for is left out."""
        return [
            await self.driven(kind)
            for kind in self.made.kinds()
            if kind.name == "create" or self.made.assets
        ]

    async def tidied(self) -> int:
        """Delete what was created; how many assets are left nevertheless."""
        left, credentials = deque(self.made.assets), self.credentials()
        async with asyncio.TaskGroup() as workers:
            for _ in range(self.plan.concurrency):
                workers.create_task(self._tidy(left, credentials))
        return len(left)

    async def driven(self, kind: Kind) -> Tally:
        """One kind, by all workers, for as long as the plan says."""
        clock = asyncio.get_running_loop().time
        tally, credentials = Tally(kind.name), self.credentials()
        pace, began = self.plan.pace(clock), clock()
        async with asyncio.TaskGroup() as workers:
            for _ in range(self.plan.concurrency):
                workers.create_task(self._work(kind, pace, tally, credentials))
        tally.seconds, tally.unsent = clock() - began, pace.unsent
        return tally

    async def _tidy(self, left: deque[Asset], credentials: Mapping[str, str]) -> None:
        clock = asyncio.get_running_loop().time
        ends_at = clock() + _TIDYING_SECONDS
        while left and clock() < ends_at:
            asset = left.popleft()
            answer = await self._send(Request("DELETE", address(asset)), credentials)
            if answer.status_code in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}:
                continue
            left.append(asset)
            # Being worked on, or over the limit; anything else won't mend by waiting.
            if answer.status_code not in {HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}:
                return
            await asyncio.sleep(max(_wait_asked_for(answer), _LEAST_WAIT_SECONDS))

    async def _work(
        self, kind: Kind, pace: Pace, tally: Tally, credentials: Mapping[str, str]
    ) -> None:
        clock = asyncio.get_running_loop().time
        while (at := pace.next()) is not None:
            await asyncio.sleep(at - clock())
            try:
                answer = await self._send(next(kind.requests), credentials)
            except httpx.TransportError as error:
                tally.errors[type(error).__name__] += 1
                continue
            if answer.status_code == kind.expected:
                tally.latencies.append(clock() - at)
                kind.learn(answer)
            elif answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                tally.rate_limited += 1
                pace.pause(clock() + _wait_asked_for(answer))
            else:
                tally.errors[_described(answer)] += 1

    async def _send(self, request: Request, credentials: Mapping[str, str]) -> httpx.Response:
        return await self.http.request(
            request.method,
            request.path,
            json=request.json,
            headers=None if request.is_anonymous else credentials,
        )


def _wait_asked_for(answer: httpx.Response) -> float:
    """Seconds of ``Retry-After``; API Gateway's own throttling sends none."""
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isdecimal() else 1.0


def _described(answer: httpx.Response) -> str:
    """Status and code; an answer that isn't ours has no code."""
    try:
        code = answer.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        code = "without our envelope"
    return f"{answer.status_code} {code}"
