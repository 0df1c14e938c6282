"""How waits and transfers come along, on standard error.

A terminal gets live rows that are gone at the end; elsewhere each change is a plain line. With
``quiet`` nothing is shown. Commands import this module where they use it, for it loads rich and
the client.

::

    with waiting_for_assets(quiet=quiet) as seen:
        asset = client.assets.wait(asset, timeout, seen)
    with transferring(quiet=quiet) as moved:
        paths = client.assets.download(asset, folder, moved)
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.table import Column
from rich.text import Text

from meshmill_cli.terminal.output import is_terminal, stderr_console, tell
from meshmill_cli.terminal.steps import Step, step_of_asset, step_of_batch, step_of_transfer
from meshmill_client import Asset, Batch, Transfer

_BAR_WIDTH = 24
_MOST_OVER = 8

T = TypeVar("T")
Show = Callable[[Step], None]


@contextmanager
def waiting_for_assets(*, quiet: bool) -> Iterator[Callable[[Asset], None]]:
    """Shows each asset that it is called with, in a row of its own; any thread may call it."""
    with _shown(_waits, quiet=quiet) as show:
        yield lambda asset: show(step_of_asset(asset))


@contextmanager
def waiting_for_batches(*, quiet: bool) -> Iterator[Callable[[Batch], None]]:
    """Shows each batch that it is called with: its share, counts, pace and the time left."""
    with _shown(_waits, quiet=quiet) as show:
        yield lambda batch: show(step_of_batch(batch))


@contextmanager
def transferring(*, quiet: bool) -> Iterator[Callable[[Transfer], None]]:
    """Shows each file that comes or goes, in bytes."""
    with _shown(_transfers, quiet=quiet) as show:
        yield lambda transfer: show(step_of_transfer(transfer))


@contextmanager
def _shown(columns: Callable[[], list[ProgressColumn]], *, quiet: bool) -> Iterator[Show]:
    if quiet:
        yield lambda _: None
    elif is_terminal(sys.stderr):
        with _Rows(columns()) as rows:
            yield rows.show
    else:
        yield _Lines().show


def _waits() -> list[ProgressColumn]:
    return [
        SpinnerColumn("dots", finished_text=" "),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
        _MeasuredBar(),
        TextColumn("{task.fields[words]}", markup=False),
        TimeElapsedColumn(),
    ]


def _transfers() -> list[ProgressColumn]:
    return [
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
        BarColumn(_BAR_WIDTH),
        DownloadColumn(),
        TransferSpeedColumn(),
    ]


class _MeasuredBar(ProgressColumn):
    """A bar only where somebody knows how much is done."""

    def __init__(self) -> None:
        super().__init__()
        self._bar = BarColumn(_BAR_WIDTH)

    def render(self, task: Task) -> RenderableType:
        return Text() if task.total is None else self._bar.render(task)


class _Rows:
    """A live row for each name, drawn over until all is over."""

    def __init__(self, columns: list[ProgressColumn]) -> None:
        # What is printed meanwhile goes where it was sent: results must not end up on stderr.
        self._progress = Progress(
            *columns,
            console=stderr_console(),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._tasks: dict[str, TaskID] = {}
        self._over: deque[str] = deque()

    def show(self, step: Step) -> None:
        if step.name not in self._tasks:
            self._tasks[step.name] = self._progress.add_task(
                step.name, total=step.total, words=step.words
            )
        task = self._tasks[step.name]
        self._progress.update(task, completed=step.done, words=step.words)
        if step.is_final:
            self._progress.stop_task(task)
            self._over.append(step.name)
            self._make_room()

    def _make_room(self) -> None:
        """Of rows that are over only the last ones stay: a terminal shows no more than it has."""
        if len(self._over) > _MOST_OVER:
            oldest = self._tasks.pop(self._over.popleft(), None)
            if oldest is not None:
                self._progress.remove_task(oldest)

    def __enter__(self) -> _Rows:
        self._progress.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._progress.stop()


class _Lines:
    """A line for each thing that is new."""

    def __init__(self) -> None:
        self._told: dict[str, object] = {}

    def show(self, step: Step) -> None:
        if step.milestone not in {None, self._told.get(step.name)}:
            self._told[step.name] = step.milestone
            tell(f"{step.name}: {step.words}")
