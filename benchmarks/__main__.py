"""``python -m benchmarks``: measures, prints a table, writes ``build/benchmarks.json``."""

from __future__ import annotations

import json
import platform
from pathlib import Path

from benchmarks import api, client, engine, estimates, ingestion, pipeline, writers
from benchmarks.measure import Row

_OUTPUT = Path("build/benchmarks.json")


def main() -> None:
    """Run every benchmark."""
    print(f"{platform.machine()}, Python {platform.python_version()}")
    measured: list[Row] = []
    for part in (writers, engine, estimates, api, client, ingestion, pipeline):
        for row in part.rows():
            measured.append(row)
            print(f"{row.what:60} {row.value:10.2f} {row.unit}", flush=True)
    _OUTPUT.parent.mkdir(exist_ok=True)
    _OUTPUT.write_text(json.dumps([row.as_dict() for row in measured], indent=2) + "\n")


if __name__ == "__main__":
    main()
