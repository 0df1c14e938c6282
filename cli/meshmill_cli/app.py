"""The commands, and how their failures are told."""

from __future__ import annotations

import sys

import typer

from meshmill_cli.audit import audit
from meshmill_cli.errors import CommandFailed
from meshmill_cli.generate import generate
from meshmill_cli.keys import keys

app = typer.Typer(
    name="meshmill",
    help="3D assets from a description: glTF, OBJ and FBX.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(generate)
app.command()(audit)
app.add_typer(keys)


@app.callback()
def _commands() -> None:
    """3D assets from a description: glTF, OBJ and FBX."""


def main() -> None:
    """Run the command line; a failure is told in a line each and ends with its code."""
    try:
        app(prog_name="meshmill")
    except CommandFailed as failure:
        for line in failure.lines:
            sys.stderr.write(f"meshmill: {line}\n")
        sys.exit(failure.exit_code)
