"""Digests of assets: ``python -m tests.golden.record`` writes them.

Those of decoded arrays and pixels must be the same on every machine, those of whole files on one
architecture. Where one differs for the engine version that the record names, the version must
change first: artefacts already stored under the old one would otherwise mix with new ones.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from meshmill.geometry.artefact import Artefact
from meshmill.geometry.version import ENGINE_VERSION
from tests.golden.assets import ASSETS, BYTES_ON, made, may_compare_bytes

PATH = Path(__file__).with_name("digests.json")

Digests = dict[str, dict[str, str]]


class VersionUnchanged(Exception):
    """Content differs although the engine still has the version that was recorded."""


def digests_in(artefact: Artefact) -> Digests:
    """SHA-256 of each file of an asset: of its ``content`` and of its ``bytes``."""
    files = json.loads(artefact.files[-1].data)["files"]
    return {
        "content": {file["name"]: file["content_sha256"] for file in files},
        "bytes": {file["name"]: file["sha256"] for file in files},
    }


def recorded() -> dict[str, Any]:
    """The record: ``engine_version`` and, by label, ``assets``."""
    record: dict[str, Any] = json.loads(PATH.read_text())
    return record


def updated(record: dict[str, Any], assets: dict[str, Digests], version: str) -> dict[str, Any]:
    """The record of ``assets`` as made by engine ``version``.

    Raises:
        VersionUnchanged: A digest of the old record differs, and the version does not.
    """
    changed = [
        label
        for label, digests in record.get("assets", {}).items()
        if label in assets and assets[label] != digests
    ]
    if changed and record["engine_version"] == version:
        raise VersionUnchanged(f"{', '.join(changed)}: change ENGINE_VERSION, then record again")
    return {"engine_version": version, "assets": assets}


def main() -> int:
    """Write the record, or say why not."""
    if not may_compare_bytes():
        sys.stderr.write(f"bytes of files are recorded on {BYTES_ON}\n")
        return 1
    record = recorded() if PATH.exists() else {}
    try:
        record = updated(
            record, {label: digests_in(made(label)) for label in ASSETS}, ENGINE_VERSION
        )
    except VersionUnchanged as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    PATH.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
