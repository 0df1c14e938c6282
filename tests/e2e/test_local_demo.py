"""``make demo`` as a process: Ctrl-C, the run after it, and a port that is taken.

On two of its requests and a few of its lines: ``test_demo`` runs all of them.
"""

from __future__ import annotations

import itertools
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.runs import processes_of, wait_for_line

_EVENTS = Path(__file__).resolve().parents[2] / "events"
_REQUESTED = ("oak", "spur_gear")
_LINES = 20
_GONE_SECONDS = 60.0


def test_ctrl_c_ends_it_with_130_and_the_next_run_succeeds_on_what_is_kept(
    tmp_path: Path,
) -> None:
    events = _some_events(tmp_path)
    interrupted = _start(tmp_path, *events)
    wait_for_line(interrupted, ": building")
    interrupted.send_signal(signal.SIGINT)
    rest, errors = interrupted.communicate(timeout=_GONE_SECONDS)

    assert (interrupted.returncode, errors) == (130, "")
    assert rest.splitlines()[-1].startswith("interrupted")
    assert processes_of(tmp_path) == []

    again = _start(tmp_path, *events)
    output, errors = again.communicate(timeout=_GONE_SECONDS * 3)

    assert (again.returncode, errors) == (0, ""), output
    assert processes_of(tmp_path) == []
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*_REQUESTED, "village"}


def test_a_port_in_use_is_one_line_with_the_command_to_type(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = _start(tmp_path, "--port", str(port))
        output, errors = run.communicate(timeout=_GONE_SECONDS)

    assert (run.returncode, output) == (1, "")
    assert len(errors.splitlines()) == 1
    assert f"make demo PORT={port + 1}" in errors


def _some_events(directory: Path) -> list[str]:
    """Options that name them."""
    events, manifest = directory / "events", directory / "village.jsonl"
    events.mkdir()
    for name in _REQUESTED:
        shutil.copy(_EVENTS / "api" / f"create_{name}.json", events)
    with (_EVENTS / "manifests" / "village.jsonl").open("rb") as lines:
        manifest.write_bytes(b"".join(itertools.islice(lines, _LINES)))
    return ["--port", "0", "--events", str(events), "--manifest", str(manifest)]


def _start(directory: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "meshmill_local", "demo", *options),
            *("--state-dir", str(directory / "state"), "--out", str(directory / "out")),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
