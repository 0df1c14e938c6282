"""``meshmill keys``: API keys of a stage, and the key that signs its links."""

from __future__ import annotations

import json
import re
from typing import Annotated

import typer

from meshmill.domain.permissions import Permission
from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.examples import examples
from meshmill_cli.frame.exits import Exit
from meshmill_cli.frame.groups import Group
from meshmill_cli.frame.options import AsJson, Stage

keys = Group(
    name="keys",
    help="API keys, and the key that signs links. For operators: needs access to the stage.",
    no_args_is_help=True,
    epilog=examples(
        "meshmill keys create --stage staging --subject alice --name ci",
        "meshmill keys list --stage staging",
    ),
    rich_markup_mode=None,
)

_LIFETIME = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNIT_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


@keys.command(
    epilog=examples(
        "meshmill keys create --stage local --subject alice --name ci",
        "meshmill keys create --stage staging --subject alice --name ci --expires-in 90d \\",
        "    --permission assets:read --permission assets:create",
    )
)
def create(
    stage: Stage,
    subject: Annotated[str, typer.Option(help="Whose key: sub of that user's tokens.")],
    name: Annotated[str, typer.Option(help="What it is for, such as ci.")],
    permission: Annotated[
        list[str] | None, typer.Option(help=f"May be repeated: {', '.join(Permission)}.")
    ] = None,
    issuer: Annotated[
        str | None, typer.Option(help="iss of that user's tokens; the stage's own unless given.")
    ] = None,
    requests_per_minute: Annotated[
        int | None, typer.Option(help="A limit of its own, in place of the stage's.")
    ] = None,
    expires_in: Annotated[
        str | None,
        typer.Option(help="How long it is good: 90d, 12h or 30m; for ever unless given."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Issue an API key. It is shown this once, alone on standard output: only its hash is kept."""
    # AWS's SDK is slow to load: other commands, and help, need not wait for it.
    from meshmill_cli.operators import keys_on_stage, keys_text  # noqa: PLC0415

    asked = keys_on_stage.Asked(
        subject=subject,
        issuer=issuer,
        name=name,
        permissions=tuple(permission or ()),
        requests_per_minute=requests_per_minute,
        lifetime_ms=None if expires_in is None else _lifetime_ms(expires_in),
    )
    issued = keys_on_stage.create(stage, asked)
    view = keys_text.view(issued.key) | {"api_key": str(issued.credential)}
    if as_json:
        typer.echo(json.dumps(view))
    else:
        typer.echo(keys_text.issued(issued.key), err=True)
        typer.echo(str(issued.credential))


@keys.command(
    "list",
    epilog=examples(
        "meshmill keys list --stage staging",
        "meshmill keys list --stage staging --json | jq -r '.[].key_id'",
    ),
)
def list_keys(stage: Stage, as_json: AsJson = False) -> None:
    """Tell of all API keys, oldest first; their secrets are known to nobody."""
    from meshmill_cli.operators import keys_on_stage, keys_text  # noqa: PLC0415

    found = sorted(keys_on_stage.every(stage), key=lambda key: (key.created_at, key.key_id))
    if as_json:
        typer.echo(json.dumps([keys_text.view(key) for key in found]))
    else:
        typer.echo(keys_text.table(found))


@keys.command(epilog=examples("meshmill keys revoke 0a1b2c3d4e5f --stage staging"))
def revoke(
    key_id: Annotated[
        str, typer.Argument(metavar="KEY_ID", help="As listed: the middle part of the key.")
    ],
    stage: Stage,
    as_json: AsJson = False,
) -> None:
    """Revoke an API key; processes that remember it take it for up to a minute."""
    from meshmill_cli.operators import keys_on_stage, keys_text  # noqa: PLC0415

    key = keys_on_stage.revoke(stage, key_id)
    typer.echo(json.dumps(keys_text.view(key)) if as_json else keys_text.revoked(key))


@keys.command(epilog=examples("meshmill keys rotate-signing --stage production"))
def rotate_signing(
    stage: Stage,
    force: Annotated[
        bool, typer.Option("--force", help="Also where links of the previous key die of it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Replace the key that signs links; the old one passes until its last link has expired."""
    from meshmill_cli.operators import keys_on_stage, keys_text  # noqa: PLC0415

    rotated = keys_on_stage.rotate_regardless(stage) if force else keys_on_stage.rotate(stage)
    view = keys_text.rotation_view(rotated)
    typer.echo(json.dumps(view) if as_json else keys_text.rotated(view))


def _lifetime_ms(text: str) -> int:
    match = _LIFETIME.fullmatch(text)
    if match is None:
        reason = "must be 1 to 9999 minutes, hours or days, such as 30m, 12h or 90d"
        raise CommandFailed([f"--expires-in {text!r}: {reason}"], Exit.REFUSED)
    return int(match[1]) * _UNIT_MS[match[2]]
