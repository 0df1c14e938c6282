"""Fixtures of the demo's tests."""

from __future__ import annotations

import pytest

from tests.unit.client.service import Service


@pytest.fixture
def service() -> Service:
    return Service()
