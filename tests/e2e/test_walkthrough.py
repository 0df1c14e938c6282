"""The walk through the API in docs/api.md, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from meshmill.http.links import LINK_WINDOW_MS
from meshmill_local import LocalStack

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
_SERVED = "http://localhost:8000"
_FENCED = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "@@ end of step @@"
_ROUND_SECONDS = 1.0
_UNTIL_THE_CONDITIONAL_READ_MS = 20_000


@dataclass(frozen=True)
class Step:
    """Commands, and lines that they print; ``…`` stands for anything."""

    commands: str
    shown: tuple[str, ...]


def steps() -> list[Step]:
    """The page's commands in order, each with the output that the page shows after it."""
    found: list[Step] = []
    for kind, text in _FENCED.findall(_PAGE.read_text(encoding="utf-8")):
        if kind == "sh":
            found.append(Step(text, ()))
        else:
            found[-1] = Step(found[-1].commands, tuple(text.splitlines()))
    return found


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LocalStack]:
    """One of its own, since the walk ends with the erasure of the local user."""
    with LocalStack.start(state_dir=tmp_path / "state") as running:
        yield running


@contextmanager
def hurried(stack: LocalStack) -> Iterator[None]:
    """Accounts are worked on each second, and an erasure is over once it has found nothing more.

    Otherwise a minute, and two after the last find: the walk has nobody at work beside it.
    """
    name, lambda_ = stack.outputs["AccountFunction"], stack.client("lambda")
    variables = lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    hasty = {"Variables": variables | {"MESHMILL_SETTLE_MS": "0"}}
    lambda_.update_function_configuration(FunctionName=name, Environment=hasty)
    done = threading.Event()

    def hurry() -> None:
        while not done.wait(_ROUND_SECONDS):
            lambda_.invoke(FunctionName=name, Payload=b"{}")

    thread = threading.Thread(target=hurry)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def wait_for_a_window() -> None:
    """An asset's tag changes with the window of its links: not between the walk's two reads."""
    left_ms = LINK_WINDOW_MS - time.time_ns() // 1_000_000 % LINK_WINDOW_MS
    if left_ms < _UNTIL_THE_CONDITIONAL_READ_MS:
        time.sleep(left_ms / 1000)


def run(stack: LocalStack, directory: Path) -> list[str]:
    """What each step printed, with the address that the page has."""
    script = f"\necho '{_MARK}'\n".join(step.commands for step in steps())
    environment = {
        "PATH": os.environ["PATH"],
        "BASE": stack.base_url,
        "LOCAL": str(stack.state.local_json),
    }
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.replace(stack.base_url, _SERVED).split(f"{_MARK}\n")


def is_printed(line: str, output: str) -> bool:
    """Whether a line of the output begins with what the page shows, up to its gaps."""
    pattern = ".*".join(re.escape(part) for part in line.split("…"))
    return re.search(f"^{pattern}", output, re.MULTILINE) is not None


def test_the_walk_through_the_api_does_what_it_shows(stack: LocalStack, tmp_path: Path) -> None:
    wait_for_a_window()
    with hurried(stack):
        printed = run(stack, tmp_path)

    missing = [
        (line, output)
        for step, output in zip(steps(), printed, strict=True)
        for line in step.shown
        if not is_printed(line, output)
    ]
    assert missing == []


def test_there_are_steps_and_most_of_them_show_what_they_print() -> None:
    assert len(steps()) > 10
    assert sum(bool(step.shown) for step in steps()) > 10
