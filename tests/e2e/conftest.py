"""One local stack for every test that asks for it, and a small assembly for tests of the stack.

All tests that share the stack go to one worker, which boots it once and begins with them. Tests
that boot stacks of their own, for which others need not wait, are in files ``test_local_….py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from meshmill_local import LocalStack
from tests.e2e.echo_assembly import write_echo_assembly
from tests.support.distribution import SHARED, unit_of

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See to it that no second worker boots the shared stack, and that nothing here is traced.

    The functions run in processes that nobody traces; tracing would but slow this process's front
    and clients.

    Raises:
        UsageError: a test asks for the stack from a file whose tests run elsewhere.
    """
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.no_cover)
        if "local_stack" in getattr(item, "fixturenames", ()) and unit_of(item.nodeid) != SHARED:
            raise pytest.UsageError(f"{item.nodeid} would boot the shared stack a second time")


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
