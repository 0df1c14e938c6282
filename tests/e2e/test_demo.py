"""``make demo`` as a newcomer meets it: first run, second run, Ctrl-C, and what goes wrong."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill_local import LocalStack
from meshmill_local.demo import Demo, DemoError
from tests.support.runs import processes_of, wait_for_line

_EVENTS = Path(__file__).resolve().parents[2] / "events" / "api"
_GONE_SECONDS = 60.0


@dataclass(frozen=True)
class Run:
    """What a run of the demo wrote, and where."""

    lines: list[str]
    out: Path

    def line(self, text: str) -> str:
        found = [line for line in self.lines if text in line]
        assert len(found) == 1, (text, self.lines)
        return found[0]

    def models(self) -> dict[str, bytes]:
        """All models by their paths, levels of detail too."""
        return {
            str(path.relative_to(self.out)): path.read_bytes() for path in self.out.rglob("model*")
        }


def _performed(stack: LocalStack, out: Path, events: Path = _EVENTS) -> Run:
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        Demo(events=events, out=out, report=print, is_interrupted=lambda: False).perform(stack)
    return Run(text.getvalue().splitlines(), out)


@pytest.fixture(scope="module")
def first(local_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on a state that no demo has seen."""
    return _performed(local_stack, tmp_path_factory.mktemp("first") / "out")


@pytest.fixture(scope="module")
def second(local_stack: LocalStack, first: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run after it."""
    return _performed(local_stack, tmp_path_factory.mktemp("second") / "out")


def _requested() -> set[str]:
    return {path.stem.removeprefix("create_") for path in _EVENTS.glob("create_*.json")}


class TestOnARunningStack:
    def test_every_request_ends_in_files_of_its_own(self, first: Run) -> None:
        folders = {path.name for path in first.out.iterdir()}

        assert folders == _requested()
        for folder in folders:
            names = {path.name for path in (first.out / folder).iterdir()}
            assert {"preview.png", "provenance.json"} <= names
            assert {"model.glb", "model.zip", "model.fbx"} & names
        starts = {"glb": b"glTF", "zip": b"PK", "fbx": b"Kaydara FBX Binary"}
        for name, data in first.models().items():
            assert data.startswith(starts[name.rpartition(".")[2]])

    def test_every_generator_and_every_format_is_asked_for(self, first: Run) -> None:
        asked = [
            json.loads(path.read_text())["request"] for path in first.out.rglob("provenance.json")
        ]
        assert {request["parameters"]["generator"] for request in asked} == set(GENERATORS)
        assert {request["format"] for request in asked} == set(FORMATS)

    def test_it_says_what_it_checked(self, first: Run) -> None:
        files = sum(path.is_file() for path in first.out.rglob("*"))
        refused = list((_EVENTS / "refused").glob("*.json"))

        first.line(f"{files} files downloaded, the SHA-256 of each as announced")
        of_gltf = [name for name in first.models() if name.endswith(".glb")]
        others = len(first.models()) - len(of_gltf)
        first.line(f"{len(of_gltf)} glTF models valid: no errors, no warnings")
        first.line(f"{others} OBJ and FBX models opened by trimesh and ufbx")
        assert re.search(
            r"the same id [0-9a-f-]{36}, nothing built \(still attempt \d+, ",
            first.line("asked for again"),
        )
        first.line(f"{len(refused)} wrong requests refused: ")
        first.line(f"{len(_requested())} assets built; done in ")

    def test_each_asset_has_a_row_in_the_table(self, first: Run) -> None:
        known = f" *({'|'.join(FORMATS)}) +({'|'.join(GENERATORS)}) "
        rows = [line for line in first.lines if re.match(known, line)]

        assert len(rows) == len(_requested())
        assert any(re.search(r"high +1\d\d,\d{3}|high +2\d\d,\d{3}", row) for row in rows)

    def test_a_pipe_gets_no_escape_codes(self, first: Run) -> None:
        assert not any("\x1b" in line for line in first.lines)

    def test_a_second_run_builds_new_individuals_and_says_what_was_there(
        self, first: Run, second: Run
    ) -> None:
        before, after = first.models(), second.models()
        unchanged = {name for name in before if before[name] == after[name]}

        assert before.keys() == after.keys()
        assert unchanged == {"seed_request/model.glb"}
        second.line("seed_request: already there, checked")
        second.line("1 already there from an earlier run and not built again")

    def test_a_request_that_is_refused_against_expectation_is_one_line(
        self, local_stack: LocalStack, tmp_path: Path
    ) -> None:
        shutil.copy(
            _EVENTS / "refused" / "invalid_format.json", tmp_path / "create_impossible.json"
        )

        with pytest.raises(DemoError, match=r"INVALID_FORMAT.*POST /api/v1/assets") as raised:
            _performed(local_stack, tmp_path / "out", tmp_path)

        assert "\n" not in str(raised.value)


class TestCommand:
    def test_ctrl_c_ends_it_with_130_and_the_next_run_succeeds_on_what_is_kept(
        self, tmp_path: Path
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
        assert {path.name for path in (tmp_path / "out").iterdir()} == _requested()

    def test_a_port_in_use_is_one_line_with_the_command_to_type(self, tmp_path: Path) -> None:
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
