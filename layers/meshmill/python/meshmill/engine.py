"""The geometry engine behind its port, loaded when the first asset is built."""

from __future__ import annotations

from meshmill.geometry.artefact import Artefact
from meshmill.geometry.spec import AssetSpec
from meshmill.geometry.version import ENGINE_VERSION


class GeometryEngine:
    """Builds in this process."""

    @property
    def version(self) -> str:
        """Version of the engine's output."""
        return ENGINE_VERSION

    def generate(self, spec: AssetSpec) -> Artefact:
        """All files of a spec (numpy loads here, so that an idle worker stays small)."""
        from meshmill.geometry.engine import generate  # noqa: PLC0415

        return generate(spec)
