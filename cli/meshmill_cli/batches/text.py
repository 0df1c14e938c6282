"""Batches as people and programs read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from meshmill_cli.terminal.ages import age
from meshmill_cli.terminal.counts import counted
from meshmill_cli.terminal.details import Detail, files_of, moment, say_details_of
from meshmill_cli.terminal.views import view_of, with_paths
from meshmill_client import Batch, BatchStatus

HEADINGS = ("batch", "status", "file", "age")
"""A table of them fits 80 columns: ids are 36 wide, statuses up to 21."""

_MOST_OF_A_NAME = 12


def view(batch: Batch) -> dict[str, Any]:
    """The service's own object, but for the form: whoever reads it in a log could upload by it."""
    return view_of(batch, without={"upload"})


def view_with_paths(batch: Batch, paths: Mapping[str, Path]) -> dict[str, Any]:
    """The service's own object; each of its files has the ``path`` where it stands now."""
    return with_paths(view(batch), paths)


def row(batch: Batch) -> list[str]:
    """What a list tells of a batch."""
    return [
        batch.batch_id,
        _status(batch),
        _shortened(batch.filename),
        age(batch.created_at, datetime.now(UTC)),
    ]


def say_details(batch: Batch) -> None:
    """All that is worth reading, a line each."""
    say_details_of([*_identity(batch), *_counted(batch), *_history(batch), *files_of(batch.files)])


def shortcomings(batch: Batch) -> list[str]:
    """What did not come out well, and how to go on; nothing where all is well."""
    if batch.status is not BatchStatus.COMPLETED_WITH_ERRORS:
        return []
    counts = batch.counts
    lines = [f"{batch.name}: lines rejected {counts.rejected:,}, assets failed {counts.failed:,}"]
    if counts.rejected:
        lines.append(f"what is wrong with the lines: meshmill batches errors {batch.batch_id}")
    if counts.failed:
        lines.append(f"to try those assets again: meshmill batches redrive {batch.batch_id}")
    return lines


def _status(batch: Batch) -> str:
    going = batch.status is BatchStatus.IN_PROGRESS
    return f"{batch.status}, {batch.percent:.0f} %" if going else str(batch.status)


def _identity(batch: Batch) -> Iterator[Detail]:
    yield "batch", batch.batch_id
    yield "status", f"{_status(batch)}{', stalled' if batch.stalled else ''}"
    if batch.error is not None:
        yield "error", f"{batch.error.code}: {batch.error.message}"
    size = "" if batch.size is None else f", {counted(batch.size, 'byte')}"
    yield "file", f"{batch.filename}{size}"


def _counted(batch: Batch) -> Iterator[Detail]:
    counts = batch.counts.model_dump()
    lines = counts["lines"]
    yield "lines", "not counted yet" if lines is None else f"{lines:,}"
    for name in ("accepted", "duplicate", "rejected"):
        yield f"  {name}", f"{counts[name]:,}"
    yield "assets", ""
    for name in ("completed", "failed", "redriven", "deleted"):
        yield f"  {name}", f"{counts[name]:,}"


def _history(batch: Batch) -> Iterator[Detail]:
    yield "created", moment(batch.created_at)
    if batch.completed_at is not None:
        yield "completed", moment(batch.completed_at)
    elif batch.eta is not None:
        yield "expected", moment(batch.eta)


def _shortened(name: str) -> str:
    return name if len(name) <= _MOST_OF_A_NAME else f"{name[: _MOST_OF_A_NAME - 1]}…"
