"""Fixtures of the command line's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.home import Home, settled
from tests.unit.cli.pipeline import Pipeline
from tests.unit.cli.served import Served, served
from tests.unit.cli.typed import Meshmill


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of the test's own, and nobody signed in."""
    return settled(tmp_path / "home", monkeypatch)


@pytest.fixture
def meshmill(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Meshmill:
    """The command, as somebody types it where there is no terminal."""
    return Meshmill(monkeypatch, capsys)


@pytest.fixture
def service() -> Iterator[Served]:
    """A service on this machine that answers by script."""
    with served() as running:
        yield running


@pytest.fixture
def pipeline(service: Served, home: Home) -> Pipeline:
    """A service with assets and batches; it is the one that runs here."""
    home.run_locally(base_url=service.url)
    return Pipeline(service)
