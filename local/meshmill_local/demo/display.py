"""How assets come along: live bars on a terminal, one line a change anywhere else."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

_BAR_WIDTH = 24


class Stage(StrEnum):
    """How far an asset has come, in the words that are shown."""

    QUEUED = "queued"
    BUILDING = "building"
    DOWNLOADING = "downloading"
    BUILT = "built and checked"
    ALREADY_THERE = "already there, checked"
    FAILED = "failed"

    @property
    def steps_done(self) -> int:
        """Of :data:`STEPS`: nobody measures how much of a mesh is made, so the bar shows steps."""
        order = (Stage.QUEUED, Stage.BUILDING, Stage.DOWNLOADING, Stage.BUILT)
        return order.index(self) if self in order else STEPS

    @property
    def is_final(self) -> bool:
        """Nothing more happens."""
        return self in _FINAL


STEPS = 3
_FINAL = (Stage.BUILT, Stage.ALREADY_THERE, Stage.FAILED)
_STYLES = {Stage.BUILT: "green", Stage.ALREADY_THERE: "cyan", Stage.FAILED: "bold red"}


class Display(Protocol):
    """Shows stages; any thread may call it."""

    def show(self, name: str, stage: Stage) -> None:
        """An asset has come to a stage, or stands where it stood."""
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End, whatever happened."""
        ...


def display_on(console: Console, names: Iterable[str]) -> Display:
    """The display that fits where the console writes."""
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveBars(console, names)
    return PlainLines(console)


class LiveBars:
    """A bar for each asset."""

    def __init__(self, console: Console, names: Iterable[str]) -> None:
        names = list(names)
        width = max(map(len, names))
        self._progress = Progress(
            SpinnerColumn("dots", finished_text=" "),
            TextColumn(f"{{task.description:<{width}}}", markup=False),
            BarColumn(_BAR_WIDTH, complete_style="blue", finished_style="green"),
            _StageColumn(),
            _SecondsColumn(),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {
            name: self._progress.add_task(name, total=STEPS, stage=Stage.QUEUED) for name in names
        }

    def show(self, name: str, stage: Stage) -> None:
        """Move the asset's bar."""
        task = self._tasks[name]
        self._progress.update(task, completed=stage.steps_done, stage=stage)
        if stage.is_final:
            self._progress.stop_task(task)

    def __enter__(self) -> Self:
        """Draw the bars from now on."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bars as they are, and give the cursor back."""
        self._progress.stop()


class PlainLines:
    """A line for each change, without escape codes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: dict[str, Stage] = {}
        self._lock = threading.Lock()

    def show(self, name: str, stage: Stage) -> None:
        """Print what is new."""
        with self._lock:
            if self._shown.get(name) is not stage:
                self._shown[name] = stage
                self._console.print(f"  {name}: {stage}", markup=False)

    def __enter__(self) -> Self:
        """Nothing to begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to end."""


class _StageColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        stage: Stage = task.fields["stage"]
        return Text(f"{stage:<{max(map(len, Stage))}}", style=_STYLES.get(stage, ""))


class _SecondsColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.elapsed or 0.0:5.1f} s", style="dim")
