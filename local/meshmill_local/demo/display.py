"""How assets and batches come along: live bars on a terminal, elsewhere one line a change."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
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


_PERCENT = 100
_PERCENT_OF_A_LINE = 10


@dataclass(frozen=True, slots=True)
class Share:
    """How far a batch has come: in words, and how many percent of its lines are settled."""

    words: str
    percent: float
    is_final: bool

    def __str__(self) -> str:
        return f"{self.words}, {self.percent:.0f} %"


class Display(Protocol):
    """Shows how far something is; any thread may call it."""

    def show(self, name: str, stage: Stage) -> None:
        """An asset has come to a stage, or stands where it stood."""
        ...

    def show_share(self, name: str, share: Share) -> None:
        """A batch has come so far, or stands where it stood."""
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


def display_on(console: Console, assets: Iterable[str], batches: Iterable[str] = ()) -> Display:
    """The display of these names that fits where the console writes."""
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveBars(console, assets, batches)
    return PlainLines(console)


class LiveBars:
    """A bar for each asset and each batch."""

    def __init__(
        self, console: Console, assets: Iterable[str], batches: Iterable[str] = ()
    ) -> None:
        totals = {**dict.fromkeys(assets, STEPS), **dict.fromkeys(batches, _PERCENT)}
        width = max(map(len, totals))
        self._progress = Progress(
            SpinnerColumn("dots", finished_text=" "),
            TextColumn(f"{{task.description:<{width}}}", markup=False),
            BarColumn(_BAR_WIDTH, complete_style="blue", finished_style="green"),
            _StageColumn(),
            _SecondsColumn(),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {
            name: self._progress.add_task(name, total=total, stage=Stage.QUEUED)
            for name, total in totals.items()
        }

    def show(self, name: str, stage: Stage) -> None:
        """Move the asset's bar."""
        task = self._tasks[name]
        self._progress.update(task, completed=stage.steps_done, stage=stage)
        if stage.is_final:
            self._progress.stop_task(task)

    def show_share(self, name: str, share: Share) -> None:
        """Move the batch's bar."""
        task = self._tasks[name]
        self._progress.update(task, completed=share.percent, stage=share)
        if share.is_final:
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
        self._shown: dict[str, object] = {}
        self._lock = threading.Lock()

    def show(self, name: str, stage: Stage) -> None:
        """Print what is new."""
        self._print(name, stage, stage)

    def show_share(self, name: str, share: Share) -> None:
        """Print each other word, and each tenth."""
        self._print(name, (share.words, share.percent // _PERCENT_OF_A_LINE), share)

    def _print(self, name: str, come_to: object, told: Stage | Share) -> None:
        """A line, unless it stands where it stood."""
        with self._lock:
            if self._shown.get(name) != come_to:
                self._shown[name] = come_to
                self._console.print(f"  {name}: {told}", markup=False)

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
        stage: Stage | Share = task.fields["stage"]
        style = _STYLES.get(stage, "") if isinstance(stage, Stage) else ""
        return Text(f"{stage!s:<{max(map(len, Stage))}}", style=style)


class _SecondsColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.elapsed or 0.0:5.1f} s", style="dim")
