"""Where model-viewer's script is: packaged with the command, or installed in a checkout."""

from __future__ import annotations

import re
from pathlib import Path

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit

_NAME = "model-viewer.min.js"
_HERE = Path(__file__).resolve()
#: Distributions carry it; a checkout has it from npm.
PLACES = (
    _HERE.with_name(_NAME),
    _HERE.parents[3] / "node_modules" / "@google" / "model-viewer" / "dist" / _NAME,
)
_SOURCE_MAP = re.compile(r"\n//# sourceMappingURL=\S+\s*$")


def viewer_script() -> str:
    """An ES module that defines the element ``model-viewer``, without the address of its map.

    Raises:
        CommandFailed: it is in none of :data:`PLACES`.
    """
    for place in PLACES:
        if place.is_file():
            return _SOURCE_MAP.sub("\n", place.read_text(encoding="utf-8"))
    lines = [
        "the viewer's script is not installed",
        "in a checkout make viewer installs it; wheels that make wheel builds hold it",
    ]
    raise CommandFailed(lines, Exit.FILE)
