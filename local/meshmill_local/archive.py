"""Zip archives that depend on nothing but names, modes and contents."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE_SHIFT = 16
_PERMISSIONS = 0o777


def zip_directory(directory: Path) -> bytes:
    """The files below a directory, sorted by name, dated 1980 like CDK's archives.

    They are stored, not deflated: the engine unpacks an archive again for every worker.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(path for path in directory.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(directory).as_posix(), _EPOCH)
            entry.external_attr = (path.stat().st_mode & _PERMISSIONS) << _MODE_SHIFT
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
