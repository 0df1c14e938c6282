"""Khronos' validator finds nothing to say of finer models and of other texture formats."""

from __future__ import annotations

import pytest

from meshmill.geometry.engine import generate
from meshmill.geometry.registry import GENERATORS
from tests.readers.gltf_validator import complaints, validate
from tests.unit.geometry.specs import asset_spec


@pytest.mark.parametrize("quality", ["medium", "high"])
def test_no_finer_model_and_no_level_of_detail_has_any_either(quality: str) -> None:
    files = {
        f"{name} {file.name}": file.data
        for name in GENERATORS
        for file in generate(asset_spec(name, quality=quality, lods=1)).files
        if file.media_type == "model/gltf-binary"
    }
    assert complaints(files) == {}


@pytest.mark.parametrize("texture_format", ["jpeg", "webp"])
def test_no_texture_format_has_any(texture_format: str) -> None:
    spec = asset_spec("terrain", {"sea_level": 0.4}, texture_format=texture_format)
    assert complaints({texture_format: generate(spec).files[0].data}) == {}


def test_a_broken_file_is_reported() -> None:
    data = generate(asset_spec("rock")).files[0].data
    assert not validate(data[:-4]).clean
    assert not validate(b"no model at all").clean
