"""How tests are shared out among workers, and which of them are traced for coverage."""

from __future__ import annotations

from typing import Any

import pytest
from _pytest import runner

from tests.support.distribution import UnitScheduling, is_traced, rank_of
from tests.support.roomy_frame import in_roomy_frame

_run_test = in_roomy_frame(runner.pytest_runtest_protocol)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> UnitScheduling:
    """Give tests that share something expensive to one worker."""
    return UnitScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and trace what reaches lines that nothing else does.

    On the embedded engine no test reaches other lines than the same one on moto.
    """
    items.sort(key=lambda item: rank_of(item.nodeid))
    for item in items:
        if not is_traced(item.nodeid) or item.get_closest_marker("embedded"):
            item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run a test as pytest does, with room on the interpreter's stack of frames."""
    return _run_test(item, nextitem)
