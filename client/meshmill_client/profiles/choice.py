"""Which profile is used, and why."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from meshmill_client.profiles.errors import DamagedProfiles, ProfileMissing, ProfileRefused
from meshmill_client.profiles.places import profiles_path
from meshmill_client.profiles.profile import ENVIRONMENT, LOCAL, Profile
from meshmill_client.profiles.store import ProfileStore

_LOCAL_FILE = Path(".meshmill") / "local.json"
_PROFILE_VARIABLE, _URL_VARIABLE = "MESHMILL_PROFILE", "MESHMILL_BASE_URL"
_VARIABLES = {
    "base_url": _URL_VARIABLE,
    "api_key": "MESHMILL_API_KEY",
    "token_url": "MESHMILL_TOKEN_URL",
    "client_id": "MESHMILL_CLIENT_ID",
    "client_secret": "MESHMILL_CLIENT_SECRET",
}
_HOW = (
    "nobody is signed in: run meshmill login, or set MESHMILL_BASE_URL and MESHMILL_API_KEY, "
    "or start a pipeline on this machine with make run"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A profile, and in words why it is this one."""

    profile: Profile
    reason: str


def resolve(name: str | None = None) -> Profile:
    """The profile of this name, or the one that is used where none is named.

    Raises:
        ProfileMissing: there is none; the message says what to do.
        DamagedProfiles: the file that would tell is not what was written there.
        ProfileRefused: the environment names half of one.
        OSError: a file can't be read.
    """
    return choose(name).profile


def choose(name: str | None = None) -> Choice:
    """As :func:`resolve`, with the reason.

    Raises:
        ProfileMissing, DamagedProfiles, ProfileRefused, OSError: as :func:`resolve`.
    """
    if name:
        return Choice(_named(name), "it is named")
    if asked := os.environ.get(_PROFILE_VARIABLE):
        return Choice(_named(asked), f"{_PROFILE_VARIABLE} names it")
    if told := _of_environment():
        return Choice(told, f"{_URL_VARIABLE} is set")
    if (path := _local_file()) and _is_ours(path):
        return Choice(_of_local_file(path), "a pipeline runs here")
    store = ProfileStore(profiles_path())
    if current := store.current():
        return Choice(store.get(current), "it is the current one")
    if stored := store.names():
        raise ProfileMissing(
            f"no profile is the current one: run meshmill profiles use with {' or '.join(stored)}, "
            "or start a pipeline on this machine with make run"
        )
    raise ProfileMissing(_HOW)


def every() -> list[Profile]:
    """All profiles that can be named here and now.

    Raises:
        DamagedProfiles, ProfileRefused, OSError: as :func:`resolve`.
    """
    store = ProfileStore(profiles_path())
    return [*_found(), *map(store.get, store.names())]


def names() -> tuple[str, ...]:
    """Of all profiles that can be named here and now.

    Raises:
        DamagedProfiles, ProfileRefused, OSError: as :func:`resolve`.
    """
    found = (profile.name for profile in _found())
    return (*found, *ProfileStore(profiles_path()).names())


def _found() -> Iterator[Profile]:
    if told := _of_environment():
        yield told
    if path := _local_file():
        yield _of_local_file(path)


def _named(name: str) -> Profile:
    if name == LOCAL:
        path = _local_file()
        if path is None:
            raise ProfileMissing(
                f"no pipeline runs here: there is no {_LOCAL_FILE} in this directory or above; "
                "start one with make run"
            )
        return _of_local_file(path)
    if name == ENVIRONMENT:
        told = _of_environment()
        if told is None:
            raise ProfileMissing(f"the environment names no profile: set {_URL_VARIABLE}")
        return told
    store = ProfileStore(profiles_path())
    if name in store.names():
        return store.get(name)
    raise ProfileMissing(_unknown(name))


def _unknown(name: str) -> str:
    known = names()
    near = get_close_matches(name, known, n=1)
    if near:
        return f"there is no profile {name}; did you mean {near[0]}?"
    listed = f"there are {', '.join(known)}" if known else f"run meshmill login {name}"
    return f"there is no profile {name}: {listed}"


def _of_environment() -> Profile | None:
    members = {member: os.environ.get(variable) for member, variable in _VARIABLES.items()}
    if not members["base_url"]:
        return None
    try:
        return Profile.of_members(ENVIRONMENT, members, "the environment")
    except ProfileRefused as refusal:
        raise ProfileRefused(_VARIABLES[refusal.member], refusal.reason) from None


def _local_file() -> Path | None:
    """What a running pipeline has written for tools; it is gone when the pipeline ends."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # it has been removed since
        return None
    candidates = (folder / _LOCAL_FILE for folder in (here, *here.parents))
    # Unlike is_file(), it also passes over a folder that nobody lets us look into.
    return next((path for path in candidates if os.path.isfile(path)), None)  # noqa: PTH113


def _is_ours(path: Path) -> bool:
    """Somebody else's file, say in /tmp, must not decide unasked whom we talk to."""
    return not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()


def _of_local_file(path: Path) -> Profile:
    try:
        told = json.loads(path.read_bytes())
        members = {member: told[member] for member in ("base_url", "api_key")}
        found = Profile.of_members(LOCAL, members, str(path))
    except (ValueError, KeyError, TypeError, ProfileRefused):
        raise DamagedProfiles(path, "this does not tell of a running pipeline") from None
    # It may have come with a folder of somebody else's, who would be sent what is asked for.
    if not found.is_on_this_machine:
        raise DamagedProfiles(path, "this leads to another machine")
    return found
