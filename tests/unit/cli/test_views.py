"""With ``--json`` programs read the members that the service gave, and no others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.unit.cli.pipeline import ERRORS, RESULTS, Pipeline
from tests.unit.cli.typed import Meshmill
from tests.unit.client.service import BATCH_ID


def shape(value: Any) -> Any:
    """Names of members at all depths, and which of them are null."""
    if isinstance(value, Mapping):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return value is None


def test_an_asset_has_the_members_that_the_service_gave(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    for status in ("pending", "failed", "completed"):
        given = pipeline.asset("a-1", status)
        told = json.loads(meshmill("assets", "get", "a-1", "--json").out)
        assert shape(told) == shape(given)
        assert told["completed_at"] is None, "null where the service says so"


def test_so_has_each_of_a_list(pipeline: Pipeline, meshmill: Meshmill) -> None:
    given = [pipeline.asset("a-1", "completed"), pipeline.asset("a-2", "pending")]
    pipeline.lists(given)
    told = json.loads(meshmill("assets", "list", "--json").out)
    assert shape(told) == shape(given)


def test_only_what_was_just_asked_for_is_told_to_be_deduplicated(
    pipeline: Pipeline, meshmill: Meshmill
) -> None:
    pipeline.accepts(pipeline.asset("a-1", "pending"))
    assert json.loads(meshmill("assets", "create", "--json").out)["deduplicated"] is False
    assert "deduplicated" not in json.loads(meshmill("assets", "get", "a-1", "--json").out)


def test_after_a_download_files_have_a_path_as_well_and_nothing_else_is_new(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    given = pipeline.asset("a-1", "completed")
    told = json.loads(meshmill("assets", "download", "a-1", "--out", str(tmp_path), "--json").out)
    paths = [Path(file.pop("path")) for file in told["files"]]
    assert paths == [tmp_path / "model.glb", tmp_path / "preview.png"]
    assert shape(told) == shape(given)


def test_a_batch_has_the_members_that_the_service_gave_but_for_its_form(
    pipeline: Pipeline, meshmill: Meshmill, tmp_path: Path
) -> None:
    given = pipeline.batch(("in_progress", {}))
    told = json.loads(meshmill("batches", "get", BATCH_ID, "--json").out)
    assert shape(told) == shape(given)
    given = pipeline.batch(("completed", {"files": pipeline.reports()}))
    told = json.loads(
        meshmill("batches", "download", BATCH_ID, "--out", str(tmp_path), "--json").out
    )
    assert all(file.pop("path") for file in told["files"])
    assert shape(told) == shape(given)


def test_lines_have_the_members_of_the_report(pipeline: Pipeline, meshmill: Meshmill) -> None:
    pipeline.batch(("completed", {"files": pipeline.reports()}))
    assert json.loads(meshmill("batches", "results", BATCH_ID, "--json").out) == RESULTS
    assert json.loads(meshmill("batches", "errors", BATCH_ID, "--json").out) == ERRORS
