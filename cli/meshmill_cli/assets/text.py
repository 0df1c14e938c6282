"""Assets as people and programs read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from meshmill_cli.terminal.ages import age
from meshmill_cli.terminal.details import Detail, files_of, moment, say_details_of
from meshmill_cli.terminal.views import view_of, with_paths
from meshmill_client import Asset, DryRun

HEADINGS = ("asset", "status", "format", "generator", "age")
"""A table of them fits 80 columns, ids being 36 wide."""


def view(asset: Asset) -> dict[str, Any]:
    """The service's own object."""
    return view_of(asset)


def view_with_paths(asset: Asset, paths: Mapping[str, Path]) -> dict[str, Any]:
    """The service's own object; each of its files has the ``path`` where it stands now."""
    return with_paths(view(asset), paths)


def row(asset: Asset) -> list[str]:
    """What a list tells of an asset."""
    return [
        asset.asset_id,
        str(asset.status),
        asset.format,
        str(asset.parameters.get("generator", "-")),
        age(asset.created_at, datetime.now(UTC)),
    ]


def say_details(asset: Asset) -> None:
    """All that is worth reading, a line each."""
    say_details_of([*_identity(asset), *_requested(asset), *_history(asset), *_made(asset)])


def happened(asset: Asset) -> str:
    """What a request for an asset has led to."""
    told = f"stood there already, {asset.status}" if asset.deduplicated else "is queued"
    return f"{asset.name} {told}"


def estimated(told: DryRun) -> str:
    """What a request would lead to."""
    if not told.exists:
        return f"asset {told.asset_id} would be new"
    return f"asset {told.asset_id} stands there already, {told.status}"


def _identity(asset: Asset) -> Iterator[Detail]:
    yield "asset", asset.asset_id
    yield "status", str(asset.status)
    if asset.error is not None:
        again = "; it may be asked for again" if asset.error.retryable else ""
        yield "error", f"{asset.error.code}: {asset.error.message}{again}"
    if asset.custom_id is not None:
        yield "custom_id", asset.custom_id
    yield from ((f"labels.{name}", value) for name, value in asset.labels.items())


def _requested(asset: Asset) -> Iterator[Detail]:
    yield "format", asset.format
    for name, value in asset.parameters.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{member}", str(each)) for member, each in value.items())
        else:
            yield name, str(value)
    yield "priority", str(asset.priority)


def _history(asset: Asset) -> Iterator[Detail]:
    yield "created", moment(asset.created_at)
    if asset.completed_at is not None:
        yield "completed", moment(asset.completed_at)
    if asset.generation_ms is not None:
        queued = "" if asset.queue_ms is None else f", after {_seconds(asset.queue_ms)} in a queue"
        yield "took", f"{_seconds(asset.generation_ms)}{queued}"


def _made(asset: Asset) -> Iterator[Detail]:
    if asset.stats is not None:
        counts = asset.stats.model_dump()
        yield "stats", ", ".join(f"{name} {count:,}" for name, count in counts.items())
    yield from files_of(asset.files)


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.1f} s"
