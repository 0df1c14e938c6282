"""``meshmill audit``: who did what to a user's data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from meshmill_cli.frame.examples import examples
from meshmill_cli.frame.options import AsJson, Stage

if TYPE_CHECKING:
    from meshmill.domain.audit import AuditEntry

EXAMPLES = examples(
    "meshmill audit --stage staging --user stage",
    "meshmill audit --stage staging --user u0a1b2c --limit 20 --json | jq '.[].action'",
)
_MOST = 500
_COLUMNS = ("at", "action", "target", "actor", "request_id")


def audit(
    stage: Stage,
    user: Annotated[
        str,
        typer.Option("--user", help="The user's id, u…; or stage, for what concerns all users."),
    ],
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=_MOST, help="So many of the latest entries.")
    ] = 100,
    as_json: AsJson = False,
) -> None:
    """Tell who did what to a user's data, the latest last. For operators."""
    entries = _latest(stage, user, limit)
    if as_json:
        typer.echo(json.dumps([_view(entry) for entry in entries]))
    else:
        typer.echo("\n".join(_table(entries)))


def _latest(stage_name: str, user: str, limit: int) -> list[AuditEntry]:
    # AWS's SDK is slow to load: other commands, and help, need not wait for it.
    from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail  # noqa: PLC0415
    from meshmill_cli.operators.stages import stage_opened  # noqa: PLC0415

    with stage_opened(stage_name) as stage:
        table, keep_days = stage.output("AuditTable"), int(stage.output("AuditDays"))
        trail = DynamoDbAuditTrail(stage.client("dynamodb"), table, keep_days)
        return trail.latest(user, None, limit)[::-1]


def _view(entry: AuditEntry) -> dict[str, Any]:
    """An entry's members for programs; times are ISO 8601, UTC, to the millisecond."""
    from meshmill.domain.times import iso  # noqa: PLC0415

    return {
        "at": iso(entry.at),
        "action": entry.action,
        "subject": entry.subject,
        "target": entry.target,
        "actor": entry.actor,
        "request_id": entry.request_id,
        "details": dict(entry.details),
    }


def _table(entries: list[AuditEntry]) -> list[str]:
    from meshmill_cli.terminal.columns import aligned  # noqa: PLC0415

    if not entries:
        return ["there are no entries"]
    views = [_view(entry) for entry in entries]
    rows = [[*_COLUMNS, "details"]]
    rows += [
        [*(str(view[name]) for name in _COLUMNS), json.dumps(view["details"])] for view in views
    ]
    return list(aligned(rows))
