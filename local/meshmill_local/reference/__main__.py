"""``python -m meshmill_local.reference [FOLDER]``: ``build/reference`` unless given."""

import sys
from pathlib import Path

from meshmill_local.reference.pages import write

if __name__ == "__main__":
    print(write(Path(sys.argv[1] if len(sys.argv) > 1 else "build/reference")))  # noqa: T201
