"""The commands. What they are slow to load, they load when they run: help needs none of it."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer

from meshmill_cli.assets.commands import assets
from meshmill_cli.batches.commands import batches
from meshmill_cli.engine.generate import generate
from meshmill_cli.frame.commands import Commands, run
from meshmill_cli.frame.examples import examples
from meshmill_cli.frame.groups import Group, LightGroup
from meshmill_cli.generators.commands import generators
from meshmill_cli.operators.audit import EXAMPLES as AUDIT_EXAMPLES
from meshmill_cli.operators.audit import audit
from meshmill_cli.operators.keys import keys
from meshmill_cli.profiles import login as signing
from meshmill_cli.profiles.commands import profiles
from meshmill_cli.viewer.view import EXAMPLES as VIEW_EXAMPLES
from meshmill_cli.viewer.view import view

_SUMMARY = "3D assets from a description: glTF, OBJ and FBX."
_EPILOGUE = """
\b
Examples:
  meshmill generate --generator tree --seed 7 --out oak
  meshmill login --base-url https://meshmill.example
  meshmill assets create --format gltf --generator rock --download rock

Exit codes: 0 done, 1 it failed, 2 refused, 3 a file can't be read or written, 4 no service
answers, 5 not signed in, 6 not found, 7 --timeout is over, 8 too many requests, 9 a batch is
done but for some of its lines.
"""

#: In help: first what works alone, then what talks to a service, last what is for operators.
_ORDER = (
    "generate",
    "view",
    "login",
    "logout",
    "profiles",
    "assets",
    "batches",
    "generators",
    "keys",
    "audit",
)


class _Ordered(Commands):
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # the group's own signature
        return sorted(self.commands, key=_ORDER.index)


app = Group(
    name="meshmill",
    cls=_Ordered,
    help=_SUMMARY,
    epilog=_EPILOGUE,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(generate)
app.command(epilog=VIEW_EXAMPLES)(view)
app.command(epilog=signing.LOGIN_EXAMPLES)(signing.login)
app.command(epilog=signing.LOGOUT_EXAMPLES)(signing.logout)
app.add_typer(profiles, cls=LightGroup)
app.add_typer(
    assets,
    cls=LightGroup,
    epilog=examples(
        "meshmill assets create --format gltf --generator rock --download rock",
        "meshmill assets list --status failed",
    ),
)
app.add_typer(
    batches,
    cls=LightGroup,
    epilog=examples(
        "meshmill batches submit village.jsonl --wait", "meshmill batches results $ID --json"
    ),
)
app.add_typer(
    generators,
    cls=LightGroup,
    epilog=examples("meshmill generators list", "meshmill generators show rock"),
)
app.command(epilog=AUDIT_EXAMPLES)(audit)
app.add_typer(keys, cls=LightGroup)


def _tell_version(is_asked: bool) -> None:  # noqa: FBT001  # Typer calls it so
    if is_asked:
        from meshmill_client import __version__  # noqa: PLC0415  # slow to load

        typer.echo(f"meshmill {__version__}")
        raise typer.Exit


@app.callback()
def _commands(
    version: Annotated[
        bool,
        typer.Option("--version", help="Tell the version.", is_eager=True, callback=_tell_version),
    ] = False,
) -> None:
    """3D assets from a description: glTF, OBJ and FBX."""


def main() -> None:
    """Run the command line; a failure is told in a line each and ends with its code."""
    run(partial(app, prog_name="meshmill"))
