"""Which service to talk to, and as whom: remembered on this machine, or told by its environment.

The profile that is used is the first of these that there is:

1. the one that is asked for by name, or by ``MESHMILL_PROFILE``;
2. ``environment``: ``MESHMILL_BASE_URL``, with ``MESHMILL_API_KEY``, or with
   ``MESHMILL_CLIENT_ID``, ``MESHMILL_CLIENT_SECRET`` and ``MESHMILL_TOKEN_URL``;
3. ``local``: the pipeline that runs on this machine, of which ``.meshmill/local.json`` tells in
   the working directory or in one above;
4. the current one of those that ``meshmill login`` has stored.
"""

from meshmill_client.profiles.choice import Choice, choose, every, names, resolve
from meshmill_client.profiles.errors import (
    DamagedProfiles,
    ProfileError,
    ProfileMissing,
    ProfileRefused,
    ProfilesInUse,
)
from meshmill_client.profiles.places import profiles_path
from meshmill_client.profiles.profile import (
    ENVIRONMENT,
    LOCAL,
    RESERVED_NAMES,
    Profile,
    checked_name,
)
from meshmill_client.profiles.store import ProfileStore
from meshmill_client.profiles.token_file import TokenFile, token_file_of

__all__ = [
    "ENVIRONMENT",
    "LOCAL",
    "RESERVED_NAMES",
    "Choice",
    "DamagedProfiles",
    "Profile",
    "ProfileError",
    "ProfileMissing",
    "ProfileRefused",
    "ProfileStore",
    "ProfilesInUse",
    "TokenFile",
    "checked_name",
    "choose",
    "every",
    "names",
    "profiles_path",
    "resolve",
    "token_file_of",
]
