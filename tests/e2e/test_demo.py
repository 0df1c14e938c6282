"""The demo on a running stack: a first run, a second one, and a request that is refused."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill_local import LocalStack
from meshmill_local.demo import Demo, DemoError

_EVENTS = Path(__file__).resolve().parents[2] / "events" / "api"
_MANIFEST = _EVENTS.parent / "manifests" / "village.jsonl"


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
        demo = Demo(
            events=events,
            manifest=_MANIFEST,
            out=out,
            report=print,
            is_interrupted=lambda: False,
        )
        demo.perform(stack)
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


def _accepted(run: Run) -> set[str]:
    """The ids of the assets that lines of the manifest asked for."""
    lines = (run.out / "village" / "results.jsonl").read_text().splitlines()
    return {result["asset_id"] for result in map(json.loads, lines)} - {None}


class TestOnARunningStack:
    def test_every_request_ends_in_files_of_its_own(self, first: Run) -> None:
        folders = {path.name for path in first.out.iterdir()}

        assert folders == _requested() | {"village"}
        for folder in _requested():
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
        files = sum(path.is_file() for path in first.out.rglob("*")) - len(["village.jsonl"])
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
        first.line(f"{len(_requested())} assets and 187 of a manifest built; done in ")

    def test_each_asset_has_a_row_in_the_table(self, first: Run) -> None:
        known = f" *({'|'.join(FORMATS)}) +({'|'.join(GENERATORS)}) "
        rows = [line for line in first.lines if re.match(known, line)]

        assert len(rows) == len(_requested())
        assert any(re.search(r"high +1\d\d,\d{3}|high +2\d\d,\d{3}", row) for row in rows)

    def test_every_line_of_the_manifest_is_counted_once_and_its_mistakes_are_shown(
        self, first: Run, second: Run
    ) -> None:
        for run in (first, second):
            run.line(
                "200 lines of village.jsonl: 187 accepted and built, 3 duplicates, 10 rejected"
            )
            run.line("reports of village: 200 results, each line once, and 10 errors")
            run.line("What is wrong with 10 lines: ")
            assert run.line("village: completed with errors, 100 %")

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
        assert _accepted(first).isdisjoint(_accepted(second))

    def test_a_request_that_is_refused_against_expectation_is_one_line(
        self, local_stack: LocalStack, tmp_path: Path
    ) -> None:
        shutil.copy(
            _EVENTS / "refused" / "invalid_format.json", tmp_path / "create_impossible.json"
        )

        with pytest.raises(DemoError, match=r"INVALID_FORMAT.*POST /api/v1/assets") as raised:
            _performed(local_stack, tmp_path / "out", tmp_path)

        assert "\n" not in str(raised.value)
