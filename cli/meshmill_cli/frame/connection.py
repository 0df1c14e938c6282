"""The service that a command talks to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from meshmill_cli.frame.completion import profile_names

if TYPE_CHECKING:
    from meshmill_client import Client, profiles

Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        help="Which profile to use, of those that meshmill profiles lists.",
        autocompletion=profile_names,
    ),
]
"""An option of every command that talks to a service; None unless it is given."""


@contextmanager
def connected(profile: Profile) -> Iterator[Client]:
    """A client of the profile's service; its errors may pass, they are told at the end.

    ::

        with connected(profile) as client:
            asset = client.assets.get(asset_id)

    Raises:
        ProfileError: there is no such profile, or none at all.
    """
    # httpx and pydantic are slow to load: help and completion need not wait for them.
    from meshmill_client import Client  # noqa: PLC0415
    from meshmill_client.profiles import resolve  # noqa: PLC0415

    chosen = resolve(profile)
    with Client(chosen.base_url, chosen.credentials()) as client, asking(chosen):
        yield client


@contextmanager
def asking(chosen: profiles.Profile) -> Iterator[None]:
    """Errors of the client that pass have it noted whom they come from."""
    from meshmill_client import MeshmillError  # noqa: PLC0415

    try:
        yield
    except MeshmillError as error:
        error.add_note(f"{chosen.base_url} was asked, by {chosen.told}")
        raise
