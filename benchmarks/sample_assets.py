"""A user whose listing is full of completed assets."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator

from meshmill.domain import identity
from meshmill.domain.asset import Asset, Status, StoredFile
from meshmill.domain.attribution import Attribution
from meshmill.domain.lanes import Lane
from meshmill.domain.request import validate_request

ISSUER, SUBJECT = "https://issuer.example", "bench"
PAGE = 100
_PATIENCE = dict.fromkeys(Lane, 60_000)
_FILES = (
    ("model", "model.glb", "model/gltf-binary"),
    ("preview", "preview.png", "image/png"),
    ("provenance", "provenance.json", "application/json"),
)


def completed_assets() -> Iterator[Asset]:
    """:data:`PAGE` assets of :data:`SUBJECT`, each with three files."""
    user, now = identity.user_id(ISSUER, SUBJECT), time.time_ns() // 1_000_000
    for seed in range(PAGE):
        request = validate_request(
            {"format": "gltf", "parameters": {"generator": "rock", "seed": seed}}
        )
        asset = Asset.new(
            user,
            request,
            run="0" * 26,
            now=now + seed,
            patience=_PATIENCE,
            attribution=Attribution(f"user:{user}", "request-1", None),
        )
        yield dataclasses.replace(
            asset,
            status=Status.COMPLETED,
            due_at=None,
            wait_ms=None,
            started_at=now,
            completed_at=now,
            attempts=1,
            engine_version="1.0.0",
            triangles=20_000,
            vertices=12_000,
            materials=1,
            textures=3,
            files=tuple(
                StoredFile(name, filename, kind, 1_000_000, "ab" * 32, _key(asset, filename))
                for name, filename, kind in _FILES
            ),
        )


def _key(asset: Asset, filename: str) -> str:
    return f"artefacts/{asset.spec_id}/1.0.0/{filename}"
