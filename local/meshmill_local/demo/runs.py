"""A number for each run, so that a run on a kept state still builds something new."""

from __future__ import annotations

from pathlib import Path

from meshmill_local.state import read_json, write_private_json

_FILE = "demo.json"


def next_run(state_dir: Path) -> int:
    """The number of this run in a state directory, from 1; remembered at once."""
    file = state_dir / _FILE
    kept = read_json(file)
    runs = kept.get("runs") if isinstance(kept, dict) else None
    run = (runs if isinstance(runs, int) else 0) + 1
    write_private_json(file, {"runs": run})
    return run
