"""The geometry engine's stand-in within the wired functions: tiny files, at once."""

from __future__ import annotations

import pytest

from meshmill.engine import GeometryEngine
from meshmill.geometry.artefact import Artefact
from meshmill.geometry.spec import AssetSpec
from meshmill.geometry.version import ENGINE_VERSION
from tests.fakes.engine import CountingEngine


def install(patch: pytest.MonkeyPatch) -> CountingEngine:
    """Let every worker build with it; returns it, to count and to fail."""
    tiny = CountingEngine(ENGINE_VERSION)

    def generate(_engine: GeometryEngine, spec: AssetSpec) -> Artefact:
        return tiny.generate(spec)

    patch.setattr(GeometryEngine, "generate", generate)
    return tiny
