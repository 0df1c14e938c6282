"""``meshmill generators``: what can be asked for."""

from __future__ import annotations

from typing import Annotated

import typer

from meshmill_cli.frame import completion
from meshmill_cli.frame.connection import Profile, connected
from meshmill_cli.frame.examples import examples
from meshmill_cli.frame.groups import Group
from meshmill_cli.frame.options import AsJson
from meshmill_cli.terminal.output import say_json, say_table

generators = Group(
    name="generators",
    help="What can be asked for: generators and their options. No credentials are needed.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@generators.command(
    "list",
    epilog=examples(
        "meshmill generators list", "meshmill generators list --json | jq -r '.[].name'"
    ),
)
def list_generators(profile: Profile = None, as_json: AsJson = False) -> None:
    """List the generators."""
    with connected(profile) as client:
        found = client.generators.list()
    # The client is slow to load: help need not wait for it.
    from meshmill_cli.generators import text as generators_text  # noqa: PLC0415

    if as_json:
        say_json([generators_text.view(generator) for generator in found])
    else:
        rows = [generators_text.row(generator) for generator in found]
        say_table(generators_text.HEADINGS, rows, empty="there are no generators")


@generators.command(
    epilog=examples(
        "meshmill generators show rock",
        "meshmill generators show rock --json | jq .options.properties.mineral.enum",
        "meshmill generators show tree --json | jq .estimates.high",
    )
)
def show(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="As listed.", autocompletion=completion.generators),
    ],
    profile: Profile = None,
    as_json: AsJson = False,
) -> None:
    """Show a generator's options, their bounds and defaults, and what it takes."""
    with connected(profile) as client:
        found = client.generators.get(name)
    from meshmill_cli.generators import text as generators_text  # noqa: PLC0415

    if as_json:
        say_json(generators_text.view(found))
    else:
        generators_text.say_in_full(found)
