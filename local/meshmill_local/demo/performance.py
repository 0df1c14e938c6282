"""The demo on a running stack, from the first request to the last check."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from rich.console import Console

from meshmill_client import Asset, Client, ClientCredentials
from meshmill_local.demo.checks import Caller, require_complete, require_unbuilt, require_valid
from meshmill_local.demo.clock import InterruptibleClock
from meshmill_local.demo.display import display_on
from meshmill_local.demo.events import Requests
from meshmill_local.demo.pursuit import Delivery, Pursuit
from meshmill_local.demo.table import table_of

_PATIENCE_SECONDS = 120.0

Report = Callable[[str], None]
"""Receives a line about each act that succeeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where the stack answers, and who the demo is there."""

    base_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)


class Performance:
    """Acts, each with its lines; one that doesn't succeed raises DemoError."""

    def __init__(
        self, service: Service, requests: Requests, clock: InterruptibleClock, out: Path
    ) -> None:
        """Files go to ``out``."""
        self._requests = requests
        credentials = ClientCredentials(service.token_url, service.client_id, service.client_secret)
        self._signed_in = Client(service.base_url, credentials, clock=clock)
        self._anonymous = Client(service.base_url, clock=clock)
        self._caller = Caller(self._signed_in, self._anonymous)
        self._pursuit = Pursuit(self._signed_in, clock, out, _PATIENCE_SECONDS)
        self._clock = clock
        self._connections = ExitStack()

    def __enter__(self) -> Self:
        """Connections are opened as they are needed."""
        self._connections.enter_context(self._signed_in)
        self._connections.enter_context(self._anonymous)
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        self._connections.close()

    def play(self, seed: int, console: Console, report: Report) -> list[Delivery]:
        """All acts: create, follow, download, check, repeat, read, be refused.

        Raises:
            DemoError: one of them did not succeed.
            Interrupted: a signal asked for the end.
        """
        created = self._created(seed)
        with display_on(console, created) as display:
            deliveries = self._pursuit(created, display)
        console.print(table_of(deliveries, console.width))
        for act in self._checks(deliveries):
            report(act())
            self._clock.require_interest()
        return deliveries

    def _created(self, seed: int) -> dict[str, Asset]:
        return {
            name: self._caller.create(event.with_seed(seed))
            for name, event in self._requests.creating.items()
        }

    def _checks(self, deliveries: list[Delivery]) -> list[Callable[[], str]]:
        """What is left to do; each says in a line what it found."""
        by_name = {delivery.name: delivery.asset for delivery in deliveries}
        return [
            lambda: _downloaded(deliveries),
            lambda: _valid(deliveries),
            lambda: _complete(deliveries),
            *(partial(self._repeated, by_name[name], name) for name in self._requests.repeating),
            lambda: self._read(deliveries[0].asset),
            self._refused,
        ]

    def _repeated(self, first: Asset, name: str) -> str:
        repeated = self._caller.create(self._requests.repeating[name])
        require_unbuilt(first, repeated)
        return (
            f"{name} asked for again in other words: the same id {repeated.asset_id}, "
            f"nothing built (still attempt {repeated.attempts}, begun {_time(repeated)})"
        )

    def _read(self, asset: Asset) -> str:
        for event in self._requests.reading.values():
            self._caller.read(event.about(asset.asset_id))
        return f"answered as well: {', '.join(self._requests.reading)}"

    def _refused(self) -> str:
        errors = [
            self._caller.be_refused(name.upper(), event)
            for name, event in self._requests.refused.items()
        ]
        told = ", ".join(f"{error.status} {error.code}" for error in errors)
        return f"{len(errors)} wrong requests refused: {told}"


def _downloaded(deliveries: list[Delivery]) -> str:
    files = sum(len(delivery.files) for delivery in deliveries)
    return f"{files} files downloaded, the SHA-256 of each as announced"


def _valid(deliveries: list[Delivery]) -> str:
    models = require_valid(deliveries)
    return f"{models} glTF models valid: no errors, no warnings from Khronos' validator"


def _complete(deliveries: list[Delivery]) -> str:
    models = require_complete(deliveries)
    return f"{models} OBJ and FBX models opened by trimesh and ufbx, every triangle there"


def _time(asset: Asset) -> str:
    return f"{asset.started_at:%H:%M:%S} UTC" if asset.started_at else "never"
