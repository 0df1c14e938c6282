"""A configuration that contradicts itself can't be built."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from infra.config import ConfigError, StageConfig, stage_config
from tests.infra.templates import STAGES


def _with(stage: StageConfig, part: str, **changes: Any) -> StageConfig:
    return replace(stage, **{part: replace(getattr(stage, part), **changes)})


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_agrees_with_itself(name: str) -> None:
    assert stage_config(name).name == name


def test_an_unknown_stage_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(ConfigError, match="local, staging or production"):
        stage_config("prod")


@pytest.mark.parametrize(
    ("part", "changes", "message"),
    [
        ("delivery", {"visibility": 359}, "visibility 359 s must be >= 360 s"),
        ("delivery", {"batching_window": 11}, "visibility 370 s must be >= 371 s"),
        ("delivery", {"dead_letter_visibility": 179}, "dead_letter_visibility"),
        ("delivery", {"max_receive_count": 4}, "max_receive_count must be at least 5"),
        ("delivery", {"retention": 370 * 8}, "retention must outlast"),
        ("delivery", {"batch_visibility": 659}, "batch_visibility 659 s must be >= 660 s"),
        ("delivery", {"retention": 670 * 8}, "every delivery of a message about a batch"),
        ("batches", {"split_lease": 109}, "split_lease must outlast split_manifest, 110 s"),
        ("batches", {"split_margin": 0}, "split_margin must be positive"),
        ("batches", {"chunk_lease": 109}, "chunk_lease must outlast ingest_manifest, 110 s"),
        ("batches", {"split_max_attempts": 9}, "a manifest or a chunk must be between 1"),
        ("batches", {"chunk_max_attempts": 0}, "a manifest or a chunk must be between 1"),
        ("batches", {"split_lease": 670}, "must lapse before a message comes back"),
        ("batches", {"chunk_lease": 670}, "must lapse before a message comes back"),
        ("batches", {"split_retry": 670}, "split_retry and chunk_retry must be below"),
        ("batches", {"chunk_retry": 670}, "split_retry and chunk_retry must be below"),
        ("batches", {"reserve": 20}, "batches.reserve must lie between the slowest call"),
        ("batches", {"reserve": 110}, "batches.reserve must lie between the slowest call"),
        ("batches", {"split_concurrency": 1}, "maximum concurrency must be at least 2"),
        ("batches", {"ingest_concurrency": 1}, "maximum concurrency must be at least 2"),
        ("batches", {"upload_life": 3_601}, "upload_life must end before"),
        ("limits", {"batch_link": 3_599}, "upload_life must end before"),
        ("retention", {"part_days": 14}, "part_days must outlast a message"),
        ("attempts", {"lease": 59}, "lease 59 s must outlast generate's timeout 60 s"),
        ("attempts", {"lease_margin": 0}, "lease_margin must be positive"),
        ("attempts", {"maximum": 9}, "between 1 and max_receive_count"),
        ("attempts", {"maximum": 0}, "between 1 and max_receive_count"),
        ("attempts", {"retry_delay": 370}, "retry_delay must be below visibility"),
        ("attempts", {"reserve": 60}, "below generate's timeout"),
        ("attempts", {"reserve": 0}, "reserve must be positive"),
        ("accounts", {"lease": 109}, "accounts.lease 109 s must outlast"),
        ("accounts", {"reserve": 20}, "accounts.reserve must outlast the slowest call"),
        ("accounts", {"settle": 110}, "accounts.settle must outlast"),
        ("accounts", {"export_life": 700_000}, "export_life must end before the file"),
        ("accounts", {"receipt_life": 86_400}, "receipt must be kept"),
    ],
)
def test_a_contradiction_is_named(part: str, changes: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        _with(stage_config("production"), part, **changes)


def test_a_lane_below_the_concurrency_that_lambda_accepts_is_refused() -> None:
    stage = stage_config("production")
    lanes = stage.lanes | {"bulk": replace(stage.lanes["bulk"], maximum_concurrency=1)}
    with pytest.raises(ConfigError, match="lane bulk: maximum concurrency"):
        replace(stage, lanes=lanes)


def test_a_faster_lane_that_is_more_patient_is_refused() -> None:
    stage = stage_config("production")
    lanes = stage.lanes | {"express": replace(stage.lanes["express"], patience=7_200)}
    with pytest.raises(ConfigError, match="faster lane"):
        replace(stage, lanes=lanes)


@pytest.mark.parametrize("part", ["lanes", "functions"])
def test_a_missing_lane_or_function_is_refused(part: str) -> None:
    stage = stage_config("production")
    incomplete: dict[str, Any] = {part: dict(list(getattr(stage, part).items())[:-1])}
    with pytest.raises(ConfigError, match=f"{part} must be exactly"):
        replace(stage, **incomplete)


def test_a_reconciliation_that_overlaps_the_next_is_refused() -> None:
    stage = stage_config("production")
    slow = stage.functions | {"reconcile": replace(stage.functions["reconcile"], timeout=61)}
    with pytest.raises(ConfigError, match="reconcile must end before its next run"):
        replace(stage, functions=slow)


def test_contradictions_of_a_kind_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        _with(stage_config("production"), "attempts", lease=1, maximum=99, lease_margin=0)
    assert len(str(caught.value).splitlines()) == 3
