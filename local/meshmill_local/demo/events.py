"""The requests in ``events/api``: events of an HTTP API, read back as what a client sends.

What an event stands for is told by its name: ``create_*`` asks for an asset, ``repeat_X`` asks
again for what ``create_X`` asked for, ``refused/C`` must be answered with the error code C, and
everything else reads. Other folders hold what a demo leaves alone: it deletes nothing, is no
administrator, and has a manifest of its own to drop.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from meshmill_client import Client
from meshmill_local.demo.errors import DemoError

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CREATE, _REPEAT, _REFUSED = "create_", "repeat_", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiEvent:
    """One request: ``target`` is path and query, ``body`` the text that is sent."""

    name: str
    method: str
    target: str
    body: str | None
    content_type: str | None
    authenticated: bool
    held: str | None = None
    """Tags of what the client has already, as ``If-None-Match`` names them."""

    @classmethod
    def read(cls, path: Path) -> ApiEvent:
        """The request of an event file (payload format 2.0).

        Raises:
            DemoError: the file is none.
        """
        try:
            event: dict[str, Any] = json.loads(path.read_bytes())
            headers, query = event["headers"], event["rawQueryString"]
            return cls(
                name=path.stem,
                method=event["requestContext"]["http"]["method"],
                target=event["rawPath"] + (f"?{query}" if query else ""),
                body=event.get("body"),
                content_type=headers.get("content-type"),
                authenticated="authorization" in headers,
                held=headers.get("if-none-match"),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DemoError(
                f"an event can't be read: {type(error).__name__}: {error}",
                where=str(path),
                next_step="restore it with git checkout events",
            ) from error

    def with_seed(self, seed: int) -> ApiEvent:
        """The same request for another individual, where it asks for one by its seed."""
        members = json.loads(self.body or "{}")
        if "seed" not in members.get("parameters", {}):
            return self
        members["parameters"]["seed"] = seed
        return replace(self, body=json.dumps(members))

    def about(self, asset_id: str) -> ApiEvent:
        """The same request about another asset, where it names one."""
        return replace(self, target=_UUID.sub(asset_id, self.target))

    def send(self, signed_in: Client, anonymous: Client) -> httpx.Response:
        """The answer; errors as the client raises them."""
        client = signed_in if self.authenticated else anonymous
        return client.request(
            self.method,
            self.target,
            content=None if self.body is None else self.body.encode(),
            headers=self._headers(),
        )

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": self.content_type, "If-None-Match": self.held}
        return {name: value for name, value in headers.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """All requests of a folder by what they stand for, each by its name without the prefix."""

    creating: dict[str, ApiEvent]
    repeating: dict[str, ApiEvent]
    reading: dict[str, ApiEvent]
    refused: dict[str, ApiEvent]

    @classmethod
    def read(cls, folder: Path) -> Requests:
        """Read ``folder`` and its sub-folder of requests that must be refused.

        Raises:
            DemoError: an event can't be read, there is nothing to create, or what a repeat
                repeats is missing.
        """
        events = _read_all(folder)
        requests = cls(
            creating=_beginning_with(_CREATE, events),
            repeating=_beginning_with(_REPEAT, events),
            reading={
                name: event
                for name, event in events.items()
                if not name.startswith((_CREATE, _REPEAT))
            },
            refused=_read_all(folder / _REFUSED),
        )
        missing = sorted(requests.repeating.keys() - requests.creating.keys())
        if missing or not requests.creating:
            raise DemoError(
                f"there is no {_CREATE}{missing[0] if missing else '*'}.json",
                where=str(folder),
                next_step="restore it with git checkout events",
            )
        return requests


def _read_all(folder: Path) -> dict[str, ApiEvent]:
    return {path.stem: ApiEvent.read(path) for path in sorted(folder.glob("*.json"))}


def _beginning_with(prefix: str, events: dict[str, ApiEvent]) -> dict[str, ApiEvent]:
    return {
        name.removeprefix(prefix): event
        for name, event in events.items()
        if name.startswith(prefix)
    }
