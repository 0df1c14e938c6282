"""Every suite here runs against the in-memory fake, moto and the embedded engine alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.clock import FakeClock
from tests.support.backend import Backend
from tests.support.embedded_engine import embedded_backend
from tests.support.moto import moto_backend
from tests.support.untraced import untraced_sdk

_EMULATORS = [pytest.param("moto"), pytest.param("embedded", marks=pytest.mark.embedded)]


@pytest.fixture(scope="module", autouse=True)
def sdk_untraced() -> Iterator[None]:
    with untraced_sdk():
        yield


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with embedded_backend(tmp_path_factory.mktemp("engine")) as backend:
        yield backend


@pytest.fixture(scope="module")
def moto() -> Iterator[Backend]:
    with moto_backend() as backend:
        yield backend


@pytest.fixture(scope="module", params=_EMULATORS)
def aws(request: pytest.FixtureRequest) -> Backend:
    """An emulator of AWS."""
    backend: Backend = request.getfixturevalue(request.param)
    return backend


@pytest.fixture(scope="module", params=["fake", *_EMULATORS])
def platform(request: pytest.FixtureRequest) -> Backend | None:
    """An emulator of AWS, or None for the fake."""
    return None if request.param == "fake" else request.getfixturevalue(request.param)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
