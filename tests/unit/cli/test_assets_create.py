"""``meshmill assets create`` as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.pipeline import ASSETS, MODEL, PREVIEW, Pipeline
from tests.unit.cli.typed import Meshmill

DRY_RUN = {
    "object": "estimate",
    "asset_id": "a-1",
    "spec_id": "0" * 64,
    "exists": False,
    "status": None,
    "format": "gltf",
    "parameters": {"generator": "planet"},
    "priority": 5,
    "labels": {},
    "custom_id": None,
    "estimate": {"triangles": 20000, "bytes": 4465257, "seconds": 0.26, "megabytes": 139},
}


def test_the_id_alone_is_the_result_and_people_are_told_what_happened(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending"))
    ended = meshmill("assets", "create", "--generator", "rock")
    assert (ended.code, ended.out) == (0, "a-1\n")
    assert ended.err == "asset a-1 is queued\n"


def test_words_that_the_standing_asset_does_not_take_over_are_told(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.accepts(pipeline.asset("a-1", "completed"), deduplicated=True)
    ended = meshmill("assets", "create", "--label", "set=new")
    assert ended.err.splitlines() == [
        "asset a-1 stood there already, completed",
        "it keeps the labels and the custom_id of the first request",
    ]


def test_it_says_that_the_asset_stood_there_already(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.accepts(pipeline.asset("a-1", "completed"), deduplicated=True)
    ended = meshmill("assets", "create")
    assert (ended.code, ended.out) == (0, "a-1\n")
    assert ended.err == "asset a-1 stood there already, completed\n"


def test_quiet_leaves_the_id(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending", "completed"))
    ended = meshmill("assets", "create", "--quiet", "--wait")
    assert (ended.code, ended.out, ended.err) == (0, "a-1\n", "")


def test_every_option_reaches_the_service(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending"))
    ended = meshmill(
        "assets", "create", "--format", "fbx", "--generator", "rock", "--quality", "high",
        "--texture-size", "512", "--texture-format", "jpeg", "--lods", "2", "--seed", "7",
        "--option", "moss=0.6", "--option", "mineral=basalt", "--priority", "9",
        "--label", "team=art", "--label", "shot=a=b", "--custom-id", "stone", "--reject-duplicate",
    )  # fmt: skip
    assert ended.code == 0
    assert pipeline.bodies(ASSETS) == [
        {
            "format": "fbx",
            "parameters": {
                "generator": "rock", "quality": "high", "texture_size": 512,
                "texture_format": "jpeg", "lods": 2, "seed": 7,
                "options": {"moss": 0.6, "mineral": "basalt"},
            },
            "priority": 9,
            "labels": {"team": "art", "shot": "a=b"},
            "custom_id": "stone",
        }
    ]  # fmt: skip
    (request,) = pipeline.service.requests
    assert request.path.endswith("?on_duplicate=reject")


def test_the_command_line_overrides_a_request_from_standard_input(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending"))
    spec = {
        "format": "obj",
        "parameters": {"quality": "low", "seed": 1},
        "labels": {"team": "art", "kept": "yes"},
        "priority": 2,
    }
    ended = meshmill("assets", "create", "--spec", "-", "--seed", "9", "--label", "team=film",
                     stdin=json.dumps(spec))  # fmt: skip
    assert ended.code == 0
    assert pipeline.bodies(ASSETS) == [
        {
            "format": "obj",
            "parameters": {"quality": "low", "seed": 9},
            "labels": {"team": "film", "kept": "yes"},
            "priority": 2,
        }
    ]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ('{"format": "gltf",', "not valid JSON"),
        ("[]", "must be a JSON object"),
        ('{"paramters": {}}', "no member 'paramters'; did you mean 'parameters'?"),
        ('{"parameters": [1]}', "parameters must be an object"),
        ('{"labels": "art"}', "labels must be an object"),
    ],
)
def test_what_is_no_request_is_refused_before_it_is_sent(
    spec: str, told: str, pipeline: Pipeline, meshmill: Meshmill
) -> None:
    ended = meshmill("assets", "create", "--spec", "-", stdin=spec)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert pipeline.service.requests == []


@pytest.mark.parametrize("flag", ["--label", "--option"])
def test_a_pair_without_a_name_is_refused(
    flag: str, pipeline: Pipeline, meshmill: Meshmill
) -> None:
    ended = meshmill("assets", "create", flag, "=x")
    assert ended.code == 2
    assert "must be name=value" in ended.err


def test_a_file_that_cannot_be_read_is_named(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    ended = meshmill("assets", "create", "--spec", str(tmp_path / "missing.json"))
    assert ended.code == 3
    assert "missing.json" in ended.err


def test_what_the_service_refuses_is_told_a_line_each_with_hints(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    violations = [
        {"field": "quality", "message": "quality must be low", "hint": "did you mean 'low'?"},
        {"field": "seed", "message": "seed must be at least 0"},
    ]
    pipeline.service.refuse("POST", ASSETS, 400, "VALIDATION_ERROR", violations=violations)
    ended = meshmill("assets", "create", "--quality", "lwo", "--seed", "-1")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines() == [
        "meshmill: quality must be low; did you mean 'low'?",
        "meshmill: seed must be at least 0",
    ]


def test_a_duplicate_that_was_to_be_rejected_is_named(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.service.refuse("POST", ASSETS, 409, "DUPLICATE_REQUEST", asset_id="a-7")
    ended = meshmill("assets", "create", "--reject-duplicate")
    assert ended.code == 2
    assert "meshmill assets get a-7" in ended.err


def test_waiting_tells_each_new_state_once(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending", "pending", "processing", "completed"))
    ended = meshmill("assets", "create", "--wait")
    assert (ended.code, ended.out) == (0, "a-1\n")
    assert ended.err.splitlines()[1:] == [
        "asset a-1: pending",
        "asset a-1: processing",
        "asset a-1: completed",
    ]


def test_downloading_waits_and_prints_the_paths(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending", "completed"))
    folder = tmp_path / "out" / "oak"
    ended = meshmill("assets", "create", "--download", str(folder))
    assert ended.code == 0
    assert ended.out.splitlines() == [str(folder / "model.glb"), str(folder / "preview.png")]
    assert (folder / "model.glb").read_bytes() == MODEL
    assert (folder / "preview.png").read_bytes() == PREVIEW


def test_files_that_stand_there_already_are_told(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    pipeline.accepts(pipeline.asset("a-1", "completed"), deduplicated=True)
    create = ("assets", "create", "--download", str(tmp_path))
    meshmill(*create)
    assert meshmill(*create).err.splitlines()[-1] == "2 of 2 files stood there already"
    assert meshmill(*create, "--quiet").err == ""


def test_json_is_the_services_object_as_it_is_at_the_end(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending", "completed"))
    ended = meshmill("assets", "create", "--wait", "--json")
    told = json.loads(ended.out)
    assert (told["asset_id"], told["status"], told["stats"]["triangles"]) == (
        "a-1", "completed", 2000,
    )  # fmt: skip
    downloaded = json.loads(meshmill("assets", "create", "--download", str(tmp_path), "--json").out)
    assert [file["path"] for file in downloaded["files"]] == [
        str(tmp_path / "model.glb"),
        str(tmp_path / "preview.png"),
    ]


def test_an_asset_that_fails_ends_it_with_1_and_programs_see_why(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending", "failed"))
    ended = meshmill("assets", "create", "--wait", "--json")
    assert ended.code == 1
    assert json.loads(ended.out)["error"]["class"] == "system"
    assert "TIMED_OUT: Too slow" in ended.err


def test_what_takes_longer_than_the_timeout_ends_it_with_7(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending"))
    ended = meshmill("assets", "create", "--wait", "--timeout", "0.3")
    assert (ended.code, ended.out) == (7, "a-1\n")
    assert "--timeout" in ended.err


def test_an_estimate_makes_nothing_and_tells_what_it_would_take(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.service.on("POST", ASSETS, 200, DRY_RUN)
    ended = meshmill("assets", "create", "--generator", "planet", "--estimate")
    assert ended.code == 0
    assert ended.out == "about 20,000 triangles, 4,465,257 bytes, 0.26 s of CPU, 139 MB of memory\n"
    assert ended.err == "asset a-1 would be new\n"
    (request,) = pipeline.service.requests
    assert request.path.endswith("?dry_run=true")


def test_what_follows_an_asset_has_no_place_beside_an_estimate(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    ended = meshmill("assets", "create", "--estimate", "--wait", "--reject-duplicate")
    assert ended.code == 2
    assert ended.err == (
        "meshmill: --estimate makes nothing: leave out --wait and --reject-duplicate\n"
    )
    assert pipeline.service.requests == []


def test_an_estimate_for_programs_is_the_services_object(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    there = DRY_RUN | {"exists": True, "status": "completed"}
    pipeline.service.on("POST", ASSETS, 200, there)
    told = json.loads(meshmill("assets", "create", "--estimate", "--json").out)
    assert (told["exists"], told["estimate"]["triangles"]) == (True, 20000)
    ended = meshmill("assets", "create", "--estimate")
    assert ended.err == "asset a-1 stands there already, completed\n"
