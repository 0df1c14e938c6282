"""How changes of assets reach the function that writes them down."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meshmill.aws.attributes import to_item
from meshmill.domain.asset import Status
from tests.contract import samples
from tests.infra.templates import Synthesised


def _mapping(stage: Synthesised) -> dict[str, Any]:
    (found,) = (
        mapping["Properties"]
        for mapping in stage.resources("AWS::Lambda::EventSourceMapping").values()
        if "StreamArn" in json.dumps(mapping["Properties"]["EventSourceArn"])
    )
    return dict(found)


def _patterns(stage: Synthesised) -> list[dict[str, Any]]:
    filters = _mapping(stage)["FilterCriteria"]["Filters"]
    return [json.loads(each["Pattern"]) for each in filters]


def _lets_through(pattern: Any, value: Any) -> bool:
    """Whether a record passes, by the rules of event filtering that our patterns use."""
    if isinstance(pattern, list):
        return value in pattern
    return isinstance(value, dict) and all(
        name in value and _lets_through(rule, value[name]) for name, rule in pattern.items()
    )


def test_changes_go_to_audit_and_to_nobody_else(stage: Synthesised) -> None:
    mapping = _mapping(stage)
    assert stage.function_of(mapping)["Description"].endswith(": audit")
    assert ":ExportsOutputFnGetAttAssets" in mapping["EventSourceArn"]["Fn::ImportValue"]


def test_no_change_is_given_up_before_the_stream_forgets_it(stage: Synthesised) -> None:
    mapping = _mapping(stage)
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    for limit in ("MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "DestinationConfig"):
        assert limit not in mapping


def test_changes_of_one_asset_come_in_order(stage: Synthesised) -> None:
    mapping = _mapping(stage)
    assert mapping["ParallelizationFactor"] == 1
    assert mapping["BatchSize"] <= 100


def test_an_invocation_outlasts_the_calls_that_a_batch_takes(stage: Synthesised) -> None:
    calls = -(-_mapping(stage)["BatchSize"] // 25)
    assert stage.function("audit")["Timeout"] > calls * 8


@pytest.mark.parametrize("state", samples.STATES)
def test_what_callers_may_have_asked_for_passes_the_filter_and_the_rest_does_not(
    state: str, local: Synthesised
) -> None:
    asset = samples.in_state(state)
    image = to_item(asset)
    told = {
        name: {"eventName": name, "dynamodb": {"OldImage": image, "NewImage": image}}
        for name in ("INSERT", "MODIFY", "REMOVE")
    }
    passed = {
        name
        for name, record in told.items()
        if any(_lets_through(pattern, record) for pattern in _patterns(local))
    }
    expected = {"INSERT"} | ({"MODIFY"} if asset.status is Status.PENDING else set())
    assert passed == expected
