"""Staying with what a command has begun: options, and what they amount to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

Wait = Annotated[bool, typer.Option("--wait", help="Stay until it is done.")]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0, metavar="SECONDS", help="How long to wait at most.")
]
DownloadTo = Annotated[
    Path | None,
    typer.Option("--download", metavar="DIR", help="Wait for it, and put its files here."),
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder; made if needed.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What follows a request, and who reads of it.

    Attributes:
        wait: Stay until it is done.
        folder: Of its files, where they are wanted.
        timeout: Seconds to wait at most.
        profile: As it was named.
        as_json: For a program.
        quiet: Without progress.
    """

    wait: bool
    timeout: float
    profile: str | None
    as_json: bool
    quiet: bool
    folder: Path | None = None

    @property
    def waits(self) -> bool:
        """Stay until it is done: it has no files before."""
        return self.wait or self.folder is not None
