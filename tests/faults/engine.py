"""The geometry engine's stand-in within the wired functions: tiny files, at once."""

from __future__ import annotations

import pytest

from meshmill.engine import GeometryEngine
from meshmill.geometry.artefact import Artefact
from meshmill.geometry.spec import AssetSpec
from meshmill.geometry.version import ENGINE_VERSION
from tests.fakes.engine import CountingEngine


class PickyEngine(CountingEngine):
    """Fails at every spec of a seed in ``doomed``, as often as it is tried."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.doomed: dict[int, Exception] = {}

    def generate(self, spec: AssetSpec) -> Artefact:
        error = self.doomed.get(spec.parameters.seed)
        if error is not None:
            raise error
        return super().generate(spec)


def install(patch: pytest.MonkeyPatch) -> PickyEngine:
    """Let every worker build with it; returns it, to count and to fail."""
    tiny = PickyEngine(ENGINE_VERSION)

    def generate(_engine: GeometryEngine, spec: AssetSpec) -> Artefact:
        return tiny.generate(spec)

    patch.setattr(GeometryEngine, "generate", generate)
    return tiny
