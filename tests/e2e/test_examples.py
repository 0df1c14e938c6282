"""The programs in examples/, run as somebody would who has just started the pipeline."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from meshmill_local import LocalStack
from tests.support.walkthrough import as_a_checkout

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
_SECONDS = 120


@pytest.fixture
def here(local_stack: LocalStack, tmp_path: Path) -> Path:
    """A folder in which the pipeline is found."""
    return as_a_checkout(local_stack, tmp_path)


def run(name: str, here: Path, *arguments: str) -> list[str]:
    """The lines that an example prints."""
    path = f"examples/{name}"
    program = [sys.executable, "-W", "error", path] if path.endswith(".py") else ["bash", path]
    return _lines_of([*program, *arguments], here)


def _lines_of(command: Sequence[str], here: Path) -> list[str]:
    search_path = os.pathsep.join([str(here / ".venv" / "bin"), os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=here,
        env={"PATH": search_path, "HOME": str(here)},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_one_asset_is_asked_for_followed_and_downloaded(here: Path) -> None:
    lines = run("one_asset.py", here, "--generator", "gear", "--texture-size", "256")

    assert [line.strip() for line in lines if line.strip() == "completed"] == ["completed"]
    assert (here / "out/one_asset/model.glb").read_bytes()[:4] == b"glTF"
    assert lines[-1].split() == ["provenance", "out/one_asset/provenance.json"]


def test_many_at_once_are_each_downloaded(here: Path) -> None:
    lines = run("many_at_once.py", here, "--seeds", "1")

    assert sorted(line.split(":")[0] for line in lines) == ["crate 0", "rock 0", "tree 0", "vase 0"]
    assert len(list((here / "out/many_at_once").glob("*/model.glb"))) == 4


def test_the_manifest_s_good_lines_become_files_and_its_bad_one_is_told(here: Path) -> None:
    lines = run("manifest.py", here)

    assert "line 4 (gate): parameters.generator must be one of" in "\n".join(lines)
    made = {path.parent.name for path in (here / "out/manifest").glob("*/model.glb")}
    assert made == {"boulder", "barrel-stand", "urn"}


def test_variations_go_on_where_they_were_and_can_be_cleared_away(here: Path) -> None:
    wanted = ("--generator", "crate", "--count", "2")
    run("variations.py", here, *wanted)
    again = run("variations.py", here, *wanted)

    assert again == ["0 new of 2", "2 in out/variations/index.json"]
    index = json.loads((here / "out/variations/index.json").read_text())
    assert [entry["custom_id"] for entry in index] == ["crate-0000", "crate-0001"]
    assert (here / "out/variations" / index[1]["files"]["model"]).is_file()
    assert re.search(r"^crate +completed +\d+$", "\n".join(run("inventory.py", here)), re.MULTILINE)
    assert run("inventory.py", here, "--delete-set", "crate-variations") == ["2 deleted"]


def test_a_function_gives_tokens_and_renews_them_by_refresh_tokens(here: Path) -> None:
    assert re.fullmatch(r"asset \S{36}|no assets yet", "\n".join(run("own_tokens.py", here)))


def test_estimates_are_told_for_all_generators_and_for_one_request(here: Path) -> None:
    table = run("estimate.py", here)
    one = run("estimate.py", here, "gear", "--texture-size", "256")

    assert len(table) == 1 + 8 * 3
    assert [line.split()[:2] for line in one[1:]] == [
        ["gear", "low"],
        ["gear", "medium"],
        ["gear", "high"],
    ]


def test_each_error_is_caught_where_the_example_says(here: Path) -> None:
    printed = "\n".join(run("errors.py", here))

    assert "parameters.quality must be one of low, medium, high; did you mean 'high'?" in printed
    assert "VALIDATION_ERROR, HTTP 400; quote " in printed
    assert "stands already: True" in printed
    assert "NOT_FOUND: " in printed
    assert "reached the service: False" in printed


def test_the_command_line_s_script_downloads_what_it_asked_for(here: Path) -> None:
    lines = run("studio.sh", here)

    assert any("gate" in line and "parameters.generator" in line for line in lines)
    assert len(list((here / "out/studio/crates").glob("*/model.glb"))) == 3
    assert len(list((here / "out/studio/props").rglob("model.glb"))) == 1


def test_every_example_is_listed_and_run_here() -> None:
    names = {path.name for path in _EXAMPLES.iterdir() if path.suffix in {".py", ".sh"}}
    listed = re.findall(r"^\| \[(\S+)\]\(\1\)", (_EXAMPLES / "README.md").read_text(), re.MULTILINE)
    tested = set(re.findall(r'run\(\s*"(\S+?)"', Path(__file__).read_text(encoding="utf-8")))

    assert len(names) >= 8
    assert set(listed) == names
    assert tested == names
