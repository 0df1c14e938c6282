"""What can be wrong with profiles.

::

    MeshmillError
    └── ProfileError
        ├── ProfileMissing
        ├── ProfileRefused
        ├── DamagedProfiles
        └── ProfilesInUse
"""

from __future__ import annotations

from pathlib import Path

from meshmill_client.errors import MeshmillError


class ProfileError(MeshmillError):
    """Nobody can tell by this which service to talk to, or as whom."""


class ProfileMissing(ProfileError):
    """There is no such profile, or none at all; the message says how to get one."""


class ProfileRefused(ProfileError):
    """What a profile is to be made of does not make one: a ``member`` has this wrong with it."""

    def __init__(self, member: str, reason: str) -> None:
        super().__init__(f"{member} {reason}")
        self.member = member
        self.reason = reason


class DamagedProfiles(ProfileError):
    """A file is not what was written there; ``path`` names it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}; mend the file or remove it")
        self.path = path


class ProfilesInUse(ProfileError):
    """Another program keeps what is in a folder to itself; ``path`` names it."""

    def __init__(self, path: Path, waited: float) -> None:
        super().__init__(
            f"{path}: another program has been changing what is here for {waited:.0f} s; "
            "try again once it has ended"
        )
        self.path = path
