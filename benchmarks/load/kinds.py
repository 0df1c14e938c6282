"""The kinds of request that are measured, each with what its answers ought to be."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

ASSETS = "/api/v1/assets"
#: A small asset at low quality, so that what is measured is the way of a request.
_PARAMETERS = {"generator": "rock", "quality": "low", "texture_size": 256}
_SEEDS = 2**32

Asset = dict[str, Any]
"""As the API answers it."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request without the caller's credentials; ``path`` may be a whole URL."""

    method: str
    path: str
    json: Any = None
    #: Whether it goes without credentials, as a signed link does.
    is_anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A name, requests without end, and the one status of a good answer."""

    name: str
    requests: Iterator[Request]
    expected: int
    learn: Callable[[httpx.Response], None] = lambda _: None


@dataclass(slots=True)
class Made:
    """What this run has created, for the other kinds to ask for, and to be cleaned up."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)

    def learn(self, response: httpx.Response) -> None:
        """Remember an asset, and the request that asks for it again."""
        asset = response.json()
        self.assets.append(asset)
        self.bodies.append({name: asset[name] for name in ("format", "parameters")})

    def kinds(self) -> Iterator[Kind]:
        """In the order in which they can be run: the later ones read what the first has made."""
        yield Kind("create", _creations(), 202, self.learn)
        yield Kind("duplicate", (_creation(body) for body in itertools.cycle(self.bodies)), 200)
        yield Kind("get", (Request("GET", address(each)) for each in self._cycle()), 200)
        yield Kind("list", itertools.repeat(Request("GET", ASSETS)), 200)
        links = (Request("GET", each["status_url"], is_anonymous=True) for each in self._cycle())
        yield Kind("status", links, 200)

    def _cycle(self) -> Iterator[Asset]:
        return itertools.cycle(self.assets)


def address(asset: Asset) -> str:
    """Where an asset is read and deleted."""
    return f"{ASSETS}/{asset['asset_id']}"


def _creations() -> Iterator[Request]:
    """Each for a seed that no other run is likely to have used."""
    first = time.time_ns() // 1_000
    for number in itertools.count(first):
        yield _creation({"format": "gltf", "parameters": {**_PARAMETERS, "seed": number % _SEEDS}})


def _creation(body: dict[str, Any]) -> Request:
    return Request("POST", ASSETS, body)
