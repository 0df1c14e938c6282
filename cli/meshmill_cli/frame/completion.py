"""Values that a shell completes: Typer calls these with what has been typed of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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


def options(ctx: Any, incomplete: str) -> list[str]:
    """``name=`` of options of the generator that the line names, or of all; none without an engine.

    Args:
        ctx: what was typed before; Typer hands it to an argument of this name.
        incomplete: what was typed of the option itself.
    """
    try:
        from meshmill.geometry.registry import GENERATORS as INSTALLED  # noqa: PLC0415
    except ImportError:
        return []
    named = ctx.params.get("generator")
    entries = INSTALLED.values() if named is None else filter(None, [INSTALLED.get(named)])
    names = dict.fromkeys(name for entry in entries for name in entry.options.model_fields)
    return _beginning((f"{name}=" for name in names), incomplete)


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


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
