"""Runs of the laptop stage as processes: what they say, and what they leave behind."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


def wait_for_line(run: subprocess.Popen[str], text: str) -> None:
    """Read a run's output up to a line that holds ``text``."""
    assert run.stdout is not None
    for line in run.stdout:
        if text in line:
            return
    pytest.fail(f"the run ended before it said {text!r}")


def processes_of(directory: Path) -> list[int]:
    """Processes whose environment names the state directory: the engine and its workers."""
    mark = os.fsencode(directory) + b"/"
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if mark in environment:
            found.append(int(process.name))
    return found
