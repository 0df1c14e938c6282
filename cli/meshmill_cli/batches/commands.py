"""``meshmill batches``: many requests in one file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from meshmill_cli.frame.connection import Profile
from meshmill_cli.frame.examples import examples
from meshmill_cli.frame.following import DownloadTo, Out, Then, Timeout, Wait
from meshmill_cli.frame.groups import Group
from meshmill_cli.frame.ids import BatchId, OnlyIds
from meshmill_cli.frame.options import FEW, AsJson, Every, Limit, Quiet
from meshmill_cli.terminal.confirmation import Yes, confirm
from meshmill_cli.terminal.forms import form_of

_TIMEOUT = 3600.0

AsCsv = Annotated[
    bool, typer.Option("--csv", help="Print CSV; cells that a spreadsheet would run are escaped.")
]


class Outcome(StrEnum):
    """How a line may end."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


batches = Group(
    name="batches",
    help="Many requests in one file, and what became of each line.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@batches.command(
    epilog=examples(
        "meshmill batches submit village.jsonl --wait",
        "meshmill batches submit village.csv --download reports",
        'id=$(meshmill batches submit village.jsonl --idempotency-key "$BUILD" --quiet)',
        "meshmill batches submit village.jsonl --wait --json | jq .counts",
    )
)
def submit(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A request a line: JSONL or CSV.")],
    idempotency_key: Annotated[
        str | None,
        typer.Option(help="Names this submission: the same key and file make one batch."),
    ] = None,
    wait: Wait = False,
    download: DownloadTo = None,
    timeout: Timeout = _TIMEOUT,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Submit a file of requests, as JSON lines or CSV.

    The batch's id is printed, or with --download the paths of the files that say what became of
    each line. With --wait it ends as meshmill batches wait does.
    """
    # The client is slow to load: help need not wait for it.
    from meshmill_cli.batches import work as batch_work  # noqa: PLC0415

    then = Then(
        wait=wait,
        folder=download,
        timeout=timeout,
        profile=profile,
        as_json=as_json,
        quiet=quiet,
    )
    batch_work.submit(file, idempotency_key, then)


@batches.command(
    epilog=examples("meshmill batches get $ID", "meshmill batches get $ID --json | jq .counts")
)
def get(batch_id: BatchId, profile: Profile = None, as_json: AsJson = False) -> None:
    """Show a batch."""
    from meshmill_cli.batches import work as batch_work  # noqa: PLC0415

    batch_work.get(batch_id, profile, as_json=as_json)


@batches.command(
    "list", epilog=examples("meshmill batches list", "meshmill batches list --all --json")
)
def list_batches(
    limit: Limit = FEW,
    every: Every = False,
    only_ids: OnlyIds = False,
    profile: Profile = None,
    as_json: AsJson = False,
) -> None:
    """List your batches, newest first."""
    form = form_of(as_json=as_json, only_ids=only_ids)
    from meshmill_cli.batches import work as batch_work  # noqa: PLC0415
    from meshmill_cli.terminal.listing import Listing  # noqa: PLC0415

    listing = Listing(limit=None if every else limit, form=form)
    batch_work.say_list(listing, profile)


@batches.command(
    epilog=examples(
        "meshmill batches wait $ID",
        "meshmill batches wait $ID --quiet || meshmill batches errors $ID",
    )
)
def wait(
    batch_id: BatchId,
    timeout: Timeout = _TIMEOUT,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Wait until nothing more happens to a batch, and show it.

    Ends with 0 where every line came out well, with 9 where lines were rejected or assets failed,
    with 1 where the file as a whole came to nothing, and with 7 where it is still going on after
    --timeout.
    """
    from meshmill_cli.batches import work as batch_work  # noqa: PLC0415

    then = Then(wait=True, timeout=timeout, profile=profile, as_json=as_json, quiet=quiet)
    batch_work.wait(batch_id, then)


@batches.command(
    epilog=examples(
        "meshmill batches results $ID --outcome rejected",
        "meshmill batches results $ID --csv > results.csv",
        "meshmill batches results $ID --ids | meshmill assets download - --out village",
    )
)
def results(
    batch_id: BatchId,
    outcome: Annotated[Outcome | None, typer.Option(help="Only lines that ended so.")] = None,
    only_ids: OnlyIds = False,
    as_csv: AsCsv = False,
    profile: Profile = None,
    as_json: AsJson = False,
) -> None:
    """Print what became of each line; with --ids the assets alone."""
    form = form_of(as_csv=as_csv, as_json=as_json, only_ids=only_ids)
    from meshmill_cli.batches import lines as batch_lines  # noqa: PLC0415

    batch_lines.say_results(batch_id, outcome, form, profile)


@batches.command(
    epilog=examples(
        "meshmill batches errors $ID", "meshmill batches errors $ID --json | jq '.[].field'"
    )
)
def errors(
    batch_id: BatchId, as_csv: AsCsv = False, profile: Profile = None, as_json: AsJson = False
) -> None:
    """Print the rejected lines, each with what is wrong with it."""
    form = form_of(as_csv=as_csv, as_json=as_json)
    from meshmill_cli.batches import lines as batch_lines  # noqa: PLC0415

    batch_lines.say_errors(batch_id, form, profile)


@batches.command(epilog=examples("meshmill batches download $ID --out reports"))
def download(
    batch_id: BatchId,
    out: Out = Path(),
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Download the reports on all lines, and print their paths.

    They are results and errors, each as JSON lines and as CSV. For the assets themselves see
    meshmill batches results --ids.
    """
    from meshmill_cli.batches import work as batch_work  # noqa: PLC0415

    then = Then(wait=False, timeout=0, profile=profile, as_json=as_json, quiet=quiet)
    batch_work.download(batch_id, out, then)


@batches.command(epilog=examples("meshmill batches redrive $ID --wait"))
def redrive(
    batch_id: BatchId,
    wait: Wait = False,
    timeout: Timeout = _TIMEOUT,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Try again those assets that failed and are worth it.

    With --wait it ends as meshmill batches wait does.
    """
    from meshmill_cli.batches import work as batch_work  # noqa: PLC0415

    then = Then(wait=wait, timeout=timeout, profile=profile, as_json=as_json, quiet=quiet)
    batch_work.redrive(batch_id, then)


@batches.command(epilog=examples("meshmill batches delete $ID --yes"))
def delete(
    batch_id: BatchId, yes: Yes = False, profile: Profile = None, as_json: AsJson = False
) -> None:
    """Delete a batch of which nothing has begun."""
    if not yes:
        confirm(f"Delete batch {batch_id}?")
    from meshmill_cli.batches import work as batch_work  # noqa: PLC0415

    batch_work.delete(batch_id, profile, as_json=as_json)
