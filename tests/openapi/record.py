"""The document and its examples: ``python -m tests.openapi.record`` writes both.

The examples first, since the document is made with them.
"""

from __future__ import annotations

import io
import json
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from meshmill import __version__
from meshmill.http.openapi import document
from meshmill.http.openapi.examples import RECORDED
from tests.openapi.answers import answers
from tests.openapi.still import still_cloud

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
BASE_URL = "http://localhost:8000"

# Compressed files are the same bytes on one architecture only; what they hold is the same on all.
_OF_ARCHITECTURE = {"bytes", "sha256"}


def recorded(directory: Path) -> dict[str, Any]:
    """What the functions answer today: ``bodies`` by name, ``headers`` by lower-case name."""
    with still_cloud(directory) as still:
        taken = answers(still)
    return {"bodies": taken.bodies, "headers": taken.headers}


def described() -> dict[str, Any]:
    """The document as a client on the laptop stage gets it."""
    return document(__version__, BASE_URL)


def as_text(value: Any) -> str:
    """Sorted, so that a change shows as what it is."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Where two records differ, beside what another architecture may make differently."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            found
            for name in sorted(before.keys() | after.keys())
            for found in _member(name, before.get(name), after.get(name), path)
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [one for place, pair in pairs for one in differences(*pair, f"{path}/{place}")]
    return [] if before == after else [f"{path}: {before!r} became {after!r}"]


def _member(name: str, before: Any, after: Any, path: str) -> list[str]:
    if name in _OF_ARCHITECTURE and type(before) is type(after):
        return []
    return differences(before, after, f"{path}/{name}")


def main() -> None:
    """Write both files."""
    with tempfile.TemporaryDirectory() as directory, redirect_stdout(io.StringIO()):
        RECORDED.write_text(as_text(recorded(Path(directory))), encoding="utf-8")
    COMMITTED.write_text(as_text(described()), encoding="utf-8")


if __name__ == "__main__":
    main()
