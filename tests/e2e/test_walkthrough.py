"""The walk through the API in docs/api.md, run as it stands there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from meshmill.http.links import LINK_WINDOW_MS
from meshmill_local import LocalStack
from tests.support.walkthrough import missing, steps_of, walk

_PAGE = "api.md"
_ROUND_SECONDS = 1.0
_SETTLE_MS = 25_000
_UNTIL_THE_CONDITIONAL_READ_MS = 20_000


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LocalStack]:
    """One of its own, since the walk ends with the erasure of the local user."""
    with LocalStack.start(state_dir=tmp_path / "state") as running:
        yield running


@contextmanager
def hurried(stack: LocalStack) -> Iterator[None]:
    """Accounts are worked on each second, and an erasure is over soon after its last find.

    Otherwise a minute, and two after the last find: the walk has nobody at work beside it. But not
    before a busy machine has made the walk's next call, which finds the erasure under way.
    """
    name, lambda_ = stack.outputs["AccountFunction"], stack.client("lambda")
    variables = lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    hasty = {"Variables": variables | {"MESHMILL_SETTLE_MS": str(_SETTLE_MS)}}
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


def test_the_walk_through_the_api_does_what_it_shows(stack: LocalStack, tmp_path: Path) -> None:
    wait_for_a_window()
    with hurried(stack):
        printed = walk(_PAGE, stack, tmp_path)

    assert missing(_PAGE, printed) == []


def test_there_are_steps_and_most_of_them_show_what_they_print() -> None:
    assert len(steps_of(_PAGE)) > 10
    assert sum(bool(step.shown) for step in steps_of(_PAGE)) > 10
