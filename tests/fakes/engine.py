"""A geometry engine that costs nothing."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter, deque
from dataclasses import asdict

from meshmill.geometry.artefact import Artefact, ArtefactFile, Stats
from meshmill.geometry.spec import AssetSpec

_STATS = Stats(triangles=12, vertices=24, materials=1, textures=3)


class CountingEngine:
    """Small files that follow from spec and version alone, and how often each spec was built."""

    def __init__(self, version: str = "1.0.0") -> None:
        self._version = version
        self._lock = threading.Lock()
        self._failures: deque[Exception] = deque()
        self.built: Counter[str] = Counter()

    @property
    def version(self) -> str:
        return self._version

    def fail_next(self, *errors: Exception) -> None:
        """Let the next calls raise these instead, in this order."""
        self._failures.extend(errors)

    def generate(self, spec: AssetSpec) -> Artefact:
        with self._lock:
            if self._failures:
                raise self._failures.popleft()
            self.built[spec.spec_id] += 1
        seed = f"{spec.spec_id} by {self._version}".encode()
        content = (
            ArtefactFile("model", "model.glb", "model/gltf-binary", b"glTF" + seed),
            ArtefactFile("preview", "preview.png", "image/png", b"\x89PNG" + seed),
        )
        return Artefact((*content, self._provenance(spec, content)), _STATS)

    def _provenance(self, spec: AssetSpec, content: tuple[ArtefactFile, ...]) -> ArtefactFile:
        manifest = {
            "spec_id": spec.spec_id,
            "engine_version": self._version,
            "request": spec.canonical(),
            "stats": asdict(_STATS),
            "files": [
                {
                    "name": file.name,
                    "filename": file.filename,
                    "media_type": file.media_type,
                    "bytes": len(file.data),
                    "sha256": hashlib.sha256(file.data).hexdigest(),
                }
                for file in content
            ],
        }
        data = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
        return ArtefactFile("provenance", "provenance.json", "application/json", data)
