"""The assets whose digests are recorded: each generator at each quality, and other branches."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

from meshmill.geometry.artefact import Artefact
from meshmill.geometry.engine import generate
from meshmill.geometry.levels import BUDGETS
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.geometry.spec import AssetSpec

#: Bytes are compared on this architecture alone: compressors may differ on others.
BYTES_ON = "x86_64"

_DEFAULTS = {
    f"{generator}, {quality}": {"generator": generator, "quality": quality}
    for generator in GENERATORS
    for quality in BUDGETS
}
_BRANCHES: dict[str, dict[str, Any]] = {
    "island in the sea": {
        "generator": "terrain", "lods": 1, "seed": 7,
        "options": {"landform": "island", "biome": "volcanic", "sea_level": 0.25},
    },
    "canyon": {
        "generator": "terrain", "seed": 3,
        "options": {"landform": "canyon", "biome": "desert", "erosion": 0.9},
    },
    "cluster of slate": {
        "generator": "rock", "lods": 1, "seed": 5,
        "options": {"cluster": 4, "mineral": "slate", "form": "shard", "strata": 0.7, "moss": 0.6},
    },
    "cratered moon": {
        "generator": "planet", "seed": 5, "options": {"kind": "moon", "craters": 0.9},
    },
    "gas giant": {"generator": "planet", "seed": 2, "options": {"kind": "gas"}},
    "world of lava": {"generator": "planet", "seed": 3, "options": {"kind": "lava"}},
}  # fmt: skip
_FORMS = {
    f"rock as {name}": {"format": name, "generator": "rock", "quality": "low"} for name in FORMATS
}

ASSETS: Mapping[str, dict[str, Any]] = {**_DEFAULTS, **_BRANCHES, **_FORMS}


def made(label: str) -> Artefact:
    """Make the asset ``label``, at low quality and 256 texels unless it says otherwise."""
    parameters = {"quality": "low", "texture_size": 256, **ASSETS[label]}
    form = parameters.pop("format", "gltf")
    return generate(AssetSpec.model_validate({"format": form, "parameters": parameters}))


def may_compare_bytes() -> bool:
    """Whether files made here must have the recorded bytes."""
    return platform.machine() == BYTES_ON
