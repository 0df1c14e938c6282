"""``meshmill profiles``: which services are known here, and which one is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from meshmill_cli.frame.completion import stored_profiles
from meshmill_cli.frame.examples import examples
from meshmill_cli.frame.groups import Group
from meshmill_cli.frame.options import AsJson
from meshmill_cli.terminal.output import say_json, say_table, tell

if TYPE_CHECKING:
    from meshmill_client.profiles import Choice, Profile

_HEADINGS = ("", "name", "service", "signs in by", "from")

profiles = Group(
    name="profiles",
    help="Which services are known here, and which one is used.",
    epilog=examples(
        "meshmill profiles",
        "meshmill profiles use staging",
        "meshmill profiles --json | jq -r '.[] | select(.in_use).base_url'",
    ),
    invoke_without_command=True,
    rich_markup_mode=None,
)


@profiles.callback()
def list_profiles(context: typer.Context, as_json: AsJson = False) -> None:
    """List the profiles that can be used here; the one in use is marked. Secrets aren't shown."""
    if context.invoked_subcommand is not None:
        return
    from meshmill_client.profiles import ProfileMissing, choose, every  # noqa: PLC0415

    found, missing = every(), ""
    try:
        choice = choose()
    except ProfileMissing as error:
        choice, missing = None, str(error)
    if as_json:
        say_json([_view(profile, choice) for profile in found])
        return
    say_table(_HEADINGS, [_row(profile, choice) for profile in found], empty=missing)
    if choice is not None:
        tell(f"{choice.profile.name} is used: {choice.reason}")
    elif found:
        tell(missing)


@profiles.command(epilog=examples("meshmill profiles use staging"))
def use(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A stored profile.", autocompletion=stored_profiles),
    ],
) -> None:
    """Make a stored profile the current one."""
    from meshmill_cli.profiles.signing_in import overruled_by  # noqa: PLC0415
    from meshmill_client.profiles import ProfileStore, profiles_path  # noqa: PLC0415

    store = ProfileStore(profiles_path())
    store.use(name)
    tell(f"{name} is the current profile")
    if other := overruled_by(store.get(name)):
        tell(f"but {other}")


def _row(profile: Profile, choice: Choice | None) -> list[str]:
    mark = "*" if choice is not None and choice.profile == profile else ""
    return [mark, profile.name, profile.base_url, profile.kind, profile.origin]


def _view(profile: Profile, choice: Choice | None) -> dict[str, Any]:
    in_use = choice is not None and choice.profile == profile
    return {
        "name": profile.name,
        "base_url": profile.base_url,
        "signs_in_by": profile.kind,
        "origin": profile.origin,
        "in_use": in_use,
        "reason": choice.reason if choice is not None and in_use else None,
    }
