"""Lambda layers that workers read in place.

The engine unpacks every layer again for every worker: a second of processor time and a hundred
megabytes each, where Lambda mounts the layer once. So a layer is copied once into the state
directory, and its archive holds nothing but a path configuration file (Python's ``site`` module),
which puts the copy where the unpacked layer would stand on the module path.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

_SITE_DIRECTORY = "python/lib/python3/site-packages"
"""Any version matches: the engine, like Lambda, treats it as a site directory."""


def linked_layer(layer: Path, shelf: Path) -> bytes:
    """Copy a layer's directory to the shelf and return the archive that points there.

    Args:
        layer: a directory with ``python/`` in it, named by its content.
        shelf: where copies stand as long as the engine's state does.
    """
    copy = shelf / layer.name
    if not copy.exists():
        draft = shelf / f".{layer.name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(layer, draft)
        draft.rename(copy)
    line = f"import sys; sys.path.insert(0, {str(copy / 'python')!r})\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"{_SITE_DIRECTORY}/{layer.name}.pth"), line)
    return buffer.getvalue()
