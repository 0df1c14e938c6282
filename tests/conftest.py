"""How tests are shared out among workers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.distribution import UnitScheduling, rank_of


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> UnitScheduling:
    """Give tests that share something expensive to one worker."""
    return UnitScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: rank_of(item.nodeid))
