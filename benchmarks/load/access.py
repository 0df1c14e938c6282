"""Whose load it is: credentials from the environment, or those of the local stage.

Never from the command line, where every process of the machine can read them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meshmill_client import ApiKey, Client, ClientCredentials, Credentials

LOCAL = Path(".meshmill/local.json")
_PREFIX = "MESHMILL_"
_KEY, _CLIENT = ("api_key",), ("token_url", "client_id", "client_secret")


class NoCredentials(Exception):
    """Nothing says who is calling; the message tells what would."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with credentials, whose tokens are fetched as they are needed."""

    base_url: str
    credentials: Credentials

    def headers(self) -> dict[str, str]:
        """Headers that authenticate the requests of some minutes.

        Raises:
            MeshmillError: the token endpoint does not answer with a token.
        """
        with Client(self.base_url, self.credentials) as client:
            return client.authentication()


def caller(
    base_url: str, environment: Mapping[str, str], wanted: str | None, local: Path = LOCAL
) -> Caller:
    """Who calls; ``wanted`` is ``api-key`` or ``token``, or None for a key where there is one.

    Raises:
        NoCredentials: there are none of that kind.
    """
    members = _from_environment(environment) or _of_local_stage(base_url, local)
    return Caller(base_url, _credentials(members, wanted))


def _credentials(members: Mapping[str, Any], wanted: str | None) -> Credentials:
    if wanted != "token" and all(name in members for name in _KEY):
        return ApiKey(members["api_key"])
    if wanted != "api-key" and all(name in members for name in _CLIENT):
        return ClientCredentials(*(members[name] for name in _CLIENT))
    names = [f"{_PREFIX}{name.upper()}" for name in (*_KEY, *_CLIENT)]
    raise NoCredentials(
        f"no credentials: set {names[0]}, or {', '.join(names[1:])};"
        f" {LOCAL} has those of a local stage that runs"
    )


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    names = {name: f"{_PREFIX}{name.upper()}" for name in (*_KEY, *_CLIENT)}
    return {name: environment[given] for name, given in names.items() if environment.get(given)}


def _of_local_stage(base_url: str, local: Path) -> Mapping[str, Any]:
    """What the running local stage says, where it is the one that is asked."""
    try:
        members: dict[str, Any] = json.loads(local.read_bytes())
    except FileNotFoundError:
        return {}
    return members if members["base_url"] == base_url else {}
