"""Files that a command makes: each appears under its name whole, or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path


def write_whole(files: Mapping[Path, bytes]) -> None:
    """Write all of them beside their places, then give them their names in order.

    Nothing is left beside them, whatever happens, and two commands at once don't meet.

    Raises:
        OSError: one can't be written; those that have no name by then don't get it.
    """
    run = secrets.token_hex(4)
    parts = {path: path.with_name(f".{path.name}.{run}.part") for path in files}
    try:
        for path, part in parts.items():
            part.write_bytes(files[path])
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
