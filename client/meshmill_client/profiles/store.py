"""The profiles that ``meshmill login`` has stored.

::

    {"version": 1,
     "current": "production",
     "profiles": {"production": {"base_url": "https://…", "api_key": "mm_…"},
                  "ci": {"base_url": "https://…", "token_url": "https://…",
                         "client_id": "…", "client_secret": "…", "scope": "…"}}}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meshmill_client.credentials import ClientCredentials
from meshmill_client.profiles.errors import DamagedProfiles, ProfileMissing, ProfileRefused
from meshmill_client.profiles.places import alone_in, private_folder_of, write_private
from meshmill_client.profiles.profile import KNOWN_MEMBERS, Profile, checked_name
from meshmill_client.profiles.token_file import token_file_of

_VERSION = 1


@dataclass(frozen=True, slots=True)
class ProfileStore:
    """A file of profiles. What a newer version has written beside is kept as it stands."""

    path: Path

    def names(self) -> tuple[str, ...]:
        """Of all profiles, in the order of their first login.

        Raises:
            DamagedProfiles: the file is not one of ours.
            OSError: it can't be read.
        """
        return tuple(self._read()["profiles"])

    def current(self) -> str | None:
        """The name of the profile that is used where nothing says otherwise.

        Raises:
            DamagedProfiles, OSError: as :meth:`names`.
        """
        current = self._read().get("current")
        return current if isinstance(current, str) else None

    def get(self, name: str) -> Profile:
        """A stored profile.

        Raises:
            ProfileMissing: there is none of this name.
            DamagedProfiles: it is none, or the file is not one of ours.
            OSError: as :meth:`names`.
        """
        members = self._existing(self._read(), name)
        try:
            return Profile.of_members(name, members, str(self.path))
        except ProfileRefused as refusal:
            raise DamagedProfiles(self.path, f"profile {name}: {refusal}") from None

    def put(self, profile: Profile) -> None:
        """Store a profile, in place of one of the same name, and make it the current one.

        Raises:
            ProfileRefused: its name is none that can be stored.
            ProfilesInUse: another program is changing profiles, and doesn't end.
            DamagedProfiles, OSError: as :meth:`names`; or it can't be written.
        """
        name = checked_name(profile.name)
        with alone_in(private_folder_of(self.path)):
            document = self._read()
            before = document["profiles"].get(name, {})
            strange = {key: value for key, value in before.items() if key not in KNOWN_MEMBERS}
            document["profiles"][name] = {**profile.members(), **strange}
            self._write(document | {"current": name})

    def use(self, name: str) -> None:
        """Make a stored profile the current one.

        Raises:
            ProfileMissing, DamagedProfiles, OSError: as :meth:`get`; or it can't be written.
            ProfilesInUse: as :meth:`put`.
        """
        with alone_in(self.path.resolve().parent):
            document = self._read()
            self._existing(document, name)
            self._write(document | {"current": name})

    def remove(self, name: str) -> None:
        """Forget a profile and its token; where it was the current one, there is none then.

        Raises:
            ProfileMissing, DamagedProfiles, OSError: as :meth:`get`; or it can't be written.
            ProfilesInUse: as :meth:`put`.
        """
        with alone_in(self.path.resolve().parent):
            document = self._read()
            self._existing(document, name)
            self._forget_token(name)
            del document["profiles"][name]
            if document.get("current") == name:
                document["current"] = None
            self._write(document)

    def _forget_token(self, name: str) -> None:
        try:
            login = self.get(name).login
        except DamagedProfiles:
            return  # who wants to get rid of it must be able to
        kept = token_file_of(login) if isinstance(login, ClientCredentials) else None
        if kept is not None:
            kept.forget()

    def _existing(self, document: dict[str, Any], name: str) -> dict[str, Any]:
        profiles: dict[str, dict[str, Any]] = document["profiles"]
        if name not in profiles:
            known = f"there are {', '.join(profiles)}" if profiles else "none is stored"
            raise ProfileMissing(f"there is no profile {name}: {known}")
        return profiles[name]

    def _read(self) -> dict[str, Any]:
        try:
            document = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            document = {}
        except ValueError:
            raise DamagedProfiles(self.path, "this is not JSON") from None
        if not isinstance(document, dict):
            raise DamagedProfiles(self.path, "this is not a JSON object")
        profiles = document.get("profiles", {})
        if not isinstance(profiles, dict) or not all(
            isinstance(members, dict) for members in profiles.values()
        ):
            raise DamagedProfiles(self.path, "profiles must be an object of objects")
        return {"version": _VERSION, "current": None, **document, "profiles": profiles}

    def _write(self, document: dict[str, Any]) -> None:
        write_private(self.path, json.dumps(document, indent=2).encode() + b"\n")
