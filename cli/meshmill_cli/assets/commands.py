"""``meshmill assets``: assets of a service, one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from meshmill_cli.frame import completion
from meshmill_cli.frame.connection import Profile
from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.examples import examples
from meshmill_cli.frame.exits import Exit
from meshmill_cli.frame.following import DownloadTo, Out, Then, Timeout, Wait
from meshmill_cli.frame.groups import Group
from meshmill_cli.frame.ids import AssetIds, OnlyIds, read_ids
from meshmill_cli.frame.names import STATUSES
from meshmill_cli.frame.options import FEW, AsJson, Every, Limit, Quiet
from meshmill_cli.requests.members import pair, read_members
from meshmill_cli.requests.options import (
    CustomId,
    Generator,
    Labels,
    Lods,
    OnlyEstimate,
    Options,
    OutputFormat,
    Priority,
    Quality,
    RejectDuplicate,
    Seed,
    Spec,
    TextureFormat,
    TextureSize,
)
from meshmill_cli.terminal.confirmation import Yes, confirm
from meshmill_cli.terminal.counts import counted
from meshmill_cli.terminal.forms import form_of

_TIMEOUT = 300.0

assets = Group(
    name="assets",
    help="Assets of a service: ask for them, follow and download them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@assets.command(
    epilog=examples(
        "meshmill assets create --format fbx --generator tree --seed 7 --download oak",
        "meshmill assets create --spec request.json --label team=art --wait",
        "id=$(meshmill assets create --generator rock --option moss=0.6 --quiet)",
        "meshmill assets create --generator planet --quality high --estimate",
        "meshmill assets create --generator gear --wait --json | jq .stats",
    )
)
def create(
    output_format: OutputFormat = None,
    generator: Generator = None,
    quality: Quality = None,
    texture_size: TextureSize = None,
    texture_format: TextureFormat = None,
    lods: Lods = None,
    seed: Seed = None,
    option: Options = None,
    spec: Spec = None,
    priority: Priority = None,
    label: Labels = None,
    custom_id: CustomId = None,
    reject_duplicate: RejectDuplicate = False,
    only_estimate: OnlyEstimate = False,
    wait: Wait = False,
    download: DownloadTo = None,
    timeout: Timeout = _TIMEOUT,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Ask for an asset, or find the one that is there already.

    Its id is printed, or with --download the paths of its files.
    """
    members = read_members(
        spec,
        output_format,
        option or [],
        generator=generator,
        quality=quality,
        texture_size=texture_size,
        texture_format=texture_format,
        lods=lods,
        seed=seed,
    )
    labels = dict(pair("--label", text) for text in label or [])
    # The client is slow to load: help, and a command that is refused, need not wait for it.
    from meshmill_cli.assets import creation as asset_creation  # noqa: PLC0415

    asked = asset_creation.asked_for(members, priority, labels, custom_id)
    if only_estimate:
        _require_nothing_more(wait=wait, download=download, reject_duplicate=reject_duplicate)
        asset_creation.estimate(asked, profile, as_json=as_json)
        return
    then = Then(
        wait=wait,
        folder=download,
        timeout=timeout,
        profile=profile,
        as_json=as_json,
        quiet=quiet,
    )
    asset_creation.create(asked, "reject" if reject_duplicate else "return", then)


@assets.command(
    epilog=examples(
        "meshmill assets get $ID",
        "meshmill assets get $ID --json | jq .files",
        "meshmill assets list --status failed --all --ids | meshmill assets get - --json",
    )
)
def get(ids: AssetIds, profile: Profile = None, as_json: AsJson = False) -> None:
    """Show assets; one in full, several in a table."""
    asked = read_ids(ids)
    from meshmill_cli.assets import work as asset_work  # noqa: PLC0415

    asset_work.say_seen(asset_work.got(asked, profile), asked, as_json=as_json)


@assets.command(
    "list",
    epilog=examples(
        "meshmill assets list",
        "meshmill assets list --status failed --generator tree --all",
        "meshmill assets list --all --json | jq 'map(.files[].bytes) | add'",
        "meshmill assets list --status failed --all --ids | meshmill assets delete - --yes",
    ),
)
def list_assets(
    status: Annotated[
        str | None,
        typer.Option(help=f"Only {', '.join(STATUSES)}.", autocompletion=completion.statuses),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option("--format", help="Only of this format.", autocompletion=completion.formats),
    ] = None,
    generator: Annotated[
        str | None,
        typer.Option(help="Only of this generator.", autocompletion=completion.generators),
    ] = None,
    limit: Limit = FEW,
    every: Every = False,
    only_ids: OnlyIds = False,
    profile: Profile = None,
    as_json: AsJson = False,
) -> None:
    """List your assets, newest first."""
    form = form_of(as_json=as_json, only_ids=only_ids)
    from meshmill_cli.assets import work as asset_work  # noqa: PLC0415
    from meshmill_cli.terminal.listing import Listing  # noqa: PLC0415

    filters = {"status": status, "format": output_format, "generator": generator}
    listing = Listing(limit=None if every else limit, form=form)
    asset_work.say_list(filters, listing, profile)


@assets.command(
    epilog=examples(
        "meshmill assets wait $ID --timeout 60",
        "meshmill assets list --status pending --all --ids | meshmill assets wait - --quiet",
    )
)
def wait(
    ids: AssetIds,
    timeout: Timeout = _TIMEOUT,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Wait until assets are done, several at a time, and show them.

    Ends with 1 where one failed, and with 7 where one is still going on after --timeout.
    """
    asked = read_ids(ids)
    from meshmill_cli.assets import work as asset_work  # noqa: PLC0415

    seen = asset_work.waited(asked, profile, timeout, quiet=quiet)
    asset_work.say_seen(seen, asked, as_json=as_json)


@assets.command(
    epilog=examples(
        "meshmill assets download $ID --out oak",
        "meshmill assets list --all --ids | meshmill assets download - --wait --out all",
    )
)
def download(
    ids: AssetIds,
    out: Out = Path(),
    wait: Wait = False,
    timeout: Timeout = _TIMEOUT,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Download the files of assets, and print their paths.

    Files of one asset go to the folder itself, those of several to a folder an asset. Each is
    checked by its SHA-256. What stands there already isn't fetched, and what broke off goes on
    where it was.
    """
    asked = read_ids(ids)
    from meshmill_cli.assets import downloads as asset_downloads  # noqa: PLC0415

    patience = timeout if wait else None
    asset_downloads.download(asked, out, patience, profile, as_json=as_json, quiet=quiet)


@assets.command(
    epilog=examples(
        "meshmill assets delete $ID",
        "meshmill assets list --status failed --all --ids | meshmill assets delete - --yes",
    )
)
def delete(
    ids: AssetIds, yes: Yes = False, profile: Profile = None, as_json: AsJson = False
) -> None:
    """Delete assets; the same request makes them again."""
    asked = read_ids(ids)
    if asked.every and not yes:
        what = f"asset {asked.every[0]}" if asked.is_single else counted(len(asked.every), "asset")
        confirm(f"Delete {what}?")
    from meshmill_cli.assets import work as asset_work  # noqa: PLC0415

    asset_work.delete(asked, profile, as_json=as_json)


def _require_nothing_more(**flags: object) -> None:
    """Refuse what has no meaning where nothing is made.

    Raises:
        CommandFailed: some of it was asked for.
    """
    wrong = [f"--{name.replace('_', '-')}" for name, given in flags.items() if given]
    if wrong:
        lines = [f"--estimate makes nothing: leave out {' and '.join(wrong)}"]
        raise CommandFailed(lines, Exit.REFUSED)
