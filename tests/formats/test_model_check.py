"""The demo's own look at what it downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshmill.geometry.engine import generate
from meshmill.geometry.spec import AssetSpec
from meshmill_local.model_check import UnreadableModel, triangles_in


@pytest.mark.parametrize("target", ["obj", "fbx"])
def test_readers_find_every_triangle(target: str, tmp_path: Path) -> None:
    parameters = {"generator": "rock", "quality": "low", "texture_size": 256}
    spec = AssetSpec.model_validate({"format": target, "parameters": parameters})
    artefact = generate(spec)
    model = artefact.files[0]
    path = tmp_path / model.filename
    path.write_bytes(model.data)
    assert triangles_in(path) == artefact.stats.triangles
    path.write_bytes(model.data[: len(model.data) // 3])
    with pytest.raises(UnreadableModel):
        triangles_in(path)
