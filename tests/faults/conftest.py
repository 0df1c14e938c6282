"""Schedules are many and their lines well known: they run without being traced for coverage."""

from __future__ import annotations

from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tracing takes half of a schedule's time, and every line here is covered elsewhere."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.no_cover)
