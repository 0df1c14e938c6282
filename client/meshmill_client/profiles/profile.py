"""A profile: the address of a service, and credentials for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlsplit

from meshmill_client.addresses import is_address, is_base, quoted
from meshmill_client.credentials import ApiKey, ClientCredentials, Credentials
from meshmill_client.profiles.errors import ProfileRefused
from meshmill_client.profiles.token_file import token_file_of

LOCAL, ENVIRONMENT = "local", "environment"
RESERVED_NAMES = (LOCAL, ENVIRONMENT)
"""They stand for what is found, and can't be stored."""

KNOWN_MEMBERS = ("base_url", "api_key", "token_url", "client_id", "client_secret", "scope")
"""Of a stored profile; others are a newer version's."""

_CLIENT_MEMBERS = ("token_url", "client_id", "client_secret")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Profile:
    """A service, and who calls it; without a ``login`` only what is public can be called.

    ``origin`` tells people where the profile stands.
    """

    name: str
    base_url: str
    login: ApiKey | ClientCredentials | None
    origin: str

    @classmethod
    def of_members(cls, name: str, members: Mapping[str, Any], origin: str) -> Self:
        """The profile of these texts, of which empty ones and None are absent.

        Raises:
            ProfileRefused: they make none.
        """
        texts = {member: members.get(member) for member in KNOWN_MEMBERS}
        for member, text in texts.items():
            if text is not None and not isinstance(text, str):
                raise ProfileRefused(member, "must be a text")
        given = {member: text for member, text in texts.items() if text}
        return cls(name, _address(given.get("base_url")), _login(given), origin)

    @property
    def told(self) -> str:
        """What people call it."""
        return f"profile {self.name} of {self.origin}"

    @property
    def kind(self) -> str:
        """How it signs in, in words."""
        if self.login is None:
            return "nobody"
        return "api key" if isinstance(self.login, ApiKey) else "client credentials"

    @property
    def is_on_this_machine(self) -> bool:
        """Whether nothing but this machine is asked."""
        return urlsplit(self.base_url).hostname in _ON_THIS_MACHINE

    @property
    def is_in_clear(self) -> bool:
        """Whether credentials would cross a network that others may read."""
        addresses = [self.base_url]
        if isinstance(self.login, ClientCredentials):
            addresses.append(self.login.token_url)
        parts = map(urlsplit, addresses)
        return any(
            part.scheme == "http" and part.hostname not in _ON_THIS_MACHINE for part in parts
        )

    def credentials(self) -> Credentials | None:
        """What a client is given; its tokens are kept for the next process."""
        if isinstance(self.login, ClientCredentials):
            return replace(self.login, cache=token_file_of(self.login))
        return self.login

    def members(self) -> dict[str, str]:
        """The texts to store, secrets included."""
        members: dict[str, str | None] = {"base_url": self.base_url}
        match self.login:
            case ApiKey(key=key):
                members["api_key"] = key
            case ClientCredentials() as client:
                members |= {name: getattr(client, name) for name in (*_CLIENT_MEMBERS, "scope")}
        return {name: text for name, text in members.items() if text is not None}


def checked_name(name: str) -> str:
    """A name that a profile can be stored by.

    Raises:
        ProfileRefused: it can't.
    """
    if name in RESERVED_NAMES:
        raise ProfileRefused("name", f"{name} stands for what is found here; choose another one")
    if _NAME.fullmatch(name) is None:
        raise ProfileRefused("name", f"must be up to 64 letters, digits and . _ -, not {name!r}")
    return name


def _address(text: str | None) -> str:
    if text is None:
        raise ProfileRefused("base_url", "is missing: the address of the service")
    return _checked_url(text, "base_url", is_base).rstrip("/")


def _checked_url(text: str, member: str, is_good: Callable[[str], bool]) -> str:
    if not is_good(text) or any(character.isspace() for character in text):
        reason = f"must be an address of https:// or http://, not {quoted(text)}"
        raise ProfileRefused(member, reason)
    return text


def _login(given: Mapping[str, str]) -> ApiKey | ClientCredentials | None:
    if "api_key" in given:
        return ApiKey(_checked_secret(given["api_key"], "api_key"))
    if not any(member in given for member in _CLIENT_MEMBERS):
        return None
    for member in _CLIENT_MEMBERS:
        if member not in given:
            raise ProfileRefused(member, "is missing: client credentials need it")
    return ClientCredentials(
        token_url=_checked_url(given["token_url"], "token_url", is_address),
        client_id=given["client_id"],
        client_secret=_checked_secret(given["client_secret"], "client_secret"),
        scope=given.get("scope"),
    )


def _checked_secret(text: str, member: str) -> str:
    """It goes into a header: what can't stand there would fail later, and less clearly."""
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ProfileRefused(member, "has characters that no such secret has")
    return text
