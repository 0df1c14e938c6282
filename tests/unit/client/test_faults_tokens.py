"""However many ask at once, and whatever happens to the token endpoint: one token at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

from meshmill_client import AsyncClient, CachedToken, Client, ClientCredentials
from tests.support.fault_proxy.faults import Asked, Fault, Target
from tests.support.fault_proxy.schedules import Replayed, Schedule
from tests.unit.client.service import TOKEN_URL
from tests.unit.client.stand_in import TOKEN_SECONDS
from tests.unit.client.stand_in_assets import id_of
from tests.unit.client.stand_in_way import Disturbed

MANY = 12
MARGIN = 300.0
ROCK = {"format": "gltf", "parameters": {"seed": 4}}
ROCK_ID = id_of(ROCK)
ROUGH = [Fault.UNAVAILABLE, Fault.RESET_AFTER, Fault.NONE]


class AtTokens:
    """Faults at the token endpoint alone, which takes its time so that others come along."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def next(self, asked: Asked) -> Fault:
        if asked.target is not Target.TOKEN:
            return Fault.NONE
        time.sleep(0.01)
        return self._schedule.next(asked)


Crowd = Callable[[], None]


def _threads(client: Client) -> Crowd:
    barrier = threading.Barrier(MANY)

    def one(_: int) -> None:
        barrier.wait(30)
        _read(client)

    def crowd() -> None:
        with ThreadPoolExecutor(MANY) as pool:
            list(pool.map(one, range(MANY)))

    return crowd


async def _tasks(client: AsyncClient) -> None:
    async def one() -> None:
        assert (await client.assets.get(ROCK_ID)).asset_id == ROCK_ID

    async with anyio.create_task_group() as group:
        for _ in range(MANY):
            group.start_soon(one)


class Watched:
    """A service whose tokens are counted while the clock goes on."""

    def __init__(self, faults: list[Fault]) -> None:
        # Every lost answer is of a token that nobody will use.
        self.way = Disturbed(AtTokens(Replayed(faults * 3)))
        self.way.service.assets.add(ROCK)
        self.lost = faults.count(Fault.RESET_AFTER)
        self.granted = 0

    def check_one_more(self) -> None:
        """One token has come since, and those whose answers were lost."""
        now = len(self.way.service.tokens)
        assert now - self.granted == 1 + self.lost
        self.granted = now

    def check_none(self) -> None:
        assert len(self.way.service.tokens) == self.granted

    def to_renewal(self, before: float) -> None:
        """Until some seconds before a fresh token is to be renewed."""
        self.way.clock.seconds += TOKEN_SECONDS - MARGIN - before

    def revoke_all(self) -> None:
        for token in self.way.service.tokens:
            self.way.service.tokens[token] = 0.0


async def _life(watched: Watched, crowd: Callable[[], Awaitable[None]]) -> None:
    await crowd()
    watched.check_one_more()
    watched.to_renewal(before=120)
    await crowd()
    watched.check_none()
    watched.way.clock.seconds += 121
    await crowd()
    watched.check_one_more()
    watched.revoke_all()
    await crowd()
    watched.check_one_more()
    assert watched.way.service.leaks == []


each_endpoint = pytest.mark.parametrize("faults", [[Fault.NONE], ROUGH], ids=["calm", "rough"])


@each_endpoint
def test_threads_that_share_a_client_fetch_a_token_once(faults: list[Fault]) -> None:
    watched = Watched(faults)

    with watched.way.client(ClientCredentials(TOKEN_URL, "a", "b")) as client:
        crowd = _threads(client)

        async def crowded() -> None:
            crowd()

        anyio.run(_life, watched, crowded)


@each_endpoint
def test_tasks_that_share_a_client_fetch_a_token_once(faults: list[Fault]) -> None:
    watched = Watched(faults)

    async def run() -> None:
        async with watched.way.client_of_tasks(ClientCredentials(TOKEN_URL, "a", "b")) as client:
            await _life(watched, lambda: _tasks(client))

    anyio.run(run)


class Overtaken:
    """Something happens while the first request for the rock is on its way, which is refused."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self._left: list[Callable[[], None]] = [meanwhile, lambda: None]

    def next(self, asked: Asked) -> Fault:
        if asked.target is not Target.API or not self._left:
            return Fault.NONE
        self._left.pop(0)()
        return Fault.EXPIRED


def test_who_is_refused_late_goes_on_with_the_token_that_was_fetched_meanwhile() -> None:
    way = Disturbed(Overtaken(lambda: _read(client)))
    way.service.assets.add(ROCK)

    with way.client(ClientCredentials(TOKEN_URL, "a", "b")) as client:
        _read(client)

    assert len(way.service.tokens) == 2


def _read(client: Client) -> None:
    assert client.assets.get(ROCK_ID).asset_id == ROCK_ID


class Cache:
    """A token cache of two clients."""

    def __init__(self) -> None:
        self.kept: CachedToken | None = None

    def load(self) -> CachedToken | None:
        return self.kept

    def store(self, token: CachedToken) -> None:
        self.kept = token

    def forget(self) -> None:
        self.kept = None


def test_a_cached_token_serves_the_next_client_until_five_minutes_before_its_end() -> None:
    watched = Watched([Fault.NONE])
    credentials = ClientCredentials(TOKEN_URL, "a", "b", cache=Cache())

    def once() -> None:
        with watched.way.client(credentials) as client:
            _read(client)

    once()
    watched.check_one_more()
    watched.to_renewal(before=1)
    once()
    watched.check_none()
    watched.way.clock.seconds += 2
    once()
    watched.check_one_more()
    watched.revoke_all()
    once()
    watched.check_one_more()
    once()
    watched.check_none()
