"""Pages of the documentation whose commands are run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from meshmill_local import LocalStack

_DOCS = Path(__file__).resolve().parents[2] / "docs"
_SERVED = "http://localhost:8000"
_FENCED = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "@@ end of step @@"
_SECONDS = 240


@dataclass(frozen=True)
class Step:
    """Commands, and lines that they print; ``…`` stands for anything."""

    commands: str
    shown: tuple[str, ...]


def steps_of(page: str) -> list[Step]:
    """A page's commands in order, each with the output that the page shows after it."""
    found: list[Step] = []
    for kind, text in _FENCED.findall((_DOCS / page).read_text(encoding="utf-8")):
        if kind == "sh":
            found.append(Step(text, ()))
        else:
            found[-1] = Step(found[-1].commands, tuple(text.splitlines()))
    return found


def walk(page: str, stack: LocalStack, directory: Path, path: Sequence[Path] = ()) -> list[str]:
    """What each step printed, with the address that the page has.

    ``path`` are folders of further commands.
    """
    script = f"\necho '{_MARK}'\n".join(step.commands for step in steps_of(page))
    environment = {
        "PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]]),
        "BASE": stack.base_url,
        "LOCAL": str(stack.state.local_json),
    }
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.replace(stack.base_url, _SERVED).split(f"{_MARK}\n")


def missing(page: str, printed: Sequence[str]) -> list[tuple[str, str]]:
    """Lines that the page shows and that were not printed, each with what was."""
    return [
        (line, output)
        for step, output in zip(steps_of(page), printed, strict=True)
        for line in step.shown
        if not _is_printed(line, output)
    ]


def _is_printed(line: str, output: str) -> bool:
    """Whether a line of the output begins with what the page shows, up to its gaps."""
    pattern = ".*".join(re.escape(part) for part in line.split("…"))
    return re.search(f"^{pattern}", output, re.MULTILINE) is not None
