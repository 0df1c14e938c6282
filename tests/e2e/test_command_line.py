"""The command line as its users have it: the installed script, in a directory with a pipeline."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from meshmill_local import LocalStack
from tests.support.home import settled

SCRIPT = Path(sys.executable).with_name("meshmill")
SMALL = ("--generator", "rock", "--quality", "low", "--texture-size", "256")
LONGEST_SECONDS = 120


class Shell:
    """Runs the script in a directory of its own; standard input is a pipe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, *arguments: str, stdin: str = "", ends_with: int = 0
    ) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [SCRIPT, *arguments],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
            env=dict(os.environ),
        )
        assert ended.returncode == ends_with, ended.stderr
        assert "\x1b" not in ended.stdout + ended.stderr
        return ended

    def json(self, *arguments: str, **further: Any) -> Any:
        return json.loads(self(*arguments, "--json", **further).stdout)


@pytest.fixture
def shell(
    local_stack: LocalStack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Shell:
    """A user of this test's own, where a pipeline runs."""
    home = settled(tmp_path, monkeypatch)
    key = local_stack.mint_api_key(request.node.name)
    home.run_locally(None, **local_stack.description() | {"api_key": key})
    return Shell(home.work)


def test_one_asset_from_the_request_to_its_files_and_its_end(shell: Shell) -> None:
    estimate = shell.json("assets", "create", *SMALL, "--estimate")
    assert (estimate["exists"], estimate["estimate"]["triangles"]) == (False, 2020)
    created = shell("assets", "create", *SMALL, "--custom-id", "stone", "--label", "team=art")
    asset_id = created.stdout.strip()
    assert (asset_id, created.stderr) == (estimate["asset_id"], f"asset {asset_id} is queued\n")
    assert "triangles 2," in shell("assets", "wait", asset_id).stdout
    seen = shell.json("assets", "get", asset_id)
    assert (seen["status"], seen["custom_id"], seen["labels"]) == (
        "completed", "stone", {"team": "art"},
    )  # fmt: skip
    again = shell("assets", "create", *SMALL)
    assert (again.stdout.strip(), again.stderr) == (
        asset_id, f"asset {asset_id} stood there already, completed\n",
    )  # fmt: skip
    assert asset_id in shell("assets", "create", *SMALL, "--reject-duplicate", ends_with=2).stderr
    paths = shell("assets", "download", asset_id, "--out", "stone").stdout.splitlines()
    assert paths == ["stone/model.glb", "stone/preview.png", "stone/provenance.json"]
    assert [(shell.folder / path).stat().st_size for path in paths] == [
        file["bytes"] for file in seen["files"]
    ]
    assert shell("assets", "delete", asset_id, "--yes").stderr == f"asset {asset_id} is deleted\n"
    assert asset_id in shell("assets", "get", asset_id, ends_with=6).stderr


def test_one_command_from_the_request_to_the_files(shell: Shell) -> None:
    made = shell("assets", "create", *SMALL, "--seed", "1", "--format", "obj", "--download", "out")
    assert made.stdout.splitlines()[0] == "out/model.zip"
    assert (shell.folder / "out" / "model.zip").read_bytes()[:2] == b"PK"
    assert ": completed" in made.stderr


def test_ids_go_from_one_command_to_the_next(shell: Shell) -> None:
    ids = [shell("assets", "create", *SMALL, "--seed", seed, "-q").stdout for seed in "234"]
    listed = shell("assets", "list", "--ids").stdout
    assert sorted(listed.splitlines(keepends=True)) == sorted(ids)
    waited = shell.json("assets", "wait", "-", "-q", stdin=listed)
    assert {asset["status"] for asset in waited} == {"completed"}
    shell("assets", "download", "-", "--out", "all", "-q", stdin=listed)
    folders = {path.parent.name for path in (shell.folder / "all").glob("*/model.glb")}
    assert folders == set(listed.split())
    assert len(shell("assets", "list").stdout.splitlines()) == 4
    gone = shell.json("assets", "delete", "-", "--yes", stdin=listed)
    assert all(each["deleted"] for each in gone)
    assert shell.json("assets", "list") == []


def test_what_is_wrong_with_a_request_is_told_a_line_each(shell: Shell) -> None:
    wrong = ("--generator", "rock", "--option", "mos=1", "--quality", "lwo", "--seed", "-1")
    refused = shell("assets", "create", *wrong, ends_with=2)
    assert refused.stdout == ""
    lines = refused.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("meshmill: ") for line in lines)
    assert "did you mean 'low'?" in refused.stderr
    assert "did you mean 'moss'?" in refused.stderr
    assert "status" in shell("assets", "list", "--status", "done", ends_with=2).stderr


