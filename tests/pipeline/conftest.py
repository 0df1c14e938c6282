"""Fixtures of the pipeline's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.emptied import lasting_cloud
from tests.support.cloud import Cloud, running_cloud


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cloud]:
    with running_cloud(monkeypatch, tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One cloud for a module whose tests empty it, or don't mind each other's records."""
    with lasting_cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running
