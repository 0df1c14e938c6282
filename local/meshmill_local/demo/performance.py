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
from meshmill_local.demo.drop import Drop, Reported
from meshmill_local.demo.events import Requests
from meshmill_local.demo.manifest import Manifest
from meshmill_local.demo.pursuit import Delivery, Pursuit
from meshmill_local.demo.reports import errors_of, require_counted, require_reported
from meshmill_local.demo.table import shown, table_of
from meshmill_local.demo.together import both

_PATIENCE_SECONDS = 120.0
_PATIENCE_WITH_A_BATCH_SECONDS = 600.0

Report = Callable[[str], None]
"""Receives a line about each act that succeeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where the stack answers, and who the demo is there."""

    base_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the demo asks for: single requests, and a manifest of many."""

    requests: Requests
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    deliveries: list[Delivery]
    reported: Reported


class Performance:
    """Acts, each with its lines; one that doesn't succeed raises DemoError."""

    def __init__(
        self, service: Service, script: Script, clock: InterruptibleClock, out: Path
    ) -> None:
        """Files go to ``out``."""
        self._requests, self._manifest = script.requests, script.manifest
        credentials = ClientCredentials(service.token_url, service.client_id, service.client_secret)
        self._signed_in = Client(service.base_url, credentials, clock=clock)
        self._anonymous = Client(service.base_url, clock=clock)
        self._caller = Caller(self._signed_in, self._anonymous)
        self._pursuit = Pursuit(self._signed_in, clock, out, _PATIENCE_SECONDS)
        self._drop = Drop(self._signed_in, out, _PATIENCE_WITH_A_BATCH_SECONDS)
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

    def play(self, run: int, console: Console, report: Report) -> Outcome:
        """All acts: create, drop, follow, download, check, repeat, read, be refused.

        ``run`` is the number of this run on its state, which asks for individuals of its own.

        Raises:
            DemoError: one of them did not succeed.
            Interrupted: a signal asked for the end.
        """
        created = self._created(run)
        manifest = self._manifest.of_run(run)
        with display_on(console, created, [manifest.name]) as display:
            deliveries, reported = both(
                partial(self._pursuit, created, display),
                partial(self._drop, manifest, display),
                self._clock,
            )
        console.print(table_of(deliveries, console.width))
        console.print(errors_of(reported, shown))
        for act in self._checks(deliveries, reported):
            report(act())
            self._clock.require_interest()
        return Outcome(deliveries, reported)

    def _created(self, run: int) -> dict[str, Asset]:
        return {
            name: self._caller.create(event.with_seed(run))
            for name, event in self._requests.creating.items()
        }

    def _checks(self, deliveries: list[Delivery], reported: Reported) -> list[Callable[[], str]]:
        """What is left to do; each says in a line what it found."""
        by_name = {delivery.name: delivery.asset for delivery in deliveries}
        return [
            lambda: _downloaded(deliveries, reported),
            lambda: _valid(deliveries),
            lambda: _complete(deliveries),
            lambda: require_counted(reported),
            lambda: require_reported(reported),
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


def _downloaded(deliveries: list[Delivery], reported: Reported) -> str:
    files = sum(len(delivery.files) for delivery in deliveries) + len(reported.files)
    return f"{files} files downloaded, the SHA-256 of each as announced"


def _valid(deliveries: list[Delivery]) -> str:
    models = require_valid(deliveries)
    return f"{models} glTF models valid: no errors, no warnings from Khronos' validator"


def _complete(deliveries: list[Delivery]) -> str:
    models = require_complete(deliveries)
    return f"{models} OBJ and FBX models opened by trimesh and ufbx, every triangle there"


def _time(asset: Asset) -> str:
    return f"{asset.started_at:%H:%M:%S} UTC" if asset.started_at else "never"
