"""What ``meshmill assets create`` does."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from meshmill_cli.assets import text as assets_text
from meshmill_cli.assets.downloads import Arrivals, command_into, resumable_download
from meshmill_cli.assets.work import seen_by
from meshmill_cli.frame.connection import connected
from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.frame.following import Then
from meshmill_cli.requests.estimates import estimate_as_text
from meshmill_cli.terminal.interruptions import GOES_ON, resumable
from meshmill_cli.terminal.output import say, say_json, tell
from meshmill_cli.terminal.progress import transferring, waiting_for_assets
from meshmill_cli.terminal.views import view_of
from meshmill_client import Asset, Client, MeshmillError

_MEMBERS = ("format", "parameters", "priority", "labels", "custom_id")


def asked_for(
    members: Mapping[str, Any],
    priority: int | None,
    labels: Mapping[str, str],
    custom_id: str | None,
) -> dict[str, Any]:
    """Arguments for the client; the service says whether they make a good request.

    Raises:
        CommandFailed: the members have no place in the client's arguments.
    """
    wrong = [_unknown(name) for name in members if name not in _MEMBERS]
    wrong += [
        f"{name} must be an object"
        for name in ("parameters", "labels")
        if not isinstance(members.get(name, {}), dict)
    ]
    if wrong:
        raise CommandFailed(wrong, Exit.REFUSED)
    asked = dict(members)
    if labels:
        asked["labels"] = {**asked.get("labels", {}), **labels}
    named = {"priority": priority, "custom_id": custom_id}
    return asked | {name: value for name, value in named.items() if value is not None}


def estimate(asked: Mapping[str, Any], profile: str | None, *, as_json: bool) -> None:
    """Tell what a request would take, and whether its asset stands there already."""
    with connected(profile) as client:
        told = client.assets.estimate(**asked)
    if as_json:
        say_json(view_of(told))
        return
    tell(assets_text.estimated(told))
    say(estimate_as_text(told.estimate))


def create(asked: Mapping[str, Any], on_duplicate: Literal["return", "reject"], then: Then) -> None:
    """Ask for an asset, and stay with it as far as that is wanted.

    Raises:
        CommandFailed: it was interrupted.
    """
    with connected(then.profile) as client:
        asset = client.assets.create(**asked, on_duplicate=on_duplicate)
        if not then.quiet:
            tell(assets_text.happened(asset))
            if _keeps_other_words(asset, asked):
                tell("it keeps the labels and the custom_id of the first request")
        if not then.as_json and then.folder is None:
            say(asset.asset_id)
            # Who reads it from a pipe need not wait for what follows.
            sys.stdout.flush()
        if then.waits:
            asset = _waited(client, asset, then)
        if then.folder is not None:
            _download(client, asset, then.folder, then)
        elif then.as_json:
            say_json(assets_text.view(asset))


def _keeps_other_words(asset: Asset, asked: Mapping[str, Any]) -> bool:
    """Whether words about it were asked for that the standing asset does not take over."""
    kept = {"labels": asset.labels, "custom_id": asset.custom_id}
    return asset.deduplicated is True and any(
        asked.get(name) and asked[name] != kept[name] for name in kept
    )


def _waited(client: Client, asset: Asset, then: Then) -> Asset:
    """The asset once it is done; programs are told of one that isn't as well."""
    again = "assets wait" if then.folder is None else f"{command_into(then.folder)} --wait"
    try:
        with (
            resumable(again, [asset.asset_id], then.profile, GOES_ON),
            waiting_for_assets(quiet=then.quiet) as seen,
        ):
            return client.assets.wait(asset, then.timeout, seen)
    except MeshmillError as error:
        last = seen_by(error)
        if then.as_json and last is not None:
            say_json(assets_text.view(last))
        raise


def _download(client: Client, asset: Asset, folder: Path, then: Then) -> None:
    arrivals = Arrivals()
    with (
        resumable_download([asset.asset_id], folder, then.profile),
        transferring(quiet=then.quiet) as moved,
    ):
        paths = client.assets.download(asset, folder, arrivals.watched(moved))
    if not then.quiet:
        arrivals.tell()
    if then.as_json:
        say_json(assets_text.view_with_paths(asset, paths))
    else:
        for path in paths.values():
            say(str(path))


def _unknown(name: str) -> str:
    near = get_close_matches(name, _MEMBERS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(_MEMBERS)}"
    return f"a request has no member {name!r}{hint}"
