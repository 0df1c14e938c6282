"""What ``meshmill assets download`` does."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from meshmill_cli.assets import text as assets_text
from meshmill_cli.assets import work as asset_work
from meshmill_cli.frame.ids import Ids
from meshmill_cli.frame.several import Outcome, of_each, require_all
from meshmill_cli.terminal.counts import counted
from meshmill_cli.terminal.interruptions import IS_KEPT, resumable
from meshmill_cli.terminal.output import say, tell
from meshmill_cli.terminal.progress import transferring
from meshmill_client import Asset, AsyncClient, Transfer

_SHORT = 8
"""Characters of an id that tell it from a few others, where a whole one leaves no room."""

Moved = Callable[[Transfer], None]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """An asset, and where its files stand now."""

    asset: Asset
    paths: dict[str, Path]


def download(
    asked: Ids,
    out: Path,
    patience: float | None,
    profile: str | None,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Fetch all files of all assets, and tell where they stand.

    Args:
        asked: whose files.
        out: for one asset the folder of its files, for others that of their folders.
        patience: seconds to wait for the assets first, None to take them as they are.
        profile: whose service it is.
        as_json: for a program.
        quiet: without progress, and without a word about what stood there already.

    Raises:
        CommandFailed: something went wrong with one of them, or it was interrupted.
    """
    if patience is None:
        found = asset_work.got(asked, profile)
    else:
        again = f"{command_into(out)} --wait"
        found = asset_work.waited(asked, profile, patience, quiet=quiet, again=again)
    arrivals = Arrivals()
    ready = {outcome.name: outcome.result for outcome in found if outcome.result is not None}
    with (
        resumable_download(asked.every, out, profile),
        transferring(quiet=quiet) as moved,
    ):

        async def fetch(client: AsyncClient, each: str) -> Downloaded:
            asset = ready[each]
            folder = out if asked.is_single else out / each
            watch = moved if asked.is_single else _Together(asset, moved)
            watch = arrivals.watched(watch)
            return Downloaded(asset, await client.assets.download(asset, folder, watch))

        fetched = of_each(profile, tuple(ready), fetch)
    if not quiet:
        arrivals.tell()
    _say(fetched, asked, as_json=as_json)
    require_all([*(outcome for outcome in found if outcome.result is None), *fetched])


@dataclass(slots=True)
class Arrivals:
    """How many files there are, and how many of them stood there already."""

    files: int = 0
    standing: int = 0

    def watched(self, moved: Moved) -> Moved:
        """Receives the files of an asset, each of whose names stands once, and hands them on."""
        begun: set[str] = set()

        def watch(transfer: Transfer) -> None:
            if transfer.name not in begun:
                begun.add(transfer.name)
                self.files += 1
                # Before anything has moved, a file is as far as it was here before.
                self.standing += transfer.done == transfer.total
            moved(transfer)

        return watch

    def tell(self) -> None:
        """A line, if there is anything to tell."""
        if self.standing:
            tell(f"{self.standing:,} of {counted(self.files, 'file')} stood there already")


def command_into(out: Path) -> str:
    """The command that fetches files into a folder, but for the ids."""
    return f"assets download --out {shlex.quote(str(out))}"


def resumable_download(
    ids: Sequence[str], out: Path, profile: str | None
) -> AbstractContextManager[None]:
    """An interruption inside ends the command with how to go on."""
    return resumable(command_into(out), ids, profile, IS_KEPT)


def _say(fetched: Sequence[Outcome[Downloaded]], asked: Ids, *, as_json: bool) -> None:
    done = [outcome.result for outcome in fetched if outcome.result is not None]
    if as_json:
        views = [assets_text.view_with_paths(each.asset, each.paths) for each in done]
        asset_work.say_views(views, asked)
        return
    for each in done:
        for path in each.paths.values():
            say(str(path))


class _Together:
    """All files of an asset, told of as if they were one: a row an asset is enough."""

    def __init__(self, asset: Asset, moved: Moved) -> None:
        self._name = asset.asset_id[:_SHORT]
        self._total = sum(file.bytes for file in asset.files)
        self._done: dict[str, int] = {}
        self._moved = moved

    def __call__(self, transfer: Transfer) -> None:
        self._done[transfer.name] = transfer.done
        self._moved(Transfer(self._name, sum(self._done.values()), self._total))
