"""``make demo`` as a newcomer types it: Ctrl-C, the run after it, and a port that is taken."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.runs import processes_of, wait_for_line

_EVENTS = Path(__file__).resolve().parents[2] / "events" / "api"
_GONE_SECONDS = 60.0


def test_ctrl_c_ends_it_with_130_and_the_next_run_succeeds_on_what_is_kept(
    tmp_path: Path,
) -> None:
    interrupted = _start(tmp_path)
    wait_for_line(interrupted, ": building")
    interrupted.send_signal(signal.SIGINT)
    rest, errors = interrupted.communicate(timeout=_GONE_SECONDS)

    assert (interrupted.returncode, errors) == (130, "")
    assert rest.splitlines()[-1].startswith("interrupted")
    assert processes_of(tmp_path) == []

    again = _start(tmp_path)
    output, errors = again.communicate(timeout=_GONE_SECONDS * 3)

    assert (again.returncode, errors) == (0, ""), output
    assert processes_of(tmp_path) == []
    requested = {path.stem.removeprefix("create_") for path in _EVENTS.glob("create_*.json")}
    assert {path.name for path in (tmp_path / "out").iterdir()} == requested | {"village"}


def test_a_port_in_use_is_one_line_with_the_command_to_type(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = _start(tmp_path, port)
        output, errors = run.communicate(timeout=_GONE_SECONDS)

    assert (run.returncode, output) == (1, "")
    assert len(errors.splitlines()) == 1
    assert f"make demo PORT={port + 1}" in errors


def _start(directory: Path, port: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "meshmill_local", "demo", "--port", str(port)),
            *("--state-dir", str(directory / "state"), "--out", str(directory / "out")),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
