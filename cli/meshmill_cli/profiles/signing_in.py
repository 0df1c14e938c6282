"""From what was typed at ``meshmill login`` to a profile that has been tried and stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.profiles.secrets_asked import API_KEY, CLIENT_SECRET
from meshmill_cli.terminal.output import tell
from meshmill_client import Client
from meshmill_client.credentials import ClientCredentials
from meshmill_client.errors import Forbidden, MeshmillError
from meshmill_client.profiles import (
    Profile,
    ProfileStore,
    checked_name,
    choose,
    profiles_path,
    token_file_of,
)

_KEY_NEEDS = {"base_url": "--base-url"}
_CLIENT_NEEDS = {"base_url": "--base-url", "client_id": "--client-id", "token_url": "--token-url"}


@dataclass(frozen=True, slots=True)
class Typed:
    """Options as they were typed; None where they weren't."""

    base_url: str | None
    client_id: str | None
    token_url: str | None
    scope: str | None
    api_key_stdin: bool
    client_secret_stdin: bool

    @property
    def members(self) -> dict[str, str]:
        """Of a profile: the ones that were typed."""
        members = {
            "base_url": self.base_url,
            "client_id": self.client_id,
            "token_url": self.token_url,
            "scope": self.scope,
        }
        return {name: text for name, text in members.items() if text is not None}

    @property
    def names_a_client(self) -> bool:
        """Whether any of it is about client credentials."""
        return self.client_secret_stdin or not self.members.keys() <= {"base_url"}


def sign_in(name: str, typed: Typed) -> Profile:
    """The profile, which is stored now, and the current one.

    Raises:
        CommandFailed: something is missing.
        MeshmillError: the service does not take it, or there is no service.
        OSError: the profile can't be stored.
    """
    store = ProfileStore(profiles_path())
    before = store.get(name).members() if checked_name(name) in store.names() else {}
    profile = Profile.of_members(name, _members(before, typed), str(store.path))
    if profile.is_in_clear:
        tell("warning: without https:// others may read the secret on its way")
    _try(profile)
    store.put(profile)
    if isinstance(profile.login, ClientCredentials) and (kept := token_file_of(profile.login)):
        kept.forget()  # it was another secret's
    return profile


def overruled_by(profile: Profile) -> str | None:
    """What is used here in place of the current profile, and why; None where nothing is."""
    try:
        choice = choose()
    except MeshmillError as error:
        return str(error)
    if choice.profile.name == profile.name:
        return None
    return f"{choice.profile.told} is used here: {choice.reason}"


def _members(before: Mapping[str, str], typed: Typed) -> dict[str, str]:
    """All members; a profile that is signed in to again needs but its secret."""
    if typed.api_key_stdin and typed.names_a_client:
        lines = ["--api-key-stdin signs in by a key: leave out what is for client credentials"]
        raise CommandFailed(lines, Exit.REFUSED)
    known = {**before, **typed.members}
    if typed.names_a_client or ("client_id" in before and not typed.api_key_stdin):
        _require(_CLIENT_NEEDS, known)
        secret = CLIENT_SECRET.piped() if typed.client_secret_stdin else CLIENT_SECRET.asked()
        known.pop("api_key", None)
        return known | {"client_secret": secret}
    _require(_KEY_NEEDS, known)
    key = API_KEY.piped() if typed.api_key_stdin else API_KEY.asked()
    return {"base_url": known["base_url"], "api_key": key}


def _require(needs: Mapping[str, str], known: Mapping[str, str]) -> None:
    missing = [option for member, option in needs.items() if member not in known]
    if missing:
        raise CommandFailed([f"{' and '.join(missing)} is missing"], Exit.REFUSED)


def _try(profile: Profile) -> None:
    """Make one cheap call; who may not list assets is known all the same."""
    # Not profile.credentials(): a token that is kept would hide a wrong secret.
    with Client(profile.base_url, profile.login) as client:
        try:
            next(iter(client.assets.list(page_size=1)), None)
        except Forbidden:
            pass
        except MeshmillError as error:
            error.add_note(f"nothing is stored; {profile.base_url} was asked")
            raise
