"""The table of what was made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.table import Table

from meshmill_local.demo.pursuit import Delivery

_NOT_NOW, _EARLIER = "–", "earlier"
_LEFT = ("format", "generator", "quality")
_RIGHT = ("triangles", "bytes", "queued\nms", "built\nms")
_COMFORTABLE_WIDTH = 100


def table_of(deliveries: Sequence[Delivery], width: int) -> Table:
    """A row for each asset; times of one that was there before are another run's, not shown.

    In a narrow terminal columns stand closer, and a file below its folder.
    """
    is_narrow = width < _COMFORTABLE_WIDTH
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0 if is_narrow else 1, 0, 0))
    for name in _LEFT:
        table.add_column(name, no_wrap=True)
    for name in _RIGHT:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("file", overflow="fold")
    for delivery in deliveries:
        folder = f"{shown(delivery.model.parent)}/"
        file = f"{folder}\n" if is_narrow else folder
        table.add_row(*_figures(delivery), file + delivery.model.name)
    return table


def shown(path: Path) -> Path:
    """As a person would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _figures(delivery: Delivery) -> list[str]:
    asset = delivery.asset
    queued = _NOT_NOW if delivery.was_there else _grouped(asset.queue_ms)
    built = _EARLIER if delivery.was_there else _grouped(asset.generation_ms)
    return [
        asset.format,
        str(asset.parameters["generator"]),
        str(asset.parameters["quality"]),
        _grouped(asset.stats.triangles if asset.stats else None),
        _grouped(delivery.model.stat().st_size),
        queued,
        built,
    ]


def _grouped(number: int | None) -> str:
    return _NOT_NOW if number is None else f"{number:,}"
