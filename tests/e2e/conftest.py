"""One local stack for every test that asks for it, and a small assembly for tests of the stack.

All tests that share the stack carry one xdist group, so that ``-n auto --dist loadgroup`` runs
them in one worker and boots it once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from meshmill_local import LocalStack
from tests.e2e.echo_assembly import write_echo_assembly


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all users of the shared stacks in one worker."""
    for item in items:
        if {"local_stack", "echo"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("local-stack"))


@pytest.fixture(scope="session")
def boot_report() -> list[str]:
    """What the start of :func:`local_stack` has said."""
    return []


@pytest.fixture(scope="session")
def local_stack(
    tmp_path_factory: pytest.TempPathFactory, boot_report: list[str]
) -> Iterator[LocalStack]:
    """The checkout's local stage, running on free ports with a state of its own."""
    state = tmp_path_factory.mktemp("meshmill")
    with LocalStack.start(state_dir=state, report=boot_report.append) as stack:
        yield stack


@pytest.fixture(scope="session")
def echo_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cloud assembly that boots in a second: tables, a queue and a function that echoes."""
    return write_echo_assembly(tmp_path_factory.mktemp("assembly"), {})


@pytest.fixture(scope="session")
def echo(tmp_path_factory: pytest.TempPathFactory, echo_assembly: Path) -> Iterator[LocalStack]:
    """A stack whose API echoes what reaches the function."""
    state = tmp_path_factory.mktemp("echo")
    with LocalStack.start(state_dir=state, source=lambda *_: echo_assembly) as stack:
        yield stack
