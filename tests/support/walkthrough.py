"""Pages of the documentation whose commands are run as they stand there.

Blocks of ``sh`` and ``python`` are run; a block of ``text`` after one shows what it prints. In a
block of ``console``, lines that begin with ``$`` are commands at a prompt, and what follows is what
a terminal shows of them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from meshmill_local import LocalStack
from tests.support.screen import shown_by

_CHECKOUT = Path(__file__).resolve().parents[2]
_DOCS = _CHECKOUT / "docs"
_SERVED = "http://localhost:8000"
_FENCED = re.compile(r"^```(sh|python|text|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMPTED = re.compile(r"^\$ ((?:.*\\\n)*.*\n)((?:(?!\$ ).*\n)*)", re.MULTILINE)
_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_MARK = "@@ end of step @@"
_SECONDS = 240
_RUN = ("sh", "python")
#: By language: what runs a script, and what between two steps tells them apart.
_SESSIONS = {
    # At a prompt, the next command is typed whatever became of the last one.
    "console": (("bash", "-uc"), f"\necho '{_MARK}'\n"),
    "sh": (("bash", "-eu", "-o", "pipefail", "-c"), f"\necho '{_MARK}'\n"),
    "python": ((sys.executable, "-u", "-c"), f"\nprint('{_MARK}')\n"),
}


@dataclass(frozen=True)
class Step:
    """Commands of a language, and lines that they print; ``…`` stands for anything."""

    commands: str
    shown: tuple[str, ...]
    language: str = "sh"


def steps_of(page: str, blocks: Sequence[str] = _RUN) -> list[Step]:
    """A page's commands in order, each with the output that the page shows after it.

    ``page`` is below docs/, ``blocks`` are the kinds of blocks that are run.
    """
    found: list[Step] = []
    is_shown = False
    for kind, text in _FENCED.findall((_DOCS / page).read_text(encoding="utf-8")):
        if kind == "text" and is_shown:
            found[-1] = Step(found[-1].commands, tuple(text.splitlines()), found[-1].language)
        is_shown = kind in blocks and kind in _RUN
        if is_shown:
            found.append(Step(text, (), kind))
        elif kind in blocks:
            found += _prompted(text)
    return found


def _prompted(recording: str) -> Iterator[Step]:
    for commands, printed in _PROMPTED.findall(recording):
        # What was recorded of ids is not what they are now.
        yield Step(commands, tuple(_ID.sub("…", printed).splitlines()), "console")


def as_a_checkout(stack: LocalStack, directory: Path) -> Path:
    """A folder in which commands find what they find in a checkout while ``make run`` serves."""
    (directory / ".meshmill").mkdir(parents=True)
    (directory / ".meshmill" / "local.json").symlink_to(stack.state.local_json)
    programs = directory / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, arguments in (("python", ""), ("meshmill", "-m meshmill_cli ")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}"$@"\n')
        (programs / name).chmod(0o755)
    for name in ("events", "examples"):
        (directory / name).symlink_to(_CHECKOUT / name)
    return directory


def walk(
    page: str,
    stack: LocalStack,
    directory: Path,
    path: Sequence[Path] = (),
    blocks: Sequence[str] = _RUN,
) -> list[str]:
    """What each step printed, with the address that the page has.

    All commands of a kind are run by one shell or interpreter, the shell's first, so that Python
    finds the files that they have left. ``path`` are folders of further commands.
    """
    environment = {
        "PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]]),
        "HOME": str(directory),
        "BASE": stack.base_url,
        "LOCAL": str(stack.state.local_json),
    }
    steps = steps_of(page, blocks)
    printed: dict[int, str] = {}
    for language, (program, mark) in _SESSIONS.items():
        chosen = [number for number, step in enumerate(steps) if step.language == language]
        if chosen:
            script = mark.join(steps[number].commands for number in chosen)
            run = _screen_of if language == "console" else _output_of
            output = run([*program, script], directory, environment)
            told = output.replace(stack.base_url, _SERVED).split(f"{_MARK}\n")
            printed |= dict(zip(chosen, told, strict=True))
    return [printed[number] for number in range(len(steps))]


def _output_of(command: list[str], directory: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=directory,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _screen_of(command: list[str], directory: Path, environment: dict[str, str]) -> str:
    code, screen = shown_by(command, directory, environment, _SECONDS)
    assert code == 0, screen
    return screen


def missing(
    page: str, printed: Sequence[str], blocks: Sequence[str] = _RUN
) -> list[tuple[str, str]]:
    """Lines that the page shows and that were not printed, each with what was."""
    return [
        (line, output)
        for step, output in zip(steps_of(page, blocks), printed, strict=True)
        for line in step.shown
        if not _is_printed(line, output)
    ]


def _is_printed(line: str, output: str) -> bool:
    """Whether a line of the output begins with what the page shows, up to its gaps.

    How wide the columns of a table are depends on what stands in them: spaces count as one.
    """
    pattern = ".*".join(re.escape(part) for part in _narrow(line).split("…"))
    return re.search(f"^{pattern}", _narrow(output), re.MULTILINE) is not None


def _narrow(text: str) -> str:
    return re.sub(" +", " ", text)
