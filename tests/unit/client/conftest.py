"""Fixtures of the client's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.client.faces import FACES
from tests.unit.client.service import Service


@pytest.fixture(params=FACES.values(), ids=list(FACES))
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """A service that each test meets twice: by the blocking client, and by the other one."""
    face = request.param()
    yield Service(face)
    face.close()


@pytest.fixture
def blocking_service() -> Service:
    """A service that threads meet by the blocking client."""
    return Service()
