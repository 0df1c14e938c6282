"""One local stack for every test that asks for it, and a small assembly for tests of the stack.

All tests that share the stack go to one worker, which boots it once and begins with them. Tests
that boot stacks of their own, for which others need not wait, are in files ``test_local_….py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from meshmill_local import LocalStack
from tests.e2e.client_users import User
from tests.e2e.echo_assembly import write_echo_assembly
from tests.support.distribution import SHARED, unit_of
from tests.unit.client.faces import FACES


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See to it that no second worker boots the shared stack.

    Raises:
        UsageError: a test asks for the stack from a file whose tests run elsewhere.
    """
    for item in items:
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


@pytest.fixture(params=FACES.values(), ids=list(FACES))
def user(local_stack: LocalStack, request: pytest.FixtureRequest) -> Iterator[User]:
    """A user of the SDK with a name of this test's own, once with each of its clients."""
    face = request.param()
    yield User(local_stack, face, request.node.name)
    face.close()
