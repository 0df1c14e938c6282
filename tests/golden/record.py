"""Digests of a handful of specs: ``python -m tests.golden.record`` writes them.

They are of decoded arrays and pixels, and must be the same on every machine. Where one differs
for the engine version that the record names, the version must change first: artefacts already
stored under the old one would otherwise mix with new ones.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from meshmill.geometry.engine import generate
from meshmill.geometry.spec import AssetSpec
from meshmill.geometry.version import ENGINE_VERSION

PATH = Path(__file__).with_name("content.json")

#: Parameters by label; a generator's defaults, and options that reach other branches.
PARAMETERS: dict[str, dict[str, Any]] = {
    "terrain": {"generator": "terrain"},
    "terrain, medium": {"generator": "terrain", "quality": "medium", "seed": 42},
    "island in the sea": {
        "generator": "terrain", "lods": 1, "seed": 7,
        "options": {"landform": "island", "biome": "volcanic", "sea_level": 0.25},
    },
    "canyon": {
        "generator": "terrain", "seed": 3,
        "options": {"landform": "canyon", "biome": "desert", "erosion": 0.9},
    },
    "rock": {"generator": "rock"},
    "rock, medium": {"generator": "rock", "quality": "medium", "seed": 42},
    "cluster of slate": {
        "generator": "rock", "lods": 1, "seed": 5,
        "options": {"cluster": 4, "mineral": "slate", "form": "shard", "strata": 0.7, "moss": 0.6},
    },
}  # fmt: skip


class VersionUnchanged(Exception):
    """Content differs although the engine still has the version that was recorded."""


def current_content() -> dict[str, dict[str, str]]:
    """Content digests of every file, by label and file name, as the engine makes them now."""
    content = {}
    for label, parameters in PARAMETERS.items():
        spec = AssetSpec.model_validate(
            {
                "format": "gltf",
                "parameters": {"quality": "low", "texture_size": 256, **parameters},
            }
        )
        document = json.loads(generate(spec).files[-1].data)
        content[label] = {file["name"]: file["content_sha256"] for file in document["files"]}
    return content


def recorded() -> dict[str, Any]:
    """The record: ``engine_version`` and ``content``."""
    record: dict[str, Any] = json.loads(PATH.read_text())
    return record


def updated(record: dict[str, Any], content: dict[str, Any], version: str) -> dict[str, Any]:
    """The record of ``content`` as made by engine ``version``.

    Raises:
        VersionUnchanged: A digest of the old record differs, and the version does not.
    """
    changed = [
        label
        for label, digests in record.get("content", {}).items()
        if label in content and content[label] != digests
    ]
    if changed and record["engine_version"] == version:
        raise VersionUnchanged(f"{', '.join(changed)}: change ENGINE_VERSION, then record again")
    return {"engine_version": version, "content": content}


def main() -> int:
    """Write the record, or say why not."""
    record = recorded() if PATH.exists() else {}
    try:
        record = updated(record, current_content(), ENGINE_VERSION)
    except VersionUnchanged as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    PATH.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
