"""``meshmill generate`` as somebody types it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from meshmill.geometry.registry import FORMATS
from meshmill_cli.app import main
from meshmill_cli.terminal.counts import counted

SMALL = ["--quality", "low", "--texture-size", "256"]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["meshmill", "generate", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("output_format", FORMATS)
def test_it_writes_the_files_of_each_format(
    output_format: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "made" / "here"
    assert run(monkeypatch, "--format", output_format, "--generator", "rock", *SMALL,
               "--lods", "1", "--out", str(folder)) == 0  # fmt: skip
    extension = FORMATS[output_format].extension
    names = {f"model.{extension}", f"model_lod1.{extension}", "preview.png", "provenance.json"}
    assert {path.name for path in folder.iterdir()} == names
    provenance = json.loads((folder / "provenance.json").read_text())
    assert provenance["request"]["format"] == output_format
    told = capsys.readouterr().out
    assert all(str(folder / name) in told for name in names)
    assert "1 material, 3 textures" in told


def test_options_and_flags_override_a_request_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "request.json"
    spec.write_text(
        json.dumps(
            {
                "format": "gltf",
                "labels": {"team": "art"},
                "parameters": {
                    "generator": "rock", "quality": "low", "texture_size": 256,
                    "options": {"moss": 0.1, "mineral": "slate"},
                },
            }
        )
    )  # fmt: skip
    assert run(monkeypatch, "--spec", str(spec), "--seed", "9", "--option", "moss=0.5",
               "--out", str(tmp_path)) == 0  # fmt: skip
    asked = json.loads((tmp_path / "provenance.json").read_text())["request"]["parameters"]
    assert asked["seed"] == 9
    assert (asked["options"]["moss"], asked["options"]["mineral"]) == (0.5, "slate")


def test_a_request_may_come_from_standard_input_and_the_answer_be_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    body = b'{"format":"gltf","parameters":{"generator":"rock","quality":"low","texture_size":256}}'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))
    assert run(monkeypatch, "--spec", "-", "--json", "--out", str(tmp_path)) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [file["name"] for file in answer["files"]] == ["model", "preview", "provenance"]
    for file in answer["files"]:
        assert Path(file["path"]).stat().st_size == file["bytes"]
    assert answer["stats"]["triangles"] > 1000


def test_what_was_made_is_counted_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--generator", "rock", *SMALL, "--out", str(tmp_path)) == 0
    assert capsys.readouterr().out.endswith(" vertices, 1 material, 3 textures\n")


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 lines"), (1, "1 line"), (2, "2 lines"), (1000, "1,000 lines")]
)
def test_one_of_a_kind_is_no_plural(number: int, told: str) -> None:
    assert counted(number, "line") == told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--generator", "rok"], ["must be one of", "did you mean 'rock'?"]),
        (["--format", "stl"], ["must be one of gltf"]),
        (["--quality", "ultra", "--seed", "-1"], ["quality", "seed"]),
        (["--generator", "rock", "--option", "moss=2"], ["options.moss"]),
        (["--option", "moss"], ["must be name=value"]),
        (["--option", "moss=" + "[" * 100_000], ["options.moss"]),
        (["--format", "fbx", "--texture-format", "webp"], ["png, jpeg"]),
    ],
)
def test_every_violation_is_told_and_nothing_is_written(
    arguments: list[str],
    told: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *arguments, "--out", str(tmp_path / "out")) == 2
    complaint = capsys.readouterr().err
    assert all(word in complaint for word in told)
    assert not (tmp_path / "out").exists()


def test_options_that_are_no_object_are_refused_with_others_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "request.json"
    spec.write_text('{"parameters": {"generator": "rock", "options": [1]}}')
    assert run(monkeypatch, "--spec", str(spec), "--option", "moss=0.5") == 2
    assert "options" in capsys.readouterr().err


def test_a_broken_request_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "broken.json"
    spec.write_text('{"format": "gltf",')
    assert run(monkeypatch, "--spec", str(spec)) == 2
    assert capsys.readouterr().err.startswith("meshmill: ")


def test_files_that_cannot_be_read_or_written_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing.json"
    assert run(monkeypatch, "--spec", str(missing)) == 3
    assert str(missing) in capsys.readouterr().err
    taken = tmp_path / "taken"
    taken.write_text("a file")
    assert run(monkeypatch, "--generator", "rock", *SMALL, "--out", str(taken)) == 3
    assert str(taken) in capsys.readouterr().err
