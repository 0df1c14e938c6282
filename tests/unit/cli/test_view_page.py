"""The page: what is in it, what may run in it, and that names in it are only names."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.viewer.exhibit import exhibit_at
from meshmill_cli.viewer.page import self_contained_page, served_page
from tests.unit.cli.glb_files import glb, triangle

MODEL = glb(triangle())
VIEWER = "customElements.define('model-viewer', class extends HTMLElement {});"


def model_in(folder: Path, name: str = "model.glb") -> Path:
    path = folder / name
    path.write_bytes(MODEL)
    return path


def told_by(page: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/json" id="exhibit">(.*?)</script>', page)
    return dict(json.loads(text))


def provenance_of(data: bytes, **parameters: Any) -> str:
    return json.dumps(
        {
            "spec_id": "5" * 64,
            "engine_version": "0.2.0",
            "files": [{"name": "model", "sha256": hashlib.sha256(data).hexdigest()}],
            "request": {"format": "gltf", "parameters": parameters},
        }
    )


def test_levels_of_detail_that_stand_beside_the_model_are_shown_with_it(tmp_path: Path) -> None:
    file = model_in(tmp_path, "oak.glb")
    for number in (1, 3):
        model_in(tmp_path, f"oak_lod{number}.glb")
    model_in(tmp_path, "other_lod2.glb")
    told = told_by(served_page(exhibit_at(file)).decode())
    assert [(each["number"], each["address"]) for each in told["levels"]] == [
        (0, "/model.glb"), (1, "/model_lod1.glb"), (3, "/model_lod3.glb"),
    ]  # fmt: skip
    assert [each["filename"] for each in told["levels"]] == [
        "oak.glb", "oak_lod1.glb", "oak_lod3.glb",
    ]  # fmt: skip


def test_what_was_asked_for_is_told_from_provenance(tmp_path: Path) -> None:
    model_in(tmp_path)
    provenance = provenance_of(MODEL, generator="gear", quality="high", options={"teeth": 40})
    (tmp_path / "provenance.json").write_text(provenance)
    asked = told_by(served_page(exhibit_at(tmp_path)).decode())["asked"]
    assert (asked["generator"], asked["quality"]) == ("gear", "high")
    assert (asked["options"], asked["spec_id"]) == ({"teeth": 40}, "5" * 64)


@pytest.mark.parametrize(
    "provenance",
    [provenance_of(b"another", generator="gear"), "{", "[]", '{"files": [{"sha256": []}]}'],
    ids=["of another model", "broken", "a list", "odd"],
)
def test_provenance_that_is_not_of_this_model_is_left_out(provenance: str, tmp_path: Path) -> None:
    made = {"version": "2.0", "extras": {"meshmill": {"generator": "rock"}}}
    (tmp_path / "model.glb").write_bytes(glb(triangle(asset=made)))
    (tmp_path / "provenance.json").write_text(provenance)
    assert exhibit_at(tmp_path).asked == {"generator": "rock"}


def test_a_name_is_never_markup(tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)> $name & \"'.glb"
    page = served_page(exhibit_at(model_in(tmp_path, name))).decode()
    assert "<img" not in page
    assert unescape(re.findall(r"<h1>(.*?)</h1>", page)[0]) == name
    assert unescape(re.findall(r'alt="(.*?)"', page)[0]) == f"3D model {name}"
    assert told_by(page)["name"] == name


def test_what_a_file_tells_of_itself_ends_no_element(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script>"
    made = {"version": "2.0", "extras": {"meshmill": {"generator": evil}}}
    (tmp_path / "model.glb").write_bytes(glb(triangle(asset=made)))
    page = served_page(exhibit_at(tmp_path)).decode()
    assert evil not in page
    assert told_by(page)["asked"]["generator"] == evil


def test_the_self_contained_page_holds_script_and_models_and_names_no_place(
    tmp_path: Path,
) -> None:
    model_in(tmp_path)
    model_in(tmp_path, "model_lod1.glb")
    page = self_contained_page(exhibit_at(tmp_path), VIEWER).decode()
    for level in told_by(page)["levels"]:
        element = level["address"].removeprefix("#")
        (text,) = re.findall(rf'id="{element}">(.*?)</script>', page)
        assert base64.b64decode(text) == MODEL
    assert VIEWER in page
    assert set(re.findall(r"https?://[^\"' )]*", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.findall(r"<(?:script|link|img)[^>]* (?:src|href)=\"(?!data:)", page)


def test_only_the_scripts_of_the_page_itself_may_run(tmp_path: Path) -> None:
    viewer = f"{VIEWER} const text = '</script><script>';"
    page = self_contained_page(exhibit_at(model_in(tmp_path)), viewer).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="(.*?)"', page)
    scripts = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'"
        for each in scripts
    }
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert len(scripts) == 2
    assert set(rules["script-src"].split()) == {*hashes, "'wasm-unsafe-eval'"}
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "blob: data:"


@pytest.mark.parametrize("name", ["model.fbx", "model.zip", "model.gltf", "notes.txt"])
def test_other_formats_are_refused_with_what_to_do(name: str, tmp_path: Path) -> None:
    model_in(tmp_path, name)
    with pytest.raises(
        CommandFailed, match=r"only binary glTF \(\.glb\) can be shown; "
    ) as refused:
        exhibit_at(tmp_path / name)
    assert refused.value.exit_code is Exit.REFUSED
    assert len(refused.value.lines) == 1


def test_a_folder_that_holds_another_format_is_refused_alike(tmp_path: Path) -> None:
    model_in(tmp_path, "model.fbx")
    with pytest.raises(CommandFailed, match="Blender, or ask for it again with --format gltf"):
        exhibit_at(tmp_path)


def test_a_folder_without_a_model_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"there is no model\.glb in this folder") as refused:
        exhibit_at(tmp_path)
    assert refused.value.exit_code is Exit.FILE


def test_a_broken_level_is_named_before_anything_is_shown(tmp_path: Path) -> None:
    model_in(tmp_path)
    (tmp_path / "model_lod1.glb").write_bytes(MODEL[:50])
    with pytest.raises(CommandFailed, match=r"model_lod1\.glb: truncated") as refused:
        exhibit_at(tmp_path)
    assert refused.value.exit_code is Exit.FILE


@pytest.mark.parametrize(
    "provenance", ["[" * 100_000, provenance_of(MODEL, lean=float("nan"))], ids=["deep", "NaN"]
)
def test_provenance_that_no_page_could_read_is_left_out(provenance: str, tmp_path: Path) -> None:
    file = model_in(tmp_path)
    (tmp_path / "provenance.json").write_text(provenance)
    assert exhibit_at(file).asked == {}


def test_a_name_that_is_no_text_is_shown_all_the_same(tmp_path: Path) -> None:
    exhibit = replace(exhibit_at(model_in(tmp_path)), name=os.fsdecode(b"\xff.glb"))
    assert b"<title>?.glb" in served_page(exhibit)
