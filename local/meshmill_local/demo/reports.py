"""What the demo claims of a batch, checked and shown: each line counted once, none lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from meshmill_local.demo.drop import Reported
from meshmill_local.demo.errors import LOOK_IN_THE_LOG, DemoError

_SHOWN_ERRORS = 4
_OUTCOMES = ("accepted", "duplicate", "rejected")


def require_counted(reported: Reported) -> str:
    """Check that every line is counted once, and that all that was accepted is built.

    Raises:
        DemoError: it is otherwise.
    """
    lines, counts = len(reported.manifest.lines), reported.batch.counts
    counted = counts.accepted + counts.duplicate + counts.rejected
    if (counts.lines, counted) != (lines, lines):
        raise _wrong(
            reported, f"{counted} of {counts.lines} lines are counted: the manifest has {lines}"
        )
    if counts.completed != counts.accepted:
        raise _wrong(reported, f"{counts.completed} of {counts.accepted} assets are completed")
    return (
        f"{lines} lines of {reported.manifest.filename}: {counts.accepted} accepted and built, "
        f"{counts.duplicate} duplicates, {counts.rejected} rejected"
    )


def require_reported(reported: Reported) -> str:
    """Check that the reports tell of each line once, as it was counted.

    Raises:
        DemoError: they don't.
    """
    results, errors = _read(reported.files["results"]), _read(reported.files["errors"])
    if [result["line"] for result in results] != list(range(1, len(reported.manifest.lines) + 1)):
        raise _wrong(reported, "results.jsonl does not tell of each line once, in order")
    told, counts = Counter(result["outcome"] for result in results), reported.batch.counts
    if any(told[outcome] != getattr(counts, outcome) for outcome in _OUTCOMES):
        raise _wrong(reported, f"results.jsonl tells of {dict(told)}, which is not what is counted")
    rejected = [result["line"] for result in results if result["outcome"] == "rejected"]
    if [error["line"] for error in errors] != rejected:
        raise _wrong(reported, "errors.jsonl does not tell of each rejected line once, in order")
    return (
        f"reports of {reported.manifest.name}: {len(results)} results, each line once, "
        f"and {len(errors)} errors"
    )


def errors_of(reported: Reported, shown: Callable[[Path], Path]) -> Table:
    """The first rejected lines, and where all of them are told."""
    errors = _read(reported.files["errors"])
    rest = len(errors) - _SHOWN_ERRORS
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        title=f"What is wrong with {len(errors)} lines: {shown(reported.files['errors'])}",
        title_justify="left",
        title_style="",
        caption=f"… and {rest} more" if rest > 0 else None,
        caption_justify="left",
    )
    table.add_column("line", justify="right", no_wrap=True)
    table.add_column("custom_id", no_wrap=True)
    table.add_column("code", no_wrap=True)
    table.add_column("message")
    for error in errors[:_SHOWN_ERRORS]:
        row = str(error["line"]), error["custom_id"] or "–", error["code"], error["message"]
        table.add_row(*row)
    return table


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def _wrong(reported: Reported, what: str) -> DemoError:
    return DemoError(
        f"{reported.manifest.name}: {what}", where=reported.batch.name, next_step=LOOK_IN_THE_LOG
    )
