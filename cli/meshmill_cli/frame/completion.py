"""Values that a shell completes: Typer calls these with what has been typed of one."""

from __future__ import annotations

from meshmill_cli.frame.names import FORMATS, GENERATORS, QUALITIES, STATUSES


def formats(incomplete: str) -> list[str]:
    """Output formats."""
    return _beginning(FORMATS, incomplete)


def generators(incomplete: str) -> list[str]:
    """Generators."""
    return _beginning(GENERATORS, incomplete)


def qualities(incomplete: str) -> list[str]:
    """Qualities, the lowest first."""
    return _beginning(QUALITIES, incomplete)


def statuses(incomplete: str) -> list[str]:
    """States of an asset."""
    return _beginning(STATUSES, incomplete)


def profile_names(incomplete: str) -> list[str]:
    """Profiles that ``--profile`` takes here and now; none where their file can't be read."""
    from meshmill_client.errors import MeshmillError  # noqa: PLC0415
    from meshmill_client.profiles import names  # noqa: PLC0415

    try:
        return _beginning(names(), incomplete)
    except (MeshmillError, OSError):
        return []


def stored_profiles(incomplete: str) -> list[str]:
    """Profiles that can be signed in to again, or out of."""
    from meshmill_client.errors import MeshmillError  # noqa: PLC0415
    from meshmill_client.profiles import ProfileStore, profiles_path  # noqa: PLC0415

    try:
        return _beginning(ProfileStore(profiles_path()).names(), incomplete)
    except (MeshmillError, OSError):
        return []


def _beginning(names: tuple[str, ...], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
