"""Users of the running stack who have nothing but the SDK."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from meshmill_client import AsyncClient, Client, Credentials
from meshmill_local import LocalStack
from tests.unit.client.faces import Asyncio, AsyncTime, Blocking

SMALL = {"generator": "rock", "quality": "low", "texture_size": 256}
_HASTE = 0.05


class HastyClock:
    """The machine's time, with pauses that are much shorter than asked for.

    What is asked on behalf of many clients need not be waited for by the only one.
    """

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds * _HASTE)


@dataclass(frozen=True)
class User:
    """Somebody with a name of their own, who has one of the two clients."""

    stack: LocalStack
    face: Blocking | Asyncio
    subject: str

    def client(
        self, credentials: Credentials | None = None, base_url: str | None = None, **further: Any
    ) -> Client:
        """Their client, by an API key unless said otherwise."""
        given = {"clock": HastyClock(), **further}
        if credentials is None:
            given["api_key"] = self.stack.mint_api_key(self.subject)
        address = base_url or self.stack.base_url
        if isinstance(self.face, Blocking):
            return Client(address, credentials, **given)
        clock = AsyncTime(given.pop("clock"))
        return self.face.blocking(AsyncClient(address, credentials, clock=clock, **given))


def rock(seed: int, **further: Any) -> dict[str, Any]:
    """A request that is quickly done."""
    return {"format": "gltf", "parameters": SMALL | {"seed": seed}} | further
