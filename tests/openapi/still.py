"""A cloud in which no time passes by itself and randomness repeats: the same answers every time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from functions.account import handler as account_function
from functions.api import handler as api_function
from functions.generate import handler as generate_function
from meshmill.aws.clock import SystemClock
from meshmill.engine import GeometryEngine
from meshmill.geometry.artefact import Artefact
from meshmill.geometry.spec import AssetSpec
from tests.fakes.clock import CountingEntropy, FakeClock
from tests.support.cloud import Cloud, running_cloud

START_MS = 1_795_341_600_000
_BUILDING_MS = 640


@dataclass(frozen=True)
class StillCloud:
    """The functions, the clock that they read, and a way to break them."""

    cloud: Cloud
    clock: FakeClock
    patch: pytest.MonkeyPatch


@contextmanager
def still_cloud(directory: Path) -> Iterator[StillCloud]:
    """A fresh one; building an asset takes the same time on every machine."""
    clock, build = FakeClock(START_MS), GeometryEngine.generate

    def generate(engine: GeometryEngine, spec: AssetSpec) -> Artefact:
        clock.advance(_BUILDING_MS)
        return build(engine, spec)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SystemClock, "now_ms", lambda _: clock.now_ms())
        patch.setattr(GeometryEngine, "generate", generate)
        # Theirs alone: whoever else draws from the system's would shift what they get.
        system = SimpleNamespace(environ=os.environ, urandom=CountingEntropy())
        for function in (api_function, generate_function, account_function):
            patch.setattr(function, "os", system)
        with running_cloud(patch, directory) as cloud:
            yield StillCloud(cloud, clock, patch)
