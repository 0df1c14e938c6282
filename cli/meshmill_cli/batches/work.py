"""What ``meshmill batches`` does, but for the lines of one."""

from __future__ import annotations

import shlex
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from meshmill_cli.batches import text as batches_text
from meshmill_cli.frame.connection import connected
from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.frame.following import Then
from meshmill_cli.terminal.counts import counted
from meshmill_cli.terminal.interruptions import GOES_ON, IS_KEPT, resumable
from meshmill_cli.terminal.listing import Face, Listing
from meshmill_cli.terminal.output import say, say_json, tell
from meshmill_cli.terminal.progress import transferring, waiting_for_batches
from meshmill_client import Batch, Client, MeshmillError
from meshmill_client.errors import BatchFailed, WaitTimeout

_FACE = Face(
    headings=batches_text.HEADINGS,
    row=batches_text.row,
    view=batches_text.view,
    identifier=lambda batch: batch.batch_id,
    empty="there are no batches",
)


def submit(manifest: Path, idempotency_key: str | None, then: Then) -> None:
    """Submit a manifest, and stay with its batch as far as that is wanted.

    Raises:
        CommandFailed: not every line came out well, or it was interrupted.
        OSError: the file can't be read; then nothing was announced.
    """
    with connected(then.profile) as client:
        batch = _submitted(client, manifest, idempotency_key, then)
        if not then.quiet:
            new = "is submitted" if batch.upload else f"stood there already, {batch.status}"
            tell(f"{batch.name} {new}")
        if not then.as_json and then.folder is None:
            say(batch.batch_id)
            # Who reads it from a pipe need not wait for what follows.
            sys.stdout.flush()
        if then.waits:
            batch = _waited(client, batch, then)
        if then.folder is not None:
            _download(client, batch, then.folder, then)
        elif then.as_json:
            say_json(batches_text.view(batch))
    if then.waits:
        _require_all_well(batch)


def get(batch_id: str, profile: str | None, *, as_json: bool) -> None:
    """Show a batch as of now."""
    with connected(profile) as client:
        _say(client.batches.get(batch_id), as_json=as_json)


def say_list(listing: Listing, profile: str | None) -> None:
    """Batches, newest first."""
    with connected(profile) as client:
        listing.say(client.batches.list(page_size=listing.page_size), _FACE)


def wait(batch_id: str, then: Then) -> None:
    """Show a batch once nothing more happens to it.

    Raises:
        CommandFailed: not every line came out well, or it was interrupted.
    """
    with connected(then.profile) as client:
        _say_done(client, batch_id, then)


def download(batch_id: str, folder: Path, then: Then) -> None:
    """Fetch the files that say what became of each line, and tell where they stand.

    Raises:
        CommandFailed: it was interrupted.
    """
    with connected(then.profile) as client:
        _download(client, client.batches.get(batch_id), folder, then)


def redrive(batch_id: str, then: Then) -> None:
    """Try again what failed, and stay with it as far as that is wanted.

    Raises:
        CommandFailed: not every line came out well, or it was interrupted.
    """
    with connected(then.profile) as client:
        batch = client.batches.redrive(batch_id)
        if not then.quiet:
            redriven = counted(batch.counts.redriven, "asset")
            tell(f"{batch.name} is {batch.status}, {redriven} redriven")
        if then.waits:
            _say_done(client, batch, then)
        elif then.as_json:
            say_json(batches_text.view(batch))


def delete(batch_id: str, profile: str | None, *, as_json: bool) -> None:
    """Delete a batch of which nothing has begun."""
    with connected(profile) as client:
        client.batches.delete(batch_id)
    if as_json:
        say_json({"batch_id": batch_id, "deleted": True})
    else:
        tell(f"batch {batch_id} is deleted")


def _submitted(client: Client, manifest: Path, idempotency_key: str | None, then: Then) -> Batch:
    if manifest.is_file() and not manifest.stat().st_size:
        raise CommandFailed([f"{manifest} is empty: it has no requests"], Exit.REFUSED)
    try:
        with transferring(quiet=then.quiet) as moved:
            return client.batches.submit(
                manifest, idempotency_key=idempotency_key, on_transfer=moved
            )
    except ValueError as error:
        raise CommandFailed([str(error)], Exit.REFUSED) from None
    except KeyboardInterrupt:
        lines = [
            "interrupted; a batch whose file did not come whole expires by itself",
            "submit the file again: what it asks for is made once",
        ]
        raise CommandFailed(lines, Exit.INTERRUPTED) from None


def _say(batch: Batch, *, as_json: bool) -> None:
    if as_json:
        say_json(batches_text.view(batch))
    else:
        batches_text.say_details(batch)


def _say_done(client: Client, batch: Batch | str, then: Then) -> None:
    done = _waited(client, batch, then)
    _say(done, as_json=then.as_json)
    _require_all_well(done)


def _waited(client: Client, batch: Batch | str, then: Then) -> Batch:
    """The batch once it is done; programs are told of one that isn't as well."""
    batch_id = batch if isinstance(batch, str) else batch.batch_id
    try:
        with (
            resumable("batches wait", [batch_id], then.profile, GOES_ON),
            waiting_for_batches(quiet=then.quiet) as seen,
        ):
            return client.batches.wait(batch, then.timeout, seen)
    except MeshmillError as error:
        match error:
            case BatchFailed(batch=last) | WaitTimeout(seen=Batch() as last) if then.as_json:
                say_json(batches_text.view(last))
        raise


def _require_all_well(batch: Batch) -> None:
    """End the command where it did not come out well.

    Raises:
        CommandFailed: lines were rejected, or assets failed.
    """
    lines = batches_text.shortcomings(batch)
    if lines:
        sys.stdout.flush()
        raise CommandFailed(lines, Exit.PARTLY)


def _download(client: Client, batch: Batch, folder: Path, then: Then) -> None:
    with (
        _resumable_download(batch, folder, then.profile),
        transferring(quiet=then.quiet) as moved,
    ):
        paths = client.batches.download(batch, folder, moved)
    if then.as_json:
        say_json(batches_text.view_with_paths(batch, paths))
    else:
        for path in paths.values():
            say(str(path))


def _resumable_download(
    batch: Batch, folder: Path, profile: str | None
) -> AbstractContextManager[None]:
    command = f"batches download --out {shlex.quote(str(folder))}"
    return resumable(command, [batch.batch_id], profile, IS_KEPT)
