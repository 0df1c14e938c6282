"""An empty cloud for each attack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.emptied import empty, lasting_cloud, rotate_signing_keys
from tests.support.cloud import Cloud
from tests.support.untraced import untraced_sdk


@pytest.fixture(scope="module", autouse=True)
def sdk_untraced() -> Iterator[None]:
    with untraced_sdk():
        yield


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with lasting_cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    rotate_signing_keys(standing, "current-key", "")
    empty()
    return standing