def test_a_manifest_from_its_file_to_what_became_of_each_line(shell: Shell) -> None:
    stone = {"generator": "rock", "quality": "low", "texture_size": 256}
    lines = [
        {"format": "gltf", "parameters": {**stone, "seed": 11}, "custom_id": "one"},
        {"format": "gltf", "parameters": {**stone, "seed": 12}, "custom_id": "=two()"},
        {"format": "gltf", "parameters": {**stone, "seed": 11}, "custom_id": "again"},
        {"format": "stl", "parameters": {}},
    ]
    manifest = shell.folder / "stones.jsonl"
    manifest.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    submitted = shell("batches", "submit", "stones.jsonl", "--idempotency-key", "k-1", "-q")
    batch_id = submitted.stdout.strip()
    done = shell("batches", "wait", batch_id, "-q", ends_with=9)
    assert "completed_with_errors" in done.stdout
    assert f"meshmill batches errors {batch_id}" in done.stderr
    repeated = shell("batches", "submit", "stones.jsonl", "--idempotency-key", "k-1")
    assert repeated.stdout.strip() == batch_id
    assert "stood there already" in repeated.stderr
    (bad,) = shell.json("batches", "errors", batch_id)
    assert (bad["line"], bad["code"]) == (4, "INVALID_FORMAT")
    rows = [*csv.DictReader(io.StringIO(shell("batches", "results", batch_id, "--csv").stdout))]
    assert [(row["outcome"], row["custom_id"]) for row in rows] == [
        ("accepted", "one"), ("accepted", "'=two()"), ("duplicate", "again"), ("rejected", ""),
    ]  # fmt: skip
    made = shell("batches", "results", batch_id, "--ids").stdout
    shell("assets", "download", "-", "--out", "stones", "-q", stdin=made)
    assert len([*(shell.folder / "stones").glob("*/model.glb")]) == 2
    reports = shell("batches", "download", batch_id, "--out", "reports").stdout.splitlines()
    assert "reports/results.csv" in reports
    assert (shell.folder / "reports" / "results.csv").read_text() == shell(
        "batches", "results", batch_id, "--csv"
    ).stdout.replace("\r\n", "\n")
    assert batch_id in shell("batches", "list").stdout
    shell("batches", "delete", batch_id, "--yes", ends_with=2)
    shell("batches", "redrive", batch_id, "--wait", "-q", ends_with=9)


def test_generators_are_told_to_anybody(
    shell: Shell, local_stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shell.folder / ".meshmill" / "local.json").unlink()
    assert "meshmill login" in shell("generators", "list", ends_with=5).stderr
    monkeypatch.setenv("MESHMILL_BASE_URL", local_stack.base_url)
    assert "terrain" in shell("generators", "list").stdout
    assert "granite | basalt" in shell("generators", "show", "rock").stdout
    assert "there are terrain, rock" in shell("generators", "show", "rok", ends_with=6).stderr
    assert "meshmill login" in shell("assets", "list", ends_with=5).stderr


def test_a_service_that_has_gone_is_named(shell: Shell) -> None:
    local = shell.folder / ".meshmill" / "local.json"
    nowhere = json.loads(local.read_text()) | {"base_url": "http://127.0.0.1:9"}
    local.write_text(json.dumps(nowhere))
    told = shell("assets", "list", ends_with=4).stderr
    assert "http://127.0.0.1:9" in told
    assert "make run" in told
