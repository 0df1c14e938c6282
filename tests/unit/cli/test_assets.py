"""``meshmill assets`` about assets that stand there, as somebody types it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from meshmill_cli.terminal.ages import age
from tests.unit.cli.pipeline import ASSETS, Pipeline
from tests.unit.cli.typed import Meshmill

WIDTH = 80
UUID = "550e8400-e29b-41d4-a716-446655440000"


def test_one_asset_is_shown_in_full(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.asset(
        "a-1", "completed", custom_id="oak", labels={"team": "art"}, queue_ms=300,
        generation_ms=1230, completed_at="2026-11-22T10:00:02.000Z",
        parameters={"generator": "tree", "options": {"habit": "birch", "lean": 0.1}},
    )  # fmt: skip
    ended = meshmill("assets", "get", "a-1")
    assert (ended.code, ended.err) == (0, "")
    assert [line.split(maxsplit=1) for line in ended.out.splitlines()] == [
        ["asset", "a-1"],
        ["status", "completed"],
        ["custom_id", "oak"],
        ["labels.team", "art"],
        ["format", "gltf"],
        ["generator", "tree"],
        ["options.habit", "birch"],
        ["options.lean", "0.1"],
        ["priority", "5"],
        ["created", "2026-11-22 10:00:00 UTC"],
        ["completed", "2026-11-22 10:00:02 UTC"],
        ["took", "1.2 s, after 0.3 s in a queue"],
        ["stats", "triangles 2,000, vertices 1,100, materials 1, textures 3"],
        ["files", "model.glb, 4,000 bytes"],
        ["preview.png,", "300 bytes"],
    ]


def test_a_failed_asset_says_why(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.asset("a-1", "failed")
    ended = meshmill("assets", "get", "a-1")
    assert ended.code == 0
    assert "TIMED_OUT: Too slow; it may be asked for again" in ended.out


def test_json_of_one_is_an_object_and_of_several_an_array(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.asset("a-1", "pending")
    pipeline.asset("a-2", "completed")
    assert json.loads(meshmill("assets", "get", "a-1", "--json").out)["asset_id"] == "a-1"
    several = json.loads(meshmill("assets", "get", "a-1", "a-2", "--json").out)
    assert [asset["asset_id"] for asset in several] == ["a-1", "a-2"]
    piped = json.loads(meshmill("assets", "get", "-", "--json", stdin="a-2\n").out)
    assert [asset["asset_id"] for asset in piped] == ["a-2"]


def test_failures_are_told_in_the_contracts_words(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.asset("a-1", "failed")
    told = json.loads(meshmill("assets", "get", "a-1", "--json").out)
    assert told["error"]["class"] == "system"
    assert told["links"]["self"]


def test_one_that_is_not_there_leaves_the_others_to_be_told(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.asset("a-1", "pending")
    pipeline.asset("a-3", "pending")
    ended = meshmill("assets", "get", "a-1", "a-2", "a-3", "a-4")
    assert ended.code == 6
    assert [line.split()[0] for line in ended.out.splitlines()] == ["asset", "a-1", "a-3"]
    *what, advice = ended.err.splitlines()
    assert what == ["meshmill: a-2: No.", "meshmill: a-4: No."]
    assert "list" in advice
    assert pipeline.service.url in advice


def test_ids_that_come_by_a_pipe_may_repeat_and_have_blank_lines(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.asset("a-1", "pending")
    ended = meshmill("assets", "get", "-", "--json", stdin="a-1\n\n  a-1 \n")
    assert len(json.loads(ended.out)) == 1
    assert len(pipeline.service.requests) == 1


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        (["../a-1"], "", "'../a-1' is no id"),
        (["a-1", ""], "", "'' is no id"),
        (["-"], "a-1\n..\n", "'..' is no id"),
    ],
)
def test_what_cannot_be_an_id_is_refused_before_anything_is_sent(
    arguments: list[str], stdin: str, told: str, pipeline: Pipeline, meshmill: Meshmill
) -> None:
    ended = meshmill("assets", "download", *arguments, stdin=stdin)
    assert ended.code == 2
    assert told in ended.err
    assert pipeline.service.requests == []


@pytest.mark.parametrize(
    ("command", "out"),
    [
        (("delete", "-", "--yes"), ""),
        (("delete", "-"), ""),
        (("get", "-"), ""),
        (("wait", "-", "--json"), "[]\n"),
        (("download", "-", "--json"), "[]\n"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_no_ids_at_all_are_nothing_to_do(
    command: tuple[str, ...], out: str, pipeline: Pipeline, meshmill: Meshmill
) -> None:
    ended = meshmill("assets", *command, stdin="")
    assert (ended.code, ended.out) == (0, out)
    assert ended.err == "standard input has no ids: there is nothing to do\n"
    assert pipeline.service.requests == []


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [(401, "UNAUTHORIZED", 5), (403, "FORBIDDEN", 5), (429, "RATE_LIMIT_EXCEEDED", 8)],
)
def test_what_would_stop_every_one_is_told_once(
    status: int, code: str, exit_code: int, pipeline: Pipeline, meshmill: Meshmill
) -> None:
    refusal = {"error": {"code": code, "message": "No.", "details": {}}, "request_id": "r-1"}
    ids = [f"a-{number}" for number in range(30)]
    for each in ids:
        # Longer than anybody waits.
        pipeline.service.on("GET", f"{ASSETS}/{each}", status, refusal, **{"Retry-After": "3600"})
    ended = meshmill("assets", "get", *ids)
    assert (ended.code, ended.out) == (exit_code, "")
    assert ended.err.count("No.") == 1
    assert len(pipeline.service.requests) <= 8


def test_an_error_of_the_service_is_told_with_its_request(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.service.refuse("GET", f"{ASSETS}/a-1", 500, "INTERNAL_ERROR")
    ended = meshmill("assets", "get", "a-1")
    assert ended.code == 4
    assert "a-1: No. (request r-1)" in ended.err


def test_nobody_signed_in_is_told_what_to_do(meshmill: Meshmill) -> None:
    ended = meshmill("assets", "get", "a-1")
    assert ended.code == 5
    assert "meshmill login" in ended.err


def test_a_list_is_a_table_of_eighty_columns(pipeline: Pipeline, meshmill: Meshmill) -> None:
    long_ago = {"created_at": "2020-01-01T00:00:00.000Z", "parameters": {"generator": "building"}}
    pipeline.lists([pipeline.asset(UUID, "processing", **long_ago)])
    ended = meshmill("assets", "list")
    headings, row = ended.out.splitlines()
    assert headings.split() == ["asset", "status", "format", "generator", "age"]
    assert row.split()[:4] == [UUID, "processing", "gltf", "building"]
    assert row.endswith(" y")
    assert max(len(headings), len(row)) <= WIDTH
    assert "\x1b" not in ended.out


def test_filters_reach_the_service_and_pages_follow(pipeline: Pipeline, meshmill: Meshmill) -> None:
    first, second = pipeline.asset("a-1", "failed"), pipeline.asset("a-2", "failed")
    pipeline.lists([first], [second])
    ended = meshmill("assets", "list", "--status", "failed", "--format", "gltf", "--generator",
                     "tree", "--all", "--ids")  # fmt: skip
    assert (ended.code, ended.out, ended.err) == (0, "a-1\na-2\n", "")
    sent = [parse_qs(urlsplit(request.path).query) for request in pipeline.service.requests]
    filters = {"status": ["failed"], "format": ["gltf"], "generator": ["tree"], "limit": ["100"]}
    assert sent == [filters, filters | {"cursor": ["page-2"]}]


@pytest.mark.parametrize(("form", "lines"), [((), 3), (("--ids",), 2), (("--json",), 2)])
def test_a_list_ends_at_its_limit_and_says_so(
    pipeline: Pipeline, meshmill: Meshmill, form: tuple[str, ...], lines: int
) -> None:
    pipeline.lists([pipeline.asset("a-1", "pending"), pipeline.asset("a-2", "pending")], [])
    ended = meshmill("assets", "list", "--limit", "2", *form)
    assert len(ended.out.splitlines()) == lines
    assert "--all" in ended.err
    assert len(pipeline.service.requests) == 1


def test_a_list_for_programs_is_one_array(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.lists([pipeline.asset("a-1", "pending")], [pipeline.asset("a-2", "pending")])
    told = json.loads(meshmill("assets", "list", "--all", "--json").out)
    assert [asset["asset_id"] for asset in told] == ["a-1", "a-2"]


def test_an_empty_list_is_said_to_people_and_is_an_empty_array_to_programs(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.lists([])
    ended = meshmill("assets", "list")
    assert (ended.code, ended.out, ended.err) == (0, "", "there are no such assets\n")
    assert json.loads(meshmill("assets", "list", "--json").out) == []


def test_deleting_takes_a_yes_where_nobody_can_be_asked(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.service.on("DELETE", f"{ASSETS}/a-1", 204, b"")
    refused = meshmill("assets", "delete", "a-1")
    assert refused.code == 2
    assert "--yes" in refused.err
    assert pipeline.service.requests == []
    ended = meshmill("assets", "delete", "a-1", "--yes")
    assert (ended.code, ended.out, ended.err) == (0, "", "asset a-1 is deleted\n")


def test_of_several_to_be_deleted_those_are_told_that_are_gone(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.service.on("DELETE", f"{ASSETS}/a-1", 204, b"")
    pipeline.service.refuse("DELETE", f"{ASSETS}/a-2", 409, "INVALID_STATE")
    ended = meshmill("assets", "delete", "-", "--yes", "--json", stdin="a-1\na-2\na-3\n")
    assert ended.code == 2, "the lowest of 2, a conflict, and 6, not found"
    assert json.loads(ended.out) == [{"asset_id": "a-1", "deleted": True}]
    assert "a-2: No." in ended.err
    assert "a-3: No." in ended.err


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=119), "119 s"),
        (timedelta(minutes=2), "2 m"),
        (timedelta(minutes=119), "119 m"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=729), "729 d"),
        (timedelta(days=730), "2 y"),
    ],
)
def test_ages_take_few_characters(ago: timedelta, told: str) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert age(now - ago, now) == told
