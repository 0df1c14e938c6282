"""What ``meshmill assets`` does with assets that stand there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from meshmill_cli.assets import text as assets_text
from meshmill_cli.frame.connection import connected
from meshmill_cli.frame.ids import Ids
from meshmill_cli.frame.several import Failure, Outcome, of_each, require_all
from meshmill_cli.terminal.interruptions import GOES_ON, resumable
from meshmill_cli.terminal.listing import Face, Listing
from meshmill_cli.terminal.output import say_json, say_json_array, say_table, tell
from meshmill_cli.terminal.progress import waiting_for_assets
from meshmill_client import Asset, AsyncClient
from meshmill_client.errors import AssetFailed, WaitTimeout

_WAITS_AT_ONCE = 16

_FACE = Face(
    headings=assets_text.HEADINGS,
    row=assets_text.row,
    view=assets_text.view,
    identifier=lambda asset: asset.asset_id,
    empty="there are no such assets",
)


def say_list(filters: Mapping[str, Any], listing: Listing, profile: str | None) -> None:
    """Assets that pass the filters, newest first; the service knows which filters make sense."""
    with connected(profile) as client:
        listing.say(client.assets.list(**filters, page_size=listing.page_size), _FACE)


def got(asked: Ids, profile: str | None) -> list[Outcome[Asset]]:
    """Assets as of now."""
    return of_each(profile, asked.every, lambda client, each: client.assets.get(each))


def waited(
    asked: Ids, profile: str | None, timeout: float, *, quiet: bool, again: str = "assets wait"
) -> list[Outcome[Asset]]:
    """Assets once they are final; all of them have the same time.

    ``again`` is the command that comes back to them after an interruption.

    Raises:
        CommandFailed: it was interrupted.
    """
    end = time.monotonic() + timeout
    with (
        resumable(again, asked.every, profile, GOES_ON),
        waiting_for_assets(quiet=quiet) as seen,
    ):

        async def wait(client: AsyncClient, each: str) -> Asset:
            left = max(0.0, end - time.monotonic())
            return await client.assets.wait(each, left, seen)

        return of_each(profile, asked.every, wait, _WAITS_AT_ONCE)


def say_seen(outcomes: Sequence[Outcome[Asset]], asked: Ids, *, as_json: bool) -> None:
    """The assets as they were seen last, also those that failed or take longer.

    Raises:
        CommandFailed: something went wrong with one of them.
    """
    seen = [asset for outcome in outcomes if (asset := last_seen(outcome)) is not None]
    if as_json:
        say_views([assets_text.view(asset) for asset in seen], asked)
    elif seen and not asked.is_single:
        say_table(assets_text.HEADINGS, [assets_text.row(asset) for asset in seen], empty="")
    elif seen:
        assets_text.say_details(seen[0])
    require_all(outcomes)


def say_views(views: Sequence[Any], asked: Ids) -> None:
    """An object for a single id, if there is one, and otherwise an array."""
    if not asked.is_single:
        say_json_array(views)
    elif views:
        say_json(views[0])


def last_seen(outcome: Outcome[Asset]) -> Asset | None:
    """The asset as it was seen last, whatever came of waiting for it."""
    return outcome.result or seen_by(outcome.failure)


def seen_by(failure: Failure | None) -> Asset | None:
    """The asset that an error is about, where it was seen."""
    match failure:
        case AssetFailed(asset=asset) | WaitTimeout(seen=Asset() as asset):
            return asset
    return None


def delete(asked: Ids, profile: str | None, *, as_json: bool) -> None:
    """Delete assets, and tell which are gone.

    Raises:
        CommandFailed: something went wrong with one of them.
    """

    async def delete_one(client: AsyncClient, each: str) -> str:
        await client.assets.delete(each)
        return each

    outcomes = of_each(profile, asked.every, delete_one)
    gone = [outcome.result for outcome in outcomes if outcome.result is not None]
    if as_json:
        say_views([{"asset_id": each, "deleted": True} for each in gone], asked)
    else:
        for each in gone:
            tell(f"asset {each} is deleted")
    require_all(outcomes)
