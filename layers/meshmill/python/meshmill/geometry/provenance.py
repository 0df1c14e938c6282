"""``provenance.json``: what was asked, by what it was made, and how to verify every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from meshmill.geometry.artefact import ArtefactFile, Stats
from meshmill.geometry.spec import AssetSpec
from meshmill.geometry.version import ENGINE_VERSION


def provenance_file(
    spec: AssetSpec, stats: Stats, files: Sequence[ArtefactFile], content: Mapping[str, str]
) -> ArtefactFile:
    """The last file of an artefact, as deterministic JSON.

    ``content`` maps each file's name to the SHA-256 of its decoded content.
    """
    document = {
        "request": spec.canonical(),
        "spec_id": spec.spec_id,
        "engine_version": ENGINE_VERSION,
        "stats": asdict(stats),
        "files": [
            {
                "name": file.name,
                "filename": file.filename,
                "media_type": file.media_type,
                "bytes": len(file.data),
                "sha256": hashlib.sha256(file.data).hexdigest(),
                "content_sha256": content[file.name],
            }
            for file in files
        ],
    }
    data = json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False).encode() + b"\n"
    return ArtefactFile("provenance", "provenance.json", "application/json", data)
