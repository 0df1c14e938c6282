"""``meshmill assets wait`` and ``download``, also of several at a time."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from meshmill_client.drafts import draft_of
from tests.unit.cli.pipeline import ASSETS, MODEL, Pipeline
from tests.unit.cli.typed import Meshmill


def test_an_asset_is_shown_once_it_is_done(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.asset("a-1", "pending", "processing", "completed")
    ended = meshmill("assets", "wait", "a-1")
    assert ended.code == 0
    assert "triangles 2,000" in ended.out
    assert "asset a-1: processing" in ended.err


def test_several_are_waited_for_and_each_is_told_whatever_came_of_it(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.asset("a-1", "pending", "completed")
    pipeline.asset("a-2", "pending", "failed")
    pipeline.asset("a-3", "pending")
    ended = meshmill("assets", "wait", "a-1", "a-2", "a-3", "a-4", "--timeout", "0.5", "--quiet")
    assert ended.code == 1, "the lowest of 1, 6 and 7"
    rows = [line.split()[:2] for line in ended.out.splitlines()[1:]]
    assert rows == [["a-1", "completed"], ["a-2", "failed"], ["a-3", "pending"]]
    assert "asset a-2 failed: TIMED_OUT: Too slow" in ended.err
    assert "asset a-3 is still pending" in ended.err
    assert "a-4: No." in ended.err


def test_one_that_takes_too_long_ends_it_with_7(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.asset("a-1", "completed")
    pipeline.asset("a-2", "pending")
    ended = meshmill("assets", "wait", "a-1", "a-2", "--timeout", "0.2", "--json")
    assert ended.code == 7
    assert [asset["status"] for asset in json.loads(ended.out)] == ["completed", "pending"]


def test_without_any_time_each_is_still_looked_at(pipeline: Pipeline, meshmill: Meshmill) -> None:
    ids = [f"a-{number}" for number in range(20)]
    for each in ids:
        pipeline.asset(each, "completed")
    ended = meshmill("assets", "wait", *ids, "--timeout", "0", "--json", "--quiet")
    assert ended.code == 0
    assert [asset["asset_id"] for asset in json.loads(ended.out)] == ids


def test_files_of_one_asset_go_to_the_folder_itself(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    pipeline.asset("a-1", "completed")
    out = tmp_path / "out"
    ended = meshmill("assets", "download", "a-1", "--out", str(out))
    assert ended.code == 0
    assert ended.out.splitlines() == [str(out / "model.glb"), str(out / "preview.png")]
    assert (out / "model.glb").read_bytes() == MODEL
    assert "model.glb: 4,000 of 4,000 bytes" in ended.err


def test_files_that_stood_there_are_counted_for_people(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    pipeline.asset("a-1", "completed")
    download = ("assets", "download", "a-1", "--out", str(tmp_path))
    assert "already" not in meshmill(*download).err
    (tmp_path / "preview.png").write_bytes(b"another")
    ended = meshmill(*download)
    assert ended.code == 0
    assert ended.out.split() == [str(tmp_path / "model.glb"), str(tmp_path / "preview.png")]
    assert ended.err.splitlines()[-1] == "1 of 2 files stood there already"
    quiet = meshmill(*download, "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, ended.out, "")


def test_what_broke_off_did_not_stand_there(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    asset = pipeline.asset("a-1", "completed")
    model = asset["files"][0]
    with (
        suppress(InterruptedError),
        draft_of(tmp_path / "model.glb", model["sha256"]) as draft,
    ):
        draft.append(MODEL[:1000])
        raise InterruptedError
    ended = meshmill("assets", "download", "a-1", "--out", str(tmp_path))
    assert ended.code == 0
    assert "already" not in ended.err


def test_files_that_stood_there_are_counted_over_all_assets(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    pipeline.asset("a-1", "completed")
    pipeline.asset("a-2", "completed")
    assert meshmill("assets", "download", "a-1", "--out", str(tmp_path / "a-1")).code == 0
    ended = meshmill("assets", "download", "a-1", "a-2", "--out", str(tmp_path), "--json")
    assert ended.err.splitlines()[-1] == "2 of 4 files stood there already"
    assert [asset["asset_id"] for asset in json.loads(ended.out)] == ["a-1", "a-2"]


def test_files_of_several_go_to_a_folder_an_asset(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    ids = [f"a-{number}" for number in range(9)]
    for each in ids:
        pipeline.asset(each, "completed")
    ended = meshmill("assets", "download", "-", "--out", str(tmp_path), "--json",
                     stdin="\n".join(ids))  # fmt: skip
    assert ended.code == 0
    told = json.loads(ended.out)
    paths = [[file["path"] for file in asset["files"]] for asset in told]
    assert paths == [
        [str(tmp_path / each / "model.glb"), str(tmp_path / each / "preview.png")] for each in ids
    ]
    assert all((tmp_path / each / "model.glb").read_bytes() == MODEL for each in ids)
    assert "a-8: 4,300 of 4,300 bytes" in ended.err


def test_one_that_cannot_be_downloaded_leaves_the_others(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    pipeline.asset("a-1", "completed")
    pipeline.asset("a-2", "pending")
    ended = meshmill("assets", "download", "a-1", "a-2", "a-3", "--out", str(tmp_path))
    assert ended.code == 2, "the lowest of 2, not ready, and 6, not found"
    assert ended.out.splitlines()[0] == str(tmp_path / "a-1" / "model.glb")
    assert "a-2 is pending: it has no files yet" in ended.err
    assert "a-3: No." in ended.err
    assert not (tmp_path / "a-2").exists()


def test_with_wait_those_are_downloaded_that_come_to_something(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    pipeline.asset("a-1", "pending", "completed")
    pipeline.asset("a-2", "pending", "failed")
    ended = meshmill("assets", "download", "a-1", "a-2", "--wait", "--out", str(tmp_path), "-q")
    assert ended.code == 1
    assert (tmp_path / "a-1" / "model.glb").read_bytes() == MODEL
    assert ended.err.splitlines()[0] == "meshmill: asset a-2 failed: TIMED_OUT: Too slow"


def test_a_folder_that_cannot_be_written_ends_it_with_3(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    pipeline.asset("a-1", "completed")
    taken = tmp_path / "taken"
    taken.write_text("a file")
    ended = meshmill("assets", "download", "a-1", "--out", str(taken))
    assert (ended.code, ended.out) == (3, "")
    assert "taken" in ended.err


def test_the_client_asks_for_each_asset_once(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    pipeline.asset("a-1", "completed")
    meshmill("assets", "download", "a-1", "--out", str(tmp_path))
    assert len(pipeline.service.asked("GET", f"{ASSETS}/a-1")) == 1
