"""``make demo``: everything in events/ is asked of the running pipeline, and checked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from meshmill_local.demo.clock import InterruptibleClock, IsInterrupted
from meshmill_local.demo.errors import DemoError, Interrupted
from meshmill_local.demo.events import Requests
from meshmill_local.demo.manifest import Manifest
from meshmill_local.demo.performance import Outcome, Performance, Script, Service
from meshmill_local.demo.runs import next_run
from meshmill_local.demo.table import shown
from meshmill_local.stack import LocalStack

__all__ = ["Demo", "DemoError", "Interrupted"]

_WIDTH_OF_A_FILE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the demo works on: ``events`` holds requests, ``out`` receives files.

    ``manifest`` is the file of many requests that is dropped into the bucket of uploads.
    """

    events: Path
    manifest: Path
    out: Path
    report: Callable[[str], None]
    is_interrupted: IsInterrupted

    def perform(self, stack: LocalStack) -> None:
        """Show the stack; ``report`` receives a line about each finished step.

        Raises:
            LocalStackError: something did not work.
            Interrupted: a signal asked for the end.
        """
        begun = time.monotonic()
        console = _console()
        script = Script(requests=Requests.read(self.events), manifest=Manifest.read(self.manifest))
        run = next_run(stack.state.root)
        console.print(self._announcement(script, run), markup=False)
        clock = InterruptibleClock(self.is_interrupted)
        with Performance(_service(stack), script, clock, self.out) as performance:
            try:
                outcome = performance.play(run, console, self.report)
            except DemoError:
                # Where somebody has ended it, or the engine has ended itself, that is the news.
                # (The clock may have been abandoned by this very failure, so it isn't asked.)
                if self.is_interrupted():
                    raise Interrupted from None
                stack.engine.require_running()
                raise
        self.report(_summary(outcome, time.monotonic() - begun))
        console.print(f"\n  files  {shown(self.out)}/\n  serve  make run\n", markup=False)

    def _announcement(self, script: Script, run: int) -> str:
        assets, lines = len(script.requests.creating), len(script.manifest.lines)
        return (
            f"\nAsking for the {assets} assets in {shown(self.events)}/, and by {lines} lines for "
            f"those in {shown(self.manifest)} (run {run} on this state)\n"
        )


def _service(stack: LocalStack) -> Service:
    return Service(
        base_url=stack.base_url,
        token_url=stack.token_url,
        client_id=stack.client_id,
        client_secret=stack.client_secret,
    )


def _console() -> Console:
    """As wide as the terminal; where there is none, wide enough for the table."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH_OF_A_FILE)


def _summary(outcome: Outcome, seconds: float) -> str:
    were_there = sum(delivery.was_there for delivery in outcome.deliveries)
    in_the_batch = outcome.reported.batch.counts.completed
    built = f"{len(outcome.deliveries) - were_there} assets and {in_the_batch} of a manifest built"
    if were_there:
        built += f", {were_there} already there from an earlier run and not built again"
    return f"{built}; done in {seconds:.1f} s"
